"""Judge one staged export: run its rules, list what breaks them, decide what is held back."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from flows.sources.export import Export
from flows.sources.identifiers import UnknownColumn
from flows.validation.advice import CAUSES, OTHER_CAUSE
from flows.validation.alarms import find_alarms
from flows.validation.normalising import normalise_ids
from flows.validation.recording import (
    DECIDED,
    record_alarms,
    record_broken_cells,
    record_notes,
    record_offending,
    record_quarantine,
    record_unkept_columns,
    record_unknown_columns,
)
from flows.validation.releasing import free_released
from flows.validation.suite import find_broken
from flows.validation.verdict import Finding, Validation
from instruments.alarm_rules import alarm_rules
from instruments.errors import ExportError
from instruments.layout import Layout
from instruments.rule import Rule
from instruments.rules import derive_rules
from sql.clients import meet_clients
from sql.gateway import Connection, rows, value

# A file with more rows held back than this share was declared wrongly and is refused whole. In a
# file of a few rows the rows speak for themselves.
BROKEN_SHARE = 0.5
MIN_ROWS = 10
# The rows of a file, those held back, and those that equal an earlier one.
COUNTED = """
SELECT
    (SELECT count(*) FROM stage.rows) + (SELECT count(DISTINCT _record) FROM stage.fault),
    (SELECT count(*) FROM stage.quarantined),
    (
        SELECT count(DISTINCT _record)
        FROM stage.finding
        WHERE rule = 'file.known_row' AND _record NOT IN (SELECT _record FROM stage.quarantined)
    )
"""
# So many records of a broken rule are named; a record may break it in several cells.
NAMED, MOST_CELLS = 3, 20


def validate(
    connection: Connection,
    layout: Layout,
    export: Export,
    unknown_columns: Iterable[UnknownColumn] = (),
    released: Collection[int] = (),
) -> Validation:
    """Judge `stage.rows`, filling `stage.finding` and `stage.quarantined`.

    What is staged must be committed. Ids are brought to one spelling first (NFKC), so that two
    encodings of one id do not become two clients. Where a store is attached, clients are compared
    with what it knows of them. A row that somebody released is judged again without the other rows
    that are held back, and stays if it then breaks no rule of an error.

    Raises
    ------
    StoreError
        ``E_RULE_FAILED``: a rule could not be judged.
    """
    normalise_ids(connection, layout)
    meet_clients(connection, layout)
    rules = derive_rules(layout)
    broken = find_broken(connection, rules)
    record_notes(connection, export.notes)
    record_unknown_columns(connection, unknown_columns)
    record_unkept_columns(connection, layout)
    record_broken_cells(connection)
    record_offending(connection, broken)
    record_quarantine(connection)
    free_released(connection, broken, released)
    record_alarms(connection, tuple(find_alarms(connection, layout)))
    return _conclude(connection, (*rules, *alarm_rules(layout)), len(rules), broken)


def _conclude(
    connection: Connection, known: tuple[Rule, ...], run: int, broken: tuple[Rule, ...]
) -> Validation:
    ((counted, quarantined, known_count),) = rows(connection, COUNTED)
    refusal = _refuse_mostly_broken(connection, counted, quarantined)
    return Validation(
        suite_size=run,
        failed_rules=tuple(rule.id for rule in broken),
        findings=_findings(connection, {rule.id: rule for rule in known}),
        rows=counted,
        quarantined=quarantined,
        known=known_count,
        refusal=refusal,
    )


def _refuse_mostly_broken(
    connection: Connection, counted: int, quarantined: int
) -> ExportError | None:
    """Return the refusal of a file that is mostly held back, with what most of its rows break.

    Rows that somebody decided to keep out say nothing of how the file was made.
    """
    if not quarantined:
        return None
    decided = value(
        connection,
        "SELECT count(DISTINCT _record) FROM stage.fault WHERE list_contains(?, code)",
        list(DECIDED),
    )
    judged, held = counted - decided, quarantined - decided
    if judged < MIN_ROWS or held <= BROKEN_SHARE * judged:
        return None
    code, column_name, broken = rows(
        connection,
        "SELECT code, min(column_name), count(DISTINCT _record) AS broken FROM stage.finding "
        "WHERE severity = 'error' AND NOT list_contains(?, code) "
        "GROUP BY code ORDER BY broken DESC, code LIMIT 1",
        list(DECIDED),
    )[0]
    refusal = ExportError(
        "E_MOSTLY_BROKEN",
        f"{held} of {judged} rows break a rule, {broken} of them {code}",
        where=f'such as column "{column_name}"' if column_name else "",
        fix=CAUSES.get(code, OTHER_CAUSE),
    )
    connection.execute(
        "INSERT INTO stage.finding "
        "VALUES ('file.mostly_broken', ?, 'conformance', 'fatal', NULL, NULL, ?)",
        [refusal.code, refusal.fix],
    )
    return refusal


def _findings(connection: Connection, rules: Mapping[str, Rule]) -> tuple[Finding, ...]:
    counted = rows(
        connection,
        "SELECT rule, code, category, severity, count(*), min(fix), "
        "min(column_name) = max(column_name), min(column_name), count(DISTINCT _record), "
        "min(_record, ?) FROM stage.finding "
        "GROUP BY rule, code, category, severity ORDER BY min(rowid)",
        NAMED * MOST_CELLS,
    )
    return tuple(
        Finding(rule, code, category, severity, count, _say(rule, rules), fix, _where(*places))
        for rule, code, category, severity, count, fix, *places in counted
    )


def _where(is_one: bool | None, column: str | None, records: int, first: list[int] | None) -> str:
    """Return the column that a rule is broken in, if it is one, and the first records in words."""
    named = sorted(set(first or ()))[:NAMED]
    more = f" and {records - len(named)} more" if records > len(named) else ""
    listed = ", ".join(map(str, named))
    rows_named = [f"{'row' if records == 1 else 'rows'} {listed}{more}"] if named else []
    return ", ".join([*([_column_in_words(column)] if is_one and column else []), *rows_named])


def _column_in_words(column: str) -> str:
    """Return a column's name in quotes; one that may not be shown stands as its place already."""
    return column if column.startswith("column ") else f'column "{column}"'


def _say(rule: str, rules: Mapping[str, Rule]) -> str:
    return rules[rule].says if rule in rules else SAYS[rule]


SAYS: Mapping[str, str] = {
    "file.columns": "A column is not declared and goes nowhere.",
    "file.unkept": "A column is declared for forms or events, and the source declares neither.",
    "file.text": "The file is written unusually and was read nonetheless.",
    "file.rows": "A row cannot be read.",
    "file.rejected": "A row was rejected by somebody's decision.",
    "file.withdrawn": "A row is of a client who withdrew, and nothing of it was kept.",
    "file.cells": "A cell is not of its column's type.",
    "file.mostly_broken": "Most rows break a rule, so the file was declared or exported wrongly.",
}
