"""Rank test of two groups (Mann-Whitney)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy import stats

from reports.methods.result import FloatArray, NotEstimableError, as_sample

# The exact distribution is used up to here, as in R's wilcox.test.
_EXACT_BELOW = 50


@dataclass(frozen=True)
class RankTest:
    """A Mann-Whitney test; ``method`` says which distribution the p-value comes from."""

    u: float
    p_value: float
    method: Literal["exact", "asymptotic"]
    has_ties: bool
    n_a: int
    n_b: int


def mann_whitney(
    a: npt.ArrayLike,
    b: npt.ArrayLike,
    *,
    method: Literal["auto", "exact", "asymptotic"] = "auto",
) -> RankTest:
    """Return the two-sided Mann-Whitney test of group a against group b.

    U counts the pairs in which the client of group a is higher, ties as half; U/(n_a n_b) is the
    probability of superiority. Exact where no scores are tied and both groups are below 50
    clients, otherwise the normal approximation with the corrections for ties and for continuity.
    Assumes independent clients. It tests that the distributions are equal, so different spreads
    or shapes can reject it too.

    Parameters
    ----------
    a, b : array_like, shape (n,)
        Scale scores of the clients of each group.
    method : {"auto", "exact", "asymptotic"}
        Where the p-value comes from; the exact distribution does not exist for tied scores.

    Returns
    -------
    RankTest
        U of group a and the two-sided p-value.

    Raises
    ------
    ValueError
        If a value is missing (drop and count them first), or ``method`` is "exact" and scores are
        tied.
    NotEstimableError
        If a group is empty or all scores are equal.

    References
    ----------
    Mann & Whitney (1947), Ann Math Stat 18(1), 50-60. https://doi.org/10.1214/aoms/1177730491

    Examples
    --------
    >>> result = mann_whitney([4.1, 5.2, 6.3, 7.4], [2.5, 3.6, 3.7, 6.8])
    >>> result.u, round(result.p_value, 4), result.method
    (13.0, 0.2, 'exact')
    """
    sample_a, sample_b = as_sample(a), as_sample(b)
    ties = _has_ties(sample_a, sample_b)
    if method == "auto":
        method = _preferred_method(sample_a.size, sample_b.size, ties=ties)
    if method == "exact" and ties:
        raise ValueError("the exact distribution does not exist for tied scores")
    result = stats.mannwhitneyu(sample_a, sample_b, alternative="two-sided", method=method)
    return RankTest(
        u=float(result.statistic),
        p_value=float(result.pvalue),
        method=method,
        has_ties=ties,
        n_a=sample_a.size,
        n_b=sample_b.size,
    )


def _has_ties(sample_a: FloatArray, sample_b: FloatArray) -> bool:
    pooled = np.concatenate([sample_a, sample_b])
    distinct = np.unique(pooled).size
    if distinct == 1:
        raise NotEstimableError("all scores are equal, so there are no ranks to compare")
    return distinct < pooled.size


def _preferred_method(n_a: int, n_b: int, *, ties: bool) -> Literal["exact", "asymptotic"]:
    return "exact" if not ties and max(n_a, n_b) < _EXACT_BELOW else "asymptotic"
