"""A file that is read a second time must still be the file that was read first."""

from __future__ import annotations

from pathlib import Path

import pytest

import flows.reading as reading_module
from flows.declarations import Source
from flows.reading import Reading, read_file, stage_file
from instruments.errors import ExportError
from sql.gateway import open_gateway, open_stage
from tests.unit.nasty.desk import CATALOG

ITEMS = [f"core_{n}" for n in range(1, 11)]
ROWS = [",".join([f"Kx{n:02d}q", *(str((n + k) % 5) for k in range(10))]) for n in range(12)]


def source() -> Source:
    return Source.model_validate(
        {
            "id": "intake",
            "kind": "csv",
            "files": "*.csv",
            "occasion": "intake",
            "columns": {"client": "client_id"},
            "form": [{"instrument": "core_10", "columns": "core_{n}"}],
        }
    )


def read(folder: Path, rows: list[str]) -> Reading:
    path = folder / "intake.csv"
    path.write_text("\n".join([",".join(["client_id", *ITEMS]), *rows]) + "\n", encoding="utf-8")
    return read_file(path, source(), CATALOG, folder)


def stage(reading: Reading, folder: Path) -> Reading:
    with open_gateway() as connection, open_stage(connection, 1, folder):
        return stage_file(connection, reading, folder)


def test_a_ragged_row_of_a_plain_file_becomes_a_fault(tmp_path: Path) -> None:
    reading = read(tmp_path, [*ROWS[:4], "Kx99q,1", *ROWS[4:]])
    assert reading.export.is_plain
    faults = stage(reading, tmp_path).export.faults
    assert [(fault.record, fault.code) for fault in faults] == [(5, "E_RAGGED")]


def test_a_file_that_changed_between_two_readings_is_refused_as_busy(tmp_path: Path) -> None:
    reading = read(tmp_path, [*ROWS, "Kx99q,1", ROWS[0]])
    read(tmp_path, [*ROWS[::-1], "Kx99q,1", ROWS[0]])
    with pytest.raises(ExportError) as caught:
        stage(reading, tmp_path)
    assert caught.value.code == "E_BUSY"


def test_rows_that_make_no_table_even_rewritten_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading = read(tmp_path, [*ROWS, "Kx99q,1", ROWS[0]])
    monkeypatch.setattr(reading_module, "read_text", lambda *_: False)
    with pytest.raises(ExportError) as caught:
        stage(reading, tmp_path)
    assert (caught.value.code, caught.value.where) == ("E_RAGGED", "intake.csv")
