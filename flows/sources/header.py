"""Where the header of an export is, and whether it is the header that the study file declares.

The first row of a file without a header is data, so no message shows a name that the study file
does not declare.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from flows.declarations import Source
from flows.sources.admission import Admission
from flows.sources.encoding import open_text
from flows.sources.export import FIELD_LIMIT, RECORD
from flows.sources.identifying_values import telling_cells
from flows.sources.names import clean_name, list_names, name_key, show_name
from flows.sources.refusal import refuse
from flows.sources.shape import PLAIN, TextShape
from instruments.errors import suggest

# How much of a file is looked at to find its header, and how many rows.
HEAD_LETTERS = 1 << 20
HEAD_ROWS = 100
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}


@dataclass(frozen=True)
class HeadRow:
    """One row near the start of a file, and the line it begins on, from 1."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Header:
    """The header of a file.

    ``unnamed`` counts the nameless columns at its end; ``extra`` counts the blank cells that the
    rows have after the last named column; ``telling`` are the columns that are not read and whose
    first cells point to a person.
    """

    names: tuple[str, ...]
    line: int
    unnamed: int
    extra: int
    has_rows: bool
    telling: frozenset[str] = frozenset()

    @property
    def is_rectangular(self) -> bool:
        """Whether header and rows end with the last named column."""
        return not self.unnamed and not self.extra


def read_head(path: Path, encoding: str) -> str:
    """Return the first letters of a file, without a mark."""
    with open_text(path, encoding) as opened:
        return opened.read(HEAD_LETTERS).removeprefix("\ufeff")


def split_head(head: str, delimiter: str) -> tuple[HeadRow, ...]:
    """Return the first rows that are not blank, as far as they can be read."""
    rows: list[HeadRow] = []
    reader = csv.reader(io.StringIO(head, newline=""), delimiter=delimiter)
    csv.field_size_limit(2**31 - 1)
    line = 1
    for cells in reader:
        if not is_blank(cells):
            rows.append(HeadRow(line, tuple(cells)))
        line = reader.line_num + 1
        if len(rows) > HEAD_ROWS:
            break
    return tuple(rows)


def is_blank(cells: Sequence[str]) -> bool:
    """Whether a row is a blank line."""
    return not cells or (len(cells) == 1 and not cells[0].strip())


def find_header(
    path: Path, head: str, source: Source, admission: Admission, shape: TextShape = PLAIN
) -> Header:
    """Return the header, or refuse the file."""
    rows = split_head(head, source.delimiter)
    if not rows:
        raise refuse(path, "E_EMPTY", "The file holds blank lines only.",
                     fix="Make the export again.")  # fmt: skip
    first = HeadRow(rows[0].line, tuple(shape.rename(rows[0].cells)))
    rows = (first, *rows[1:])
    if max(map(len, first.cells)) > FIELD_LIMIT:
        raise refuse(path, "E_FIELD_SIZE", "A column name is longer than any name can be.",
                     place=f"line {first.line}", fix="Make the export again.")  # fmt: skip
    _check_is_header(path, head, rows, source, admission)
    written = [clean_name(cell) for cell in first.cells]
    named = max(i for i, name in enumerate(written, 1) if name)
    names = tuple(written[:named])
    check_names(path, f"line {first.line}", names, admission)
    below = rows[shape.header_rows :]
    extra = _count_extra_cells(below, len(names))
    telling = telling_columns(names, [row.cells for row in below], admission)
    return Header(names, first.line, len(written) - named, extra, bool(below), telling)


def telling_columns(
    names: Sequence[str], rows: Sequence[Sequence[str]], admission: Admission
) -> frozenset[str]:
    """Return the columns that are not admitted and hold what points to a person."""
    others = ((k, name) for k, name in enumerate(names) if name and not admission.admits(name))
    return frozenset(
        name for k, name in others if telling_cells(row[k] for row in rows if len(row) > k)
    )


def _check_is_header(
    path: Path, head: str, rows: Sequence[HeadRow], source: Source, admission: Admission
) -> None:
    expected = _count_expected(rows[0], admission)
    if expected and 2 * expected >= max(len(row.cells) for row in rows):
        return  # no row is long enough to be a better header
    found = [_count_expected(row, admission) for row in rows[:50]]
    if max(found) > 2 * found[0]:
        _refuse_preamble(path, rows[found.index(max(found))].line, rows[0].line)
    if found[0]:
        return
    _refuse_other_delimiter(path, head, rows, source, admission)
    missing = list_names(admission.missing_from(()))
    raise refuse(path, "E_HEADER", "The first row is not the header: it has no declared "
                 "name.", place=f"line {rows[0].line}, columns 1 to {len(rows[0].cells)}",
                 fix=f"Export with column names; expected are {missing}.")  # fmt: skip


def _refuse_preamble(path: Path, line: int, first: int) -> None:
    raise refuse(path, "E_HEADER", f"The header is not the first row but on line {line}.",
                 place=f"line {first}",
                 fix=f"Remove what stands before line {line}.")  # fmt: skip


def _refuse_other_delimiter(
    path: Path, head: str, rows: Sequence[HeadRow], source: Source, admission: Admission
) -> None:
    others = {d: split for d in DELIMITERS if d != source.delimiter
              and (split := split_head(head, d))}  # fmt: skip
    for split in others.values():
        best = max(split[:50], key=lambda row: _count_expected(row, admission))
        if best is not split[0] and _count_expected(best, admission) > 1:
            _refuse_preamble(path, best.line, split[0].line)
    named = [d for d, split in others.items() if _count_expected(split[0], admission)]
    found = named or [d for d, split in others.items() if _splits_instead(rows, split)]
    if found:
        raise refuse(path, "E_DIALECT", f"The file is separated by {DELIMITERS[found[0]]}, "
                     f"not by {DELIMITERS[source.delimiter]} as declared.",
                     place=f"line {rows[0].line}",
                     fix="Declare the file's delimiter (and decimal sign), or export "
                     "again.")  # fmt: skip


def _splits_instead(declared: Sequence[HeadRow], other: Sequence[HeadRow]) -> bool:
    """Whether another delimiter makes equal rows of what the declared one leaves whole."""
    width = len(other[0].cells)
    return (
        len(declared[0].cells) == 1
        and width > 1
        and all(len(row.cells) == width for row in other[:HEAD_ROWS])
    )


def _count_expected(row: HeadRow, admission: Admission) -> int:
    return sum(1 for cell in row.cells if admission.is_expected(cell))


def check_some_are_expected(
    path: Path, place: str, names: Sequence[str], admission: Admission
) -> None:
    """Refuse column names of which not one is declared."""
    if not any(map(admission.is_expected, names)):
        raise refuse(path, "E_HEADER", "No column has a declared name.", place=place,
                     fix=f"Expected are {list_names(admission.missing_from(()))}.")  # fmt: skip


def check_names(path: Path, place: str, names: Sequence[str], admission: Admission) -> None:
    """Refuse column names that repeat, or that lack a declared one."""
    _check_names_differ(path, place, names, admission)
    if missing := admission.missing_from(names):
        others = (name for name in names if show_name(name) and not admission.is_expected(name))
        near = suggest(missing[0], others)
        raise refuse(path, "E_COLUMN_MISSING", f"The header lacks declared columns: "
                     f"{list_names(missing)}.", place=place,
                     fix=near or "Export them, or correct their names in the study "
                     "file.")  # fmt: skip


def _check_names_differ(path: Path, place: str, names: Sequence[str], admission: Admission) -> None:
    places: dict[str, list[int]] = {}
    for position, name in enumerate(names, 1):
        places.setdefault(name_key(name), []).append(position)
    for key, positions in places.items():
        if key and len(positions) > 1:
            name = names[positions[0] - 1]
            shown = f' ("{name}")' if admission.is_expected(name) and show_name(name) else ""
            where = " and ".join(str(position) for position in positions[:5])
            raise refuse(path, "E_DUP_HEADER", f"Two columns have the same name{shown}; case and "
                         "spaces do not count.", place=f"{place}, columns {where}",
                         fix="Rename or remove one of them.")  # fmt: skip
    if name_key(RECORD) in places:
        raise refuse(path, "E_HEADER", f'A column is called "{RECORD}", a name kept for record '
                     "numbers.", place=f"{place}, column {places[RECORD][0]}",
                     fix="Rename that column.")  # fmt: skip


def _count_extra_cells(rows: Sequence[HeadRow], width: int) -> int:
    """Return how many blank cells most rows have after the last named column."""
    extras = Counter(
        len(row.cells) - width
        for row in rows
        if len(row.cells) >= width and not any(cell.strip() for cell in row.cells[width:])
    )
    return min(extras, key=lambda extra: (-extras[extra], extra), default=0)
