"""Rounding of counts, and of the ratios that follow from rounded counts."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Counts = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


def round_counts(counts: npt.ArrayLike, round_to: int) -> Counts:
    """Return counts as the nearest multiples of ``round_to``; halves go up.

    >>> round_counts([10, 12, 13, 18], 5).tolist()
    [10, 10, 15, 20]
    """
    exact = np.asarray(counts, dtype=np.int64)
    return (exact + round_to // 2) // round_to * round_to


def counts_behind(rounded: npt.ArrayLike, round_to: int) -> tuple[Counts, Counts]:
    """Return the smallest and the largest count that is published as each rounded count.

    >>> [bound.tolist() for bound in counts_behind([10, 20], 5)]
    [[8, 18], [12, 22]]
    """
    published = np.asarray(rounded, dtype=np.int64)
    lowest = published - round_to // 2
    return np.maximum(lowest, 0), lowest + round_to - 1


def ratio_of_rounded(part: npt.ArrayLike, whole: npt.ArrayLike) -> Floats:
    """Return part / whole of counts that were rounded before, NaN where either is withheld.

    A ratio of unrounded counts would give the counts away that rounding hid. Rounding can lift a
    part above its whole by one step; such a ratio is 1.

    >>> ratio_of_rounded([10, 15], [40, 40]).tolist()
    [0.25, 0.375]
    """
    parts, wholes = np.broadcast_arrays(np.asarray(part, float), np.asarray(whole, float))
    usable = np.isfinite(parts) & np.isfinite(wholes) & (wholes > 0)
    ratio = np.full(parts.shape, np.nan)
    np.divide(parts, wholes, out=ratio, where=usable)
    ratio[ratio > 1] = 1.0
    return ratio
