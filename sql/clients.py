"""Clients and endings: what the rows of a file say of the persons in treatment."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping

from instruments.layout import Layout, StageColumn
from sql.gateway import Connection, columns_of, fill, rows, statement, value
from sql.names import identifier, literal, named_by


def meet_clients(connection: Connection, layout: Layout) -> None:
    """List in `stage.known_client` those clients of the stage whom the store, if any, knows."""
    if "client" in layout.roles and _has_store(connection):
        first, last = _ends_of_ids(connection)
        connection.execute(fill("known_clients", first=first, last=last))
        if "clinic" in layout.roles:
            connection.execute(statement("stage/known_clinics"))


def _has_store(connection: Connection) -> bool:
    query = "SELECT count(*) FROM duckdb_databases() WHERE database_name = 'store'"
    return bool(value(connection, query))


def _ends_of_ids(connection: Connection) -> tuple[str, str]:
    """Return the first and last id that may differ from a staged one in case alone.

    In ASCII capitals come first. Beside capital and small i only the dotted capital folds to an
    ASCII letter, and it comes last.
    """
    first, last, is_ascii = rows(
        connection,
        "SELECT min(upper(client)), max(replace(lower(client), 'i', 'İ')), "
        "bool_and(length(client) = strlen(client)) FROM stage.rows",
    )[0]
    return (first, last) if is_ascii else ("", chr(sys.maxunicode))


def stage_clients(connection: Connection, layout: Layout, keys: Mapping[str, str]) -> None:
    """Make the stage tables of clients and of how their treatments ended."""
    is_once = layout.a_row_is == "person" or _is_once(connection)
    connection.execute(fill("stage_client", keys=keys, is_once=is_once, **_context(layout)))
    if "ending" in layout.roles:
        has_session = "ending_session" in layout.roles
        session = identifier("ending_session") if has_session else "CAST(NULL AS SMALLINT)"
        connection.execute(
            fill(
                "stage_ending",
                keys=keys,
                ending=named_by("ending", layout.endings),
                ending_session=session,
            )
        )
    if has_clients(connection) and layout.a_row_is == "administration":
        held = columns_of(connection, "store.core.client")
        has_ending = "ending" in layout.roles
        connection.execute(
            fill("stage_met_client", held=held, has_ending=has_ending, **_context(layout))
        )


def has_clients(connection: Connection) -> bool:
    """Whether the store has any client yet."""
    return bool(value(connection, "SELECT count(*) FROM store.core.client"))


def publish_clients(connection: Connection, layout: Layout, batch: int) -> None:
    """Add the staged clients and what is declared of them; later facts win."""
    context = _context(layout) | {"has_met": has_met(connection, layout), "batch": batch}
    connection.execute(fill("client_merge", **context))
    if "ending" in layout.roles:
        connection.execute(fill("ending_merge", batch=batch))


def has_met(connection: Connection, layout: Layout) -> bool:
    """Whether the store has a client of the stage; else it has none of its forms either."""
    if not has_clients(connection):
        return False
    if layout.a_row_is == "person":
        return True
    return bool(value(connection, "SELECT count(*) FROM stage.met_client"))


def _context(layout: Layout) -> dict[str, object]:
    return {
        "attributes": [
            {"name": name, "column": column.name, "type": column.sql_type, "kept": _kept(column)}
            for name, column in layout.attributes.items()
        ],
    }


def _is_once(connection: Connection) -> bool:
    """Whether every client has one row, so that none must be put together from several."""
    query = (
        "SELECT NOT EXISTS (FROM stage.repeated) "
        "AND NOT EXISTS (FROM stage.rows WHERE client IS NULL)"
    )
    return bool(value(connection, query))


def _kept(column: StageColumn) -> str:
    """Return an attribute, set aside where its declaration does not admit it."""
    name = identifier(column.name)
    tests = [f"{name} NOT IN ({_list(column.staged_codes.values())})"] if column.missing else []
    if column.kind == "number":
        tests.append(f"{name} BETWEEN {column.low!r} AND {column.high!r}")
    elif column.values is not None:
        tests.append(f"{name} IN ({_list(column.values)})")
    elif column.shape is not None:
        tests.append(f"regexp_full_match({name}, {literal(column.shape)})")
    return f"CASE WHEN {' AND '.join(tests)} THEN {name} END" if tests else name


def _list(values: Iterable[str | int | float]) -> str:
    return ", ".join(literal(value) for value in values)
