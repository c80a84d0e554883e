"""What a reader can work out: the interval of every count, from what is shown and the sums."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reports.disclosure.linked import Flags, LinkedCounts
from reports.disclosure.policy import DisclosurePolicy
from reports.disclosure.rounding import Floats
from reports.disclosure.solver import TOLERANCE, known_ranges


@dataclass(frozen=True)
class Audit:
    """Intervals of the cells that were left out, and the cells that a reader can work out."""

    cells: tuple[int, ...]
    low: Floats
    high: Floats
    failing: tuple[int, ...]

    @property
    def exact(self) -> tuple[int, ...]:
        """The cells that were left out in vain: only one count is possible."""
        certain = self.high - self.low < 1 - TOLERANCE
        return tuple(cell for cell, one in zip(self.cells, certain, strict=True) if one)

    @property
    def passed(self) -> bool:
        """Whether no reader can work out a cell that was left out."""
        return not self.failing


def audit_table(table: LinkedCounts, left_out: Flags, policy: DisclosurePolicy) -> Audit:
    """Return what a reader can work out about the cells that were left out.

    The reader knows all shown (rounded) counts, every sum, the policy, and that no count is
    negative. A cell fails if it is exact, or if its upper bound stays below what is required: the
    reader could then tell that it is a small count. A sensitive cell that is shown fails as well.
    """
    cells = np.flatnonzero(left_out)
    low, high = _intervals(table, left_out, policy)
    wanted = np.where(table.sensitive, table.required, policy.threshold)[cells]
    weak = (high - low < 1 - TOLERANCE) | (high < wanted - TOLERANCE)
    open_cells = np.flatnonzero(table.sensitive & ~left_out)
    failing = sorted({*cells[weak].tolist(), *open_cells.tolist()})
    return Audit(tuple(cells.tolist()), low, high, tuple(failing))


def _intervals(
    table: LinkedCounts, left_out: Flags, policy: DisclosurePolicy
) -> tuple[Floats, Floats]:
    sums = table.sum_matrix()
    low, high = table.bounds(left_out, policy)
    return known_ranges(np.flatnonzero(left_out).tolist(), sums, low, high)
