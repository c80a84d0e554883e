"""Write what was found to `stage.finding` and `stage.quarantined`: places and rules, no values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flows.sources.export import Note
from flows.sources.identifiers import UnknownColumn
from flows.validation.advice import FIXES, OTHER_FIX, ROW_FIXES
from flows.validation.statements import offending_sql
from instruments.rule import Category, Rule, Severity
from sql.gateway import Connection
from sql.names import literal

# Rows that somebody decided to keep out, by the code that they are set aside with.
DECIDED: Mapping[str, str] = {"E_REJECTED": "file.rejected", "E_WITHDRAWN": "file.withdrawn"}


@dataclass(frozen=True)
class _Label:
    rule: str
    code: str
    category: Category
    severity: Severity
    fix: str


def record_unknown_columns(connection: Connection, columns: Iterable[UnknownColumn]) -> None:
    """Record the columns that go nowhere."""
    for column in columns:
        label = _Label("file.columns", column.code, "conformance", "warning", FIXES[column.code])
        name = column.shown_name or f"column {column.position}"
        _record(connection, label, _whole_file(name))


def record_notes(connection: Connection, notes: Iterable[Note]) -> None:
    """Record what the reader found odd and accepted."""
    for note in notes:
        label = _Label("file.text", note.code, "conformance", "note", note.text)
        _record(connection, label, _whole_file(None))


def record_broken_cells(connection: Connection) -> None:
    """Record the rows that could not be read and the cells that could not be typed."""
    for rule, table in (("file.rows", "stage.fault"), ("file.cells", "stage.miscast")):
        codes = connection.execute(f"SELECT DISTINCT code FROM {table} ORDER BY code").fetchall()  # noqa: S608
        for (code,) in codes:
            fix = ROW_FIXES.get(code) or FIXES.get(code, OTHER_FIX)
            label = _Label(DECIDED.get(code, rule), code, "conformance", "error", fix)
            query = f"SELECT _record, column_name FROM {table} WHERE code = {literal(code)}"  # noqa: S608
            _record(connection, label, query)


def record_offending(connection: Connection, rules: Iterable[Rule]) -> None:
    """Record every offending row of the rules that are broken."""
    for rule in rules:
        label = _Label(rule.id, rule.code, rule.category, rule.severity, rule.fix)
        _record(connection, label, offending_sql(rule))


def record_alarms(connection: Connection, alarms: Iterable[tuple[Rule, str | None]]) -> None:
    """Record what the answers of the file say together, with the column of an item or without."""
    for rule, column in alarms:
        label = _Label(rule.id, rule.code, rule.category, rule.severity, rule.fix)
        _record(connection, label, _whole_file(column))


def record_quarantine(connection: Connection) -> None:
    """Hold back every row with an error."""
    connection.execute(
        "INSERT INTO stage.quarantined SELECT DISTINCT _record FROM stage.finding "
        "WHERE severity = 'error' AND _record IS NOT NULL ORDER BY _record"
    )


def _whole_file(column: str | None) -> str:
    name = "CAST(NULL AS VARCHAR)" if column is None else literal(column)
    return f"SELECT CAST(NULL AS BIGINT) AS _record, {name} AS column_name"


def _record(connection: Connection, label: _Label, query: str) -> None:
    """Append the rows of a query in the order of the file."""
    connection.execute(
        "INSERT INTO stage.finding SELECT $rule, $code, $category, $severity, _record, "  # noqa: S608
        f"column_name, $fix FROM ({query}\n) ORDER BY _record NULLS FIRST, column_name",
        vars(label),
    )
