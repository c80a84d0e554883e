"""One form that two sources declare differently: its answers must still mean the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from flows.books import accepted_files
from flows.study_data import load_study_data
from instruments.errors import StudyError
from sql.gateway import open_gateway
from tests.flows.small_study import (
    STUDY,
    intake_rows,
    ledger_of,
    study_of,
    take_in,
    write_export,
    write_study,
)

OTHER = """\
[[source]]
id = "other"
kind = "csv"
files = "other*.csv"
occasion = "intake"
ignore = ["form_version", "age", "day", "clinic", "therapist_id"]
missing = { "-99" = "refused", "NASK" = "not asked" }

[source.columns]
client = "client_id"

[[source.form]]
instrument = "ecr_rs"
columns = "ecr_{n}"
HOW

[[source.form]]
instrument = "dar_5"
columns = "dar_{n}"

[presentation]"""
REVERSED = (1, 2, 3, 4)


def with_other(how: str) -> str:
    return STUDY.replace("[presentation]", OTHER.replace("HOW", how))


def mirrored(row: dict[str, Any]) -> dict[str, Any]:
    flipped = {f"ecr_{n}": 8 - int(row[f"ecr_{n}"]) for n in REVERSED}
    return row | flipped


def items_of(
    folder: Path, scale: str = "ecr_rs.avoidance", occasion: str = "intake"
) -> pd.DataFrame:
    study = study_of(folder)
    with open_gateway(folder / "store.duckdb") as connection:
        data = load_study_data(study, connection, accepted_files(ledger_of(folder)))
        return data.items(scale, occasion)


def test_items_that_one_export_reversed_are_keyed_like_those_of_the_other(tmp_path: Path) -> None:
    folder = write_study(tmp_path / "study", with_other("already_reversed = true"))
    table = [row | {f"ecr_{n}": 1 + (k + n) % 7 for n in range(1, 10)}
             for k, row in enumerate(intake_rows(20))]  # fmt: skip
    write_export(folder, "intake.csv", table[:10])
    write_export(folder, "other.csv", [mirrored(row) for row in table[10:]])
    take_in(folder)
    wanted = [[8 - row[f"ecr_{n}"] if n in REVERSED else row[f"ecr_{n}"] for n in range(1, 7)]
              for row in table]  # fmt: skip
    assert items_of(folder).astype(int).to_numpy().tolist() == wanted


def test_answers_of_an_occasion_at_which_nobody_filled_the_form_in_have_items_and_no_rows(
    tmp_path: Path,
) -> None:
    folder = write_study(tmp_path / "study", STUDY)
    write_export(folder, "intake.csv", intake_rows(5))
    take_in(folder)
    assert len(items_of(folder)) == 5
    later = items_of(folder, occasion="month_6")
    assert later.empty
    assert list(later.columns) == list(items_of(folder).columns)


def test_one_form_on_two_ranges_is_refused_before_its_scores_are_mixed(tmp_path: Path) -> None:
    folder = write_study(tmp_path / "study", with_other("range = [1, 9]"))
    with pytest.raises(StudyError, match="E_STUDY_RANGES") as caught:
        study_of(folder)
    assert '"ecr_rs" goes from 1 to 7 in one place and from 1 to 9' in caught.value.what
    assert "line" in caught.value.where


def test_items_of_two_units_are_brought_to_the_unit_of_the_form(tmp_path: Path) -> None:
    des = '[[source.form]]\ninstrument = "des_ii"\ncolumns = "d_{n}"\n'
    first, mark, rest = with_other("").partition('[[source]]\nid = "other"')
    text = first.replace('[[source]]\nid = "weekly"', f'{des}\n[[source]]\nid = "weekly"')
    text += mark + rest.replace("[presentation]", f"{des}range = [0, 10]\n\n[presentation]", 1)
    folder = write_study(tmp_path / "study", text)
    answers = [[(k + n) % 11 for n in range(1, 29)] for k in range(20)]
    table = [
        row | {f"d_{n}": (10 if k < 10 else 1) * answers[k][n - 1] for n in range(1, 29)}
        for k, row in enumerate(intake_rows(20))
    ]
    write_export(folder, "intake.csv", table[:10])
    write_export(folder, "other.csv", table[10:])
    take_in(folder)
    wanted = [[10.0 * answer for answer in row] for row in answers]
    assert items_of(folder, "des_ii.total").to_numpy().tolist() == wanted


def test_other_units_of_the_same_answers_may_stand_beside_each_other(tmp_path: Path) -> None:
    tenths = '[[source.form]]\ninstrument = "des_ii"\ncolumns = "d_{n}"\nrange = [0, 10]\n\n'
    whole = '[[source.form]]\ninstrument = "des_ii"\ncolumns = "e_{n}"\nrange = [0, 100]\n'
    text = with_other(f'target = "mother"\n\n{tenths}{whole}target = "again"\n')
    assert study_of(write_study(tmp_path / "study", text)).sources
