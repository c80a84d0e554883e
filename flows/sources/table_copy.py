"""The canonical copy of a table that was no text: SPSS files and workbooks."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from flows.sources.binary_file import BinaryFile
from flows.sources.codes import Codes
from flows.sources.export import RECORD, DictionaryField, Export, Fault, Note
from flows.sources.names import clean_name
from flows.sources.rewriting import create_copy, explain_no_rows

Texts = Sequence[str]
# Rows that are written at a time: few enough for memory, many enough for speed.
CHUNK = 20_000
NEEDS_QUOTES = re.compile(r'[,"\r\n]')


@dataclass
class TableCopy:
    """A copy under way: its header, and the faults of the rows that are left out of it."""

    path: Path
    header: tuple[str, ...]
    codes: Mapping[str, Codes]
    rows: int = 0
    faults: list[Fault] = field(default_factory=list)
    blank_rows: int = 0

    def write(self, chunks: Iterable[TableChunk]) -> None:
        """Write every chunk of rows; a copy that was refused does not stay."""
        try:
            with create_copy(self.path) as opened:
                csv.writer(opened, lineterminator="\n").writerow((RECORD, *self.header))
                for chunk in chunks:
                    opened.writelines(f"{','.join(row)}\n" for row in self._rows_of(chunk))
        except BaseException:
            self.path.unlink(missing_ok=True)
            raise

    def finish(
        self,
        file: BinaryFile,
        *,
        notes: tuple[Note, ...] = (),
        fields: Mapping[str, DictionaryField] | None = None,
        missing: Mapping[str, Mapping[str, str]] | None = None,
    ) -> Export:
        """Return the copy as an export, or refuse a file without rows."""
        if not self.rows:
            self.path.unlink(missing_ok=True)
            raise explain_no_rows(file.path)
        if self.blank_rows:
            text = f"Blank lines were passed over: {self.blank_rows}."
            notes = (*notes, Note("N_BLANK_LINES", text))
        return Export(file.path, file.sha256, file.size, self.path, False, self.header, ",", '"',
                      self.rows, tuple(self.faults), notes, dict(fields or {}),
                      missing=dict(missing or {}))  # fmt: skip

    def _rows_of(self, chunk: TableChunk) -> Iterable[tuple[str, ...]]:
        """Return the rows of a chunk that may stay, as CSV has them, with their record numbers."""
        first = self.rows + 1
        self.rows += chunk.count
        broken = self._faults_of(chunk, first)
        columns = [self._column(name, chunk) for name in self.header]
        numbered = zip(map(str, range(first, self.rows + 1)), *columns, strict=True)
        if not broken:
            return numbered
        return (row for record, row in enumerate(numbered, first) if record not in broken)

    def _column(self, name: str, chunk: TableChunk) -> Texts:
        texts = chunk.columns.get(name)
        if texts is None:
            return [""] * chunk.count
        codes = self.codes.get(name)
        return quoted(texts if codes is None else [codes.get(clean_name(t), t) for t in texts])

    def _faults_of(self, chunk: TableChunk, first: int) -> set[int]:
        found = dict(chunk.faults)
        for name in chunk.strings:
            for place in _places_of_nul(chunk.columns[name]):
                found.setdefault(place, ("E_NUL", name))
        for place in sorted(found):
            self.faults.append(Fault(first + place, *found[place], chunk.line_of(place)))
        return {first + place for place in found}


@dataclass(frozen=True)
class TableChunk:
    """Some rows of a table, column by column, as text.

    ``columns`` holds the admitted columns, of which ``strings`` were no numbers; ``faults`` the
    code and column of rows that cannot be used, by their place in the chunk; ``lines`` where each
    row stands in its sheet.
    """

    count: int
    columns: Mapping[str, Texts]
    strings: Sequence[str] = ()
    faults: Mapping[int, tuple[str, str | None]] = field(default_factory=dict)
    lines: Sequence[int] | None = None

    def line_of(self, place: int) -> int | None:
        """Return where a row stands in its sheet."""
        return None if self.lines is None else self.lines[place]


def quoted(texts: Texts) -> Texts:
    """Return the cells of a column as CSV has them; most need no quotes, and are not touched."""
    odd = {text for text in set(texts) if NEEDS_QUOTES.search(text)}
    if not odd:
        return texts
    marked = {text: '"' + text.replace('"', '""') + '"' for text in odd}
    return [marked.get(text, text) for text in texts]


def _places_of_nul(texts: Texts) -> list[int]:
    odd = {text for text in set(texts) if "\0" in text}
    return [place for place, text in enumerate(texts) if text in odd] if odd else []
