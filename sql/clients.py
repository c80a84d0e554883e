"""Clients and episodes: what the rows of a file say of the persons in treatment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from instruments.layout import Layout, StageColumn
from sql.gateway import Connection, fill
from sql.names import identifier, literal


def stage_clients(connection: Connection, layout: Layout, keys: Mapping[str, str]) -> None:
    """Make the stage tables of clients and of their episodes."""
    context = _context(layout) | {"keys": keys}
    connection.execute(fill("stage_client", **context))
    connection.execute(fill("stage_episode", **context))


def publish_clients(connection: Connection, layout: Layout) -> None:
    """Add the staged clients and what is declared of them; later facts win."""
    connection.execute(fill("client_merge", **_context(layout)))
    if layout.a_row_is == "administration":
        connection.execute(fill("episode_merge"))


def _context(layout: Layout) -> dict[str, object]:
    has_session = "ending_session" in layout.roles
    return {
        "attributes": [
            {"name": name, "column": column.name, "type": column.sql_type, "kept": _kept(column)}
            for name, column in layout.attributes.items()
        ],
        "is_person": layout.a_row_is == "person",
        "ending": _ending(layout),
        "ending_session": identifier("ending_session") if has_session else "CAST(NULL AS SMALLINT)",
    }


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


def _ending(layout: Layout) -> str:
    if "ending" not in layout.roles:
        return "CAST(NULL AS VARCHAR)"
    cases = " ".join(
        f"WHEN {literal(label)} THEN {literal(reason)}" for label, reason in layout.endings.items()
    )
    return f"CASE {identifier('ending')} {cases} END"
