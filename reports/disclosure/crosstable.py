"""A cross table of labels with all its margins: its cells, its sums, and how to fill it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product

import numpy as np
import pandas as pd

from instruments.errors import GateError
from reports.disclosure.linked import Flags, Relation
from reports.disclosure.rounding import Counts

ALL = "all"
Cell = tuple[str, ...]


@dataclass(frozen=True)
class CrossTable:
    """The label columns of a table and the labels of each, in the order to print them."""

    by: tuple[str, ...]
    levels: tuple[tuple[str, ...], ...]

    @classmethod
    def of(
        cls, frame: pd.DataFrame, by: Sequence[str], levels: Mapping[str, Sequence[str]] | None
    ) -> CrossTable:
        """Return the table with the given labels, else with those present, sorted."""
        given = levels or {}
        order = [tuple(given.get(column, sorted(set(frame[column].astype(str))))) for column in by]
        if any(ALL in labels for labels in order):
            raise GateError("E_GATE_COUNTS", 'The label "all" names margins, which are made here.')
        return cls(tuple(by), tuple(order))

    @cached_property
    def cells(self) -> list[Cell]:
        """Every cell by its labels, margins included under the label ``all``; last axis fastest."""
        return list(product(*((*labels, ALL) for labels in self.levels)))

    @cached_property
    def margins(self) -> Flags:
        """Which cells are margins."""
        return np.array([ALL in cell for cell in self.cells])

    @cached_property
    def relations(self) -> tuple[Relation, ...]:
        """Every sum: along each dimension, for each choice of the others."""
        place = {cell: index for index, cell in enumerate(self.cells)}
        return tuple(
            Relation(place[cell], tuple(place[_with(cell, axis, label)] for label in labels))
            for cell in self.cells
            for axis, labels in enumerate(self.levels)
            if cell[axis] == ALL
        )

    def sums(self, frame: pd.DataFrame, column: str) -> Counts:
        """Return the column for every cell, with sums at the margins."""
        inner = self._inner(frame, column)
        for axis in range(inner.ndim):
            inner = np.concatenate([inner, inner.sum(axis=axis, keepdims=True)], axis=axis)
        return inner.ravel()

    def maxima(self, frame: pd.DataFrame, column: str) -> Counts:
        """Return the column for every cell, with the largest part at the margins.

        For therapists: the same ones may stand behind all parts, so their numbers do not add up.
        """
        inner = self._inner(frame, column)
        for axis in range(inner.ndim):
            inner = np.concatenate([inner, inner.max(axis=axis, keepdims=True)], axis=axis)
        return inner.ravel()

    def _inner(self, frame: pd.DataFrame, column: str) -> Counts:
        values = frame[column].to_numpy(dtype=float)
        places = [
            pd.Index(labels).get_indexer(pd.Index(frame[name].astype(str)))
            for name, labels in zip(self.by, self.levels, strict=True)
        ]
        whole = np.isfinite(values).all() and (values >= 0).all() and (values % 1 == 0).all()
        known = all((place >= 0).all() for place in places)
        if not whole or not known or frame.duplicated(list(self.by)).any():
            raise GateError(
                "E_GATE_COUNTS",
                "A count table needs whole counts from 0, known labels, and each cell once.",
                where=f"column {column}",
            )
        inner = np.zeros([len(labels) for labels in self.levels], dtype=np.int64)
        inner[tuple(places)] = values.astype(np.int64)
        return inner


def _with(cell: Cell, axis: int, label: str) -> Cell:
    return (*cell[:axis], label, *cell[axis + 1 :])
