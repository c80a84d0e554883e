"""What simulated answers hold by themselves that validation must tell of: it is no mistake."""

from __future__ import annotations

from collections.abc import Iterator

from flows.simulation.manifest import Mistake
from flows.simulation.measurement import shipped_catalog
from flows.simulation.tables import ExportTable, Row

SAFETY_COLUMN = "phq_9"
# From how many items on the same answer throughout is told of, where some are reversed and not.
LINE_WITH_REVERSED, LINE = 6, 10


def natural_findings(table: ExportTable) -> Iterator[Mistake]:
    """Yield what is to be found in the rows of a table, read as a data manager would."""
    readable = [
        (record, row)
        for record, row in enumerate(table.rows, start=1)
        if len(row) == len(table.header)
    ]
    if SAFETY_COLUMN in table.header:
        yield from _safety(table, readable)
    for instrument, columns in table.forms.items():
        if _shows_lines(instrument, len(columns)):
            yield from _straight_lines(table, columns, readable)


def _natural(table: ExportTable, record: int, column: str, code: str, what: str) -> Mistake:
    return Mistake(table.file, record, column, code, "warning", what, is_planted=False)


def _safety(table: ExportTable, readable: list[tuple[int, Row]]) -> Iterator[Mistake]:
    place = table.place(SAFETY_COLUMN)
    for record, row in readable:
        if row[place] in ("1", "2", "3"):
            what = "item 9 of the PHQ-9 is above 0"
            yield _natural(table, record, SAFETY_COLUMN, "E_SAFETY", what)


def _shows_lines(instrument: str, n_items: int) -> bool:
    has_reversed = bool(shipped_catalog()[instrument].reverse)
    return n_items >= (LINE_WITH_REVERSED if has_reversed else LINE)


def _straight_lines(
    table: ExportTable, columns: Row, readable: list[tuple[int, Row]]
) -> Iterator[Mistake]:
    first = table.place(columns[0])
    last = first + len(columns)
    for record, row in readable:
        answers = set(row[first:last])
        if len(answers) == 1 and answers.pop().isdigit():
            what = "one answer throughout a form"
            yield _natural(table, record, "", "E_STRAIGHT_LINE", what)
