"""What the store holds, as one hash per table: ordered rows, so equal content is equal hashes."""

from __future__ import annotations

from pathlib import Path

from sql.gateway import Connection, EngineError, damaged, rows, share_work, value
from sql.names import identifier


def store_digests(connection: Connection) -> dict[str, str]:
    """Return the digest of the ordered rows of every table of core, out and meta.

    Columns count by name: facts about clients stand in the order in which sources brought them.
    """
    return {
        f"{schema}.{table}": _digest(connection, schema, table)
        for schema, table in _tables(connection)
    }


def read_everything(connection: Connection, path: Path) -> None:
    """Read every block of the store once, so that its checksums are compared.

    Raises
    ------
    StoreError
        ``E_STORE_DAMAGED`` where one is not what it was.
    """
    share_work(connection)
    try:
        for schema, table in _tables(connection):
            rows(connection, f"SELECT bit_xor(hash(t)) FROM {_name(schema, table)} AS t")
    except EngineError:
        raise damaged(path) from None


def _tables(connection: Connection) -> list[tuple[str, str]]:
    return rows(
        connection,
        "SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = 'store' "
        "ORDER BY ALL",
    )


def _name(schema: str, table: str) -> str:
    return f"store.{identifier(schema)}.{identifier(table)}"


def _digest(connection: Connection, schema: str, table: str) -> str:
    columns = rows(
        connection,
        "SELECT column_name FROM duckdb_columns() WHERE database_name = 'store' "
        "AND schema_name = ? AND table_name = ? ORDER BY column_name",
        schema,
        table,
    )
    listed = ", ".join(f"{identifier(name)} := {identifier(name)}" for (name,) in columns)
    row = f"md5(CAST(struct_pack({listed}) AS VARCHAR))"
    found = value(
        connection,
        f"SELECT md5(coalesce(string_agg(digest, '' ORDER BY digest), '')) "
        f"FROM (SELECT {row} AS digest FROM {_name(schema, table)})",
    )
    return str(found)
