"""Which further cells are left out so that sums do not give the sensitive ones away.

An integer program chooses the cells. It is solved with cuts, each of which says that one sensitive
cell is still too well known, and which cells could help: the shadow prices of the same linear
program by which the audit plays the reader.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from reports.disclosure.audit import Audit, audit_table
from reports.disclosure.linked import Flags, LinkedCounts
from reports.disclosure.policy import DisclosurePolicy
from reports.disclosure.rounding import Floats
from reports.disclosure.solver import TOLERANCE, cheapest_cover, least_value

MOST_CELLS = 400
MOST_ROUNDS = 200


class Pattern(NamedTuple):
    """The cells that were left out, and the audit of what is left."""

    left_out: Flags
    audit: Audit


def protect_table(
    table: LinkedCounts, policy: DisclosurePolicy, *, margins: Flags | None = None
) -> Pattern | None:
    """Return a pattern that passed the audit, or ``None`` if the table must be withheld.

    Where no pattern is found (too many cells, sums known to everybody), all ``margins`` are left
    out instead, so that no sums are left to calculate with.
    """
    pattern = _choose_pattern(table, policy)
    if pattern is None and margins is not None:
        pattern = _audited(table, table.sensitive | margins, policy)
    return pattern if pattern is not None and pattern.audit.passed else None


@lru_cache(maxsize=1024)  # most tables of a report count the same clients in the same groups
def _choose_pattern(table: LinkedCounts, policy: DisclosurePolicy) -> Pattern | None:
    """Choose and audit until nothing is left out that a reader can still call small.

    A 0 that may be shown can be left out to protect others; then it must look like any other cell
    that was left out, or its small upper bound would tell what it is. So it becomes sensitive.
    """
    while (left_out := choose_left_out(table, policy)) is not None:
        pattern = _audited(table, left_out, policy)
        told = np.zeros(table.counts.size, dtype=bool)
        told[list(pattern.audit.failing)] = True
        told &= ~table.sensitive
        if not told.any():
            return pattern
        table = replace(table, sensitive=table.sensitive | told)
    return None


def _audited(table: LinkedCounts, left_out: Flags, policy: DisclosurePolicy) -> Pattern:
    """Audit the pattern, once more after showing what it hides in vain.

    A cell that is not sensitive and can be worked out exactly protects nothing; it comes from the
    tolerance that large tables are solved with, or is the margin of a row that is shown whole.
    """
    found = audit_table(table, left_out, policy)
    in_vain = [cell for cell in found.exact if not table.sensitive[cell]]
    if in_vain:
        left_out = left_out.copy()
        left_out[in_vain] = False
        found = audit_table(table, left_out, policy)
    left_out.setflags(write=False)  # the pattern is shared by equal tables
    return Pattern(left_out, found)


def choose_left_out(table: LinkedCounts, policy: DisclosurePolicy) -> Flags | None:
    """Return the cheapest set of cells to leave out, or ``None`` where none was found.

    Notes
    -----
    A cell is shown or left out; for every sensitive cell there must be another table that agrees
    with everything shown and holds the required number there (the model of Fischetti and Salazar,
    with its capacity cuts).

    References
    ----------
    Fischetti & Salazar (2001), Management Science 47(7), 1008-1027,
    doi:10.1287/mnsc.47.7.1008.9805
    """
    if table.counts.size > MOST_CELLS:
        return None
    left_out, cuts = table.sensitive.copy(), list[Floats]()
    for _ in range(MOST_ROUNDS):
        new = _cuts(table, left_out, policy)
        if not new:
            return left_out
        cuts += new
        chosen = cheapest_cover(table.cost, cuts, table.sensitive, table.fixed)
        if chosen is None:
            return None
        left_out = chosen
    return None


def _cuts(table: LinkedCounts, left_out: Flags, policy: DisclosurePolicy) -> list[Floats]:
    """Return a cut for every sensitive cell that a reader still knows too well."""
    sums = table.sum_matrix()
    targets = np.flatnonzero(table.sensitive).tolist()
    found = [_cut(cell, sums, left_out, _room(table, cell, policy)) for cell in targets]
    return [cut for cut in found if cut is not None]


class _Room(NamedTuple):
    """How far each count can move up and down, shown or left out, to lift one cell by ``need``."""

    need: float
    shown_up: Floats
    shown_down: Floats
    hidden_down: Floats


def _room(table: LinkedCounts, cell: int, policy: DisclosurePolicy) -> _Room:
    need = float(table.required[cell] - table.counts[cell])
    low, high = table.shown_bounds(policy)
    hidden_down = np.minimum(table.counts, need)
    up = np.where(table.sensitive, need, np.minimum(high - table.counts, need))
    down = np.where(table.sensitive, hidden_down, np.minimum(table.counts - low, need))
    return _Room(need, up, down, hidden_down)


def _cut(cell: int, sums: Floats, left_out: Flags, room: _Room) -> Floats | None:
    """Return weights of the cells that could help; those left out must sum to 1 or more."""
    low = -np.where(left_out, room.hidden_down, room.shown_down)
    high = np.where(left_out, room.need, room.shown_up)
    reached = least_value(cell, -1.0, sums, low, high)
    if -reached.value >= room.need - TOLERANCE:
        return None
    rise, fall = np.maximum(-reached.high_price, 0.0), np.maximum(reached.low_price, 0.0)
    lacking = room.need - rise @ room.shown_up - fall @ room.shown_down
    weights = rise * (room.need - room.shown_up) + fall * (room.hidden_down - room.shown_down)
    weights = np.minimum(weights, lacking) / lacking
    return np.where(weights < TOLERANCE, 0.0, weights)
