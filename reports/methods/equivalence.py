"""No difference is a finding too: equivalence of two means, and the verdict in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy.typing as npt

from reports.methods.mean_difference import welch_error
from reports.methods.result import GroupSummary, Interval, summarize_group
from reports.methods.student import t_above, t_below, t_quantile

Verdict = Literal["different", "equivalent", "different but trivially small", "undecided"]


@dataclass(frozen=True)
class Equivalence:
    """Two one-sided tests of a difference of means against its bounds.

    ``interval`` has the level 1 - 2 alpha: it lies inside the bounds exactly where ``p_value``
    is below alpha.
    """

    difference: float
    se: float
    df: float
    low: float
    high: float
    t_low: float
    p_low: float
    t_high: float
    p_high: float
    p_value: float
    interval: Interval


def welch_tost(
    a: npt.ArrayLike, b: npt.ArrayLike, *, low: float, high: float, alpha: float = 0.05
) -> Equivalence:
    """Return Welch's two one-sided tests that the difference of means lies within bounds.

    With d = mean(a) - mean(b), se and df as in Welch's test, t_low = (d - low)/se is tested
    upwards and t_high = (d - high)/se downwards; the larger p-value is that of equivalence.
    Assumes independent clients and means that are close to normal. The bounds are the plan's
    smallest effect of interest, set before the data were seen.

    Parameters
    ----------
    a, b : array_like, shape (n,)
        Scale scores of the clients of each group, in scale points.
    low, high : float
        Bounds of the difference, in scale points; low < high.
    alpha : float
        Level of each one-sided test.

    Returns
    -------
    Equivalence
        Difference and bounds in scale points, with the interval of level 1 - 2 alpha.

    Raises
    ------
    ValueError
        If a value is missing (drop and count them first), ``low`` is not below ``high``, or
        ``alpha`` is outside (0, .5).
    NotEstimableError
        If a group has fewer than two clients, or neither group varies.

    References
    ----------
    Schuirmann (1987), J Pharmacokinet Biopharm 15(6), 657-680.
    https://doi.org/10.1007/BF01068419
    Lakens (2017), Soc Psychol Personal Sci 8(4), 355-362.
    https://doi.org/10.1177/1948550617697177

    Examples
    --------
    >>> result = welch_tost([4, 5, 6, 7, 5, 6], [5, 6, 6, 5, 5, 6], low=-1.5, high=1.5)
    >>> round(result.p_value, 4)
    0.0078
    """
    return welch_tost_from_summaries(
        summarize_group(a), summarize_group(b), low=low, high=high, alpha=alpha
    )


def welch_tost_from_summaries(
    a: GroupSummary, b: GroupSummary, *, low: float, high: float, alpha: float = 0.05
) -> Equivalence:
    """Return Welch's two one-sided tests from means, standard deviations and sizes.

    The same quantities as `welch_tost`, for published tables and for groups that were summed in
    the database.

    Parameters
    ----------
    a, b : GroupSummary
        Mean and standard deviation (n - 1) in scale points, and size of each group.
    low, high : float
        Bounds of the difference, in scale points; low < high.
    alpha : float
        Level of each one-sided test.

    Returns
    -------
    Equivalence
        Difference and bounds in scale points, with the interval of level 1 - 2 alpha.

    Raises
    ------
    ValueError
        If ``low`` is not below ``high`` or ``alpha`` is outside (0, .5).
    NotEstimableError
        If a group has fewer than two clients, or neither group varies.

    References
    ----------
    Lakens (2017), Soc Psychol Personal Sci 8(4), 355-362.
    https://doi.org/10.1177/1948550617697177

    Examples
    --------
    >>> result = welch_tost_from_summaries(
    ...     GroupSummary(5.25, 0.95, 95), GroupSummary(5.22, 0.83, 89), low=-0.384, high=0.384
    ... )
    >>> round(result.t_low, 6), round(result.t_high, 6)
    (3.153015, -2.696056)
    """
    return two_one_sided(a.mean - b.mean, *welch_error(a, b), low=low, high=high, alpha=alpha)


def two_one_sided(
    difference: float, se: float, df: float, *, low: float, high: float, alpha: float = 0.05
) -> Equivalence:
    """Return two one-sided t-tests of an estimate with this standard error and these df.

    Bounds, level and errors are those of `welch_tost`.
    """
    if not low < high:
        raise ValueError("the lower bound must be below the upper bound")
    if not 0 < alpha < 0.5:
        raise ValueError(f"alpha of a one-sided test lies between 0 and .5, not {alpha}")
    t_low, t_high = (difference - low) / se, (difference - high) / se
    p_low, p_high = t_above(t_low, df), t_below(t_high, df)
    half_width = se * t_quantile(1 - alpha, df)
    return Equivalence(
        difference=difference,
        se=se,
        df=df,
        low=low,
        high=high,
        t_low=t_low,
        p_low=p_low,
        t_high=t_high,
        p_high=p_high,
        p_value=max(p_low, p_high),
        interval=Interval(difference - half_width, difference + half_width, 1 - 2 * alpha),
    )


def verdict(p_difference: float, p_equivalence: float, *, alpha: float = 0.05) -> Verdict:
    """Return the one word for a test of difference and a test of equivalence.

    Parameters
    ----------
    p_difference, p_equivalence : float
        P-values of the two tests, both already adjusted within the same family.
    alpha : float
        Level of the family.

    Returns
    -------
    {"different", "equivalent", "different but trivially small", "undecided"}
        "different but trivially small" where both tests reject: not zero, yet inside the bounds.

    Raises
    ------
    ValueError
        If a p-value is missing or outside [0, 1].

    References
    ----------
    Lakens, Scheel & Isager (2018), Adv Methods Pract Psychol Sci 1(2), 259-269.
    https://doi.org/10.1177/2515245918770963

    Examples
    --------
    >>> verdict(0.81, 0.004)
    'equivalent'
    >>> verdict(0.30, 0.20)
    'undecided'
    """
    for p in (p_difference, p_equivalence):
        if not 0 <= p <= 1:
            raise ValueError("a p-value lies between 0 and 1 and cannot be missing")
    words: dict[tuple[bool, bool], Verdict] = {
        (True, False): "different",
        (False, True): "equivalent",
        (True, True): "different but trivially small",
        (False, False): "undecided",
    }
    return words[p_difference < alpha, p_equivalence < alpha]
