"""What simulated answers hold by themselves that validation must tell of: it is no mistake.

Written from the rules' sentences alone, so that it can be compared with what rules find.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise

from flows.simulation.manifest import EmptyForms, Mistake
from flows.simulation.measurement import shipped_catalog
from flows.simulation.questionnaires import QUESTIONNAIRES
from flows.simulation.tables import ExportTable, Row

# From how many items on the same answer throughout is told of, where some are reversed and not.
LINE_WITH_REVERSED, LINE = 6, 10
# The part of a form's range that a client's mean answer may move by between two forms.
LEAP = 0.75


def natural_findings(table: ExportTable) -> Iterator[Mistake]:
    """Yield what is to be found in the rows of a table, read as a data manager would."""
    for form, columns in table.forms.items():
        yield from _safety(table, form, columns)
        if _shows_lines(form, len(columns)):
            yield from _straight_lines(table, form, columns)
        yield from _leaps(table, form, columns)


def count_empty_forms(table: ExportTable) -> Iterator[EmptyForms]:
    """Yield for each form how many rows lack it that answer another one, where any does.

    A form counts where rows of the same occasion and session answer it: elsewhere it was not due.
    """
    moments = dict(_answers(table, table.moment)) if table.moment else {}
    answered = {
        form: {record for record, cells in _answers(table, columns) if _has_answer(cells)}
        for form, columns in table.forms.items()
    }
    for form, records in answered.items():
        due = {tuple(moments.get(record, ())) for record in records}
        others = set().union(*(found for other, found in answered.items() if other != form))
        empty = [k for k in others - records if tuple(moments.get(k, ())) in due]
        if empty:
            yield EmptyForms(table.file, form, len(empty))


def _has_answer(cells: Row) -> bool:
    return any(cell.isdigit() for cell in cells)


def _answers(table: ExportTable, columns: Row) -> Iterator[tuple[int, Row]]:
    """Yield the record number and the cells of a form from every row that can be read."""
    places = [table.place(column) for column in columns]
    for record, row in enumerate(table.rows, start=1):
        if len(row) == len(table.header):
            yield record, [row[place] for place in places]


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


def _leaps(table: ExportTable, form: str, columns: Row) -> Iterator[Mistake]:
    """Yield forms whose mean answer lies across the range from the client's form before."""
    model = next(iter(QUESTIONNAIRES[form].scales.values()))
    limit = LEAP * (model.high - model.low)
    places: Row = [n for n in ("session_number", "session", "day") if n in table.header]
    moments = dict(_answers(table, places)) if places else {}
    levels: dict[str, list[tuple[list[int], int, float]]] = defaultdict(list)
    for record, cells in _answers(table, columns):
        if places and (level := _level(form, cells, model.low, model.high)) is not None:
            when = [int(cell or -1000) for cell in moments[record]]
            levels[table.rows[record - 1][0]].append((when, record, level))
    for forms in levels.values():
        for (_, _, before), (_, record, level) in pairwise(sorted(forms)):
            if abs(level - before) > limit:
                what = "answers from one end of the range to the other"
                yield _natural(table, record, "", form, "E_JUMP", what)


def _level(form: str, cells: Row, low: int, high: int) -> float | None:
    """Return the mean answer, reversed items mirrored; None with fewer than half of the items."""
    turned = set(shipped_catalog()[form].reverse)
    answers = [
        low + high - int(cell) if number in turned else int(cell)
        for number, cell in enumerate(cells, start=1)
        if cell.isdigit() and low <= int(cell) <= high
    ]
    return sum(answers) / len(answers) if 2 * len(answers) >= len(cells) else None


def _natural(
    table: ExportTable, record: int, column: str, form: str, code: str, what: str
) -> Mistake:
    return Mistake(table.file, record, column, form, code, "warning", what, is_planted=False)
