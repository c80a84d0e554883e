"""How alike two groups were before: standardized differences."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from reports.methods.result import FloatArray, NotEstimableError, summarize_group

# Above this, groups are called unlike in that variable (Austin, 2009).
NOTABLE = 0.1


def standardized_difference(a: npt.ArrayLike, b: npt.ArrayLike) -> float:
    """Return the standardized difference of a numeric variable between two groups.

    (mean(a) - mean(b)) / sqrt((var(a) + var(b))/2): a description of balance, not a test, so it
    does not depend on the sizes of the groups.

    Parameters
    ----------
    a, b : array_like, shape (n,)
        Values of the clients of each group; a variable of two values as 0 and 1.

    Returns
    -------
    float
        In standard deviations; positive where group a is higher. Above .1 in size is notable.

    Raises
    ------
    ValueError
        If a value is missing (drop and count them first).
    NotEstimableError
        If a group has fewer than two clients, or neither group varies while the means differ.

    References
    ----------
    Austin (2009), Stat Med 28(25), 3083-3107. https://doi.org/10.1002/sim.3697

    Examples
    --------
    >>> round(standardized_difference([30, 40, 50], [35, 45, 55]), 2)
    -0.5
    """
    group_a, group_b = summarize_group(a), summarize_group(b)
    unit = math.hypot(group_a.sd, group_b.sd) / math.sqrt(2)
    gap = group_a.mean - group_b.mean
    if gap == 0:
        return 0.0
    if unit == 0:
        raise NotEstimableError("neither group varies, so there is no unit for the difference")
    return gap / unit


def standardized_difference_of_shares(a: Sequence[str], b: Sequence[str]) -> float:
    """Return the standardized difference of a variable with named categories.

    The Mahalanobis distance sqrt(d' S^-1 d) between the two groups' shares of all categories but
    one, with S the mean of the two multinomial covariances; for two categories it is
    |p - q| / sqrt((p (1 - p) + q (1 - q))/2). Which category is left out does not matter.

    Parameters
    ----------
    a, b : sequence of str
        Category of each client of each group.

    Returns
    -------
    float
        At least 0; above .1 is notable.

    Raises
    ------
    ValueError
        If a category is missing (drop and count them first, or name them).
    NotEstimableError
        If a group is empty, or the groups share too few categories for a distance.

    References
    ----------
    Yang & Dalton (2012), SAS Global Forum, paper 335-2012.
    https://support.sas.com/resources/papers/proceedings12/335-2012.pdf

    Examples
    --------
    >>> first, second = ["remote"] * 3 + ["room"] * 7, ["remote"] * 5 + ["room"] * 5
    >>> round(standardized_difference_of_shares(first, second), 4)
    0.417
    """
    if not all(isinstance(category, str) for category in [*a, *b]):
        raise ValueError("categories are names; a missing one is for the caller to drop and count")
    if not a or not b:
        raise NotEstimableError("a group is empty")
    categories = sorted({*a, *b})
    if len(categories) == 1:
        return 0.0
    shares_a, shares_b = _shares(a, categories), _shares(b, categories)
    covariance = (_multinomial_covariance(shares_a) + _multinomial_covariance(shares_b)) / 2
    if np.linalg.matrix_rank(covariance) < len(covariance):
        raise NotEstimableError("the groups share too few categories for a distance")
    gap = shares_a - shares_b
    return math.sqrt(float(gap @ np.linalg.solve(covariance, gap)))


def _shares(group: Sequence[str], categories: Sequence[str]) -> FloatArray:
    """Return the shares of all categories but the first, which the others imply."""
    counts = [sum(category == value for value in group) for category in categories[1:]]
    shares: FloatArray = np.array(counts, dtype=np.float64) / len(group)
    return shares


def _multinomial_covariance(shares: FloatArray) -> FloatArray:
    covariance: FloatArray = np.diag(shares) - np.outer(shares, shares)
    return covariance
