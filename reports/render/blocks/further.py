"""Every other analysis of a run: a table each, so that none is computed and never seen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from reports.render.blocks.method import name_analysis
from reports.render.document import Block, Fold, Heading
from reports.render.naming import name_estimate, name_group, name_outcome
from reports.render.run_view import Run
from reports.render.table import Cell, Column, Row, Table, interval_of, number_of, status_of

# These have sections of their own.
TOLD = {
    "dependence_and_outcome",
    "four_presentations",
    "groups_at_intake",
    "measures",
    "overdependent_against_overindependent",
}
MOST_ROWS = 12


def analyses(run: Run) -> Iterator[Block]:
    """Yield a heading and a table for each analysis without a section of its own."""
    if run.estimates.empty:
        return
    answered = run.estimates[run.estimates["status"] != "refused"]
    for analysis in sorted(set(answered["analysis"]) - TOLD):
        yield Heading(name_analysis(analysis).capitalize())
        table = _table(run, analysis, answered[answered["analysis"] == analysis])
        yield table if len(table.rows) <= MOST_ROWS else Fold(table.title, (table,))


def _table(run: Run, analysis: str, rows: pd.DataFrame) -> Table:
    groups = rows[["group_a", "group_b"]].drop_duplicates()
    notes: tuple[str, ...] = ()
    if len(groups) == 1 and groups.notna().all(axis=None):
        # Said once, and not in every row.
        a, b = (name_group(str(name)) for name in groups.iloc[0])
        notes = (f"All rows are of {a} and {b} clients.",)
        rows = rows.assign(group_a=None, group_b=None)
    return Table(
        name=f"further_{analysis}",
        title=f"{name_analysis(analysis).capitalize()}: every estimate",
        columns=(
            Column("What"),
            Column("estimand"),
            Column("method"),
            Column("estimate", "number"),
            Column("CI", "interval"),
            Column("p", "p", is_symbol=True),
            Column("p adj.", "p"),
            Column("n", "count", is_symbol=True),
            Column("remark"),
        ),
        rows=tuple(_row(run, row) for _, row in rows.iterrows()),
        notes=notes,
    )


def _row(run: Run, row: Any) -> Row:
    cells = (
        Cell(name_estimate(row)),
        Cell(str(row["estimand"])),
        Cell(str(row["method"])),
        number_of(row, "estimate"),
        interval_of(row),
        number_of(row, "p_value"),
        number_of(row, "p_adjusted"),
        number_of(row, "n"),
        Cell("" if pd.isna(row["note"]) else str(row["note"])),
    )
    return Row(cells, group=name_outcome(run, str(row["outcome"])), plan_status=status_of(row))
