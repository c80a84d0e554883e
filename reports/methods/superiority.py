"""How often a client of one group is above a client of the other, whatever the distribution."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy.typing as npt
from scipy import optimize, special, stats

from reports.methods.result import (
    FloatArray,
    Interval,
    as_sample,
    require_level,
)
from reports.methods.student import t_quantile


@dataclass(frozen=True)
class Superiority:
    """A probability of superiority, or the rank-biserial correlation made of it."""

    value: float
    interval: Interval
    n_a: int
    n_b: int


def probability_of_superiority(
    a: npt.ArrayLike, b: npt.ArrayLike, *, level: float = 0.95
) -> Superiority:
    """Return the probability that a client of group a scores above one of group b.

    p = P(A > B) + P(A = B)/2 = U/(n_a n_b), with U of Mann and Whitney. The interval uses the
    placements' variance of Brunner and Munzel with its degrees of freedom, on the logit scale, so
    that it allows for unequal spreads, ties and unequal sizes and stays inside 0 to 1. Where the
    groups do not overlap, that variance is 0 and Newcombe's fifth interval is given instead.
    Assumes independent clients and an ordinal score, nothing more.

    Parameters
    ----------
    a, b : array_like, shape (n,)
        Scale scores of the clients of each group.
    level : float
        Confidence level of the interval.

    Returns
    -------
    Superiority
        A probability; .5 where neither group tends to be higher.

    Raises
    ------
    ValueError
        If a value is missing (drop and count them first) or ``level`` is outside (0, 1).
    NotEstimableError
        If a group has fewer than two clients.

    References
    ----------
    Brunner & Munzel (2000), Biom J 42(1), 17-25.
    https://doi.org/10.1002/(SICI)1521-4036(200001)42:1<17::AID-BIMJ17>3.0.CO;2-U
    Newcombe (2006), Stat Med 25(4), 559-573. https://doi.org/10.1002/sim.2324

    Examples
    --------
    >>> result = probability_of_superiority([4, 5, 6, 7], [2, 3, 3, 6])
    >>> result.value
    0.84375
    """
    require_level(level)
    sample_a, sample_b = as_sample(a, at_least=2), as_sample(b, at_least=2)
    placements_a = _placements(sample_a, sample_b)
    placements_b = _placements(sample_b, sample_a)
    value = float(placements_a.mean())
    part_a = float(placements_a.var(ddof=1)) / sample_a.size
    part_b = float(placements_b.var(ddof=1)) / sample_b.size
    # Without overlap every placement is 0 or 1 and rounding cannot blur that.
    if value in (0.0, 1.0) or part_a + part_b == 0:
        interval = _newcombe_interval(value, sample_a.size, sample_b.size, level)
    else:
        df = (part_a + part_b) ** 2 / (
            part_a**2 / (sample_a.size - 1) + part_b**2 / (sample_b.size - 1)
        )
        quantile = t_quantile((1 + level) / 2, df)
        interval = _logit_interval(value, quantile * math.sqrt(part_a + part_b), level)
    return Superiority(value, interval, sample_a.size, sample_b.size)


def rank_biserial(a: npt.ArrayLike, b: npt.ArrayLike, *, level: float = 0.95) -> Superiority:
    """Return the rank-biserial correlation: favourable minus unfavourable pairs, as a share.

    r = 2 p - 1 with p the probability of superiority, and the same of its interval; identical to
    Cliff's delta.

    Parameters
    ----------
    a, b : array_like, shape (n,)
        Scale scores of the clients of each group.
    level : float
        Confidence level of the interval.

    Returns
    -------
    Superiority
        Between -1 and 1; positive where group a tends to be higher.

    Raises
    ------
    ValueError
        If a value is missing (drop and count them first) or ``level`` is outside (0, 1).
    NotEstimableError
        If a group has fewer than two clients.

    References
    ----------
    Kerby (2014), Compr Psychol 3, 11.IT.3.1. https://doi.org/10.2466/11.IT.3.1

    Examples
    --------
    >>> rank_biserial([4, 5, 6, 7], [2, 3, 3, 6]).value
    0.6875
    """
    p = probability_of_superiority(a, b, level=level)
    interval = Interval(2 * p.interval.low - 1, 2 * p.interval.high - 1, level)
    return Superiority(2 * p.value - 1, interval, p.n_a, p.n_b)


def _placements(sample: FloatArray, other: FloatArray) -> FloatArray:
    """Return for each value the share of the other group below it, ties counting half."""
    below = other.copy()
    below.sort()
    left, right = below.searchsorted(sample, "left"), below.searchsorted(sample, "right")
    placements: FloatArray = (left + right) / (2.0 * other.size)
    return placements


def _logit_interval(value: float, half_width: float, level: float) -> Interval:
    center, reach = float(special.logit(value)), half_width / (value * (1 - value))
    return Interval(
        float(special.expit(center - reach)), float(special.expit(center + reach)), level
    )


def _newcombe_interval(value: float, n_a: int, n_b: int, level: float) -> Interval:
    """Return Newcombe's fifth interval for groups that do not overlap, or never differ."""
    z2 = float(stats.norm.ppf((1 + level) / 2)) ** 2
    half_size = (n_a + n_b) / 2 - 1

    def variance(p: float) -> float:
        return p * (1 - p) * (1 + half_size * ((1 - p) / (2 - p) + p / (1 + p))) / (n_a * n_b)

    def distance(p: float) -> float:
        return (p - value) ** 2 - z2 * variance(p)

    if value not in (0.0, 1.0):
        return Interval(
            float(optimize.brentq(distance, 0.0, value)),
            float(optimize.brentq(distance, value, 1.0)),
            level,
        )
    # At the border itself the distance is 0 too: divide that root out and find the other one.
    limit = float(
        optimize.brentq(
            lambda q: (
                q - z2 * (1 - q) * (1 + half_size * (q / (1 + q) + (1 - q) / (2 - q))) / (n_a * n_b)
            ),
            0.0,
            1.0,
        )
    )
    return Interval(1 - limit, 1.0, level) if value == 1.0 else Interval(0.0, limit, level)
