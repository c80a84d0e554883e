"""What the store holds, as one hash per table: ordered rows, so equal content is equal hashes."""

from __future__ import annotations

from sql.gateway import Connection, rows, value
from sql.names import identifier


def store_digests(connection: Connection) -> dict[str, str]:
    """Return the digest of the ordered rows of every table of core, out and meta."""
    tables = rows(
        connection,
        "SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = 'store' "
        "ORDER BY ALL",
    )
    return {
        f"{schema}.{table}": _digest(connection, f"store.{identifier(schema)}.{identifier(table)}")
        for schema, table in tables
    }


def _digest(connection: Connection, table: str) -> str:
    found = value(
        connection,
        f"SELECT md5(coalesce(string_agg(digest, '' ORDER BY digest), '')) "
        f"FROM (SELECT md5(CAST(t AS VARCHAR)) AS digest FROM {table} AS t)",
    )
    return str(found)
