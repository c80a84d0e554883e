"""Standardized differences between two groups, with exact intervals."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy.typing as npt
from scipy import optimize, special, stats

from reports.methods.result import (
    GroupSummary,
    Interval,
    NotEstimableError,
    require_level,
    summarize_group,
)
from reports.methods.superiority import Superiority, probability_of_superiority, rank_biserial

__all__ = [
    "EffectSize",
    "Superiority",
    "cohen_d",
    "cohen_d_from_summaries",
    "glass_delta",
    "hedges_g",
    "noncentrality_interval",
    "probability_of_superiority",
    "rank_biserial",
    "small_sample_correction",
]


@dataclass(frozen=True)
class EffectSize:
    """One standardized effect of group a against group b."""

    kind: Literal["hedges_g", "cohen_d", "glass_delta"]
    value: float
    interval: Interval
    df: float
    n_a: int
    n_b: int


def hedges_g(a: npt.ArrayLike, b: npt.ArrayLike, *, level: float = 0.95) -> EffectSize:
    """Return Hedges' g of group a against group b, with an exact interval.

    g = J d with d = (mean(a) - mean(b)) / s_pooled and the exact correction for bias
    J = gamma(df/2) / (sqrt(df/2) gamma((df - 1)/2)), df = n_a + n_b - 2. The interval holds the
    effects whose noncentral t distribution puts t = d sqrt(n_a n_b/(n_a + n_b)) between its
    tails, times J. Assumes independent clients, normal scores and equal variances; where the
    variances differ, report Glass's delta and the probability of superiority beside it. Groups
    formed by cutting a scale and leaving out its middle are extreme groups: their g is larger
    than that of all clients.

    Parameters
    ----------
    a, b : array_like, shape (n,)
        Scale scores of the clients of each group, in scale points.
    level : float
        Confidence level of the interval.

    Returns
    -------
    EffectSize
        In pooled standard deviations; positive where group a is higher.

    Raises
    ------
    ValueError
        If a value is missing (drop and count them first) or ``level`` is outside (0, 1).
    NotEstimableError
        If a group has fewer than two clients, or neither group varies.

    References
    ----------
    Hedges (1981), J Educ Stat 6(2), 107-128. https://doi.org/10.3102/10769986006002107
    Steiger & Fouladi (1997), in What if there were no significance tests?, 221-257.

    Examples
    --------
    >>> effect = hedges_g([4, 5, 6, 7], [2, 3, 3, 4])
    >>> round(effect.value, 3), round(effect.interval.low, 3), round(effect.interval.high, 3)
    (2.01, 0.331, 3.606)
    """
    d = cohen_d(a, b, level=level)
    correction = small_sample_correction(d.df)
    return EffectSize(
        "hedges_g", d.value * correction, d.interval.scaled(correction), d.df, d.n_a, d.n_b
    )


def cohen_d(a: npt.ArrayLike, b: npt.ArrayLike, *, level: float = 0.95) -> EffectSize:
    """Return Cohen's d of group a against group b (pooled SD), with an exact interval.

    d = (mean(a) - mean(b)) / s_pooled, with
    s_pooled^2 = ((n_a - 1) var(a) + (n_b - 1) var(b)) / (n_a + n_b - 2). Interval, assumptions,
    missing values and errors as in `hedges_g`; d overstates in small groups.

    Parameters
    ----------
    a, b : array_like, shape (n,)
        Scale scores of the clients of each group, in scale points.
    level : float
        Confidence level of the interval.

    Returns
    -------
    EffectSize
        In pooled standard deviations; positive where group a is higher.

    Raises
    ------
    ValueError
        If a value is missing or ``level`` is outside (0, 1).
    NotEstimableError
        If a group has fewer than two clients, or neither group varies.

    References
    ----------
    Cohen (1988), Statistical power analysis for the behavioral sciences.
    https://doi.org/10.4324/9780203771587

    Examples
    --------
    >>> round(cohen_d([4, 5, 6, 7], [2, 3, 3, 4]).value, 3)
    2.315
    """
    return cohen_d_from_summaries(summarize_group(a), summarize_group(b), level=level)


def cohen_d_from_summaries(a: GroupSummary, b: GroupSummary, *, level: float = 0.95) -> EffectSize:
    """Return Cohen's d with its exact interval from means, standard deviations and sizes.

    The same quantities as `cohen_d`, for published tables and for groups that were summed in the
    database.

    Parameters
    ----------
    a, b : GroupSummary
        Mean and standard deviation (n - 1) in scale points, and size of each group.
    level : float
        Confidence level of the interval.

    Returns
    -------
    EffectSize
        In pooled standard deviations; positive where group a is higher.

    Raises
    ------
    ValueError
        If ``level`` is outside (0, 1).
    NotEstimableError
        If a group has fewer than two clients, or neither group varies.

    References
    ----------
    Cohen (1988), Statistical power analysis for the behavioral sciences.
    https://doi.org/10.4324/9780203771587

    Examples
    --------
    >>> d = cohen_d_from_summaries(GroupSummary(24.0, 6.0, 30), GroupSummary(21.0, 6.0, 30))
    >>> round(d.value, 3), round(d.interval.low, 3), round(d.interval.high, 3)
    (0.5, -0.016, 1.012)
    """
    if min(a.n, b.n) < 2:
        raise NotEstimableError("each group needs at least two clients")
    df = a.n + b.n - 2
    pooled = math.hypot(a.sd * math.sqrt((a.n - 1) / df), b.sd * math.sqrt((b.n - 1) / df))
    if pooled == 0:
        raise NotEstimableError("neither group varies, so there is no unit for the effect")
    unit = math.sqrt(1 / a.n + 1 / b.n)
    value = (a.mean - b.mean) / pooled
    interval = noncentrality_interval(value / unit, df, level=level).scaled(unit)
    return EffectSize("cohen_d", value, interval, df, a.n, b.n)


def glass_delta(a: npt.ArrayLike, b: npt.ArrayLike, *, level: float = 0.95) -> EffectSize:
    """Return Glass's delta: the difference in standard deviations of group b.

    delta = (mean(a) - mean(b)) / sd(b). The interval is that of a noncentral t with n_b - 1
    degrees of freedom and the standard error sqrt(1/n_b + var(a)/(n_a var(b))), which lets the
    variances differ and is approximate where they do. Assumes independent clients and normal
    scores; group b is the reference.

    Parameters
    ----------
    a, b : array_like, shape (n,)
        Scale scores of the clients of each group, in scale points; b is the reference.
    level : float
        Confidence level of the interval.

    Returns
    -------
    EffectSize
        In standard deviations of group b; positive where group a is higher.

    Raises
    ------
    ValueError
        If a value is missing (drop and count them first) or ``level`` is outside (0, 1).
    NotEstimableError
        If a group has fewer than two clients, or group b does not vary.

    References
    ----------
    Glass (1976), Educ Res 5(10), 3-8. https://doi.org/10.3102/0013189X005010003
    Algina, Keselman & Penfield (2006), J Mod Appl Stat Methods 5(1), 2-13.
    https://doi.org/10.22237/jmasm/1146456060

    Examples
    --------
    >>> round(glass_delta([4, 5, 6, 7], [2, 3, 3, 4]).value, 3)
    3.062
    """
    group, reference = summarize_group(a), summarize_group(b)
    if reference.sd == 0:
        raise NotEstimableError("the reference group does not vary, so there is no unit")
    unit = math.sqrt(1 / reference.n + (group.sd / reference.sd) ** 2 / group.n)
    value = (group.mean - reference.mean) / reference.sd
    df = reference.n - 1
    interval = noncentrality_interval(value / unit, df, level=level).scaled(unit)
    return EffectSize("glass_delta", value, interval, df, group.n, reference.n)


def small_sample_correction(df: float) -> float:
    """Return J, the exact factor that takes the bias out of d.

    J = gamma(df/2) / (sqrt(df/2) gamma((df - 1)/2)), close to 1 - 3/(4 df - 1).

    Parameters
    ----------
    df : float
        Degrees of freedom of the standard deviation that d is measured in.

    Returns
    -------
    float
        Between 0 and 1.

    Raises
    ------
    NotEstimableError
        If ``df`` is 1 or less.

    References
    ----------
    Hedges (1981), J Educ Stat 6(2), 107-128. https://doi.org/10.3102/10769986006002107

    Examples
    --------
    >>> round(small_sample_correction(30), 4)
    0.9748
    """
    if df <= 1:
        raise NotEstimableError("the correction for small samples needs more than 1 df")
    log_factor = special.gammaln(df / 2) - special.gammaln((df - 1) / 2) - math.log(df / 2) / 2
    return math.exp(float(log_factor))


def noncentrality_interval(t: float, df: float, *, level: float = 0.95) -> Interval:
    """Return the noncentralities for which t is neither in the lower nor in the upper tail.

    The limits solve P(T <= t; df, limit) = (1 + level)/2 and (1 - level)/2 for the noncentral t.

    Parameters
    ----------
    t : float
        Observed t.
    df : float
        Degrees of freedom.
    level : float
        Confidence level of the interval.

    Returns
    -------
    Interval
        Of the noncentrality; times sqrt(1/n_a + 1/n_b) it is an interval of d.

    Raises
    ------
    ValueError
        If ``level`` is outside (0, 1).

    References
    ----------
    Steiger & Fouladi (1997), in What if there were no significance tests?, 221-257.
    Cumming & Finch (2001), Educ Psychol Meas 61(4), 532-574.
    https://doi.org/10.1177/0013164401614002

    Examples
    --------
    >>> interval = noncentrality_interval(2.0, 18)
    >>> round(interval.low, 3), round(interval.high, 3)
    (-0.089, 4.04)
    """
    require_level(level)
    tail = (1 - level) / 2
    return Interval(_noncentrality(t, df, 1 - tail), _noncentrality(t, df, tail), level)


def _noncentrality(t: float, df: float, probability: float) -> float:
    if t < 0:
        return -_noncentrality(-t, df, 1 - probability)

    def excess(limit: float) -> float:
        return float(special.nctdtr(df, limit, t)) - probability

    # The cumulative probability falls as the noncentrality grows. At this lower end it is at
    # least the wanted one, because P(T <= t) >= P(T <= 0) = Phi(-noncentrality).
    low = -float(stats.norm.ppf(probability)) - 1.0
    high, reach = max(t, low) + 1.0, 1.0 + t / math.sqrt(2 * df)
    while excess(high) > 0:
        high += reach
        reach *= 2
    if math.isnan(excess(high)):
        raise NotEstimableError("the effect is too large for its interval to be computed")
    return float(optimize.brentq(excess, low, high, xtol=1e-12, rtol=1e-13))
