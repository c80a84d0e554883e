"""The archive of one accepted file: its admitted columns as text, without what may hold anything.

Read back, an archive is staged and judged as its file was: what is left out of it leaves a mark
that breaks the same rule.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from instruments.layout import Layout, StageColumn
from sql.gateway import Connection, fill, rows, value
from sql.names import identifier, literal
from sql.staging import ISO, RECORD, date_of, days_of

# Stands for a cell that is not of its column's type, which may hold anything.
NOT_KEPT = "\ufffd"
# Stands for infinity and what computers write for no number.
NOT_FINITE = "nan"
# Dates are moved: intake is on this day, and all else as many days from it as it was.
FIRST_DAY = "DATE '2000-01-01'"
# Stands for a date of another format; no format reads it.
NO_DATE = "0-0-0"
LOOKS_LIKE_DATE = r"^\d+[-./ ]\d+[-./ ]\d+"
FINDS_CELLS = "SELECT count(*) FROM stage.finding WHERE _record IS NOT NULL"
# One row per record with cells that are not of their column's type: what is wrong, by header.
BROKEN = f"""
SELECT {RECORD}, map(list(column_name), list(code)) AS codes
FROM (
    SELECT {RECORD}, column_name, min(code) AS code
    FROM stage.miscast
    GROUP BY {RECORD}, column_name
)
GROUP BY {RECORD}
"""


def archive_text(connection: Connection, layout: Layout, path: Path) -> None:
    """Write the admitted columns of `stage.text` to a Parquet file.

    Cells stay as the source wrote them, but for those that are not of their column's type, which
    become marks, and dates, of which only the days between them are kept.
    """
    sources = dict.fromkeys(column.source for column in layout)
    broken = _headers(connection, "stage.miscast")
    unkept = _mark_texts(connection, layout)
    kept = [
        _marked(name, layout) if name in unkept else _kept(name, layout, is_broken=name in broken)
        for name in sources
    ]
    marks = f" LEFT JOIN ({BROKEN}) AS broken USING ({RECORD})" if broken else ""
    connection.execute(
        f"COPY (SELECT {RECORD}, {', '.join(kept)} FROM stage.text{marks}) "
        f"TO {literal(str(path))} (FORMAT parquet, COMPRESSION zstd)"
    )


def scan_archive(path: Path) -> str:
    """Return an archive as a statement reads it."""
    return f"read_parquet({literal(str(path))})"


def rewrite_archive(
    connection: Connection, path: Path, copy: Path, left_out: Sequence[int]
) -> None:
    """Write a copy of an archive without some records."""
    connection.execute(
        f"COPY (SELECT * FROM {scan_archive(path)} "
        f"WHERE {RECORD} NOT IN ({', '.join(map(literal, left_out))}) ORDER BY {RECORD}) "
        f"TO {literal(str(copy))} (FORMAT parquet, COMPRESSION zstd)"
    )


def archived_layout(layout: Layout) -> Layout:
    """Return the layout of an archive, whose dates are all written alike."""
    dates = {role: column for role, column in layout.roles.items() if column.kind == "date"}
    alike = {role: replace(column, date_format=ISO) for role, column in dates.items()}
    return replace(layout, roles={**layout.roles, **alike})


def _kept(name: str, layout: Layout, *, is_broken: bool) -> str:
    dates = {c.source: c for c in layout.roles.values() if c.kind == "date"}
    as_text = f"CAST({identifier(name)} AS VARCHAR)"
    if name in dates:
        return f"{_moved(dates[name], layout)} AS {identifier(name)}"
    if not is_broken:
        return identifier(name)  # an enumeration is written as the text that it stands for
    return (
        f"CASE broken.codes[{literal(name)}] WHEN 'E_NONFINITE' THEN {literal(NOT_FINITE)} "
        f"WHEN 'E_TYPE' THEN {literal(NOT_KEPT)} ELSE {as_text} END AS {identifier(name)}"
    )


def _moved(column: StageColumn, layout: Layout) -> str:
    """Return a date moved to `FIRST_DAY`; of a cell that is none, only in which way it is none."""
    cell = f"trim({identifier(column.source)})"
    days = f"coalesce({days_of(layout)}, 0)" if column.name == "date" else "0"
    moved = f"strftime({FIRST_DAY} + CAST({days} AS INTEGER), {literal(ISO)})"
    return (
        f"CASE WHEN {cell} = '' THEN NULL WHEN ({date_of(column)}) IS NOT NULL THEN {moved} "
        f"WHEN regexp_matches({cell}, {literal(LOOKS_LIKE_DATE)}) THEN {literal(NO_DATE)} "
        f"WHEN {cell} IS NOT NULL THEN {literal(NOT_KEPT)} END"
    )


def _mark_texts(connection: Connection, layout: Layout) -> set[str]:
    """List ids and codes that are none, which may be anything; return their headers."""
    texts = [column for column in layout if column.kind in ("id", "code")]
    if not texts or not value(connection, FINDS_CELLS):
        return set()
    connection.execute(fill("stage_unkept", columns=texts, mark=NOT_KEPT))
    return _headers(connection, "stage.unkept")


def _headers(connection: Connection, table: str) -> set[str]:
    return {name for (name,) in rows(connection, f"SELECT DISTINCT column_name FROM {table}")}


def _marked(name: str, layout: Layout) -> str:
    # A header may be read as two columns; a cell that one of them takes is kept.
    readers = sum(column.source == name for column in layout)
    mark = (
        "SELECT max(u.mark) FROM stage.unkept AS u "
        f"WHERE u._record = text._record AND u.column_name = {literal(name)} "
        f"HAVING count(*) >= {readers}"
    )
    return f"coalesce(({mark}), {identifier(name)}) AS {identifier(name)}"
