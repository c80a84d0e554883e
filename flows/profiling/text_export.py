"""What a text export is: which program wrote it, and what its columns are called."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from flows.declarations import Kind
from flows.profiling.dialect import Dialect, find_dialect, split_rows
from flows.profiling.redcap_export import find_redcap_export
from flows.profiling.table import UnknownExport, as_columns
from flows.sources.admission import REDCAP_KEYS
from flows.sources.header import HeadRow
from flows.sources.names import clean_name, name_key
from flows.sources.qualtrics import QualtricsHead, find_head
from flows.sources.redcap_dictionary import COLUMNS, read_dictionary
from instruments.errors import ExportError

LIMESURVEY = {"id", "submitdate", "lastpage", "startlanguage", "seed"}
EAV = {"field_name", "value"}
PREAMBLE_ROWS = 30
# The comma of a number such as 3,0.
DECIMAL = re.compile(r"(-?\d{1,6}),(\d+)")
LOST = ("It looks like an export of REDCap. Put its data dictionary beside it, and profile it "
        "again.")  # fmt: skip


def is_dictionary(path: Path) -> bool:
    """Whether a file is a REDCap data dictionary."""
    try:
        rows = split_rows(find_dialect(path).text[:20_000], ",")
    except ExportError:
        return False
    keys = {name_key(cell) for cell in (rows[0] if rows else ())}
    return all(keys & set(map(name_key, names)) for names in COLUMNS.values())


def open_text_export(path: Path, dictionaries: Sequence[Path]) -> UnknownExport:
    """Return what can be found out of a text export and the data dictionaries beside it."""
    dialect = find_dialect(path)
    rows = split_rows(dialect.text, dialect.delimiter)
    start = _find_header(rows)
    found = _Found(path, dialect, rows[start:], start)
    described = {
        own: redcap
        for own in dictionaries
        if (redcap := find_redcap_export(path, found.rows, read_dictionary(own, "utf-8")))
    }
    if not described:
        return found.export()
    # Those of other projects may lie beside it too: the one that is named like it goes first.
    own = max(described, key=lambda one: _likeness(one.stem, path.stem))
    keys = {**found.keys, "dictionary": f'"{own.name}"'}
    doubts = [*found.dialect_doubts()]
    if len(described) > 1:
        doubts.append(f"{len(described)} data dictionaries describe it: is this one its own?")
    return described[own].with_keys(keys, tuple(doubts))


def _likeness(one: str, other: str) -> int:
    """Return with how many letters two names begin alike."""
    pairs = zip(one.lower(), other.lower(), strict=False)
    return sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], pairs))


@dataclass(frozen=True)
class _Found:
    """The rows of a text file from its header on."""

    path: Path
    dialect: Dialect
    rows: list[list[str]]
    preamble: int

    @property
    def names(self) -> list[str]:
        """The cleaned cells of the header."""
        return [clean_name(cell) for cell in self.rows[0]] if self.rows else []

    @property
    def keys(self) -> dict[str, str]:
        """The keys of the source that follow from the dialect."""
        keys = {}
        if self.dialect.encoding != "utf-8":
            keys["encoding"] = f'"{self.dialect.encoding}"'
        if self.dialect.delimiter != ",":
            sign = self.dialect.delimiter.replace("\t", "\\t")
            keys["delimiter"] = f'"{sign}"'
        if self.dialect.delimiter == ";" and _has_decimal_commas(self.rows):
            keys["decimal"] = '","'
        return keys

    @property
    def doubts(self) -> tuple[str, ...]:
        """What is not sure of the file."""
        keys = set(map(name_key, self.names))
        is_lost = keys & set(REDCAP_KEYS) or keys >= EAV
        return (*self.dialect_doubts(), *([LOST] if is_lost else []))

    def dialect_doubts(self) -> Iterator[str]:
        """Yield what is not sure of the text, whatever wrote it."""
        yield from self.dialect.doubts
        if self.preamble:
            yield f"{self.preamble} rows stand before the header: remove them, or it is refused."

    def export(self) -> UnknownExport:
        """Return the export: of a survey program by its header, else a plain table."""
        head = self._qualtrics()
        if head is not None:
            reason = f"its {head.rows} header rows are those of Qualtrics"
            return self._export("qualtrics", reason, head.rows, head)
        if len(LIMESURVEY & set(map(name_key, self.names))) > 2:
            return self._export("limesurvey", "it has the columns that LimeSurvey adds")
        return self._export("csv", "it is delimited text with one header row")

    def _export(
        self, kind: Kind, reason: str, above: int = 1, head: QualtricsHead | None = None
    ) -> UnknownExport:
        columns = as_columns(self.names, self.rows[above:])
        if "decimal" in self.keys:
            columns = {name: list(map(_with_point, cells)) for name, cells in columns.items()}
        fields = head.fields() if head is not None else {}
        return UnknownExport(self.path, kind, columns, self.keys, (reason,), self.doubts, fields)

    def _qualtrics(self) -> QualtricsHead | None:
        rows = [HeadRow(k, tuple(row)) for k, row in enumerate(self.rows[:3], 1)]
        try:
            return find_head(self.path, rows) if rows and rows[0].cells else None
        except ExportError:
            return None


def _with_point(cell: str) -> str:
    """Return a number with a decimal comma as one with a point, any other cell as it is."""
    number = DECIMAL.fullmatch(cell)
    return f"{number[1]}.{number[2]}" if number else cell


def _has_decimal_commas(rows: Sequence[Sequence[str]]) -> bool:
    return any(re.fullmatch(r"-?\d+,\d+", cell.strip()) for row in rows[1:1000] for cell in row)


def _find_header(rows: Sequence[Sequence[str]]) -> int:
    """Return the first row that is as wide as most rows are."""
    widths = sorted(map(len, rows[: 10 * PREAMBLE_ROWS]))
    usual = widths[len(widths) // 2] if widths else 0
    return next((k for k, row in enumerate(rows[:PREAMBLE_ROWS]) if len(row) >= usual), 0)
