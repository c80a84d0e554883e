"""The tables of the store: those that are always there, and one for each form."""

from __future__ import annotations

from instruments.definition import Definition
from instruments.layout import Placement, score_name
from sql.gateway import Connection, columns_of, fill, rows, statement
from sql.names import answer_of, identifier


def prepare_store(connection: Connection) -> None:
    """Make the schemas and tables of an empty store."""
    for name in ("schemas", "meta", "core", "out"):
        connection.execute(statement(f"schema/{name}"))
    connection.execute(response_view(connection))


def form_table_of(definition: Definition) -> str:
    """Return the name of a form's table in core."""
    return f"form_{definition.id}"


def held_items(connection: Connection, form_table: str) -> list[str]:
    """Return the items that the store's table of a form has; none where there is no table."""
    return columns_of(connection, f"store.core.{identifier(form_table)}")[1:]


def make_room(connection: Connection, placement: Placement) -> bool:
    """Give a form its table and each of its items a column; return whether one was missing."""
    table = form_table_of(placement.definition)
    held = columns_of(connection, f"store.core.{identifier(table)}")
    missing = [item for item in items_of(placement) if item["name"] not in held]
    if missing:
        connection.execute(fill("form_table", table=table, items=missing, is_new=not held))
    return bool(missing)


def response_view(connection: Connection) -> str:
    """Return the statement of core.response, the long view of every form's answers."""
    found = rows(
        connection,
        "SELECT table_name FROM duckdb_tables() WHERE database_name = 'store' "
        "AND schema_name = 'core' AND starts_with(table_name, 'form_') ORDER BY table_name",
    )
    items = {
        name: [item for item in held_items(connection, name) if not item.startswith(score_name(""))]
        for (name,) in found
    }
    return fill("response_view", forms=[form for form in items.items() if form[1]])


def items_of(placement: Placement) -> list[dict[str, object]]:
    """Return each item or ready-made score of a placement: its column, answer, type and codes."""
    return [
        {
            "name": item,
            "column": column.name,
            "answer": answer_of(column),
            "type": "DOUBLE" if placement.is_ready_made else store_type(placement.definition),
            "codes": [(code, column.missing[text]) for text, code in column.staged_codes.items()],
        }
        for item, column in placement.columns.items()
    ]


def store_type(definition: Definition) -> str:
    """Return the type of a form's answers in the store: as small as its answers are."""
    return "DOUBLE" if definition.response.is_continuous else "SMALLINT"
