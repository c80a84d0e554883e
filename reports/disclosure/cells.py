"""Rows of a tidy table as cells: which of them add up to which, as far as a reader can tell."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from reports.disclosure.linked import Flags, LinkedCounts, Relation, is_small, required_bound
from reports.disclosure.policy import DisclosurePolicy
from reports.disclosure.rounding import Counts, Floats
from reports.disclosure.suppression import protect_table

Key = tuple[str | None, ...]
"""Labels of one row along each dimension; ``None`` for the row of all clients along it."""
COST_OF_REST = 0.01


def hide_cells(
    keys: Sequence[Key],
    counts: Counts,
    few_therapists: Flags,
    policy: DisclosurePolicy,
    *,
    costs: Floats | None = None,
    nobody_is_harmless: bool = False,
) -> Flags:
    """Return which rows are left out: the small ones, and those that would give them away.

    Rows that differ along one dimension only are the parts of a total. Where the table has the row
    of the total, clients in no part are a part of their own; where it has none, the total counts
    as known, since some other table will hold it. Parts that overlap add up to nothing and protect
    nothing, so they are not linked. If no safe choice exists, every row is left out. Empty cells
    follow the policy, unless it is no trait of anybody that nobody is in them. ``costs`` are what
    leaving each row out costs its readers; without them small counts are left out first.
    """
    links = _Links(keys, counts)
    table = links.fill(few_therapists, policy, costs, nobody_is_harmless=nobody_is_harmless)
    pattern = protect_table(table, policy)
    if pattern is None:
        return np.ones(len(keys), dtype=bool)
    return pattern.left_out[: len(keys)]


class _Links:
    """The rows, the cells that stand for rests and unwritten totals, and the sums of them all."""

    def __init__(self, keys: Sequence[Key], counts: Counts) -> None:
        self.rows = len(keys)
        self.counts: list[int] = [int(count) for count in counts]
        self.known: list[bool] = [False] * len(keys)
        self.relations: list[Relation] = []
        place = {key: index for index, key in enumerate(keys)}
        if len(place) != len(keys):
            raise ValueError("two rows have the same labels")
        for axis in range(len(keys[0]) if keys else 0):
            for line, parts in _lines(keys, axis).items():
                self._link(place.get(line), parts)

    def _link(self, total: int | None, parts: list[int]) -> None:
        within = sum(self.counts[part] for part in parts)
        if total is None:
            if len(parts) > 1:
                self.relations.append(Relation(self._add(within, known=True), tuple(parts)))
            return
        rest = self.counts[total] - within
        if rest < 0:
            return
        if rest:
            parts = [*parts, self._add(rest, known=False)]
        self.known[total] = True
        self.relations.append(Relation(total, tuple(parts)))

    def _add(self, count: int, *, known: bool) -> int:
        self.counts.append(count)
        self.known.append(known)
        return len(self.counts) - 1

    def fill(
        self,
        few_therapists: Flags,
        policy: DisclosurePolicy,
        costs: Floats | None,
        *,
        nobody_is_harmless: bool,
    ) -> LinkedCounts:
        counts = np.array(self.counts, dtype=np.int64)
        few = np.zeros(counts.size, dtype=bool)
        few[: self.rows] = few_therapists
        small = is_small(counts, self.relations, policy)
        small = (small & ~((counts == 0) & nobody_is_harmless)) | few
        cost = 1 + counts / (counts.max(initial=0) + 1)
        cost[: self.rows] += 0.0 if costs is None else costs
        cost[self.rows :] = COST_OF_REST
        # A total below the threshold is no more public than its parts.
        known = np.array(self.known, dtype=bool) & ~small
        required = required_bound(counts, few, policy)
        return LinkedCounts(counts, tuple(self.relations), small, required, known, cost)


def _lines(keys: Sequence[Key], axis: int) -> dict[Key, list[int]]:
    """Return the parts of each line along an axis, under the key that its total has."""
    lines: dict[Key, list[int]] = {}
    for place, key in enumerate(keys):
        if key[axis] is not None:
            lines.setdefault((*key[:axis], None, *key[axis + 1 :]), []).append(place)
    return lines
