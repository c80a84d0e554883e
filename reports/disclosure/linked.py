"""Counts that are tied together by sums: a table with its margins, a flow, groups of one total."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from reports.disclosure.policy import DisclosurePolicy
from reports.disclosure.rounding import Counts, Floats, counts_behind, round_counts

Flags = npt.NDArray[np.bool_]


class Relation(NamedTuple):
    """One sum that every reader knows to hold: the cell ``total`` is the sum of ``parts``."""

    total: int
    parts: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class LinkedCounts:
    """Exact counts, their sums, and what the rules say of each cell (arrays of equal length).

    Two of them are equal if all their cells are.

    ``sensitive`` cells may not be shown, and a reader must think it possible that they hold
    ``required`` clients or more. ``fixed`` cells count as known to every reader, shown or not.
    ``cost`` is what leaving a cell out costs its readers.
    """

    counts: Counts
    relations: tuple[Relation, ...]
    sensitive: Flags
    required: Counts
    fixed: Flags
    cost: Floats

    def __eq__(self, other: object) -> bool:
        return isinstance(other, LinkedCounts) and self._content() == other._content()

    def __hash__(self) -> int:
        return hash(self._content())

    def _content(self) -> tuple[object, ...]:
        arrays = (self.counts, self.sensitive, self.required, self.fixed, self.cost)
        return (self.relations, *((array.dtype.str, array.tobytes()) for array in arrays))

    def published(self, policy: DisclosurePolicy) -> Counts:
        """Return the counts as they are shown where they are shown."""
        return round_counts(self.counts, policy.round_to)

    def shown_bounds(self, policy: DisclosurePolicy) -> tuple[Floats, Floats]:
        """Return the least and the most that a reader must assume of each cell that is shown.

        A shown count lies within its rounding interval; it is not below the threshold, since it
        is shown, unless it is 0 or known anyway.
        """
        low, high = counts_behind(self.published(policy), policy.round_to)
        low = np.where(self.fixed, low, np.maximum(low, policy.threshold))
        empty = self.counts == 0
        return np.where(empty, 0.0, low), np.where(empty, 0.0, high)

    def bounds(self, left_out: Flags, policy: DisclosurePolicy) -> tuple[Floats, Floats]:
        """Return what a reader must assume of every cell, sums aside: left out means 0 or more.

        "Or more" ends above all that is asked of a cell: solvers tell an endless program from an
        impossible one only sometimes.
        """
        low, high = self.shown_bounds(policy)
        endless = float(self.counts.sum() + self.required.max(initial=0) + 1)
        return np.where(left_out, 0.0, low), np.where(left_out, endless, high)

    def sum_matrix(self) -> Floats:
        """Return the sums as a matrix whose product with the counts is 0."""
        matrix = np.zeros((len(self.relations), self.counts.size))
        for row, relation in enumerate(self.relations):
            matrix[row, relation.total] = -1.0
            matrix[row, list(relation.parts)] += 1.0
        return matrix


def required_bound(counts: Counts, few_therapists: Flags, policy: DisclosurePolicy) -> Counts:
    """Return how many clients a reader must think possible in each cell that is left out.

    Enough that the cell could be publishable; where too few therapists stand behind a large cell,
    one rounding step more than it holds, so that it is not exact.
    """
    blurred = np.where(few_therapists, counts + policy.round_to, 0)
    return np.maximum(policy.threshold, blurred).astype(np.int64)


def is_small(counts: Counts, relations: Sequence[Relation], policy: DisclosurePolicy) -> Flags:
    """Return the cells below the threshold; of the empty ones, those that may not be shown as 0.

    With ``publish_zeros`` a 0 stays hidden where all of a sum is in one other cell: that would be
    a trait of everybody in it.
    """
    small = counts < policy.threshold
    if not policy.publish_zeros:
        return small
    telling = np.zeros(counts.size, dtype=bool)
    for relation in relations:
        parts = list(relation.parts)
        telling[parts] |= np.count_nonzero(counts[parts]) == 1
    return small & ((counts > 0) | telling)
