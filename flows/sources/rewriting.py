"""Reading row by row where the bytes alone do not show that a file is in order.

The copy holds what `read_csv` needs and no more: cells of columns that are not admitted stay
blank in it, so that no name and no note lies in a temporary folder.
"""

from __future__ import annotations

import csv
import itertools
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import IO

from flows.sources.admission import Admission
from flows.sources.bytes_check import FileBytes
from flows.sources.encoding import open_text
from flows.sources.export import FIELD_LIMIT, RAGGED_SHARE, RECORD, Fault
from flows.sources.header import Header, is_blank
from flows.sources.location import check_unchanged
from flows.sources.refusal import refuse
from flows.sources.shape import Edit
from instruments.errors import ExportError

# A row that closes a quote of an earlier row has whole rows inside a cell; in narrower files a
# sentence could look like a row.
NARROWEST_SWALLOWED = 5
LINE_ENDS = {"\n", "\r", "\r\n"}
QUOTE_ADVICE = "Close the quote, or double it where it belongs to the text."


@dataclass
class Rewriting:
    """One pass over the rows of a file."""

    facts: FileBytes
    header: Header
    delimiter: str
    admission: Admission
    header_rows: int = 1
    edit: Edit | None = None
    faults: list[Fault] = field(default_factory=list)
    rows: int = 0
    blank_lines: int = 0
    line_ends: set[str] = field(default_factory=set)
    last_line: str = ""

    @property
    def path(self) -> Path:
        """The original."""
        return self.facts.path

    @property
    def width(self) -> int:
        """Cells of a row, without blank ones at its end."""
        return len(self.header.names)

    @property
    def ends_with_newline(self) -> bool:
        """Whether the last line is closed."""
        return self.last_line.endswith(("\n", "\r"))

    def write(self, copy: Path) -> None:
        """Write every whole row to a copy; a copy that was refused does not stay."""
        try:
            with create_copy(copy) as opened:
                writer = csv.writer(opened, lineterminator="\n")
                writer.writerow((RECORD, *self.header.names))
                writer.writerows(self._whole_rows())
            self._check_enough_is_left()
            check_unchanged(self.path, self.facts.size, self.facts.modified_ns)
        except BaseException:
            copy.unlink(missing_ok=True)
            raise

    def _whole_rows(self) -> Iterator[list[str]]:
        blanked = [i for i, name in enumerate(self.header.names) if not self.admission.admits(name)]
        for line, row in self._data_rows():
            self.rows += 1
            whole = self._check_row(line, row)
            if whole is None or not self._may_stay(line, whole):
                continue
            for position in blanked:
                whole[position] = ""
            yield [str(self.rows), *whole]

    def _may_stay(self, line: int, row: list[str]) -> bool:
        verdict = self.edit(row) if self.edit is not None else None
        if verdict is not None:
            self.faults.append(Fault(self.rows, *verdict, line))
        return verdict is None

    def _data_rows(self) -> Iterator[tuple[int, list[str]]]:
        csv.field_size_limit(2**31 - 1)  # the limit is ours: a csv error could not be gone past
        with open_text(self.path, self.facts.encoding) as opened:
            reader = csv.reader(self._watch(opened), delimiter=self.delimiter, strict=True)
            start, above = 1, self.header_rows
            while (row := self._next_row(reader, start)) is not None:
                if is_blank(row):
                    self.blank_lines += 1
                elif above:
                    above -= 1
                else:
                    if reader.line_num > start:
                        row = self._join_lines(row, start)
                    yield start, row
                self._note_line_end()
                start = reader.line_num + 1

    def _next_row(self, reader: Iterator[list[str]], start: int) -> list[str] | None:
        try:
            return next(reader, None)
        except csv.Error as error:
            raise self._explain_quote(str(error), start) from None

    def _watch(self, lines: Iterable[str]) -> Iterator[str]:
        for line in lines:
            self.last_line = line
            yield line

    def _note_line_end(self) -> None:
        # Only the ends of rows count: a note with line breaks in it says nothing of the file.
        if self._is_mixed:
            end = self.last_line[-2:]
            self.line_ends |= {end if end in LINE_ENDS else end[-1:]} & LINE_ENDS

    def _check_row(self, line: int, row: list[str]) -> list[str] | None:
        expected = self.width + self.header.extra
        if len(row) == expected and not any(map(str.strip, row[self.width :])):
            return self._check_sizes(line, row[: self.width])
        self._check_unnamed_is_blank(line, row)
        if len(row) < expected and not self.ends_with_newline:
            raise explain_truncated(self.path, line)
        self.faults.append(Fault(self.rows, "E_RAGGED", None, line))
        return None

    def _check_sizes(self, line: int, row: list[str]) -> list[str] | None:
        if self._may_be_long and max(map(len, row)) > FIELD_LIMIT:
            column = next(i for i, cell in enumerate(row) if len(cell) > FIELD_LIMIT)
            self.faults.append(Fault(self.rows, "E_FIELD_SIZE", self.header.names[column], line))
            return None
        return row

    @cached_property
    def _is_mixed(self) -> bool:
        return len(self.facts.line_ends) > 1 or self.facts.encoding.startswith("utf-16")

    @cached_property
    def _may_be_long(self) -> bool:
        return self.facts.has_long_lines or self.facts.has_quotes or self.facts.encoding != "utf-8"

    def _check_unnamed_is_blank(self, line: int, row: list[str]) -> None:
        if self.header.unnamed and len(row) == self.width + self.header.unnamed:
            raise refuse(self.path, "E_HEADER", "The last column has no name, but rows hold values "
                         "there: names and values may be shifted.",
                         place=f"line {line}, column {self.width + 1}",
                         fix="Give every column its name.")  # fmt: skip

    def _join_lines(self, row: list[str], start: int) -> list[str]:
        cells = [cell.replace("\r\n", "\n").replace("\r", "\n") for cell in row]
        inner = (line for cell in cells for line in cell.split("\n")[1:-1])
        if self.width >= NARROWEST_SWALLOWED and any(
            line.count(self.delimiter) == self.width - 1 for line in inner
        ):
            raise self._open_quote(start)
        return cells

    def _explain_quote(self, message: str, start: int) -> ExportError:
        if "unexpected end" not in message or self.ends_with_newline:
            return self._open_quote(start)
        with open_text(self.path, self.facts.encoding) as opened:
            swallowed = itertools.islice(opened, start, None)
            has_rows = any(line.count(self.delimiter) >= self.width - 1 for line in swallowed)
        return self._open_quote(start) if has_rows else explain_truncated(self.path, start)

    def _open_quote(self, line: int) -> ExportError:
        what = "A quote is opened and not closed as it should be in the row that begins here."
        return refuse(self.path, "E_QUOTE", what, place=f"line {line}", fix=QUOTE_ADVICE)

    def _check_enough_is_left(self) -> None:
        if not self.rows:
            raise explain_no_rows(self.path)
        ragged = [fault for fault in self.faults if fault.code == "E_RAGGED"]
        if len(ragged) > RAGGED_SHARE * self.rows:
            raise refuse(self.path, "E_RAGGED", f"{len(ragged)} of {self.rows} rows do not have "
                         f"the {self.width} cells of the header.", place=f"line {ragged[0].line}",
                         fix="Make the export again with one delimiter throughout.")  # fmt: skip


def explain_no_rows(path: Path) -> ExportError:
    """Return the refusal of a file that is a header and nothing else."""
    return refuse(path, "E_NO_ROWS", "The file has a header and no rows.", place="line 1",
                  fix="Check the filter of the export.")  # fmt: skip


def explain_truncated(path: Path, line: int) -> ExportError:
    """Return the refusal of a file that breaks off within its last row."""
    return refuse(path, "E_TRUNCATED", "The file breaks off within its last row.",
                  place=f"line {line}", fix="Copy or export it again.")  # fmt: skip


def create_copy(copy: Path) -> IO[str]:
    """Open a copy that nobody else may read."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    return open(os.open(copy, flags, 0o600), "w", encoding="utf-8", newline="")  # noqa: PTH123
