"""Exports that hold scores and no items: stored, scored, corrected and compared like others."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from flows.books import accepted_files
from flows.study_data import load_study_data
from instruments.catalog import load_catalog
from instruments.scoring import score
from sql.gateway import open_gateway
from tests.flows.small_study import (
    STUDY,
    WITHOUT_OUTCOME,
    Row,
    answers_of,
    ask,
    digests,
    intake_rows,
    ledger_of,
    run,
    study_of,
    take_in,
    weekly_rows,
    write_export,
    write_study,
)

ITEMS = """\
[[source.form]]
instrument = "ecr_rs"
columns = "ecr_{n}"

[[source.form]]
instrument = "dar_5"
columns = "dar_{n}"

[[source]]"""
SCORES = """\
[[source.form]]
instrument = "ecr_rs"
scores = { anxiety = "anxious", avoidance = "avoidant" }

[[source.form]]
instrument = "dar_5"
scores.total = { column = "anger", min = 1, max = 5 }

[[source]]"""
CATALOG = load_catalog()
SCALES = {"anxious": ("ecr_rs", "anxiety"), "avoidant": ("ecr_rs", "avoidance"),
          "anger": ("dar_5", "total")}  # fmt: skip
FACTS = ("client_id", "therapist_id", "clinic", "day", "age", "form_version")


def with_scores(text: str = STUDY) -> str:
    assert ITEMS in text
    return text.replace(ITEMS, SCORES, 1)


def number(cell: object) -> int | None:
    return int(cell) if isinstance(cell, int) else None


def scored(row: Row) -> Row:
    """Return what a system that exports scores would make of a row of items: anger as a mean."""
    found: dict[str, object] = {name: row[name] for name in FACTS}
    for column, (form, scale) in SCALES.items():
        definition = CATALOG[form]
        stem, n = ("ecr_", 9) if form == "ecr_rs" else ("dar_", 5)
        low, high = (1, 7) if form == "ecr_rs" else (1, 5)
        answers = [number(row[f"{stem}{k}"]) for k in range(1, n + 1)]
        value = score(definition, definition.get_scale(scale), answers, low=low, high=high).value
        unit = 5 if form == "dar_5" else 1
        found[column] = "" if value is None else repr(value / unit)
    return found


def scored_rows(count: int = 40) -> list[Row]:
    return [scored(row) for row in intake_rows(count)]


def take_in_scores(folder: Path) -> None:
    """Make the study that has taken ready-made scores and weekly items in."""
    write_study(folder, with_scores())
    write_export(folder, "intake.csv", scored_rows())
    write_export(folder, "weekly.csv", weekly_rows())
    take_in(folder)


@pytest.fixture
def study(copied: Callable[..., Path]) -> Path:
    return copied(take_in_scores)


def scores_at_intake(folder: Path) -> list[tuple[Any, ...]]:
    return ask(
        folder,
        "SELECT client_id, form_id, scale, score FROM store.core.score "
        "INNER JOIN store.core.administration USING (administration_id) "
        "WHERE occasion = 'intake' AND score IS NOT NULL ORDER BY ALL",
    )


def test_ready_made_scores_are_those_that_the_items_would_have_given(
    study: Path, tmp_path: Path
) -> None:
    other = write_study(tmp_path / "items")
    write_export(other, "intake.csv", intake_rows())
    take_in(other)
    made, given = scores_at_intake(other), scores_at_intake(study)
    assert [row[:3] for row in given] == [row[:3] for row in made]
    assert [row[3] for row in given] == pytest.approx([row[3] for row in made])


def test_a_form_of_ready_made_scores_has_no_answers_and_no_range(study: Path) -> None:
    assert ask(study, "SELECT DISTINCT form_id FROM store.core.response "
                      "INNER JOIN store.core.administration USING (administration_id) "
                      "WHERE occasion = 'intake'") == []  # fmt: skip
    assert ask(study, "SELECT DISTINCT range_low, range_high FROM store.core.administration "
                      "WHERE occasion = 'intake'") == [(None, None)]  # fmt: skip


def test_a_score_that_is_not_there_keeps_its_reason(tmp_path: Path) -> None:
    folder = write_study(tmp_path / "study", with_scores())
    table = scored_rows(12)
    table[2] |= {"anger": "-99", "anxious": ""}
    write_export(folder, "intake.csv", table)
    (report,) = take_in(folder)
    assert report.counts is not None
    assert report.counts.loaded == 12
    missing = ask(folder, "SELECT form_id, item, reason FROM store.core.missing "
                          "INNER JOIN store.core.administration USING (administration_id) "
                          "WHERE client_id = 'K003' ORDER BY ALL")  # fmt: skip
    assert missing == [
        ("dar_5", "score_of_total", "refused"),
        ("ecr_rs", "score_of_anxiety", "blank"),
    ]
    scores = ask(folder, "SELECT scale, score IS NULL, reason FROM store.core.score "
                         "INNER JOIN store.core.administration USING (administration_id) "
                         "WHERE client_id = 'K003' ORDER BY ALL")  # fmt: skip
    lacking = "no score in the export"
    assert scores == [("anxiety", True, lacking), ("avoidance", False, None),
                      ("total", True, lacking)]  # fmt: skip


def test_a_score_out_of_reach_holds_its_row_back(tmp_path: Path) -> None:
    folder = write_study(tmp_path / "study", with_scores())
    table = scored_rows(12)
    table[2]["anger"] = "17"  # a sum, where means are declared
    write_export(folder, "intake.csv", table)
    (report,) = take_in(folder)
    assert report.counts is not None
    assert (report.counts.loaded, report.counts.quarantined) == (11, 1)
    assert ask(folder, "SELECT code, record, column_name FROM store.meta.finding "
                       "WHERE severity = 'error'") == [("E_RANGE", 3, "anger")]  # fmt: skip


def test_a_corrected_score_is_an_amendment(study: Path) -> None:
    table = scored_rows()
    table[0]["avoidant"] = "2.5" if table[0]["avoidant"] != "2.5" else "3.5"
    write_export(study, "intake_2.csv", table)
    (report,) = take_in(study)
    assert report.counts is not None
    assert (report.counts.loaded, report.counts.known) == (1, 39)
    amended = ask(study, "SELECT client_id, kind, name FROM store.core.amendment ORDER BY ALL")
    assert amended == [("K001", "answer", "score_of_avoidance"), ("K001", "score", "avoidance")]


def test_a_rebuilt_store_of_ready_made_scores_is_the_same(study: Path) -> None:
    before = digests(study)
    (study / "store.duckdb").unlink()
    take_in(study)
    assert digests(study) == before


def test_one_form_may_come_as_scores_at_one_time_and_as_items_at_another(study: Path) -> None:
    assert ask(study, "SELECT range_low IS NULL, count(*) FROM store.core.administration "
                      "WHERE form_id = 'dar_5' GROUP BY ALL ORDER BY ALL") == [
        (False, 30), (True, 40)]  # fmt: skip
    accepted = accepted_files(ledger_of(study))
    with open_gateway(study / "store.duckdb") as connection:
        data = load_study_data(study_of(study), connection, accepted)
        assert not data.measures["dar_5.total"].is_ready_made
        assert len(data.values_at("dar_5.total", "intake")) == 40
        assert data.items("dar_5.total", "intake").empty
        assert data.measures["ecr_rs.anxiety"].is_ready_made
        assert (data.measures["ecr_rs.anxiety"].low, data.measures["ecr_rs.anxiety"].high) == (1, 7)


def test_items_and_scores_of_one_filled_in_form_in_two_files_are_refused(study: Path) -> None:
    text = with_scores() + ITEMS.rpartition("\n\n")[0].replace(
        "[[source.form]]",
        '\n[[source]]\nid = "again"\nkind = "csv"\nfiles = "again*.csv"\noccasion = "intake"\n'
        'columns = { client = "client_id" }\nmissing = { "-99" = "refused", "NASK" = "asked" }\n'
        'ignore = ["therapist_id", "clinic", "day", "age", "form_version"]\n\n[[source.form]]',
        1,
    )
    (study / "study.toml").write_text(text)
    write_export(study, "again.csv", intake_rows())
    before = answers_of(study)
    (report,) = take_in(study)
    assert report.refusal is not None
    assert report.refusal.code == "E_FORM_PARTED"
    assert answers_of(study) == before


def test_a_mean_far_from_what_was_published_raises_the_norm_alarm(tmp_path: Path) -> None:
    text = WITHOUT_OUTCOME.replace(ITEMS, SCORES.replace(
        'instrument = "dar_5"\nscores.total = { column = "anger", min = 1, max = 5 }',
        'instrument = "core_10"\nscores.total = "anger"'), 1)  # fmt: skip
    folder = write_study(tmp_path / "study", text)
    table = [row | {"anger": 39 + k % 2} for k, row in enumerate(scored_rows(60))]
    write_export(folder, "intake.csv", table)
    (report,) = take_in(folder)
    found = ask(folder, "SELECT code, rule, severity FROM store.meta.finding "
                        "WHERE rule LIKE 'core_10.%' ORDER BY ALL")  # fmt: skip
    assert report.counts is not None
    assert found == [
        ("E_NORM", "core_10.norm_total_mean", "warning"),
        # Its item 6 is not there, so that nobody is told of an answer above 0.
        ("E_SAFETY_UNSEEN", "core_10.safety_unseen", "note"),
    ]


def test_a_study_of_ready_made_scores_is_compared_and_says_what_it_cannot_know(
    study: Path,
) -> None:
    outcome = run(study)
    assert outcome.ending == "published"
    estimates = ask(
        study,
        "SELECT term, status, note FROM store.out.estimate WHERE group_a IS NULL "
        "AND outcome = 'ecr_rs.anxiety@intake' AND term IN ('alpha', 'mean', 'prorated')",
    )
    by_term = {term: (status, note) for term, status, note in estimates}
    assert by_term["mean"][0] == "ok"
    assert "prorated" not in by_term
    assert by_term["alpha"][0] == "refused"
    assert "ready-made" in by_term["alpha"][1]
    page = (study / "runs" / "latest").read_text().strip()
    said = (study / "runs" / page / "report.html").read_text()
    assert "Ready-made scores: of Anger reactions (DAR-5), Attachment anxiety (ECR-RS)" in said
    table = said.partition("Level, spread and reliability of each scale")[2].partition("</table>")[
        0
    ]
    assert "[c]" not in table
