"""A table as CSV: values as they are in the run, an interval in two columns."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from reports.publishing.estimate_csv import neutralise
from reports.render.table import Cell, Column, Row, Table


def table_to_csv(table: Table) -> str:
    """Return a table as CSV text; what was left out or does not exist is empty."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([neutralise(head) for head in _heads(table)])
    has_groups = any(row.group for row in table.rows)
    for row in table.rows:
        writer.writerow([neutralise(value) for value in _values(table, row, has_groups)])
    return text.getvalue()


def _heads(table: Table) -> Iterator[str]:
    if any(row.group for row in table.rows):
        yield "group"
    for place, column in enumerate(table.columns):
        name = f"{table.spanner_over(place)} {column.head}".strip()
        yield from (f"{name} low", f"{name} high") if column.kind == "interval" else (name,)
    yield "plan status"


def _values(table: Table, row: Row, has_groups: bool) -> Iterator[str | float]:
    if has_groups:
        yield row.group
    for column, cell in zip(table.columns, row.cells, strict=True):
        yield from _cell(column, cell)
    yield row.plan_status or ""


def _cell(column: Column, cell: Cell) -> tuple[str | float, ...]:
    if column.kind == "interval":
        return cell.value if isinstance(cell.value, tuple) else ("", "")
    if isinstance(cell.value, tuple):
        return (column.write(cell.value),)
    return ("" if cell.value is None else cell.value,)
