"""Rows that somebody released are judged again, by themselves."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from flows.validation.statements import offending_sql
from instruments.rule import Rule
from sql.gateway import Connection, rows

RELEASED = "Nothing to do: somebody released this row; the ledger says why."
TABLE = "stage.reconsidered"
UNREADABLE = "SELECT _record FROM stage.fault UNION ALL SELECT _record FROM stage.miscast"


def free_released(
    connection: Connection, broken: Iterable[Rule], released: Collection[int]
) -> None:
    """Let released rows pass that break no error once the other held rows are out of the way.

    Of two rows that contradict each other the released one stands. A row whose own cells are wrong
    stays held back, whatever was decided.
    """
    if not released:
        return
    held = {record for (record,) in rows(connection, "SELECT _record FROM stage.quarantined")}
    freed = held & set(released)
    if not freed:
        return
    connection.execute(
        "CREATE TABLE stage.reconsidered AS SELECT * FROM stage.rows "
        "WHERE NOT list_contains(?, _record)",
        [sorted(held - freed)],
    )
    freed -= {record for (record,) in rows(connection, UNREADABLE)}
    for rule in broken:
        if rule.severity == "error":
            freed -= {record for record, _ in rows(connection, offending_sql(rule, TABLE))}
    connection.execute("DROP TABLE stage.reconsidered")
    _let_pass(connection, sorted(freed))


def _let_pass(connection: Connection, records: list[int]) -> None:
    connection.execute("DELETE FROM stage.quarantined WHERE list_contains(?, _record)", [records])
    connection.execute(
        "UPDATE stage.finding SET severity = 'note', fix = ? "
        "WHERE severity = 'error' AND list_contains(?, _record)",
        [RELEASED, records],
    )
