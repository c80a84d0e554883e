"""What a study file may say wrong is told when it is loaded, in one sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.plan_scope import known_study
from instruments.errors import StudyError
from tests.flows.small_study import STUDY, ask, intake_rows, study_of, take_in, weekly_rows
from tests.flows.small_study import write_export as export
from tests.flows.small_study import write_study as write


@pytest.mark.parametrize("pattern", ["", ".", "/srv/*.csv", "../*.csv", "C:\\\\data\\\\*.csv"])
def test_a_file_pattern_stays_within_the_inbox(tmp_path: Path, pattern: str) -> None:
    folder = write(tmp_path / "study", STUDY.replace("intake*.csv", pattern))
    with pytest.raises(StudyError, match="E_STUDY_VALUE") as caught:
        study_of(folder)
    assert "exports/" in caught.value.what


@pytest.mark.parametrize("format_", ["%Q", "YYYY-MM-DD", "%Y", "%d/%m", "%"])
def test_a_date_format_names_a_day_that_can_be_read(tmp_path: Path, format_: str) -> None:
    folder = write(tmp_path / "study", STUDY.replace("%d/%m/%Y", format_))
    with pytest.raises(StudyError, match="E_STUDY_VALUE") as caught:
        study_of(folder)
    assert "%Y-%m-%d" in caught.value.what


@pytest.mark.parametrize("format_", ["%Y-%m-%d", "%d.%m.%y", "%m/%d/%Y %H:%M", "%d %b %Y"])
def test_a_date_format_that_names_a_day_is_taken(tmp_path: Path, format_: str) -> None:
    assert study_of(write(tmp_path / "study", STUDY.replace("%d/%m/%Y", format_))).sources


@pytest.mark.parametrize("role", ["target", "rater"])
def test_a_column_and_a_form_do_not_both_say_whom_it_is_about(tmp_path: Path, role: str) -> None:
    own = {"target": "mother", "rater": "client"}[role]
    text = STUDY.replace('day = "day"', f'day = "day"\n{role} = "who"').replace(
        'columns = "ecr_{n}"', f'columns = "ecr_{{n}}"\n{role} = "{own}"', 1
    )
    with pytest.raises(StudyError, match=f"a {role} of its own"):
        study_of(write(tmp_path / "study", text))


@pytest.mark.parametrize("cell", ["1_9", "_19", "19_"])
def test_an_underscore_is_no_part_of_a_number(tmp_path: Path, cell: str) -> None:
    folder = write(tmp_path / "study")
    table = intake_rows(12)
    table[3]["age"] = cell
    table[4]["dar_1"] = "0_4"
    (report,) = take_in(export(folder, "intake.csv", table).parents[1])
    assert report.validation is not None
    assert {f.code: f.count for f in report.validation.findings}["E_TYPE"] == 2
    assert ask(folder, "SELECT count(*) FROM store.core.client WHERE age = 19") == [(0,)]


def test_of_two_first_therapists_it_is_always_the_same_one(tmp_path: Path) -> None:
    folder = write(tmp_path / "study")
    table = intake_rows(12)
    later = [row | {"therapist_id": "T0a"} for row in weekly_rows(10, 1)]
    for row in table:
        row["day"] = 1
    export(folder, "intake.csv", table)
    export(folder, "weekly.csv", later)
    take_in(folder)
    statement = (Path(__file__).parents[2] / "sql" / "frames" / "clients.sql").read_text()
    found = ask(folder, f"SELECT DISTINCT therapist_id FROM ({statement}) WHERE client_id < 'K011'")
    # Who was there at intake comes before who saw the client in the first session.
    assert sorted(found) == [("T1x",), ("T2x",), ("T3x",), ("T4x",)]


def test_a_plan_knows_columns_with_leading_zeros_and_totals(tmp_path: Path) -> None:
    text = STUDY.replace('columns = "dar_{n}"', 'columns = "dar_{n:02}"\ntotal = "dar_sum"')
    scope = known_study(study_of(write(tmp_path / "study", text)), [])
    assert "dar_5.total" in scope.scales
