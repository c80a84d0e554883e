"""The cells that break rules, for the screen of the one who asks; they go nowhere else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from instruments.layout import Layout
from sql.gateway import Connection, rows
from sql.names import identifier

# On a screen more lines are not read.
MOST = 200
LONGEST = 60


def describe_values(
    connection: Connection, layout: Layout, *, only_held: bool = False
) -> tuple[str, ...]:
    """Return a line for each of the first offending cells: record, column, code and what it holds.

    Cells of columns that are not admitted, and rows that could not be read, are not in the stage
    and are not shown.
    """
    severities = "severity = 'error'" if only_held else "true"
    found = rows(
        connection,
        "SELECT DISTINCT _record, column_name, code FROM stage.finding "  # noqa: S608
        f"WHERE _record IS NOT NULL AND column_name IS NOT NULL AND {severities} "
        f"ORDER BY _record, column_name, code LIMIT {MOST + 1}",
    )
    admitted = {column.source for column in layout}
    cells = _cells(connection, [pair for *pair, _ in found if pair[1] in admitted])
    lines = [
        f"  row {record}, {column} [{code}]: {show(cells[record, column])}"
        for record, column, code in found[:MOST]
        if (record, column) in cells
    ]
    more = [f"  and more; these are the first {MOST}"] if len(found) > MOST else []
    return ("\nValues, on this screen only", *lines, *more) if lines else ()


def _cells(connection: Connection, places: list[list[object]]) -> Mapping[tuple[int, str], str]:
    by_column: dict[str, list[object]] = defaultdict(list)
    for record, column in places:
        by_column[str(column)].append(record)
    return {
        (record, column): cell
        for column, records in by_column.items()
        for record, cell in rows(
            connection,
            f"SELECT _record, CAST({identifier(column)} AS VARCHAR) FROM stage.text "  # noqa: S608
            "WHERE list_contains(?, _record)",
            records,
        )
    }


def show(cell: str | None) -> str:
    """Return a cell as a terminal may show it: on one line, without what would steer it."""
    if cell is None:
        return "(empty)"
    plain = "".join(sign if sign.isprintable() else "\ufffd" for sign in cell[:LONGEST])
    return f'"{plain}"' + ("..." if len(cell) > LONGEST else "")
