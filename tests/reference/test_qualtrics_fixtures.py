"""Real exports of Qualtrics, modern and legacy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from flows.declarations import Source
from flows.sources import read_export
from flows.sources.identifiers import judge_unknown_columns
from instruments.errors import ExportError
from tests.unit.nasty.desk import copied

pytestmark = pytest.mark.shared


def source(**changes: Any) -> Source:
    values = {"1": "first", "2": "second"}
    given = {
        "id": "qualtrics",
        "kind": "qualtrics",
        "files": "*.csv",
        "columns": {"client": "ResponseId"},
        "attributes": {"choice": {"column": "Q1", "type": "code", "values": values}},
    }
    return Source.model_validate(given | changes)


def test_a_modern_export_is_read_below_its_three_header_rows(
    shared_data: Path, tmp_path: Path
) -> None:
    export = read_export(shared_data / "exports/qualtrics/sample.csv", source(), tmp_path)
    assert (export.rows, export.faults, len(export.header)) == (1, (), 20)
    (row,) = copied(export)
    assert {name: cell for name, cell in row.items() if cell} == {
        "_record": "1",
        "ResponseId": "R_2YPOQ602ER1jkf1",
        "Q1": "2",
    }


def test_what_points_to_a_person_is_named_and_what_the_program_adds_is_not(
    shared_data: Path, tmp_path: Path
) -> None:
    export = read_export(shared_data / "exports/qualtrics/sample.csv", source(), tmp_path)
    unknown = judge_unknown_columns(export.header, ["ResponseId", "Q1"], [], export.fields)
    assert {column.shown_name: column.code for column in unknown} == {
        "IPAddress": "E_IDENTIFIER",
        "RecipientLastName": "E_IDENTIFIER",
        "RecipientFirstName": "E_IDENTIFIER",
        "RecipientEmail": "E_IDENTIFIER",
        "LocationLatitude": "E_IDENTIFIER",
        "LocationLongitude": "E_IDENTIFIER",
        "ExternalReference": "E_UNKNOWN_COLUMN",
        "Q2": "E_FREE_TEXT",
        None: "E_FREE_TEXT",
    }


def test_a_legacy_export_is_read_below_its_two_header_rows(
    shared_data: Path, tmp_path: Path
) -> None:
    declared = source(columns={"client": "V1"})
    export = read_export(shared_data / "exports/qualtrics/sample_legacy.csv", declared, tmp_path)
    assert [(row["V1"], row["Q1"], row["Q2"]) for row in copied(export)] == [
        ("R_2YPOQ602ER1jkf1", "2", "")
    ]
    assert export.rows == 1
    assert {note.code for note in export.notes} >= {"N_BOM", "N_TRAILING_DELIMITER"}
    unknown = judge_unknown_columns(export.header, ["V1", "Q1"], [], export.fields)
    codes = {column.shown_name: column.code for column in unknown}
    assert {codes[name] for name in ("V3", "V5", "V6", "LocationLatitude")} == {"E_IDENTIFIER"}
    assert "V8" not in codes


@pytest.mark.parametrize("column", ["IPAddress", "RecipientEmail", "LocationLatitude"])
def test_a_declared_identifier_is_refused(column: str, shared_data: Path, tmp_path: Path) -> None:
    fact = {"column": column, "type": "code", "shape": "[0-9.]{0,6}"}
    with pytest.raises(ExportError) as caught:
        read_export(shared_data / "exports/qualtrics/sample.csv",
                    source(attributes={"fact": fact}), tmp_path)  # fmt: skip
    assert caught.value.code == "E_IDENTIFIER"
    assert not list(tmp_path.iterdir())
