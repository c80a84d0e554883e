"""Difference between two means, with unequal variances (Welch)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy.typing as npt

from reports.methods.result import (
    GroupSummary,
    Interval,
    NotEstimableError,
    require_level,
    summarize_group,
    t_test,
)


@dataclass(frozen=True)
class MeanDifference:
    """Welch's difference of group a minus group b."""

    difference: float
    se: float
    t: float
    df: float
    p_value: float
    interval: Interval
    mean_a: float
    mean_b: float
    n_a: int
    n_b: int


def welch_difference(a: npt.ArrayLike, b: npt.ArrayLike, *, level: float = 0.95) -> MeanDifference:
    """Return the mean of group a minus the mean of group b, with Welch's interval and test.

    The difference d = mean(a) - mean(b) has the standard error
    se = sqrt(var(a)/n_a + var(b)/n_b); t = d/se is referred to Student's t with Satterthwaite's
    degrees of freedom df = se^4 / (var(a)^2/(n_a^2 (n_a - 1)) + var(b)^2/(n_b^2 (n_b - 1))).
    Assumes independent clients and means that are close to normal; equal variances are not
    assumed, and Welch's form is used whatever the group sizes.

    Parameters
    ----------
    a, b : array_like, shape (n,)
        Scale scores of the clients of each group, in scale points.
    level : float
        Confidence level of the interval.

    Returns
    -------
    MeanDifference
        In scale points; positive where group a is higher.

    Raises
    ------
    ValueError
        If a value is missing (drop and count them first) or ``level`` is outside (0, 1).
    NotEstimableError
        If a group has fewer than two clients, or neither group varies.

    References
    ----------
    Welch (1947), Biometrika 34, 28-35. https://doi.org/10.1093/biomet/34.1-2.28

    Examples
    --------
    >>> result = welch_difference([4, 5, 6, 7], [2, 3, 3, 4])
    >>> round(result.difference, 2), round(result.p_value, 4)
    (2.5, 0.0217)
    """
    return welch_difference_from_summaries(summarize_group(a), summarize_group(b), level=level)


def welch_difference_from_summaries(
    a: GroupSummary, b: GroupSummary, *, level: float = 0.95
) -> MeanDifference:
    """Return Welch's difference from means, standard deviations and sizes.

    The same quantities as `welch_difference`, for published tables and for groups that were
    summed in the database.

    Parameters
    ----------
    a, b : GroupSummary
        Mean and standard deviation (n - 1) in scale points, and size of each group.
    level : float
        Confidence level of the interval.

    Returns
    -------
    MeanDifference
        In scale points; positive where group a is higher.

    Raises
    ------
    ValueError
        If ``level`` is outside (0, 1).
    NotEstimableError
        If a group has fewer than two clients, or neither group varies.

    References
    ----------
    Welch (1947), Biometrika 34, 28-35. https://doi.org/10.1093/biomet/34.1-2.28

    Examples
    --------
    >>> result = welch_difference_from_summaries(
    ...     GroupSummary(5.25, 0.95, 95), GroupSummary(5.22, 0.83, 89)
    ... )
    >>> round(result.df, 4)
    181.1344
    """
    require_level(level)
    se, df = welch_error(a, b)
    difference = a.mean - b.mean
    test = t_test(difference, se, df, level)
    return MeanDifference(
        difference=difference,
        se=se,
        t=test.t,
        df=df,
        p_value=test.p_value,
        interval=test.interval,
        mean_a=a.mean,
        mean_b=b.mean,
        n_a=a.n,
        n_b=b.n,
    )


def welch_error(a: GroupSummary, b: GroupSummary) -> tuple[float, float]:
    """Return the standard error of a difference of means and Satterthwaite's df."""
    if min(a.n, b.n) < 2:
        raise NotEstimableError("each group needs at least two clients")
    if a.sd == 0 and b.sd == 0:
        raise NotEstimableError("neither group varies, so the difference has no standard error")
    # Relative to the larger spread: squares of very small standard deviations underflow.
    scale = max(a.sd, b.sd)
    part_a, part_b = (a.sd / scale) ** 2 / a.n, (b.sd / scale) ** 2 / b.n
    total = part_a + part_b
    df = total**2 / (part_a**2 / (a.n - 1) + part_b**2 / (b.n - 1))
    return scale * math.sqrt(total), df
