"""Missing codes as exports write them: large, fractional, no number at all, or an answer too."""

from __future__ import annotations

from pathlib import Path

import pytest

from instruments.errors import StudyError
from tests.flows.small_study import (
    STUDY,
    ask,
    intake_rows,
    take_in,
    weekly_rows,
    write_export,
    write_study,
)

DECLARED = 'missing = { "-99" = "refused", "NASK" = "not asked" }'


def study_with(folder: Path, code: str) -> Path:
    text = STUDY.replace(
        DECLARED, f'missing = {{ "{code}" = "not reached", "NASK" = "not asked" }}'
    )
    assert text != STUDY
    return write_study(folder / "study", text)


@pytest.mark.parametrize("code", ["-99999", "99999", "99.5", "NaN", "nan", "inf", "-1e400"])
def test_a_code_that_no_small_number_holds_is_missing_with_its_reason(
    tmp_path: Path, code: str
) -> None:
    folder = study_with(tmp_path, code)
    table = [row | {f"ecr_{n}": 4 for n in range(1, 10)} for row in intake_rows(12)]
    table[3]["ecr_1"] = table[5]["age"] = table[7]["dar_2"] = code
    (report,) = take_in(write_export(folder, "intake.csv", table).parents[1])
    assert report.refusal is None
    assert report.counts is not None
    found = ask(
        folder,
        "SELECT client_id, form_id, item, reason FROM store.core.missing "
        "JOIN store.core.administration USING (administration_id) ORDER BY ALL",
    )
    assert found == [
        ("K004", "ecr_rs", "item_1", "not reached"),
        ("K008", "dar_5", "item_2", "not reached"),
    ]


@pytest.mark.parametrize("code", ["4", "4.0", " 7"])
def test_a_missing_code_that_is_an_answer_too_is_refused(tmp_path: Path, code: str) -> None:
    folder = study_with(tmp_path, code)
    write_export(folder, "intake.csv", intake_rows(12))
    with pytest.raises(StudyError, match="E_STUDY_MISSING_CODE") as caught:
        take_in(folder)
    assert "ecr_rs" in str(caught.value)


def test_a_form_that_names_an_answer_as_its_missing_code_means_it(tmp_path: Path) -> None:
    text = STUDY.replace('columns = "ecr_{n}"', 'columns = "ecr_{n}"\nmissing = { "4" = "unsure" }')
    folder = write_study(tmp_path / "study", text)
    table = [row | {f"ecr_{n}": 5 for n in range(1, 10)} for row in intake_rows(12)]
    table[3]["ecr_1"] = 4
    take_in(write_export(folder, "intake.csv", table).parents[1])
    assert ask(folder, "SELECT item, reason FROM store.core.missing") == [("item_1", "unsure")]


def test_a_missing_code_of_answers_is_a_number_of_a_session(tmp_path: Path) -> None:
    text = STUDY.replace('missing = { "-99" = "refused" }', 'missing = { "99" = "refused" }')
    folder = write_study(tmp_path / "study", text)
    table = [row | {"session": int(row["session"]) + 97} for row in weekly_rows(10, 3)]
    table[4]["dar_1"] = 99
    take_in(write_export(folder, "weekly.csv", table).parents[1])
    sessions = "SELECT session, count(*) FROM store.core.administration GROUP BY 1 ORDER BY 1"
    assert ask(folder, sessions) == [(98, 10), (99, 10), (100, 10)]
    assert ask(folder, "SELECT item, reason FROM store.core.missing") == [("item_1", "refused")]


@pytest.mark.parametrize(("code", "day"), [("99", 99), ("-99", None), ("NASK", None)])
def test_a_code_that_a_day_since_intake_may_be_is_a_day(
    tmp_path: Path, code: str, day: int | None
) -> None:
    folder = study_with(tmp_path, code if code != "NASK" else "-9")
    table = intake_rows(12)
    table[3] |= {"day": code}
    take_in(write_export(folder, "intake.csv", table).parents[1])
    query = "SELECT DISTINCT day FROM store.core.administration WHERE client_id = 'K004'"
    assert ask(folder, query) == [(day,)]
