"""What a study file may say wrong is told when it is loaded, in one sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.plan_scope import known_study
from instruments.errors import StudyError
from tests.flows.small_study import STUDY, ask, intake_rows, run, study_of, take_in, weekly_rows
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


@pytest.mark.parametrize(("cell", "age"), [("20,5", 20.5), ("20", 20.0), ("20.5", None),
                                           ("1.900", None), ("1.900,5", None)])  # fmt: skip
def test_beside_decimal_commas_a_point_is_never_guessed_at(
    tmp_path: Path, cell: str, age: float | None
) -> None:
    text = STUDY.replace('files = "intake*.csv"', 'files = "intake*.csv"\ndecimal = ","')
    folder = write(tmp_path / "study", text.replace("max = 99", "max = 2000"))
    table = intake_rows(12)
    table[3]["age"] = cell
    (report,) = take_in(export(folder, "intake.csv", table).parents[1])
    assert report.validation is not None
    told = [finding.code for finding in report.validation.findings if finding.severity == "error"]
    assert told == ([] if age else ["E_TYPE"])
    known = ask(folder, "SELECT age FROM store.core.client WHERE client_id = 'K004'")
    assert known == ([(age,)] if age else [])


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


NO_SESSION = STUDY.replace('session = "session"\n', "")


@pytest.mark.parametrize("moment", ['date = "date"\nintake_date = "began"', 'day = "day_no"'])
def test_days_alone_do_not_tell_the_forms_of_a_client_apart(tmp_path: Path, moment: str) -> None:
    text = NO_SESSION.replace('date = "date"\nintake_date = "began"', moment)
    with pytest.raises(StudyError, match="E_STUDY_MOMENT") as caught:
        study_of(write(tmp_path / "study", text))
    line = text.splitlines().index(moment.splitlines()[0]) + 1
    assert caught.value.where == f"study.toml, line {line}"
    assert '"weekly"' in caught.value.what
    assert "session" in caught.value.fix
    assert 'occasion = "intake"' in caught.value.fix


@pytest.mark.parametrize("declared", ["source", "form"])
def test_days_beside_an_occasion_are_facts_about_a_form(tmp_path: Path, declared: str) -> None:
    anchor = {"source": 'files = "weekly*.csv"', "form": 'instrument = "dar_5"\ncolumns'}[declared]
    before, mark, after = NO_SESSION.rpartition(anchor)
    own = 'occasion = "month_3"\n'
    text = f"{before}{mark}\n{own}{after}" if declared == "source" else before + own + mark + after
    assert study_of(write(tmp_path / "study", text)).sources


def test_a_session_that_is_left_empty_is_not_made_up_for_by_its_date(tmp_path: Path) -> None:
    folder = write(tmp_path / "study")
    table = weekly_rows(10, 2)
    table[3]["session"] = ""
    (report,) = take_in(export(folder, "weekly.csv", table).parents[1])
    assert report.counts is not None
    assert (report.counts.loaded, report.counts.quarantined) == (19, 1)
    assert ask(folder, "SELECT count(*) FROM store.core.administration WHERE session = 0") == [(0,)]


def test_a_rule_that_takes_no_scale_of_the_study_is_told_before_a_file_is_taken_in(
    tmp_path: Path,
) -> None:
    text = STUDY.replace('dependence = "ecr_rs.anxiety"', 'dependence = "ecr_rs.avoidance"')
    folder = write(tmp_path / "study", text)
    export(folder, "intake_1.csv", intake_rows(5))
    with pytest.raises(StudyError) as caught:
        run(folder)
    assert caught.value.code == "E_RULE_SCALE"
    line = 1 + text.splitlines().index('dependence = "ecr_rs.avoidance"')
    assert caught.value.where == f"study.toml, line {line}"
    assert not (folder / "ledger.jsonl").exists()
    assert not list((folder / "archive").glob("*.parquet"))
