"""What simulated answers hold by themselves that validation must tell of: it is no mistake.

Written from the rules' sentences alone, so that it can be compared with what rules find.
"""

from __future__ import annotations

from collections.abc import Iterator

from flows.simulation.manifest import EmptyForms, Mistake
from flows.simulation.measurement import shipped_catalog
from flows.simulation.tables import ExportTable, Row

# From how many items on the same answer throughout is told of, where some are reversed and not.
LINE_WITH_REVERSED, LINE = 6, 10


def natural_findings(table: ExportTable) -> Iterator[Mistake]:
    """Yield what is to be found in the rows of a table, read as a data manager would."""
    for form, columns in table.forms.items():
        yield from _safety(table, form, columns)
        if _shows_lines(form, len(columns)):
            yield from _straight_lines(table, form, columns)


def count_empty_forms(table: ExportTable) -> Iterator[EmptyForms]:
    """Yield for each form of a table how many rows have no answer to it, where any has none."""
    for form, columns in table.forms.items():
        empty = sum(
            not any(cell.isdigit() for cell in cells) for _, cells in _answers(table, columns)
        )
        if empty:
            yield EmptyForms(table.file, form, empty)


def _answers(table: ExportTable, columns: Row) -> Iterator[tuple[int, Row]]:
    """Yield the record number and the cells of a form from every row that can be read."""
    first = table.place(columns[0])
    for record, row in enumerate(table.rows, start=1):
        if len(row) == len(table.header):
            yield record, row[first : first + len(columns)]


def _safety(table: ExportTable, form: str, columns: Row) -> Iterator[Mistake]:
    """Yield answers above 0 to the items that ask for a look by a clinician."""
    for safety in shipped_catalog()[form].safety:
        column = columns[safety.item - 1]
        for record, (cell,) in _answers(table, [column]):
            if cell.isdigit() and int(cell) > safety.value:
                what = "an answer that asks for a look by a clinician"
                yield _natural(table, record, column, form, "E_SAFETY", what)


def _shows_lines(form: str, n_items: int) -> bool:
    has_reversed = bool(shipped_catalog()[form].reverse)
    return n_items >= (LINE_WITH_REVERSED if has_reversed else LINE)


def _straight_lines(table: ExportTable, form: str, columns: Row) -> Iterator[Mistake]:
    for record, cells in _answers(table, columns):
        if len(set(cells)) == 1 and cells[0].isdigit():
            what = "one answer throughout a form"
            yield _natural(table, record, "", form, "E_STRAIGHT_LINE", what)


def _natural(
    table: ExportTable, record: int, column: str, form: str, code: str, what: str
) -> Mistake:
    return Mistake(table.file, record, column, form, code, "warning", what, is_planted=False)
