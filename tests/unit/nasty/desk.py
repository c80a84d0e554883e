"""Take an export as far as `interdep check` does, and look at what became of it."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flows.declarations import Source
from flows.reading import Reading, keep_faults, read_file, stage_file
from flows.sources import Export
from flows.sources.identifiers import UnknownColumn
from flows.validation import Validation, validate
from instruments.catalog import load_catalog
from sql.gateway import open_gateway, open_stage, rows
from sql.publishing import RowCounts, count_staged

Row = dict[str, Any]
CATALOG = load_catalog()


@dataclass(frozen=True)
class Checked:
    """One export on the desk: read, staged, judged."""

    reading: Reading
    staged: tuple[Row, ...]
    validation: Validation
    findings: tuple[tuple[str, str, int | None, str | None], ...]
    quarantined: tuple[int, ...]
    counts: RowCounts

    @property
    def left_out(self) -> dict[str | None, str]:
        """The columns that go nowhere, and why."""
        return {column.shown_name: column.code for column in self.reading.left_out}

    def errors(self) -> list[tuple[str, int | None, str | None]]:
        """Return code, record and column of everything that holds a row back."""
        return [found[1:] for found in self.findings if found[0] == "error"]


def check(path: Path, source: Source, scratch: Path) -> Checked:
    """Read, stage and judge one file."""
    scratch.mkdir(exist_ok=True)
    reading = read_file(path, source, CATALOG, scratch)
    with (
        open_gateway(scratch=scratch) as connection,
        open_stage(connection, reading.export.size, scratch),
    ):
        reading = stage_file(connection, reading, scratch)
        keep_faults(connection, reading.export.faults)
        export = reading.export
        validation = validate(connection, reading.layout, export, reading.left_out)
        table = connection.execute("SELECT * FROM stage.rows ORDER BY _record")
        names = [column[0] for column in table.description]
        return Checked(
            reading,
            tuple(dict(zip(names, row, strict=True)) for row in table.fetchall()),
            validation,
            tuple(
                rows(
                    connection,
                    "SELECT severity, code, _record, column_name FROM stage.finding ORDER BY rowid",
                )
            ),
            tuple(record for (record,) in rows(connection, "SELECT * FROM stage.quarantined")),
            count_staged(connection),
        )


def copied(export: Export) -> list[Row]:
    """Return the rows that the stage will read, as text."""
    with export.readable.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened, delimiter=export.delimiter, strict=True))


def column(checked: Checked, name: str) -> list[Any]:
    """Return one column of the stage."""
    return [row[name] for row in checked.staged]


def unknown(checked: Checked) -> tuple[UnknownColumn, ...]:
    """Return the columns that go nowhere."""
    return checked.reading.left_out
