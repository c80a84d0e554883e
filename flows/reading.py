"""One export on its way into the stage: read, laid out, typed."""

from __future__ import annotations

import mmap
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
from instruments.layout import FIRST_TEXT_CODE, Layout
from sql.gateway import Connection
from sql.staging import (
    RECORD,
    DelimitedText,
    archive_text,
    read_archive,
    read_as_numbers,
    read_as_text,
    type_text,
)

# Where a whole number is declared DuckDB reads 4.6 and 46e-1 as 5: a file with such signs is text.
_FRACTION_SIGNS = (b".", b"e-", b"E-")


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
    return judge_unknown_columns(export.header, admitted, source.ignore, export.fields)


def stage_file(connection: Connection, reading: Reading, scratch: Path) -> Reading:
    """Fill the stage from a file; return the reading with every broken row in its faults.

    Raises
    ------
    ExportError
        ``E_BUSY`` where the file changed since it was first read, ``E_RAGGED`` where even its
        rewritten rows cannot be read.
    """
    export = reading.export
    if _is_whole_numbers(reading) and read_as_numbers(connection, reading.layout, _text(export)):
        return reading
    if not read_as_text(connection, reading.layout, _text(export)):
        export = _read_row_by_row(reading, scratch)
        if not read_as_text(connection, reading.layout, _text(export)):
            raise refuse(
                export.path,
                "E_RAGGED",
                "The rows of the file make no table.",
                fix="Make the export again, or leave its longest columns out.",
            )
    type_text(connection, reading.layout, decimal=reading.source.decimal)
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


def archive_file(connection: Connection, reading: Reading, path: Path) -> None:
    """Write the admitted columns of the staged file, as the source wrote them."""
    staged_as_text = connection.execute(
        "SELECT count(*) FROM duckdb_tables() WHERE database_name = 'stage' AND table_name = 'text'"
    ).fetchone()
    text = None if staged_as_text and staged_as_text[0] else _text(reading.export)
    archive_text(connection, reading.layout, path, text)


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


def _is_whole_numbers(reading: Reading) -> bool:
    """Whether a file can be read as numbers at once: none of its digits could be guessed away."""
    if not reading.export.is_plain or reading.source.decimal != ".":
        return False
    if any(
        isinstance(code, int) and code <= FIRST_TEXT_CODE
        for column in reading.layout
        if column.is_numeric
        for code in column.staged_codes.values()
    ):
        return False
    with reading.export.readable.open("rb") as file:
        content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        with content:
            return all(content.find(sign) < 0 for sign in _FRACTION_SIGNS)
