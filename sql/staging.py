"""From an export's text to `stage.text` and `stage.rows`.

The text comes first, as the source wrote it, and numbers are made of it: DuckDB alone would read
4.6 as 5 where a whole number is declared. Where every answer of a file is one of the few that its
form admits, the text is held as an enumeration, which takes a third of the time and of the memory.
A cell that is not of its column's type is listed in `stage.miscast` instead of being guessed at.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from instruments.layout import MOST_WHOLE, Layout, StageColumn
from sql.gateway import Connection, fill, statement, value
from sql.names import identifier, literal

RECORD = "_record"
ISO = "%Y-%m-%d"
# Days further apart come out as so many, which no day may be.
MOST_DAYS = 32000
# An enumeration of more texts than this would gain nothing.
MOST_CODES = 200


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


def read_text(connection: Connection, layout: Layout, text: DelimitedText) -> bool:
    """Fill `stage.text` from a file; return False, leaving nothing, if a row is ragged."""
    plain = {column.source: "VARCHAR" for column in layout}
    coded = {name: _enumeration(codes) for name, codes in _answer_codes(layout).items()}
    return _read(connection, text, plain | coded) or _read(connection, text, plain)


def _read(connection: Connection, text: DelimitedText, types: dict[str, str]) -> bool:
    columns = [*([RECORD] if text.has_records else []), *types]
    connection.execute(
        fill(
            "stage_text",
            columns=columns,
            scan=scan_text(text, types),
            has_records=text.has_records,
        )
    )
    if not _has_rejects(connection):
        return True
    connection.execute("DROP VIEW stage.text")
    connection.execute("DROP TABLE stage.source")
    return False


def _answer_codes(layout: Layout) -> dict[str, dict[str, int | float | str]]:
    """Return, for each column of items, every text that it may hold and its staged number."""
    by_source: dict[str, list[dict[str, int | float | str]]] = {}
    for column in layout:
        by_source.setdefault(column.source, []).append(_codes_of(column))
    return {
        source: codes[0]
        for source, codes in by_source.items()
        # A column of two forms is coded where both understand its cells alike.
        if 0 < len(codes[0]) <= MOST_CODES and all(other == codes[0] for other in codes)
    }


def _codes_of(column: StageColumn) -> dict[str, int | float | str]:
    if column.allowed is None:
        return {}
    answers: dict[str, int | float | str] = {str(answer): answer for answer in column.allowed}
    codes = answers | column.staged_codes
    return dict(sorted(codes.items(), key=lambda code: float(code[1])))


def _enumeration(codes: Iterable[str]) -> str:
    return f"ENUM({', '.join(literal(code) for code in codes)})"


def read_archive(connection: Connection, layout: Layout, path: Path) -> None:
    """Fill `stage.text` from the archive of an accepted file."""
    select = ", ".join(identifier(name) for name in dict.fromkeys(c.source for c in layout))
    connection.execute(
        f"CREATE TABLE stage.text AS SELECT _record, {select} "
        f"FROM read_parquet({literal(str(path))}) ORDER BY _record"
    )


def spread_intake(connection: Connection, layout: Layout) -> None:
    """Give rows without a date of intake the one that other rows of the file tell of their client.

    REDCap writes it in one event only. Where a file tells of two, or of none, a row stays as it is.
    """
    roles = layout.roles
    if "client" in roles and "intake_date" in roles:
        client, intake = roles["client"].source, roles["intake_date"]
        connection.execute(
            fill("stage_intake", client=client, intake=intake.source, known=date_of(intake))
        )


def type_text(connection: Connection, layout: Layout, *, decimal: str = ".") -> None:
    """Fill `stage.rows`, `stage.repeated` and `stage.miscast` from `stage.text`.

    ``decimal`` holds the signs that may stand before decimals: ".", "," or both.
    """
    coded = _coded_columns(connection, layout)
    columns = [
        (
            column,
            _decode(column, coded) if column.source in coded else _cast(column, layout, decimal),
        )
        for column in layout
    ]
    connection.execute(fill("stage_rows", columns=columns))
    if "client" in layout.roles:
        find_repeated(connection)
    doubtful = [
        column
        for column in layout
        if column.is_numeric and column.source not in coded and not _is_derived(column, layout)
    ]
    if doubtful:
        connection.execute(fill("stage_miscast", columns=doubtful))


def find_repeated(connection: Connection) -> None:
    """Fill `stage.repeated` from `stage.rows`, whatever it held."""
    connection.execute(statement("stage/repeated"))


def _coded_columns(
    connection: Connection, layout: Layout
) -> dict[str, dict[str, int | float | str]]:
    """Return the codes of the columns that `stage.text` holds as an enumeration."""
    held = connection.execute("FROM stage.text LIMIT 0").description or ()
    names = {column[0] for column in held if str(column[1]).startswith("ENUM")}
    return {name: codes for name, codes in _answer_codes(layout).items() if name in names}


def _decode(column: StageColumn, coded: dict[str, dict[str, int | float | str]]) -> str:
    """Return the expression that turns an enumeration into the staged numbers."""
    numbers = list(coded[column.source].values())
    place = f"enum_code({identifier(column.source)})"
    first = numbers[0]
    if isinstance(first, int) and numbers == list(range(first, first + len(numbers))):
        counted = f"CAST({place} AS SMALLINT)"
        return f"{counted} + {first}::SMALLINT" if first else counted
    return f"CAST([{', '.join(map(literal, numbers))}][{place} + 1] AS SMALLINT)"


def scan_text(text: DelimitedText, types: dict[str, str]) -> str:
    """Return a `read_csv` call with declared columns: nothing is detected, nothing is guessed."""
    # Columns that are not admitted are named by their place: their headers may be anything.
    names = {
        name if name in (RECORD, *types) else f"_skip_{k}": name
        for k, name in enumerate(text.header)
    }
    columns = ", ".join(
        f"{literal(name)}: {literal(types.get(own, 'BIGINT' if own == RECORD else 'VARCHAR'))}"
        for name, own in names.items()
    )
    return (
        f"read_csv({literal(str(text.path))}, columns = {{{columns}}}, header = true, "
        f"auto_detect = false, delim = {literal(text.delimiter)}, quote = '\"', escape = '\"', "
        f"nullstr = '', strict_mode = true, store_rejects = true{_longest_line(text)})"
    )


def _longest_line(text: DelimitedText) -> str:
    """Return the option that lets a rewritten copy have very long lines.

    DuckDB reads in pieces of a few lines of that length, which takes half as long again, so files
    are read with its own limit first; one with longer lines is rejected and comes back rewritten.
    """
    return ", max_line_size = 20000000" if text.has_records else ""


def drop_rejects(connection: Connection) -> None:
    """Forget what DuckDB rejected of the last file; its list holds values."""
    connection.execute("DROP TABLE IF EXISTS reject_errors")
    connection.execute("DROP TABLE IF EXISTS reject_scans")


def _has_rejects(connection: Connection) -> bool:
    found = value(connection, "SELECT count(*) FROM reject_errors")
    drop_rejects(connection)
    return bool(found)


def _is_derived(column: StageColumn, layout: Layout) -> bool:
    return column.name == "day" and "date" in layout.roles


def _cast(column: StageColumn, layout: Layout, decimal: str) -> str:
    """Return the expression that types a text cell; NULL where it is not of the type."""
    if _is_derived(column, layout):
        return days_of(layout)
    name = f"trim({identifier(column.source)})"
    if not column.is_numeric:
        return f"nullif({name}, '')"
    number = f"TRY_CAST({_written(name, decimal)} AS DOUBLE)"
    codes = "".join(
        f" WHEN {literal(code)} THEN {literal(staged)}"
        for code, staged in column.staged_codes.items()
    )
    typed = number_or_null(number, is_whole=column.sql_type == "SMALLINT")
    return f"CASE {name}{codes} ELSE {typed} END" if codes else typed


def _written(name: str, decimal: str) -> str:
    """Return a cell as DuckDB reads numbers; what may not stand in one becomes a question mark.

    DuckDB takes 1_9 for 19, which no person writes so; 1.900 beside decimal commas may be 1900.
    """
    refused = "_" if "." in decimal else "_."
    text = f"translate({name}, {literal(refused)}, {literal('?' * len(refused))})"
    return f"replace({text}, ',', '.')" if "," in decimal else text


def number_or_null(number: str, *, is_whole: bool) -> str:
    """Return a number that is finite and, where asked, whole and small; else NULL."""
    if is_whole:
        fits = f"{number} = trunc({number}) AND abs({number}) <= {MOST_WHOLE}"
        return f"CASE WHEN {fits} THEN CAST({number} AS SMALLINT) END"
    return f"CASE WHEN isfinite({number}) THEN {number} END"


def days_of(layout: Layout) -> str:
    """Return days since intake from two dates, NULL where one cannot be read."""
    first, then = (date_of(layout.roles[role]) for role in ("intake_date", "date"))
    apart = f"date_diff('day', {first}, {then})"
    within = f"CAST(greatest(least({apart}, {MOST_DAYS}), -{MOST_DAYS}) AS SMALLINT)"
    return f"CASE WHEN {apart} IS NOT NULL THEN {within} END"


def date_of(column: StageColumn) -> str:
    """Return a cell as a date of the last or this century, NULL where it is none."""
    format_ = literal(column.date_format or ISO)
    parsed = f"try_strptime(trim({identifier(column.source)}), {format_})"
    return f"CASE WHEN year({parsed}) BETWEEN 1900 AND 2099 THEN CAST({parsed} AS DATE) END"


def list_held_rows(connection: Connection, path: Path) -> None:
    """Write record, column, rule and fix of every row held back to a CSV file."""
    connection.execute(
        "COPY (SELECT _record AS record, column_name, code, rule, fix FROM stage.finding "
        "WHERE severity = 'error' ORDER BY ALL) "
        f"TO {literal(str(path))} (FORMAT csv, HEADER)"
    )
