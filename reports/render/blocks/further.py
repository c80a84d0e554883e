"""Every other analysis of a run: in words, and as a table, so that none is computed unseen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pandas as pd

from reports.answers import gather_answers
from reports.block_sentences import write_block
from reports.render.blocks.comparison import AS_IN_A_PAPER
from reports.render.blocks.method import name_analysis, table_of_reasons
from reports.render.document import Block, Fold, Heading, Prose, refer, source
from reports.render.naming import (
    name_estimate,
    name_group,
    name_in_sentence,
    name_method,
    name_outcome,
    phrase_outcome,
)
from reports.render.run_view import Run
from reports.render.table import (
    Cell,
    Column,
    Row,
    Table,
    common_status,
    interval_of,
    number_of,
    status_of,
)

# These have tables of their own making.
TOLD = {
    "dependence_and_outcome",
    "four_presentations",
    "groups_at_intake",
    "measures",
    "overdependent_against_overindependent",
}
# A section of their own, or a part of one under a heading.
ALONE = ("course", "endings")
HEADED = (
    "answer_page",
    "change",
    "four_presentations",
    "measurement_invariance",
    "missing",
    "specification",
)
REMARKS = {
    "four_presentations": (
        "All presentations beside each other. These tests are not adjusted together with those of "
        "the two extreme groups above, so they find something sooner; the difference between these "
        "two is judged there."
    ),
}
MOST_ROWS, MOST_PRINTED = 12, 40
Writer = Callable[[Run], Iterator[Block]]


def writers() -> dict[str, Writer]:
    """Return the blocks of each analysis: its sentences, and its table."""
    words = {f"words.{name}": _words_of(name) for name in (*ALONE, *HEADED)}
    return words | {f"estimates.{name}": _estimates_of(name) for name in _with_a_place()}


def _with_a_place() -> set[str]:
    return {*ALONE, *HEADED} - TOLD


def analyses(run: Run) -> Iterator[Block]:
    """Yield a heading and a table for each analysis without a place of its own."""
    if run.estimates.empty:
        return
    answered = run.estimates[run.estimates["status"] != "refused"]
    for analysis in sorted(set(answered["analysis"]) - TOLD - _with_a_place()):
        yield Heading(name_analysis(analysis).capitalize())
        yield from _estimates_of(analysis)(run)


def _words_of(analysis: str) -> Writer:
    def write(run: Run) -> Iterator[Block]:
        rows = run.rows(analysis)
        if rows.empty:
            return
        if analysis in HEADED:
            yield Heading(name_analysis(analysis).capitalize())
        if analysis in REMARKS:
            yield Prose((REMARKS[analysis],))
        yield from _words(run, analysis, rows)

    return write


def _words(run: Run, analysis: str, rows: pd.DataFrame) -> Iterator[Block]:
    """Yield what an analysis says of each outcome, then of which it says nothing."""
    author, silent = [], []
    for outcome in _in_order(run, rows):
        own = rows[rows["outcome"] == outcome]
        answered = own[own["status"] != "refused"]
        if answered.empty:
            silent.append(phrase_outcome(run, outcome))
            continue
        answers = gather_answers(rows, outcome, name_in_sentence(run, outcome), source)
        said = write_block(answers, outcome, analysis)
        yield Prose((said.clinician,), plan_status=common_status(answered["plan_status"]))
        author.append(f"{name_outcome(run, outcome)}. {said.author}")
    if author:
        yield Fold(AS_IN_A_PAPER, (Prose(tuple(author), "author"),))
    if silent:
        why = refer("table", table_of_reasons(run))
        yield Prose(
            (f"Not answered, for reasons told at the end: {'; '.join(silent)}{why}.",), "note"
        )


def _in_order(run: Run, rows: pd.DataFrame) -> list[str]:
    """Return the outcomes of some rows in the order of the study file."""
    there = set(rows["outcome"])
    declared = [str(name) for name in run.outcomes.index if name in there]
    return [*declared, *sorted(there - set(declared))]


def _estimates_of(analysis: str) -> Writer:
    def write(run: Run) -> Iterator[Block]:
        rows = run.rows(analysis)
        rows = rows[rows["status"] != "refused"] if not rows.empty else rows
        if rows.empty:
            return
        table = _table(run, analysis, rows)
        if len(table.rows) <= MOST_ROWS:
            yield table
        else:
            yield Fold(table.title, (table,), is_long=len(table.rows) > MOST_PRINTED)

    return write


def _table(run: Run, analysis: str, rows: pd.DataFrame) -> Table:
    notes = []
    groups = rows[["group_a", "group_b"]].drop_duplicates()
    if len(groups) == 1 and groups.notna().all(axis=None):
        # Said once, and not in every row.
        a, b = (name_group(str(name)) for name in groups.iloc[0])
        notes.append(f"All rows are of {a} and {b} clients.")
        rows = rows.assign(group_a=None, group_b=None)
    made = [_row(run, row) for _, row in rows.iterrows()]
    told = [_told(place, made) for place in range(len(COLUMNS))]
    notes += [
        f"{column.head.capitalize()} of all rows: {value}."
        for column, value in zip(COLUMNS, told, strict=True)
        if value
    ]
    kept = [place for place, value in enumerate(told) if value is None]
    return Table(
        name=f"further_{analysis}",
        title=f"{name_analysis(analysis).capitalize()}: every estimate",
        columns=tuple(COLUMNS[place] for place in kept),
        rows=tuple(replace(row, cells=tuple(row.cells[place] for place in kept)) for row in made),
        notes=tuple(notes),
    )


COLUMNS = (
    Column("What"),
    Column("estimand"),
    Column("method"),
    Column("estimate", "number"),
    Column("CI", "interval"),
    Column("p", "p", is_symbol=True),
    Column("p adj.", "p"),
    Column("n", "count", is_symbol=True),
    Column("remark"),
)
SAID_ONCE = {"estimand", "method"}  # below the table, where all rows have the same


def _told(place: int, rows: list[Row]) -> str | None:
    """Return what all rows have in a column, an empty text for nothing, None where they differ.

    A missing number of clients is one that was left out.
    """
    column, values = COLUMNS[place], {row.cells[place].value for row in rows}
    if values <= {None, ""} and column.kind != "count":
        return ""
    is_alike = len(values) == 1 and len(rows) > 1 and column.head in SAID_ONCE
    return str(values.pop()) if is_alike else None


def _row(run: Run, row: Any) -> Row:
    cells = (
        Cell(name_estimate(row)),
        Cell(str(row["estimand"])),
        Cell(name_method(row["method"])),
        number_of(row, "estimate"),
        interval_of(row),
        number_of(row, "p_value"),
        number_of(row, "p_adjusted"),
        number_of(row, "n"),
        Cell("" if pd.isna(row["note"]) else str(row["note"])),
    )
    return Row(cells, group=name_outcome(run, str(row["outcome"])), plan_status=status_of(row))
