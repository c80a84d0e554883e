"""A table is data: HTML, Word, PDF, LaTeX and CSV are views of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any, ClassVar, Literal

import pandas as pd

from reports.render.numbers import (
    MISSING,
    write_count,
    write_interval,
    write_number,
    write_p,
    write_percent,
)

Kind = Literal["text", "count", "number", "p", "interval", "percent"]
Value = str | float | tuple[float, float] | None
WIDE, SHORT, SENTENCE = 9, 12, 80
# A line of a printed page in the type of narrow and of wide tables, the margins of a cell, and by
# how much a capital is wider than other letters; all in characters.
LINE, WIDE_LINE, MARGINS, CAPITAL = 112, 126, 2.5, 0.5
HALVINGS = 40
LEFT_OUT_NOTE = (
    "[c] left out by the disclosure rules of the study, so that no small group can be recognised."
)


@dataclass(frozen=True)
class Column:
    """How the values of one column are headed and written.

    ``is_symbol`` heads are statistics (n, M, p), printed in italics; ``is_bounded`` values cannot
    exceed 1, so they have no leading zero.
    """

    head: str
    kind: Kind = "text"
    places: int = 2
    is_bounded: bool = False
    is_symbol: bool = False

    def write(self, value: Value) -> str:
        """Return a value as it is printed in this column."""
        if isinstance(value, tuple):
            return write_interval(*value, places=self.places, is_bounded=self.is_bounded)
        if isinstance(value, str):
            return value
        return self._write_number(value)

    def _write_number(self, value: float | None) -> str:
        if self.kind == "count":
            return write_count(value)
        if self.kind == "percent":
            return write_percent(value)
        if self.kind == "p":
            return write_p(value)
        if self.kind == "number":
            return write_number(value, places=self.places, is_bounded=self.is_bounded)
        return MISSING


@dataclass(frozen=True)
class Cell:
    """One value, and the number of the estimate that it comes from."""

    value: Value
    source: int | None = None


@dataclass(frozen=True)
class Row:
    """One row; ``group`` heads it together with its neighbours of the same group.

    ``anchor`` is the number of the estimate that the row is, for the table that numbers lead to.
    """

    cells: tuple[Cell, ...]
    group: str = ""
    plan_status: str | None = None
    anchor: int | None = None


@dataclass(frozen=True)
class Spanner:
    """A head over several columns."""

    head: str
    first: int
    count: int


@dataclass(frozen=True)
class Table:
    """One table of a report. The first column heads the rows."""

    kind: ClassVar[str] = "table"

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    spanners: tuple[Spanner, ...] = ()
    notes: tuple[str, ...] = ()
    number: int | None = None

    @property
    def plan_status(self) -> str | None:
        """The plan status of its rows together; none where they are no results."""
        return common_status(row.plan_status for row in self.rows)

    @property
    def is_wide(self) -> bool:
        """Whether it has so many columns that they are set closer."""
        return len(self.columns) >= WIDE

    @property
    def is_wordy(self) -> bool:
        """Whether its rows are headed by sentences, which no narrow screen can keep beside them."""
        return any(len(self.texts(row)[0]) > SENTENCE for row in self.rows)

    @property
    def is_short(self) -> bool:
        """Whether it fits one page, so that it is not broken over two."""
        return len(self.rows) <= SHORT

    @property
    def label(self) -> str:
        """How the text refers to it: "Table 2"."""
        return f"Table {self.number}" if self.number else "Table"

    @property
    def all_notes(self) -> tuple[str, ...]:
        """The notes, with the one that explains what was left out."""
        is_needed = any(text.startswith("[c]") for row in self.rows for text in self.texts(row))
        return (*self.notes, LEFT_OUT_NOTE) if is_needed else self.notes

    def texts(self, row: Row) -> tuple[str, ...]:
        """Return the cells of a row as they are printed."""
        pairs = zip(self.columns, row.cells, strict=True)
        return tuple(column.write(cell.value) for column, cell in pairs)

    def printed(self, row: Row) -> tuple[tuple[Column, Cell, str], ...]:
        """Return the cells of a row with their columns and printed texts."""
        return tuple(zip(self.columns, row.cells, self.texts(row), strict=True))

    def spanner_over(self, place: int) -> str:
        """Return the head of the spanner over a column, an empty text where there is none."""
        over = (s.head for s in self.spanners if s.first <= place < s.first + s.count)
        return next(over, "")

    def weights(self, line: int = 0) -> tuple[float, ...]:
        """Return how wide each column is beside the others, in characters of a ``line``.

        No word and no number is broken; what is left of the line goes to the narrowest columns
        first, so that short texts stand in one line and the longest ones are broken.
        """
        printed = [self._marked(row) for row in self.rows]
        needs = [
            self._needs(place, [texts[place] for texts in printed])
            for place in range(len(self.columns))
        ]
        return _fill(needs, line or (WIDE_LINE if self.is_wide else LINE))

    def _marked(self, row: Row) -> tuple[str, ...]:
        """Return the printed cells of a row, its plan status behind the first."""
        first, *others = self.texts(row)
        return (f"{first} ({row.plan_status})" if row.plan_status else first, *others)

    def _needs(self, place: int, texts: list[str]) -> tuple[float, float]:
        """Return how wide a column must be and how wide it would be, its margins included."""
        column = self.columns[place]
        longest = max((_breadth(text) for text in texts), default=0.0)
        broken = texts if column.kind == "text" else []
        least = max(_longest_word(text) for text in (column.head, *broken))
        if column.kind != "text":
            least = max(least, longest)
        least = max(MARGINS + least, self._share_of_spanner(place))
        return least, max(least, MARGINS + longest)

    def _share_of_spanner(self, place: int) -> float:
        """Return the part of a column in what the longest word of the head over it needs."""
        over = (s for s in self.spanners if s.first <= place < s.first + s.count)
        return max(((MARGINS + _longest_word(s.head)) / s.count for s in over), default=0.0)

    @property
    def groups(self) -> tuple[tuple[str, tuple[Row, ...]], ...]:
        """The rows by their group, in order."""
        grouped = groupby(self.rows, key=lambda row: row.group)
        return tuple((group, tuple(rows)) for group, rows in grouped)

    @property
    def heads(self) -> tuple[tuple[str, int], ...]:
        """The upper line of heads with their widths; an empty one stands over bare columns."""
        return tuple(self._upper_heads()) if self.spanners else ()

    def _upper_heads(self) -> Iterator[tuple[str, int]]:
        place = 0
        for spanner in self.spanners:
            if spanner.first > place:
                yield "", spanner.first - place
            yield spanner.head, spanner.count
            place = spanner.first + spanner.count
        if place < len(self.columns):
            yield "", len(self.columns) - place


def _breadth(text: str) -> float:
    """Return how wide a text is printed, in characters; capitals are wider than the others."""
    return len(text) + CAPITAL * sum(character.isupper() for character in text)


def _longest_word(text: str) -> float:
    return max(_breadth(word) for word in text.split(" "))


def _fill(needs: list[tuple[float, float]], line: float) -> tuple[float, ...]:
    """Return widths between the least and the most of each that fill a line, or come nearest.

    >>> [round(width) for width in _fill([(5, 5), (5, 10), (5, 90)], 60)]
    [5, 10, 45]
    """

    def widths_at(level: float) -> tuple[float, ...]:
        return tuple(min(most, max(least, level)) for least, most in needs)

    low, high = 0.0, max((most for _, most in needs), default=0.0)
    if sum(widths_at(high)) <= line:
        return widths_at(high)
    for _ in range(HALVINGS):
        level = (low + high) / 2
        low, high = (level, high) if sum(widths_at(level)) <= line else (low, level)
    return widths_at(low)


def common_status(statuses: Iterable[str | None]) -> str | None:
    """Return one plan status for several results.

    >>> common_status(["exploratory", None]), common_status(["exploratory", "confirmatory"])
    ('exploratory', 'partly confirmatory')
    """
    found = {status for status in statuses if status}
    if len(found) > 1:
        return "partly confirmatory"
    return found.pop() if found else None


def status_of(row: Any) -> str | None:
    """Return the plan status of an estimate, none where there is no estimate."""
    return None if row is None else str(row["plan_status"])


def number_of(row: Any, column: str) -> Cell:
    """Return one number of an estimate as a cell that knows its source; empty without estimate."""
    return Cell(None) if row is None else Cell(number_in(row, column), int(row.name))


def number_in(row: Any, column: str) -> float | None:
    """Return one number of an estimate, None where it is missing."""
    value = row[column]
    return None if pd.isna(value) else float(value)


def text_of(row: Any, column: str) -> Cell:
    """Return one text of an estimate as a cell; empty where there is none."""
    if row is None or pd.isna(row[column]):
        return Cell("")
    return Cell(str(row[column]), int(row.name))


def interval_of(row: Any) -> Cell:
    """Return the interval of an estimate as a cell; empty where there is none."""
    found = None if row is None else interval_in(row)
    return Cell(None) if found is None else Cell(found, int(row.name))


def interval_in(row: Any) -> tuple[float, float] | None:
    """Return the interval of an estimate, None where an end is missing."""
    low, high = number_in(row, "ci_low"), number_in(row, "ci_high")
    return None if low is None or high is None else (low, high)
