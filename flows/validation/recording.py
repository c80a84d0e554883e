"""Write what was found to `stage.finding` and `stage.quarantined`: places and rules, no values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flows.sources.export import Note
from flows.sources.identifiers import UnknownColumn
from flows.validation.advice import FIXES, OTHER_FIX, ROW_FIXES
from flows.validation.statements import offending_sql
from instruments.layout import Layout
from instruments.rule import Category, Rule, Severity
from sql.gateway import Connection, rows
from sql.names import literal

# Rows that somebody decided to keep out, by the code that they are set aside with.
DECIDED: Mapping[str, str] = {"E_REJECTED": "file.rejected", "E_WITHDRAWN": "file.withdrawn"}

# What tells forms and events apart, and what is known of them; client and clinic are of clients.
OF_FORMS_AND_EVENTS = ("occasion", "session", "day", "date", "therapist", "rater", "target")
BROKEN_CELLS = (
    "SELECT 'fault' AS place, code FROM stage.fault "
    "UNION SELECT 'miscast', code FROM stage.miscast ORDER BY ALL"
)


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
        _record_of_file(connection, label, column.shown_name or f"column {column.position}")


def record_unkept_columns(connection: Connection, layout: Layout) -> None:
    """Record the declared columns that are facts about forms and events where neither is declared.

    The store keeps them beside a form or an event; without one they would go without a word.
    """
    if layout.placements or layout.events is not None:
        return
    code = "E_UNKEPT_COLUMN"
    label = _Label("file.unkept", code, "conformance", "warning", FIXES[code])
    told = [layout.roles[role].source for role in OF_FORMS_AND_EVENTS if role in layout.roles]
    for column in dict.fromkeys(told):  # a date and its day are of one column
        _record_of_file(connection, label, column)


def record_notes(connection: Connection, notes: Iterable[Note]) -> None:
    """Record what the reader found odd and accepted."""
    for note in notes:
        label = _Label("file.text", note.code, "conformance", "note", note.text)
        _record_of_file(connection, label, None)


def record_broken_cells(connection: Connection) -> None:
    """Record the rows that could not be read and the cells that could not be typed."""
    for table, code in rows(connection, BROKEN_CELLS):
        fix = ROW_FIXES.get(code) or FIXES.get(code, OTHER_FIX)
        rule = DECIDED.get(code, "file.rows") if table == "fault" else "file.cells"
        label = _Label(rule, code, "conformance", "error", fix)
        query = f"SELECT _record, column_name FROM stage.{table} WHERE code = {literal(code)}"  # noqa: S608
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
        _record_of_file(connection, label, column)


def record_quarantine(connection: Connection) -> None:
    """Hold back every row with an error."""
    connection.execute(
        "INSERT INTO stage.quarantined SELECT DISTINCT _record FROM stage.finding "
        "WHERE severity = 'error' AND _record IS NOT NULL ORDER BY _record"
    )


def _record_of_file(connection: Connection, label: _Label, column: str | None) -> None:
    """Append what is said of the whole file, or of a column of it."""
    connection.execute(
        "INSERT INTO stage.finding "
        "VALUES ($rule, $code, $category, $severity, NULL, $column, $fix)",
        {**vars(label), "column": column},
    )


def _record(connection: Connection, label: _Label, query: str) -> None:
    """Append the rows of a query in the order of the file."""
    connection.execute(
        "INSERT INTO stage.finding SELECT $rule, $code, $category, $severity, _record, "  # noqa: S608
        f"column_name, $fix FROM ({query}\n) ORDER BY _record NULLS FIRST, column_name",
        vars(label),
    )
