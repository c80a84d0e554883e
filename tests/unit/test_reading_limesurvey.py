"""Exports of LimeSurvey: quoted cells, answer codes, questions that were not shown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from flows.declarations import Source
from flows.sources import read_export
from instruments.errors import ExportError
from tests.unit.nasty.desk import check, column, copied
from tests.unit.nasty.survey_writers import as_limesurvey

OWN = ["id", "submitdate", "lastpage", "startlanguage", "seed", "token", "ipaddr"]
ITEMS = [f"core[SQ{n:03}]" for n in range(1, 11)]
CODES = {f"A{n}": n - 1 for n in range(1, 6)}


def source(**changes: Any) -> Source:
    given: dict[str, Any] = {
        "id": "limesurvey",
        "kind": "limesurvey",
        "files": "*.csv",
        "occasion": "intake",
        "columns": {"client": "token"},
        "form": [{"instrument": "core_10", "columns": "core[SQ{n:03}]", "codes": CODES}],
    }
    return Source.model_validate(given | changes)


def response(client: str, *answers: str, submitted: str = "2026-01-05 08:00:00") -> list[str]:
    own = ["7", submitted, "3", "en", "99", client, "192.0.2.7"]
    return [*own, *(answers or ["A2"] * 10), 'free, "quoted"\n=1+1']


def write(folder: Path, *rows: list[str], **given: Any) -> Path:
    path = folder / "results-survey1.csv"
    path.write_bytes(as_limesurvey([*OWN, *ITEMS, "remark"], rows, **given))
    return path


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_answer_codes_become_answers(separator: str, tmp_path: Path) -> None:
    answers = ["A1", "A2", "A3", "A4", "A5", "", "A1", "A1", "A1", "A2"]
    path = write(tmp_path, response("Kx01q", *answers), separator=separator)
    checked = check(path, source(delimiter=separator), tmp_path / "s")
    staged = [checked.staged[0][f"core_10__item_{n}"] for n in range(1, 11)]
    assert staged == [0, 1, 2, 3, 4, None, 0, 0, 0, 1]
    assert checked.errors() == []
    assert checked.left_out == {"ipaddr": "E_IDENTIFIER", "remark": "E_FREE_TEXT"}


def test_the_remark_stays_out_of_the_copy(tmp_path: Path) -> None:
    export = read_export(write(tmp_path, response("Kx01q")), source(), tmp_path)
    assert copied(export)[0]["remark"] == ""


def test_a_question_that_was_not_shown_is_missing_with_its_reason(tmp_path: Path) -> None:
    path = write(tmp_path, response("Kx01q", "N/A", "", *["A1"] * 8))
    checked = check(path, source(), tmp_path / "s")
    assert checked.errors() == []
    item = next(c for c in checked.reading.layout if c.name == "core_10__item_1")
    assert item.missing == {"N/A": "not shown"}
    assert column(checked, "core_10__item_1") == [item.staged_codes["N/A"]]
    assert column(checked, "core_10__item_2") == [None]


def test_a_declared_reason_goes_before_that_of_the_program(tmp_path: Path) -> None:
    path = write(tmp_path, response("Kx01q", "N/A", *["A1"] * 9))
    checked = check(path, source(missing={"N/A": "not applicable"}), tmp_path / "s")
    item = next(c for c in checked.reading.layout if c.name == "core_10__item_1")
    assert item.missing == {"N/A": "not applicable"}


def test_an_answer_code_that_nobody_declared_is_found(tmp_path: Path) -> None:
    path = write(tmp_path, response("Kx01q"), response("Kx02q", "A7", *["A1"] * 9))
    checked = check(path, source(), tmp_path / "s")
    assert checked.errors() == [("E_TYPE", 2, "core[SQ001]")]


def test_codes_of_the_source_hold_for_forms_that_declare_none(tmp_path: Path) -> None:
    form = [{"instrument": "core_10", "columns": "core[SQ{n:03}]"}]
    path = write(tmp_path, response("Kx01q"))
    checked = check(path, source(codes=CODES, form=form), tmp_path / "s")
    assert column(checked, "core_10__item_1") == [1]


def test_responses_in_progress_are_noted(tmp_path: Path) -> None:
    rows = [response("Kx01q"), response("Kx02q", submitted="")]
    export = read_export(write(tmp_path, *rows), source(), tmp_path)
    assert "N_UNFINISHED" in {note.code for note in export.notes}
    assert len(copied(export)) == 2


def test_a_survey_without_responses_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, [""] * 18)
    with pytest.raises(ExportError) as caught:
        read_export(path, source(), tmp_path)
    assert caught.value.code == "E_NO_ROWS"
    assert [found.name for found in tmp_path.iterdir()] == [path.name]


def test_the_address_of_a_participant_cannot_be_declared(tmp_path: Path) -> None:
    fact = {"column": "ipaddr", "type": "code", "shape": "[0-9.]{0,6}"}
    with pytest.raises(ExportError) as caught:
        read_export(write(tmp_path, response("Kx01q")), source(attributes={"a": fact}), tmp_path)
    assert caught.value.code == "E_IDENTIFIER"


def test_a_list_of_question_codes_may_be_given_instead_of_a_pattern(tmp_path: Path) -> None:
    form = [{"instrument": "core_10", "columns": ITEMS, "codes": CODES}]
    checked = check(write(tmp_path, response("Kx01q")), source(form=form), tmp_path / "s")
    assert column(checked, "core_10__item_10") == [1]
