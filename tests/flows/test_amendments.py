"""A corrected export is an amendment: the old value stays in history, scores are made anew."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.flows.small_study import STUDY, ask, intake_rows, take_in, write_export, write_study

AMENDED = (
    "SELECT client_id, kind, name, before, after, batch FROM store.core.amendment ORDER BY ALL"
)
SCORES = (
    "SELECT client_id, form_id, scale, score, answered_count FROM store.core.score "
    "INNER JOIN store.core.administration USING (administration_id) ORDER BY ALL"
)

BARE = """\
[[source]]
id = "bare"
kind = "csv"
files = "bare*.csv"
occasion = "intake"
columns = { client = "client_id" }

[[source.form]]
instrument = "dar_5"
columns = "dar_{n}"

[presentation]"""


def take_in_twelve(folder: Path) -> None:
    write_study(folder)
    write_export(folder, "intake.csv", intake_rows(12))
    take_in(folder)


@pytest.fixture
def study(copied: Callable[..., Path]) -> Path:
    return copied(take_in_twelve)


def correct(study: Path, record: int, **cells: Any) -> None:
    """Export everything again with one row corrected."""
    table = intake_rows(12)
    table[record - 1] |= cells
    write_export(study, "intake_2.csv", table)
    (report,) = take_in(study)
    assert report.counts is not None
    assert (report.counts.loaded, report.counts.known) == (1, 11)


def test_a_corrected_answer_is_kept_with_the_one_before_and_scored_anew(study: Path) -> None:
    before = {row[:3]: row[3] for row in ask(study, SCORES)}
    old = intake_rows(12)[1]["dar_2"]
    new = 1 if old != 1 else 2
    correct(study, 2, dar_2=new)
    total = before["K002", "dar_5", "total"]
    assert ask(study, AMENDED) == [
        ("K002", "answer", "item_2", str(old), str(new), 2),
        ("K002", "score", "total", str(total), str(total + new - old), 2),
    ]
    after = {row[:3]: row[3] for row in ask(study, SCORES)}
    assert {key for key in before if before[key] != after[key]} == {("K002", "dar_5", "total")}
    assert after["K002", "dar_5", "total"] == total + new - old


@pytest.mark.parametrize(
    ("earlier", "later"),
    [("intake_9.csv", "intake_10.csv"), ("intake.csv", "intake (1).csv")],
)
def test_of_two_new_exports_the_one_numbered_later_is_the_correction(
    earlier: str, later: str, tmp_path: Path
) -> None:
    table = intake_rows(4)
    table[0]["dar_1"] = 1
    study = write_study(tmp_path / "s")
    write_export(study, earlier, table)
    table[0]["dar_1"] = 5
    write_export(study, later, table)
    take_in(study)
    assert ask(study, AMENDED)[0] == ("K001", "answer", "item_1", "1", "5", 2)


def test_an_answer_taken_back_leaves_a_form_with_less_answered(study: Path) -> None:
    correct(study, 2, dar_1="", dar_2="-99", dar_3="-99", dar_4="")
    found = ask(study, f"SELECT score, answered_count FROM ({SCORES}) "
                       "WHERE client_id = 'K002' AND scale = 'total'")  # fmt: skip
    assert found == [(None, 1)]
    missing = ask(
        study,
        "SELECT item, reason FROM store.core.missing INNER JOIN store.core.administration "
        "USING (administration_id) WHERE client_id = 'K002' AND form_id = 'dar_5' ORDER BY item",
    )
    assert missing == [
        ("item_1", "blank"), ("item_2", "refused"), ("item_3", "refused"), ("item_4", "blank")
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("cell", "kind", "name", "before", "after"),
    [
        ({"day": 77}, "fact", "day", "1", "77"),
        ({"therapist_id": "T9x"}, "fact", "therapist", "T2x", "T9x"),
        ({"clinic": "south"}, "fact", "clinic", "north", "south"),
    ],
)
def test_a_corrected_fact_of_a_form_is_an_amendment_of_its_forms(
    study: Path, cell: dict[str, Any], kind: str, name: str, before: str, after: str
) -> None:
    correct(study, 2, **cell)
    assert ask(study, AMENDED) == [("K002", kind, name, before, after, 2)] * 2


def test_a_corrected_attribute_is_an_amendment_of_its_client(study: Path) -> None:
    correct(study, 2, age=64)
    assert ask(study, AMENDED) == [("K002", "attribute", "age", "21.0", "64.0", 2)]
    assert ask(study, "SELECT age FROM store.core.client WHERE client_id = 'K002'") == [(64.0,)]


def test_a_file_that_does_not_tell_an_attribute_leaves_it_as_it_was(study: Path) -> None:
    table = intake_rows(12)
    table[1]["age"] = ""
    write_export(study, "intake_2.csv", table)
    (report,) = take_in(study)
    assert report.counts is not None
    assert report.counts.known == 12
    assert ask(study, "SELECT age FROM store.core.client WHERE client_id = 'K002'") == [(21.0,)]


def test_a_form_has_one_row_after_any_number_of_corrections(study: Path) -> None:
    for k, answer in enumerate((1, 5, 1), start=3):
        table = intake_rows(12)
        table[1] |= {f"dar_{n}": answer for n in range(1, 6)}
        # The same bytes as before would be known, and change nothing.
        write_export(study, f"intake_{k}.csv", table[k:] + table[:k])
        take_in(study)
    forms = ask(study, "SELECT count(*), count(DISTINCT administration_id) "
                       "FROM store.core.administration")  # fmt: skip
    assert forms == [(24, 24)]
    for table_name in ("form_dar_5", "form_ecr_rs"):
        assert ask(study, f"SELECT count(*) FROM store.core.{table_name}") == [(12,)]
    assert ask(study, f"SELECT score FROM ({SCORES}) WHERE client_id = 'K002' "
                      "AND scale = 'total'") == [(5.0,)]  # fmt: skip


def test_an_export_without_a_column_does_not_contradict_one_that_has_it(tmp_path: Path) -> None:
    study = write_study(tmp_path / "study", STUDY.replace("[presentation]", BARE))
    table = intake_rows(12)
    write_export(study, "intake.csv", table)
    take_in(study)
    told = ["client_id", *(f"dar_{n}" for n in range(1, 6))]
    table[1]["dar_1"] = 1 if table[1]["dar_1"] != 1 else 2
    write_export(study, "bare.csv", [{name: row[name] for name in told} for row in table])
    (report,) = take_in(study)
    assert report.counts is not None
    assert (report.counts.loaded, report.counts.known) == (1, 11)
    facts = ask(study, "SELECT day, therapist_id, clinic_id FROM store.core.administration "
                       "WHERE client_id = 'K002' AND form_id = 'dar_5'")  # fmt: skip
    assert facts == [(1, "T2x", "north")]
    assert {kind for _, kind, *_ in ask(study, AMENDED)} == {"answer", "score"}
