"""Rows that name a person where an id or a code should stand."""

from __future__ import annotations

from flows.sources.identifying_values import telling_cells
from instruments.layout import Layout, StageColumn
from sql.gateway import Connection, rows
from sql.names import identifier, literal

# Ids that no number of a person is written like: most ids, so that few need to be looked at.
USUAL = r"[A-Za-z]{1,2}[_-]?[0-9]{1,8}"


def telling_records(
    connection: Connection, layout: Layout, *, but_of_shape: bool = False
) -> dict[str, list[int]]:
    """Return the rows of `stage.rows` that point to a person, by the header of the column.

    Answers and numbers within bounds cannot, and what is none of the declared codes goes nowhere.
    ``but_of_shape`` leaves out ids that are written as the study file says of its pseudonyms.
    """
    found = {
        c.source: _records_of(connection, c, but_of_shape=but_of_shape and c.kind == "id")
        for c in layout
        if c.shape is not None
    }
    return {source: records for source, records in found.items() if records}


def _records_of(connection: Connection, column: StageColumn, *, but_of_shape: bool) -> list[int]:
    name = identifier(column.name)
    written = rows(
        connection,
        f"SELECT DISTINCT {name} FROM stage.rows WHERE {name} IS NOT NULL "  # noqa: S608
        f"AND NOT regexp_full_match({name}, {literal(USUAL)})",
    )
    telling = telling_cells((cell for (cell,) in written), are_ids=True) - column.missing.keys()
    if not telling:
        return []
    shape = literal(column.shape or "")
    but = f"AND NOT regexp_full_match({name}, {shape})" if but_of_shape else ""
    query = f"SELECT _record FROM stage.rows WHERE list_contains(?, {name}) {but} ORDER BY _record"  # noqa: S608
    return [record for (record,) in rows(connection, query, sorted(telling))]
