"""One line per answer becomes one row per record, event and repeated instrument."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from flows.declarations import Source
from flows.sources import Export, read_export
from instruments.errors import ExportError
from tests.unit.nasty.desk import check, copied
from tests.unit.test_reading_redcap import HEADER, redcap_source

FIELDS = (
    "record_id,base,,text,Record ID,,,,",
    "reach,base,,text,How to reach you,,,phone,",
    "story,base,,notes,Your story,,,,",
    'sex,base,,radio,Sex,"1, Woman | 2, Man",,,',
    'help,base,,checkbox,Helped by,"1, Friends | -9, Nobody",,,',
    *(f"core_{n},core,,text,Item {n},,,integer," for n in range(1, 11)),
)
HEAD = "record,redcap_event_name,redcap_repeat_instrument,redcap_repeat_instance,field_name,value"
BASE = (
    "Kx01q,intake_arm_1,,,record_id,Kx01q",
    "Kx01q,intake_arm_1,,,reach,020 555 0101",
    'Kx01q,intake_arm_1,,,story,"One, long\nstory"',
    "Kx01q,intake_arm_1,,,sex,2",
    "Kx01q,intake_arm_1,,,help,-9",
    "Kx01q,intake_arm_1,,,redcap_data_access_group,north",
    "Kx01q,intake_arm_1,,,base_complete,2",
)


def core(record: str, instance: str, answer: int = 1) -> list[str]:
    return [f"{record},intake_arm_1,core,{instance},core_{n},{answer}" for n in range(1, 11)]


def source(**changes: Any) -> Source:
    values = {"1": "woman", "2": "man"}
    given: dict[str, Any] = {
        "kind": "redcap_eav",
        "columns": {
            "client": "record_id",
            "occasion": "redcap_event_name",
            "session": "redcap_repeat_instance",
            "clinic": "redcap_data_access_group",
        },
        "attributes": {
            "sex": {"column": "sex", "type": "code", "values": values},
            "alone": {"column": "help____9", "type": "code", "values": {"0": "no", "1": "yes"}},
        },
        "form": [{"instrument": "core_10", "columns": "core_{n}"}],
    }
    return redcap_source(**given | changes)


def write(folder: Path, *lines: str) -> Path:
    (folder / "a_dictionary.csv").write_text("\n".join((HEADER, *FIELDS)) + "\n", encoding="utf-8")
    path = folder / "a_data.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "scratch").mkdir(exist_ok=True)
    return path


def read(folder: Path, *lines: str, **changes: Any) -> Export:
    return read_export(write(folder, *lines), source(**changes), folder / "scratch")


def refusal(folder: Path, *lines: str, **changes: Any) -> ExportError:
    with pytest.raises(ExportError) as caught:
        read(folder, *lines, **changes)
    assert not list((folder / "scratch").iterdir())
    return caught.value


def test_answers_become_rows_and_repeated_instruments_rows_of_their_own(tmp_path: Path) -> None:
    export = read(tmp_path, HEAD, *BASE, *core("Kx01q", "1"), *core("Kx01q", "2", 3))
    first, second, third = copied(export)
    assert (export.rows, export.faults) == (3, ())
    assert (first["sex"], first["help____9"], first["redcap_data_access_group"]) == (
        "2",
        "1",
        "north",
    )
    assert [row["redcap_repeat_instance"] for row in (first, second, third)] == ["", "1", "2"]
    assert [row["core_10"] for row in (first, second, third)] == ["", "1", "3"]
    assert (third["sex"], third["help____9"]) == ("", "")


def test_rows_of_forms_and_facts_mixed_are_staged_without_a_conflict(tmp_path: Path) -> None:
    lines = [HEAD, *BASE, *core("Kx01q", "1"), *core("Kx01q", "2", 3)]
    checked = check(write(tmp_path, *lines), source(), tmp_path / "scratch")
    assert checked.errors() == []
    assert checked.counts.loaded == 3
    assert [row["session"] for row in checked.staged] == [None, 1, 2]


def test_nothing_that_is_not_declared_lies_in_the_scratch_folder(tmp_path: Path) -> None:
    read(tmp_path, HEAD, *BASE, *core("Kx01q", "1"))
    (copy,) = (tmp_path / "scratch").iterdir()
    text = copy.read_text(encoding="utf-8")
    assert "555" not in text
    assert "story" not in text.partition("\n")[2]


def test_fields_that_point_to_a_person_are_listed_and_not_read(tmp_path: Path) -> None:
    path = write(tmp_path, HEAD, *BASE, *core("Kx01q", "1"))
    checked = check(path, source(), tmp_path / "scratch")
    assert checked.left_out == {
        "reach": "E_IDENTIFIER",
        "story": "E_FREE_TEXT",
        "help___1": "E_UNKNOWN_COLUMN",
    }


def test_a_block_without_a_line_is_missing_and_a_ticked_one_is_not(tmp_path: Path) -> None:
    other = ("Kx02q,intake_arm_1,,,sex,1", "Kx03q,intake_arm_1,,,help,1")
    rows = copied(read(tmp_path, HEAD, *BASE, *other))
    assert [row["help____9"] for row in rows] == ["1", "", "0"]


def test_a_missing_data_code_of_a_block_reaches_its_boxes(tmp_path: Path) -> None:
    lines = ("Kx02q,intake_arm_1,,,help,NASK", "Kx02q,intake_arm_1,,,sex,NASK")
    rows = copied(read(tmp_path, HEAD, *BASE, *lines, missing={"NASK": "not asked"}))
    assert [(row["help____9"], row["sex"]) for row in rows] == [("1", "2"), ("NASK", "NASK")]


def test_one_field_answered_in_two_ways_sets_its_row_aside(tmp_path: Path) -> None:
    export = read(tmp_path, HEAD, *BASE, *BASE, "Kx02q,intake_arm_1,,,sex,1",
                  "Kx02q,intake_arm_1,,,sex,2", "Kx03q,intake_arm_1,,,sex,1")  # fmt: skip
    assert [(f.record, f.code, f.column) for f in export.faults] == [(2, "E_DUP_CONFLICT", "sex")]
    assert [row["_record"] for row in copied(export)] == ["1", "3"]
    assert export.rows == 3


def test_a_line_that_cannot_be_read_refuses_the_file(tmp_path: Path) -> None:
    error = refusal(tmp_path, HEAD, *BASE, "Kx02q,intake_arm_1,sex", *BASE)
    assert (error.code, "line 10" in error.where) == ("E_RAGGED", True)


def test_a_field_that_nobody_described_is_counted_and_not_named(tmp_path: Path) -> None:
    export = read(tmp_path, HEAD, *BASE, "Kx01q,intake_arm_1,,,Jane,1")
    assert [note.code for note in export.notes] == ["N_UNKNOWN_FIELDS"]
    assert "Jane" not in str(export.notes) + str(export.header)


def test_the_record_may_be_called_as_in_the_dictionary(tmp_path: Path) -> None:
    named = read(tmp_path, HEAD.replace("record,", "record_id,"), *BASE)
    assert copied(named)[0]["record_id"] == "Kx01q"


@pytest.mark.parametrize(
    ("head", "code"),
    [
        (HEAD.replace("record,", "person,"), "E_COLUMN_MISSING"),
        (HEAD.replace("field_name", "name"), "E_COLUMN_MISSING"),
        ("record_id,sex,core_1", "E_COLUMN_MISSING"),
    ],
)
def test_other_columns_are_refused(head: str, code: str, tmp_path: Path) -> None:
    assert refusal(tmp_path, head, *BASE).code == code


def test_a_declared_column_that_the_project_lacks_is_refused(tmp_path: Path) -> None:
    attributes = {"age": {"column": "age", "type": "number", "min": 1, "max": 99}}
    assert refusal(tmp_path, HEAD, *BASE, attributes=attributes).code == "E_COLUMN_MISSING"


def test_a_declared_field_that_points_to_a_person_is_refused(tmp_path: Path) -> None:
    attributes = {"phone": {"column": "reach", "type": "code", "shape": "[0-9 ]{1,7}"}}
    assert refusal(tmp_path, HEAD, *BASE, attributes=attributes).code == "E_IDENTIFIER"


def test_labels_in_the_values_are_refused(tmp_path: Path) -> None:
    fields = [{"instrument": "core_10", "columns": ["sex", *(f"core_{n}" for n in range(1, 10))]}]
    lines = (*BASE, "Kx02q,intake_arm_1,,,sex,Woman")
    assert refusal(tmp_path, HEAD, *lines, form=fields, attributes={}).code == "E_LABELS"


def test_an_event_that_no_line_names_is_a_missing_column(tmp_path: Path) -> None:
    lines = [line.replace("intake_arm_1,,,", "") for line in BASE]
    error = refusal(tmp_path, "record,field_name,value", *lines)
    assert (error.code, "redcap_event_name" in error.what) == ("E_COLUMN_MISSING", True)
