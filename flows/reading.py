"""One export on its way into the stage: read, laid out, typed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from flows.declarations import Source
from flows.layout import add_missing, lay_out
from flows.sources import read_export
from flows.sources.export import Export, Fault
from flows.sources.identifiers import UnknownColumn, judge_unknown_columns
from flows.sources.location import explain_busy
from flows.sources.refusal import refuse
from instruments.catalog import Catalog
from instruments.layout import Layout
from sql.gateway import Connection
from sql.staging import (
    RECORD,
    DelimitedText,
    read_archive,
    read_text,
    spread_intake,
    type_text,
)


@dataclass(frozen=True)
class Reading:
    """One export that was read: where its columns go, and which of them nobody declared."""

    source: Source
    export: Export
    layout: Layout
    left_out: tuple[UnknownColumn, ...]


def read_file(path: Path, source: Source, catalog: Catalog, scratch: Path) -> Reading:
    """Check a file's bytes, dialect and header, and lay its columns out.

    Raises
    ------
    ExportError
        Where the file is refused whole.
    """
    export = read_export(path, source, scratch)
    layout = add_missing(lay_out(source, export.header, catalog), export.missing)
    return Reading(source, export, layout, _left_out(export, source, layout))


def _left_out(export: Export, source: Source, layout: Layout) -> tuple[UnknownColumn, ...]:
    admitted = {column.source for column in layout}
    return judge_unknown_columns(
        export.header, admitted, source.ignore, export.fields, export.telling
    )


def stage_file(connection: Connection, reading: Reading, scratch: Path) -> Reading:
    """Fill the stage from a file; return the reading with every broken row in its faults.

    Raises
    ------
    ExportError
        ``E_BUSY`` where the file changed since it was first read, ``E_RAGGED`` where even its
        rewritten rows cannot be read.
    """
    export = reading.export
    if not read_text(connection, reading.layout, _text(export)):
        export = _read_row_by_row(reading, scratch)
        if not read_text(connection, reading.layout, _text(export)):
            raise refuse(
                export.path,
                "E_RAGGED",
                "The rows of the file make no table.",
                fix="Make the export again, or leave its longest columns out.",
            )
    spread_intake(connection, reading.layout)
    type_text(connection, reading.layout, decimal=reading.source.decimal_signs)
    return replace(reading, export=export)


def _read_row_by_row(reading: Reading, scratch: Path) -> Export:
    """Read a file again, so that each of its broken rows becomes a fault."""
    export = read_export(reading.export.path, reading.source, scratch, force_rewrite=True)
    if export.sha256 != reading.export.sha256:
        raise explain_busy(export.path)
    return export


def stage_archive(connection: Connection, layout: Layout, archive: Path, decimal: str) -> None:
    """Fill the stage from the archive of an accepted file."""
    read_archive(connection, layout, archive)
    type_text(connection, layout, decimal=decimal)


def keep_faults(connection: Connection, faults: tuple[Fault, ...]) -> None:
    """List the rows that could not be read in the stage."""
    if faults:
        connection.executemany(
            "INSERT INTO stage.fault VALUES (?, ?, ?)",
            [(fault.record, fault.code, fault.column) for fault in faults],
        )


def _text(export: Export) -> DelimitedText:
    header = export.header if export.is_plain else (RECORD, *export.header)
    return DelimitedText(export.readable, header, export.delimiter)
