"""Real REDCap exports and their dictionaries: the rows they have, the wishes that they state."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from flows.declarations import Source
from flows.sources import Export, read_export
from flows.sources.identifiers import judge_unknown_columns
from flows.sources.redcap_dictionary import checkbox_blocks
from instruments.errors import ExportError
from tests.unit.nasty.desk import copied

WISH = "desired_result"
BLOCKS = ("one___{n}", "two___{letter}")
pytestmark = pytest.mark.shared

# Fixture, its dictionary, its first column, its rows and its columns.
FIXTURES = [
    ("arm-multiple-delete", "dictionary", "record_id", 60, 5),
    ("arm-single-longitudinal", "dictionary", "record_id", 9, 6),
    ("blank-for-gray-status", "dictionary", "record_id", 6, 26),
    ("checkboxes-1", "dictionary", "record_id", 4, 13),
    ("clinical-trial-1", "dictionary", "record_id", 500, 13),
    ("decimal-comma-and-dot", "dictionary", "record_id", 4, 9),
    ("decimal-comma-and-dot", "metadata", "record_id", 4, 9),
    ("decimal-comma", "dictionay", "record_id", 4, 6),
    ("longitudinal", "dictionary", "study_id", 18, 125),
    ("multilevel-model-1", "dictionary", "patient_id", 220, 19),
    ("nonnumeric-record-id", "dictionary", "record_id", 3, 3),
    ("potentially-problematic-values", "dictionary", "record_id", 2, 5),
    ("project-color-boxes", "dictionary", "id", 4, 7),
    ("repeating-instruments-sparse", "dictionary", "record_id", 9, 15),
    ("repeating-instruments", "dictionary", "record_id", 6, 15),
    ("simple", "dictionary", "record_id", 5, 24),
    ("simple", "metadata", "record_id", 5, 24),
    ("survey", "dictionary", "participant_id", 2, 33),
    ("validation-types-1", "dictionary", "record_id", 1, 52),
    ("vignette-repeating", "dictionary", "record_id", 17, 15),
]


def redcap_source(name: str, dictionary: str, client: str, **changes: object) -> Source:
    return Source.model_validate(
        {
            "id": "fixture",
            "kind": "redcap",
            "files": f"{name}__data.csv",
            "dictionary": f"{name}__{dictionary}.csv",
            "columns": {"client": client},
        }
        | changes
    )


def read_fixture(
    folder: Path, scratch: Path, name: str, client: str, *, force: bool = False, **changes: object
) -> Export:
    path = folder / "redcap_fixtures" / f"{name}__data.csv"
    source = redcap_source(name, "dictionary", client, **changes)
    return read_export(path, source, scratch, force_rewrite=force)


@pytest.mark.parametrize(("name", "dictionary", "client", "rows", "columns"), FIXTURES)
@pytest.mark.parametrize("force", [False, True])
def test_a_real_export_is_read_whole(
    name: str, dictionary: str, client: str, rows: int, columns: int, force: bool,
    shared_data: Path, tmp_path: Path,
) -> None:  # fmt: skip
    path = shared_data / "redcap_fixtures" / f"{name}__data.csv"
    source = redcap_source(name, dictionary, client)
    export = read_export(path, source, tmp_path, force_rewrite=force)
    assert (export.rows, len(export.header), export.faults) == (rows, columns, ())
    assert export.header[0] == client
    # The data of "validation-types-1" lack nothing either: each column is described.
    assert [column for column in export.header if column not in export.fields] == []


@pytest.mark.parametrize("name", ["empty-rows", "potentially-problematic-dictionary"])
def test_an_export_of_nothing_is_refused_as_empty(
    name: str, shared_data: Path, tmp_path: Path
) -> None:
    with pytest.raises(ExportError) as caught:
        read_fixture(shared_data, tmp_path, name, "record_id")
    assert caught.value.code == "E_EMPTY"


def test_cyrillic_cells_and_a_first_column_without_a_name_are_read(
    shared_data: Path, tmp_path: Path
) -> None:
    path = shared_data / "redcap_fixtures" / "russian__data.csv"
    source = Source.model_validate(
        {
            "id": "russian",
            "kind": "csv",
            "files": "russian*.csv",
            "columns": {"client": "record_id"},
            "attributes": {"age": {"column": "age", "type": "number", "min": 0, "max": 120}},
        }
    )
    export = read_export(path, source, tmp_path)
    assert (export.rows, len(export.header), export.header[0]) == (3, 402, "")
    with export.readable.open(encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened))
    assert [row["_record"] for row in rows] == ["1", "2", "3"]
    assert all(row["age"] and not row["date_interview"] for row in rows)


def test_phones_and_addresses_of_kin_are_judged_though_nobody_flagged_them(
    shared_data: Path, tmp_path: Path
) -> None:
    export = read_fixture(shared_data, tmp_path, "longitudinal", "study_id")
    unknown = judge_unknown_columns(export.header, ["study_id"], [], export.fields)
    codes = {u.shown_name: u.code for u in unknown}
    unflagged = ("next_of_kin_contact_phone", "next_of_kin_contact_address", "ec_phone",
                 "next_of_kin_contact_name")  # fmt: skip
    assert {codes[name] for name in unflagged} == {"E_IDENTIFIER"}
    assert not any(export.fields[name].is_identifier for name in unflagged)
    assert {codes[n] for n in ("first_name", "email", "dob", "telephone_1")} == {"E_IDENTIFIER"}
    assert {codes[n] for n in ("comments", "study_comments", "vob7")} == {"E_FREE_TEXT"}
    assert codes["pmq1"] == codes["height"] == "E_UNKNOWN_COLUMN"
    assert "demographics_complete" not in codes
    assert "redcap_event_name" not in codes


@pytest.mark.parametrize("column", ["name_first", "telephone", "email", "address", "dob"])
def test_a_declared_identifier_is_refused(column: str, shared_data: Path, tmp_path: Path) -> None:
    attribute = {"fact": {"column": column, "type": "code", "shape": "[a-z]{1,8}"}}
    with pytest.raises(ExportError) as caught:
        read_fixture(shared_data, tmp_path, "simple", "record_id", attributes=attribute)
    assert caught.value.code == "E_IDENTIFIER"
    assert not list(tmp_path.iterdir())


def test_an_empty_checkbox_block_is_missing_where_the_fixture_says_so(
    shared_data: Path, tmp_path: Path
) -> None:
    form = [{"instrument": "core_10", "columns": f"check_{block}"} for block in BLOCKS]
    export = read_fixture(shared_data, tmp_path, "checkboxes-1", "record_id", form=form)
    blocks = checkbox_blocks(export.fields)
    assert {block: len(columns) for block, columns in blocks.items()} == {
        "check_one": 4,
        "check_two": 5,
    }
    with export.path.open(encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened))
    found = {
        row["record_id"]: {
            block for block, columns in blocks.items() if not any(copy[c] for c in columns)
        }
        for row, copy in zip(rows, copied(export), strict=True)
        if row[WISH]
    }
    stated = {
        row["record_id"]: {
            block for block in blocks if re.search(rf"{block}___\[\S+ should be NA", row[WISH])
        }
        for row in rows
        if row[WISH]
    }
    assert found == stated == {"1": set(), "2": {"check_one"}, "3": {"check_two"}}


def test_repeated_and_event_columns_are_known_to_redcap(shared_data: Path, tmp_path: Path) -> None:
    repeating = read_fixture(shared_data, tmp_path, "repeating-instruments", "record_id")
    events = read_fixture(shared_data, tmp_path, "arm-multiple-delete", "record_id")
    names = ("redcap_repeat_instrument", "redcap_repeat_instance")
    assert all(repeating.fields[name].is_known for name in names)
    assert events.fields["redcap_event_name"].is_known
