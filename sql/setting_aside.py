"""Rows that are taken out of the stage before its rules are run."""

from __future__ import annotations

from collections.abc import Collection

from sql.gateway import Connection, rows, value


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
    for table in ("rows", "miscast"):
        delete = f"DELETE FROM stage.{table} WHERE list_contains(?, _record)"
        connection.execute(delete, [wanted])
    if not is_archived:
        _forget_text(connection, wanted)
    return tuple(record for (record,) in found)


def _forget_text(connection: Connection, records: list[int]) -> None:
    """Let `stage.text` be a copy of itself without some rows; what it was a view of goes too."""
    connection.execute(
        "CREATE TABLE stage.kept AS SELECT * FROM stage.text WHERE NOT list_contains(?, _record) "
        "ORDER BY _record",
        [records],
    )
    kind = value(
        connection,
        "SELECT table_type FROM information_schema.tables "
        "WHERE table_catalog = 'stage' AND table_name = 'text'",
    )
    connection.execute(f"DROP {'VIEW' if kind == 'VIEW' else 'TABLE'} stage.text")
    connection.execute("DROP TABLE IF EXISTS stage.source")
    connection.execute("ALTER TABLE stage.kept RENAME TO text")
