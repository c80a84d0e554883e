"""The two programs that the gate solves (by HiGHS): what a reader can find out, what to hide."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from reports.disclosure.linked import Flags
from reports.disclosure.rounding import Floats

TOLERANCE = 1e-6
MOST_NODES = 5_000
MOST_TOGETHER = 2_000
EXACT_UP_TO = 60
GAP_OF_LARGE_TABLES = 0.05


class LeastValue(NamedTuple):
    """The least value of one cell under all that is known, and what every bound contributes."""

    value: float
    low_price: Floats
    high_price: Floats


def least_value(cell: int, sign: float, sums: Floats, low: Floats, high: Floats) -> LeastValue:
    """Return the least of ``sign`` times the cell over all counts within bounds that keep the sums.

    The exact counts keep every condition, so there is a solution. If the solver does not find it,
    the answer is plus infinity, by which every audit fails and the table is withheld.
    """
    from scipy.optimize import linprog

    objective = np.zeros(low.size)
    objective[cell] = sign
    bounds = list(zip(low.tolist(), high.tolist(), strict=True))
    solved = linprog(objective, A_eq=sums, b_eq=np.zeros(len(sums)), bounds=bounds, method="highs")
    if solved.status != 0 or solved.fun is None:
        return LeastValue(np.inf, 0 * low, 0 * low)
    return LeastValue(
        float(solved.fun), np.asarray(solved.lower.marginals), np.asarray(solved.upper.marginals)
    )


def known_ranges(
    cells: Sequence[int], sums: Floats, low: Floats, high: Floats
) -> tuple[Floats, Floats]:
    """Return the least and the greatest value of each cell over all counts that keep the sums.

    Each answer is a program of its own with its own copy of the counts. They are put together and
    solved as one, since starting the solver takes longer than a program of this size. Where it
    finds no solution, the answers are as in `least_value`.
    """
    signed = [(cell, sign) for sign in (1.0, -1.0) for cell in cells]
    together = max(1, MOST_TOGETHER // max(1, low.size))
    values = [
        value
        for first in range(0, len(signed), together)
        for value in _least_values(signed[first : first + together], sums, low, high)
    ]
    least, greatest = values[: len(cells)], values[len(cells) :]
    return np.array(least, dtype=float), -np.array(greatest, dtype=float)


def _least_values(
    signed: Sequence[tuple[int, float]], sums: Floats, low: Floats, high: Floats
) -> list[float]:
    from scipy.optimize import linprog
    from scipy.sparse import csr_array, eye_array, kron

    copies = len(signed)
    objective = np.zeros((copies, low.size))
    for copy, (cell, sign) in enumerate(signed):
        objective[copy, cell] = sign
    apart: Any = kron(eye_array(copies), csr_array(sums), format="csr")  # linprog takes sparse ones
    solved = linprog(
        objective.ravel(),
        A_eq=apart,
        b_eq=np.zeros(copies * len(sums)),
        bounds=list(zip(low.tolist(), high.tolist(), strict=True)) * copies,
        method="highs",
    )
    if solved.status != 0 or solved.x is None:
        return [np.inf] * copies
    values = (objective * solved.x.reshape(objective.shape)).sum(axis=1)
    return [float(value) for value in values]


def cheapest_cover(cost: Floats, cuts: list[Floats], always: Flags, never: Flags) -> Flags | None:
    """Return the cheapest cells whose weights sum to 1 in every cut, or ``None`` without one.

    Optimal up to 60 cells, within 5 % above. A limit of nodes, not of time: the same everywhere.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp

    solved = milp(
        cost,
        constraints=[LinearConstraint(np.array(cuts), 1.0, np.inf)],
        integrality=np.ones(cost.size, dtype=np.int64),
        bounds=Bounds(always.astype(float), np.where(never, 0.0, 1.0)),
        options={
            "presolve": False,  # with it, HiGHS 1.12 prints a line of its own now and then
            "mip_rel_gap": 0.0 if cost.size <= EXACT_UP_TO else GAP_OF_LARGE_TABLES,
            "node_limit": MOST_NODES,
        },
    )
    return None if solved.x is None else np.asarray(solved.x) > 0.5
