"""From an export's text to `stage.text` and `stage.rows`.

Two ways lead to the same rows. Files of whole numbers are read as numbers at once, which is twice
as fast. All others are read as text first, and every cell that is not of its column's type is
listed in `stage.miscast` instead of being guessed at: DuckDB alone would read 4.6 as 5.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from instruments.layout import Layout, StageColumn
from sql.gateway import Connection, fill, rows, value
from sql.names import identifier, literal

# Stands in the archive for a cell that is not of its column's type, which may hold anything.
NOT_KEPT = "\ufffd"
RECORD = "_record"


@dataclass(frozen=True)
class DelimitedText:
    """A rectangular UTF-8 file that DuckDB may read: its columns in order, its delimiter."""

    path: Path
    header: tuple[str, ...]
    delimiter: str = ","

    @property
    def has_records(self) -> bool:
        """Whether the first column numbers the records."""
        return self.header[0] == RECORD


def read_as_numbers(connection: Connection, layout: Layout, text: DelimitedText) -> bool:
    """Fill `stage.rows` straight from a file; return False, leaving nothing, if a cell resists."""
    scan = scan_text(text, {c.source: c.sql_type for c in layout})
    columns = [(column, _direct(column, layout)) for column in layout]
    connection.execute(fill("stage_rows", columns=columns, scan=scan, record=record_of(text)))
    if not _has_rejects(connection) and not _has_nonfinite(connection, layout):
        return True
    connection.execute("DROP TABLE stage.rows")
    return False


def read_as_text(connection: Connection, layout: Layout, text: DelimitedText) -> bool:
    """Fill `stage.text` from a file; return False, leaving nothing, if a row is ragged."""
    names = {c.source: "VARCHAR" for c in layout}
    select = ", ".join(identifier(name) for name in names)
    connection.execute(
        f"CREATE TABLE stage.text AS SELECT {record_of(text)} AS _record, {select} "
        f"FROM {scan_text(text, names)}"
    )
    if not _has_rejects(connection):
        return True
    connection.execute("DROP TABLE stage.text")
    return False


def read_archive(connection: Connection, layout: Layout, path: Path) -> None:
    """Fill `stage.text` from the archive of an accepted file."""
    select = ", ".join(identifier(name) for name in dict.fromkeys(c.source for c in layout))
    connection.execute(
        f"CREATE TABLE stage.text AS SELECT _record, {select} "
        f"FROM read_parquet({literal(str(path))}) ORDER BY _record"
    )


def type_text(connection: Connection, layout: Layout, *, decimal: str = ".") -> None:
    """Fill `stage.rows` and `stage.miscast` from `stage.text`."""
    columns = [(column, _cast(column, layout, decimal)) for column in layout]
    scan, record = "stage.text", RECORD
    connection.execute(fill("stage_rows", columns=columns, scan=scan, record=record))
    numeric = [c for c in layout if c.is_numeric and not _is_derived(c, layout)]
    if numeric:
        connection.execute(fill("stage_miscast", columns=numeric))


def record_of(text: DelimitedText) -> str:
    """Return the expression that numbers a file's records."""
    return "CAST(_record AS BIGINT)" if text.has_records else "row_number() OVER ()"


def scan_text(text: DelimitedText, types: dict[str, str]) -> str:
    """Return a `read_csv` call with declared columns: nothing is detected, nothing is guessed."""
    # Columns that are not admitted are named by their place: their headers may be anything.
    names = {
        name if name in (RECORD, *types) else f"_skip_{k}": name
        for k, name in enumerate(text.header)
    }
    columns = ", ".join(
        f"{literal(name)}: {literal(types.get(own, 'VARCHAR'))}" for name, own in names.items()
    )
    return (
        f"read_csv({literal(str(text.path))}, columns = {{{columns}}}, header = true, "
        f"auto_detect = false, delim = {literal(text.delimiter)}, quote = '\"', escape = '\"', "
        "nullstr = '', strict_mode = true, store_rejects = true, max_line_size = 20000000)"
    )


def drop_rejects(connection: Connection) -> None:
    """Forget what DuckDB rejected of the last file; its list holds values."""
    connection.execute("DROP TABLE IF EXISTS reject_errors")
    connection.execute("DROP TABLE IF EXISTS reject_scans")


def _has_rejects(connection: Connection) -> bool:
    known = {name for (name,) in rows(connection, "SELECT table_name FROM duckdb_tables()")}
    found = "reject_errors" in known and value(connection, "SELECT count(*) FROM reject_errors")
    drop_rejects(connection)
    return bool(found)


def _has_nonfinite(connection: Connection, layout: Layout) -> bool:
    floats = [c for c in layout if c.sql_type == "DOUBLE"]
    tests = [f"NOT isfinite({identifier(c.name)})" for c in floats]
    if not tests:
        return False
    return bool(value(connection, f"SELECT count(*) FROM stage.rows WHERE {' OR '.join(tests)}"))


def _is_derived(column: StageColumn, layout: Layout) -> bool:
    return column.name == "day" and "date" in layout.roles


def _direct(column: StageColumn, layout: Layout) -> str:
    """Return the expression of a column whose file was read with its own types."""
    if _is_derived(column, layout):
        return _days(layout)
    name = identifier(column.source)
    return name if column.is_numeric else f"nullif(trim({name}), '')"


def _cast(column: StageColumn, layout: Layout, decimal: str) -> str:
    """Return the expression that types a text cell; NULL where it is not of the type."""
    if _is_derived(column, layout):
        return _days(layout)
    name = f"trim({identifier(column.source)})"
    if not column.is_numeric:
        return f"nullif({name}, '')"
    number = f"TRY_CAST({_point(name, decimal)} AS DOUBLE)"
    codes = "".join(
        f" WHEN {literal(code)} THEN {literal(staged)}"
        for code, staged in column.staged_codes.items()
    )
    typed = number_or_null(number, is_whole=column.sql_type == "SMALLINT")
    return f"CASE {name}{codes} ELSE {typed} END" if codes else typed


def _point(name: str, decimal: str) -> str:
    return name if decimal == "." else f"replace({name}, ',', '.')"


def number_or_null(number: str, *, is_whole: bool) -> str:
    """Return a number that is finite and, where asked, whole and small; else NULL."""
    if is_whole:
        fits = f"{number} = trunc({number}) AND abs({number}) <= 32000"
        return f"CASE WHEN {fits} THEN CAST({number} AS SMALLINT) END"
    return f"CASE WHEN isfinite({number}) THEN {number} END"


def _days(layout: Layout) -> str:
    """Return days since intake from two dates, NULL where one cannot be read."""
    first, then = layout.roles["intake_date"], layout.roles["date"]
    parse = "CAST(try_strptime(trim({}), {}) AS DATE)"
    texts = [
        parse.format(identifier(c.source), literal(c.date_format or "%Y-%m-%d"))
        for c in (first, then)
    ]
    return f"CAST(date_diff('day', {texts[0]}, {texts[1]}) AS SMALLINT)"


def archive_text(
    connection: Connection, layout: Layout, path: Path, text: DelimitedText | None
) -> None:
    """Write the admitted columns, as the source wrote them, to a Parquet file.

    With ``text`` the file itself is read again; without it `stage.text` is taken, and a cell that
    is not of its column's type becomes a mark that no type admits. Dates become days since intake.
    """
    sources = dict.fromkeys(c.source for c in layout)
    scan = scan_text(text, dict.fromkeys(sources, "VARCHAR")) if text else "stage.text"
    record = record_of(text) if text else RECORD
    has_miscasts = text is None and bool(value(connection, "SELECT count(*) FROM stage.miscast"))
    kept = [_kept(name, layout, has_miscasts=has_miscasts) for name in _archived(layout)]
    connection.execute(
        f"COPY (SELECT {record} AS _record, {', '.join(kept)} FROM {scan}) "
        f"TO {literal(str(path))} (FORMAT parquet, COMPRESSION zstd)"
    )
    drop_rejects(connection)


def _archived(layout: Layout) -> Sequence[str]:
    """Return the headers of the archive: all but the intake date, which dates are counted from."""
    left_out = {layout.roles["intake_date"].source} if "intake_date" in layout.roles else set()
    return [name for name in dict.fromkeys(c.source for c in layout) if name not in left_out]


def _kept(name: str, layout: Layout, *, has_miscasts: bool) -> str:
    date = layout.roles.get("date")
    if date is not None and date.source == name:
        return f"CAST({_days(layout)} AS VARCHAR) AS {identifier(name)}"
    if not has_miscasts:
        return identifier(name)
    broken = (
        "SELECT 1 FROM stage.miscast AS m "
        f"WHERE m._record = text._record AND m.column_name = {literal(name)}"
    )
    mark = literal(NOT_KEPT)
    return (
        f"CASE WHEN EXISTS ({broken}) THEN {mark} ELSE {identifier(name)} END AS {identifier(name)}"
    )


def list_held_rows(connection: Connection, path: Path) -> None:
    """Write record, column, rule and fix of every row held back to a CSV file."""
    connection.execute(
        "COPY (SELECT _record AS record, column_name, code, rule, fix FROM stage.finding "
        "WHERE severity = 'error' ORDER BY ALL) "
        f"TO {literal(str(path))} (FORMAT csv, HEADER)"
    )
