"""Rows that are taken out of the stage before its rules are run."""

from __future__ import annotations

from collections.abc import Collection

from sql.gateway import Connection, rows


def set_aside(
    connection: Connection,
    records: Collection[int],
    code: str,
    column: str | None = None,
    *,
    is_archived: bool = True,
) -> tuple[int, ...]:
    """Make faults of rows and return those that were there; others judge no more by them.

    Where they are not to be archived, their text goes too.
    """
    if not records:
        return ()
    wanted = list(records)
    found = rows(
        connection,
        "INSERT INTO stage.fault SELECT _record, ?, ? FROM stage.rows "
        "WHERE list_contains(?, _record) ORDER BY _record RETURNING _record",
        code,
        column,
        wanted,
    )
    tables = ("rows", "miscast") if is_archived else ("rows", "miscast", "text")
    for table in tables:
        delete = f"DELETE FROM stage.{table} WHERE list_contains(?, _record)"
        connection.execute(delete, [wanted])
    return tuple(record for (record,) in found)
