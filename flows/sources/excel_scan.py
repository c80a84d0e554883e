"""What the XML of a sheet says that its reader does not: errors, formulas, formats, its extent.

The reader turns an error and a formula without its result into a blank cell, and forgets the format
of a number. So the bytes are taken apart where there are blank cells and something that could be
the cause; most sheets need it not. openpyxl, which does both, takes ten times as long.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from xml.parsers import expat

from flows.sources.number_formats import DisplayFormat

# Bytes kept from piece to piece, so that no tag is cut in two.
OVERLAP = 512
ROW = re.compile(rb'<row [^>]*?\br="(\d{1,9})"')
COLUMN = re.compile(rb' r="([A-Z]{1,4})\d')
# A place right of column AZ or below row 99,999: only then must every place be looked at.
FAR = re.compile(rb' r="(?!A?[A-Z]?[0-9]{1,5}")')
CELL_ROW = re.compile(rb' r="[A-Z]{1,4}(\d{1,9})')
NEAREST_COLUMNS = 52
# An error, and a formula (or another of the few tags that begin so), by any writer.
ODD = (b't="e"', b"t='e'", b"<f", b":f>", b":f ", b":f/")
# The quotes of an unusual writer, or its prefix before a tag; a writer is alike throughout.
UNUSUAL = (b"='", b":row")
REFERENCE = re.compile(r"([A-Z]{1,4})(\d{1,9})")


@dataclass(frozen=True)
class Sighting:
    """What a search of the bytes found.

    ``is_usual`` is False where a writer's own ways hide the extent; ``is_styled`` says that some
    number is shown otherwise.
    """

    rows: int
    columns: int
    is_usual: bool
    is_styled: bool


@dataclass
class Details:
    """Cells of the wanted columns that must be read otherwise, by column and row, from 0.

    ``errors`` hold an error; ``formulas`` lack their result where their reader finds them blank;
    ``formats`` show a number otherwise. ``rows`` and ``columns`` reach to the last cell of the
    sheet that holds anything.
    """

    errors: dict[int, set[int]] = field(default_factory=dict)
    formulas: dict[int, set[int]] = field(default_factory=dict)
    formats: dict[int, dict[int, DisplayFormat]] = field(default_factory=dict)
    rows: int = 0
    columns: int = 0

    @cached_property
    def marked_rows(self) -> frozenset[int]:
        """The rows that hold an error or a formula."""
        columns = (*self.errors.values(), *self.formulas.values())
        return frozenset(row for rows in columns for row in rows)


def search(pieces: Iterable[bytes], formats: Sequence[DisplayFormat | None]) -> Sighting:
    """Search the XML of a sheet for its extent, and for numbers that are shown otherwise."""
    styled = _styled(formats)
    rows = count = 0
    columns, is_usual, is_styled = NEAREST_COLUMNS, True, False
    for piece in _overlapping(pieces):
        if count == 0:
            is_usual = not any(sign in piece for sign in UNUSUAL)
        found = ROW.findall(piece)
        count += len(found)
        rows = max([rows, *map(int, found)])
        if FAR.search(piece):
            columns = max([columns, *map(_number, set(COLUMN.findall(piece)))])
            rows = max([rows, *map(int, set(CELL_ROW.findall(piece)))])
        is_styled = is_styled or bool(styled and styled.search(piece))
    return Sighting(rows, columns, is_usual and count > 0, is_styled)


def has_odd_cells(pieces: Iterable[bytes]) -> bool:
    """Whether a sheet may hold an error or a formula."""
    return any(sign in piece for piece in _overlapping(pieces) for sign in ODD)


def count_columns(pieces: Iterable[bytes]) -> int:
    """Return the last column that any cell of a sheet stands in."""
    letters = (set(COLUMN.findall(piece)) for piece in _overlapping(pieces))
    return max((_number(found) for part in letters for found in part), default=0)


def take_apart(
    pieces: Iterable[bytes], formats: Sequence[DisplayFormat | None], wanted: frozenset[int]
) -> Details:
    """Read every cell of a sheet's XML for what its reader leaves out of some columns.

    Raises
    ------
    ValueError
        The XML cannot be parsed.
    """
    cells = _Cells(formats, wanted)
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = cells.start
    parser.EndElementHandler = cells.end
    try:
        for piece in pieces:
            parser.Parse(piece, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise ValueError("the XML of the sheet is broken") from error
    return cells.details


class _Cells:
    """Follows the cells of a sheet through its tags."""

    def __init__(self, formats: Sequence[DisplayFormat | None], wanted: frozenset[int]) -> None:
        self.formats, self.wanted = formats, wanted
        self.details = Details()
        self.row = self.column = -1
        self.cell: dict[str, str] = {}
        self.has_formula = self.has_value = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take note of a tag that opens."""
        tag = name.rpartition(" ")[2]
        if tag in ("v", "is"):
            self.has_value = True
        elif tag == "c":
            self.cell, self.has_formula, self.has_value = attributes, False, False
            self.row, self.column = self._place(attributes.get("r"))
        elif tag == "f":
            self.has_formula = True
        elif tag == "row":
            self.row, self.column = int(attributes.get("r", self.row + 2)) - 1, -1

    def end(self, name: str) -> None:
        """Keep what a cell that closes was."""
        if name.rpartition(" ")[2] != "c":
            return
        details = self.details
        if self.has_value or self.has_formula:
            details.rows = max(details.rows, self.row + 1)
            details.columns = max(details.columns, self.column + 1)
        if self.column in self.wanted:
            self._keep(self.cell.get("t", "n"))

    def _keep(self, kind: str) -> None:
        details, row, column = self.details, self.row, self.column
        if kind == "e":
            details.errors.setdefault(column, set()).add(row)
        elif self.has_formula and kind != "str":
            details.formulas.setdefault(column, set()).add(row)
        style = int(self.cell.get("s", 0))
        shown = self.formats[style] if 0 <= style < len(self.formats) else None
        if shown is not None and kind == "n":
            details.formats.setdefault(column, {})[row] = shown

    def _place(self, reference: str | None) -> tuple[int, int]:
        match = REFERENCE.fullmatch(reference or "")
        if match is None:
            return self.row, self.column + 1
        return int(match[2]) - 1, _number(match[1].encode()) - 1


def _styled(formats: Sequence[DisplayFormat | None]) -> re.Pattern[bytes] | None:
    odd = [str(k).encode() for k, found in enumerate(formats) if found is not None]
    return re.compile(rb' s="(?:' + b"|".join(odd) + rb')"') if odd else None


def _overlapping(pieces: Iterable[bytes]) -> Iterator[bytes]:
    tail = b""
    for piece in pieces:
        yield tail + piece
        tail = piece[-OVERLAP:]


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
