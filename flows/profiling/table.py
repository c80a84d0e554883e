"""An export as a table of texts, before anybody declared anything of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from flows.declarations import Kind, Source
from flows.sources.export import DictionaryField

# Rows that are looked at: enough to know a file by, few enough to wait for.
MOST_ROWS = 60_000


@dataclass(frozen=True)
class UnknownExport:
    """A file whose kind, dialect and columns were found out.

    ``keys`` are keys of the source that follow from the file (``delimiter``), as TOML; ``doubts``
    are sentences about what was guessed. What the file itself declares missing is blank.
    """

    path: Path
    kind: Kind
    columns: Mapping[str, Sequence[str]]
    keys: Mapping[str, str] = field(default_factory=dict)
    reasons: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    fields: Mapping[str, DictionaryField] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """The columns, in the file's order."""
        return tuple(self.columns)

    @cached_property
    def count(self) -> int:
        """How many rows were looked at."""
        return max(map(len, self.columns.values()), default=0)

    def with_keys(self, keys: Mapping[str, str], doubts: tuple[str, ...]) -> UnknownExport:
        """Return the export with further keys of its source, and further doubts."""
        return replace(self, keys={**self.keys, **keys}, doubts=(*self.doubts, *doubts))

    def filled(self, name: str) -> list[str]:
        """Return the cells of a column that are not blank."""
        return [cell for cell in self.columns[name] if cell]


def any_source(kind: Kind, **declared: Any) -> Source:
    """Return a source of which nothing is declared yet, for readers that ask for one."""
    bare = {"id": "unknown", "kind": kind, "files": "*", "a_row_is": "person"}
    return Source.model_validate(bare | declared)


def as_columns(names: Sequence[str], rows: Sequence[Sequence[str]]) -> dict[str, list[str]]:
    """Return rows column by column; short rows are blank at their end, unnamed columns left out."""
    width = len(names)
    whole = [[*row, *[""] * (width - len(row))][:width] for row in rows[:MOST_ROWS]]
    columns = zip(*whole, strict=True) if whole else ((),) * width
    return {
        name: [cell.strip() for cell in cells]
        for name, cells in zip(names, columns, strict=True)
        if name
    }
