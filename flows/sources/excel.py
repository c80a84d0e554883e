"""Reading a sheet of an Excel workbook, ``.xlsx`` (kind ``excel``).

The study file names the sheet, where there are several, and the row of the header. Leading zeros
and dates are read as they are shown; an error, or a formula whose result was never saved, is no
blank.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any

from flows.declarations import Source
from flows.sources.admission import Admission, declare_admission
from flows.sources.binary_file import examine_file, held_still
from flows.sources.border import refuse_identifiers
from flows.sources.codes import declared_codes
from flows.sources.excel_cells import cell_text, column_texts, correct_texts
from flows.sources.excel_package import Book, damaged, guarded, open_book
from flows.sources.excel_scan import Details, count_columns, has_odd_cells, search, take_apart
from flows.sources.export import Export
from flows.sources.header import check_names, telling_columns
from flows.sources.names import clean_name, list_names
from flows.sources.number_formats import DisplayFormat
from flows.sources.refusal import refuse
from flows.sources.table_copy import CHUNK, TableChunk, TableCopy

# The reader holds every cell between the first and the last, at about 70 bytes each.
MOST_CELLS = 3_500_000
# How many rows are looked at for the header.
HEAD_ROWS = 100
DATE_ROLES = ("date", "intake_date")
Cells = Sequence[Any]


def read(path: Path, source: Source, scratch: Path, *, force_rewrite: bool = False) -> Export:
    """Read one sheet of a workbook; it is always rewritten."""
    del force_rewrite
    file = examine_file(path)
    with held_still(file):
        book = open_book(path, file.head)
        sheet = Sheet(book, book.choose(source.sheet), source, declare_admission(source))
        sheet.check()
        telling = sheet.telling
        codes = declared_codes(source, sheet.header)
        copy = TableCopy(scratch / f"{file.sha256[:16]}.csv", sheet.header, codes)
        copy.write(sheet.chunks())
    copy.blank_rows = sheet.blank_rows
    return replace(copy.finish(file), telling=telling)


@dataclass
class Sheet:
    """One sheet: where its header stands, and which of its cells are read."""

    book: Book
    name: str
    source: Source
    admission: Admission
    blank_rows: int = 0
    is_styled: bool = False

    @property
    def path(self) -> Path:
        """The workbook."""
        return self.book.path

    @property
    def place(self) -> str:
        """How messages name the row of the header."""
        return f"row {self.source.header_row}"

    @cached_property
    def table(self) -> Any:
        """The sheet as its reader holds it."""
        return _load(self.path, self.name)

    @cached_property
    def first_column(self) -> int:
        """The column of the sheet, from 0, that the reader's rows begin with."""
        return int(self.table.start[1]) if self.table.start else 0

    @cached_property
    def header(self) -> tuple[str, ...]:
        """The names of the columns, the last of which has one."""
        return self._names(next(islice(self.rows(), self.source.header_row - 1, None), ()))

    @cached_property
    def wanted(self) -> dict[str, int]:
        """The admitted columns, and where they stand in the reader's rows."""
        return {name: k for k, name in enumerate(self.header) if self.admission.admits(name)}

    def check(self) -> None:
        """Refuse a sheet by its extent or by the names of its columns."""
        self.check_extent()
        self._check_is_header()
        check_names(self.path, self.place, self.header, self.admission)
        refuse_identifiers(self.path, self.header, self.admission)

    @cached_property
    def telling(self) -> frozenset[str]:
        """The columns that are not admitted and whose first cells point to a person."""
        first = self.source.header_row
        below = islice(self.rows(), first, first + HEAD_ROWS)
        rows = [[cell_text(cell) for cell in cells] for cells in below]
        return telling_columns(self.header, rows, self.admission)

    def chunks(self) -> Iterator[TableChunk]:
        """Yield the rows below the header that hold anything."""
        numbered = enumerate(self.rows())
        below = islice(numbered, self.source.header_row, None)
        while part := list(islice(below, CHUNK)):
            filled = [one for one in part if one[1][0] != "" or self._is_filled(*one)]
            self.blank_rows += len(part) - len(filled)
            if filled:
                yield self._chunk([row for row, _ in filled], [cells for _, cells in filled])

    def _is_filled(self, row: int, cells: Cells) -> bool:
        """Whether a row holds anything; one of errors alone is blank to its reader."""
        return any(cell != "" for cell in cells) or row in self._details.marked_rows

    def _chunk(self, rows: list[int], table: list[Cells]) -> TableChunk:
        columns = list(zip(*table, strict=True))
        kinds = {name: set(map(type, columns[k])) for name, k in self.wanted.items()}
        texts = {name: self._texts(name, columns[self.wanted[name]], found, rows)
                 for name, found in kinds.items()}  # fmt: skip
        strings = [name for name, found in kinds.items() if str in found]
        lines = [row + 1 for row in rows]
        return TableChunk(len(rows), texts, strings, self._faults(rows, table), lines)

    def _texts(self, name: str, cells: Cells, kinds: set[type], rows: list[int]) -> list[str]:
        roles = self.source.columns.by_role()
        is_date = any(roles.get(role) == name for role in DATE_ROLES)
        date_format = (self.source.date_format or "%Y-%m-%d") if is_date else None
        texts = column_texts(cells, kinds, date_format)
        has_blanks = str in kinds and "" in cells
        if has_blanks or self.is_styled:
            column = self.first_column + self.wanted[name]
            correct_texts(texts, cells, rows, column, self._details)
        return texts

    def _faults(self, rows: list[int], table: list[Cells]) -> dict[int, tuple[str, str | None]]:
        """Return the rows with cells beside the table, or merged with others."""
        width = len(self.header)
        beside = {
            place: ("E_RAGGED", None)
            for place, cells in enumerate(table)
            if len(cells) > width and any(cell != "" for cell in cells[width:])
        }
        merged = {place: ("E_MERGED", self._merged[row]) for place, row in enumerate(rows)
                  if row in self._merged}  # fmt: skip
        return {**merged, **beside}

    @cached_property
    def _merged(self) -> dict[int, str]:
        """Rows that share an admitted cell with another row or column, and the column's name."""
        names = {self.first_column + k: name for name, k in self.wanted.items()}
        rows: dict[int, str] = {}
        for (top, left), (bottom, right) in sorted(self.table.merged_cell_ranges or ()):
            for column in range(left, right + 1):
                if column in names:
                    first = top + 1 if column == left else top
                    rows |= dict.fromkeys(range(first, bottom + 1), names[column])
        return rows

    def rows(self) -> Iterator[Cells]:
        """Yield every row of the sheet, from its first."""
        return _iterate(self.path, self.table)

    def _names(self, cells: Cells) -> tuple[str, ...]:
        names = [clean_name(cell_text(cell)) for cell in cells]
        named = max((k for k, name in enumerate(names, 1) if name), default=0)
        return tuple(names[:named])

    def check_extent(self) -> None:
        """Refuse a sheet that is too large, before it is loaded."""
        with guarded(self.path):
            seen = search(self.book.pieces(self.name), self.book.formats)
            rows, columns = seen.rows, seen.columns
            if seen.is_usual and rows * columns > MOST_CELLS:
                columns = count_columns(self.book.pieces(self.name))
            if not seen.is_usual or rows * columns > MOST_CELLS:
                found = take_apart(self.book.pieces(self.name), (), frozenset())
                rows, columns = found.rows, found.columns
        self.is_styled = seen.is_styled or not seen.is_usual
        if rows * columns > MOST_CELLS:
            raise refuse(self.path, "E_SIZE", f"The sheet reaches down to row {rows} and over "
                         f"{columns} columns, which is more than can be read.",
                         place=f"row {rows}",
                         fix="Delete what stands far below or beside the table, or export it as "
                         "CSV.")  # fmt: skip

    @cached_property
    def _details(self) -> Details:
        """The admitted cells that their reader did not show as they are."""
        wanted = frozenset(self.first_column + k for k in self.wanted.values())
        with guarded(self.path):
            if not self.is_styled and not has_odd_cells(self.book.pieces(self.name)):
                return Details()
            details = take_apart(self.book.pieces(self.name), self.book.formats, wanted)
        items = {self.first_column + k for name, k in self.wanted.items()
                 if self.admission.holds_items(name)}  # fmt: skip
        for column in items & details.formats.keys():
            details.formats[column] = _percentages(details.formats[column])
        return details

    def _check_is_header(self) -> None:
        """Refuse a sheet whose declared row is not the header; name the row that is."""
        rows = [self._names(cells) for cells in islice(self.rows(), HEAD_ROWS)]
        counts = [sum(map(self.admission.is_expected, names)) for names in rows]
        here = sum(map(self.admission.is_expected, self.header))
        best = max(counts, default=0)
        if best > 2 * here:
            row = counts.index(best) + 1
            raise refuse(self.path, "E_HEADER", f"The header is not {self.place} but row {row}.",
                         place=self.place, fix=f"Declare header_row = {row}.")  # fmt: skip
        if not here:
            raise refuse(self.path, "E_HEADER", "The row of the header has no declared name.",
                         place=self.place, fix="Declare the right header_row and sheet; expected "
                         f"are {list_names(self.admission.missing_from(()))}.")  # fmt: skip


def _percentages(formats: dict[int, DisplayFormat]) -> dict[int, DisplayFormat]:
    """Leave zeros before an answer out: they do not change it."""
    return {row: found for row, found in formats.items() if found.kind == "percent"}


def _iterate(path: Path, table: Any) -> Iterator[Cells]:
    """Yield the rows of a table; a date that no calendar has makes its reader panic."""
    rows = table.iter_rows()
    for row in itertools.count(1):
        try:
            cells = next(rows, None)
        except BaseException as error:
            if type(error).__name__ != "PanicException":
                raise
            raise refuse(path, "E_DAMAGED", "A cell of the workbook cannot be read, such as a date "
                         "that no calendar has.", place=f"row {row}",
                         fix="Correct it, and save the workbook again.") from None  # fmt: skip
        if cells is None:
            return
        yield cells


def _load(path: Path, sheet: str) -> Any:
    # Where its reader panics it prints a line that holds no cell. The line stays: to close standard
    # error for it would take from other threads what they say meanwhile.
    import python_calamine

    try:
        with python_calamine.load_workbook(str(path)) as book:
            return book.get_sheet_by_name(sheet)
    except (python_calamine.CalamineError, OSError, ValueError):
        raise damaged(path) from None
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise damaged(path) from None
