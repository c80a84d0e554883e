"""More than two groups: Welch's analysis of variance, all pairs, and the robust pair of tests."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import optimize, stats

from reports.methods import _pingouin
from reports.methods.multiplicity import holm
from reports.methods.result import (
    FloatArray,
    Interval,
    NotEstimableError,
    as_sample,
    require_level,
    standard_deviation,
)


@dataclass(frozen=True)
class WelchAnova:
    """Welch's F test of equal means, with omega squared and its interval."""

    f: float
    df_between: float
    df_within: float
    p_value: float
    omega_squared: float
    interval: Interval
    n: int


@dataclass(frozen=True)
class PairDifference:
    """One pair of groups of the Games-Howell test; the interval is simultaneous."""

    group_a: str
    group_b: str
    difference: float
    se: float
    t: float
    df: float
    p_adjusted: float
    interval: Interval


@dataclass(frozen=True)
class KruskalWallis:
    """Rank test of equal distributions."""

    h: float
    df: int
    p_value: float
    n: int


@dataclass(frozen=True)
class PairRank:
    """One pair of groups of Dunn's test, adjusted by Holm over all pairs."""

    group_a: str
    group_b: str
    p_adjusted: float


def welch_anova(groups: Mapping[str, npt.ArrayLike], *, level: float = 0.95) -> WelchAnova:
    """Return Welch's test that the means of several groups are equal.

    F weights each group by w = n/var, with df_1 = k - 1 and Welch's df_2. Omega squared, the
    share of the variance that lies between the groups, is df_1 (F - 1)/(df_1 (F - 1) + n); its
    interval is c/(c + n) for the noncentralities c of an F that put the observed one between the
    tails, 0 where even c = 0 does not. Assumes independent clients and means close to normal;
    equal variances are not assumed.

    Parameters
    ----------
    groups : mapping of str to array_like, shape (n,)
        Scale scores of the clients of each group, in scale points.
    level : float
        Confidence level of the interval.

    Returns
    -------
    WelchAnova
        The estimate of omega squared can be below 0; its interval cannot.

    Raises
    ------
    ValueError
        If a value is missing (drop and count them first) or ``level`` is outside (0, 1).
    NotEstimableError
        If there are fewer than two groups, or a group has fewer than two clients or does not
        vary.

    References
    ----------
    Welch (1951), Biometrika 38(3-4), 330-336. https://doi.org/10.1093/biomet/38.3-4.330
    Steiger (2004), Psychol Methods 9(2), 164-182. https://doi.org/10.1037/1082-989X.9.2.164

    Examples
    --------
    >>> result = welch_anova({"low": [1, 2, 3, 2], "mid": [2, 4, 3, 5], "high": [5, 6, 8, 7]})
    >>> round(result.f, 3), round(result.p_value, 4)
    (15.573, 0.0049)
    """
    require_level(level)
    samples = _samples(groups)
    row = _pingouin.welch_anova_row(samples)
    f, df_between, df_within = float(row["F"]), float(row["ddof1"]), float(row["ddof2"])
    n = sum(sample.size for sample in samples.values())
    surplus = df_between * (f - 1)
    limits = noncentral_f_interval(f, df_between, df_within, level=level)
    return WelchAnova(
        f=f,
        df_between=df_between,
        df_within=df_within,
        p_value=float(row["p_unc"]),
        omega_squared=surplus / (surplus + n),
        interval=Interval(limits.low / (limits.low + n), limits.high / (limits.high + n), level),
        n=n,
    )


def noncentral_f_interval(
    f: float, df_between: float, df_within: float, *, level: float = 0.95
) -> Interval:
    """Return the noncentralities for which f is neither in the lower nor in the upper tail.

    The limits solve P(F <= f; limit) = (1 + level)/2 and (1 - level)/2 for the noncentral F, and
    are 0 where even no noncentrality does.

    Parameters
    ----------
    f : float
        Observed F.
    df_between, df_within : float
        Its degrees of freedom.
    level : float
        Confidence level of the interval.

    Returns
    -------
    Interval
        Of the noncentrality, at least 0.

    Raises
    ------
    ValueError
        If ``level`` is outside (0, 1).

    References
    ----------
    Steiger (2004), Psychol Methods 9(2), 164-182. https://doi.org/10.1037/1082-989X.9.2.164

    Examples
    --------
    >>> interval = noncentral_f_interval(4.0, 3, 60)
    >>> round(interval.low, 3), round(interval.high, 3)
    (0.637, 27.843)
    """
    require_level(level)
    tail = (1 - level) / 2
    low, high = (_noncentrality(f, df_between, df_within, p) for p in (1 - tail, tail))
    return Interval(low, high, level)


def _noncentrality(f: float, df_between: float, df_within: float, probability: float) -> float:
    def excess(c: float) -> float:
        return float(stats.ncf.cdf(f, df_between, df_within, c)) - probability

    if float(stats.f.cdf(f, df_between, df_within)) <= probability:
        return 0.0
    high = 10.0 + 2 * df_between * f
    while excess(high) > 0:
        high *= 2
    return float(optimize.brentq(excess, 0.0, high, xtol=1e-10))


def games_howell(
    groups: Mapping[str, npt.ArrayLike], *, level: float = 0.95
) -> tuple[PairDifference, ...]:
    """Return the differences of all pairs of means by Games and Howell.

    Each pair has Welch's standard error and degrees of freedom; sqrt(2) |t| is referred to the
    studentized range of all k groups, which keeps the family-wise error rate. Assumes independent
    clients and means close to normal; equal variances are not assumed.

    Parameters
    ----------
    groups : mapping of str to array_like, shape (n,)
        Scale scores of the clients of each group, in scale points.
    level : float
        Simultaneous confidence level of the intervals.

    Returns
    -------
    tuple of PairDifference
        In scale points, first group minus second, pairs in the order of the groups.

    Raises
    ------
    ValueError
        If a value is missing (drop and count them first) or ``level`` is outside (0, 1).
    NotEstimableError
        As `welch_anova`.

    References
    ----------
    Games & Howell (1976), J Educ Stat 1(2), 113-125. https://doi.org/10.3102/10769986001002113

    Examples
    --------
    >>> pairs = games_howell({"low": [1, 2, 3, 2], "mid": [2, 4, 3, 5], "high": [5, 6, 8, 7]})
    >>> [(pair.group_a, pair.group_b, round(pair.p_adjusted, 3)) for pair in pairs]
    [('low', 'mid', 0.215), ('low', 'high', 0.004), ('mid', 'high', 0.038)]
    """
    require_level(level)
    samples = _samples(groups)
    rows = _pingouin.games_howell_rows(samples)
    return tuple(_pair_difference(row, len(samples), level) for row in rows)


def _pair_difference(row: Mapping[str, object], group_count: int, level: float) -> PairDifference:
    difference, se, t, df, p = (float(str(row[k])) for k in ("diff", "se", "T", "df", "pval"))
    reach = _studentized_range_quantile(level, group_count, df) / math.sqrt(2) * se
    return PairDifference(
        group_a=str(row["A"]),
        group_b=str(row["B"]),
        difference=difference,
        se=se,
        t=t,
        df=df,
        p_adjusted=min(1.0, max(0.0, p)),
        interval=Interval(difference - reach, difference + reach, level),
    )


def _studentized_range_quantile(level: float, group_count: int, df: float) -> float:
    """Return the quantile of the studentized range, to 1e-7.

    scipy's own takes a dozen evaluations of a double integral, 24 times per outcome; from
    statsmodels' approximation, right to three digits, four are enough.
    """
    from statsmodels.stats.libqsturng import qsturng

    start = float(qsturng(level, group_count, df))
    cdf = stats.studentized_range.cdf
    return float(
        optimize.newton(
            lambda q: float(cdf(q, group_count, df)) - level, start, x1=1.001 * start, tol=1e-7
        )
    )


def kruskal_wallis(groups: Mapping[str, npt.ArrayLike]) -> KruskalWallis:
    """Return the rank test that several groups have the same distribution.

    H, corrected for ties, is referred to chi-squared with k - 1 degrees of freedom. Assumes
    independent clients and an ordinal score.

    Parameters
    ----------
    groups : mapping of str to array_like, shape (n,)
        Scale scores of the clients of each group.

    Returns
    -------
    KruskalWallis
        H, its degrees of freedom and p-value.

    Raises
    ------
    ValueError
        If a value is missing (drop and count them first).
    NotEstimableError
        If there are fewer than two groups, a group is empty, or all scores are equal.

    References
    ----------
    Kruskal & Wallis (1952), J Am Stat Assoc 47(260), 583-621.
    https://doi.org/10.1080/01621459.1952.10483441

    Examples
    --------
    >>> result = kruskal_wallis({"low": [1, 2, 3, 2], "mid": [2, 4, 3, 5], "high": [5, 6, 8, 7]})
    >>> round(result.h, 4), round(result.p_value, 4)
    (8.3777, 0.0152)
    """
    samples = _ranked_samples(groups)
    h, p = stats.kruskal(*samples.values())
    n = sum(sample.size for sample in samples.values())
    return KruskalWallis(float(h), len(samples) - 1, float(p), n)


def dunn_holm(groups: Mapping[str, npt.ArrayLike]) -> tuple[PairRank, ...]:
    """Return Dunn's rank tests of all pairs of groups, adjusted by Holm.

    z of a pair is the difference of its mean ranks among all clients over
    sqrt((n (n + 1)/12 - ties) (1/n_a + 1/n_b)). The companion of `kruskal_wallis`.

    Parameters
    ----------
    groups : mapping of str to array_like, shape (n,)
        Scale scores of the clients of each group.

    Returns
    -------
    tuple of PairRank
        Two-sided adjusted p-values, pairs in the order of the groups.

    Raises
    ------
    ValueError
        If a value is missing (drop and count them first).
    NotEstimableError
        As `kruskal_wallis`.

    References
    ----------
    Dunn (1964), Technometrics 6(3), 241-252.
    https://doi.org/10.1080/00401706.1964.10490181

    Examples
    --------
    >>> pairs = dunn_holm({"low": [1, 2, 3, 2], "mid": [2, 4, 3, 5], "high": [5, 6, 8, 7]})
    >>> [round(pair.p_adjusted, 3) for pair in pairs]
    [0.254, 0.012, 0.166]
    """
    import scikit_posthocs

    samples = _ranked_samples(groups)
    names = [name for name, sample in samples.items() for _ in sample]
    table = pd.DataFrame({"group": names, "score": np.concatenate(list(samples.values()))})
    # Adjusted here: its own way collects the garbage of the whole process, a quarter of a second.
    p_values = scikit_posthocs.posthoc_dunn(table, "score", "group", p_adjust=None)
    pairs = list(combinations(samples, 2))
    adjusted = holm([p_values.loc[pair] for pair in pairs])
    return tuple(PairRank(a, b, float(p)) for (a, b), p in zip(pairs, adjusted, strict=True))


def _samples(groups: Mapping[str, npt.ArrayLike]) -> dict[str, FloatArray]:
    samples = {name: as_sample(scores, at_least=2) for name, scores in groups.items()}
    if len(samples) < 2:
        raise NotEstimableError("a comparison needs at least two groups")
    if any(standard_deviation(sample) == 0 for sample in samples.values()):
        raise NotEstimableError("a group does not vary")
    return samples


def _ranked_samples(groups: Mapping[str, npt.ArrayLike]) -> dict[str, FloatArray]:
    samples = {name: as_sample(scores) for name, scores in groups.items()}
    if len(samples) < 2:
        raise NotEstimableError("a comparison needs at least two groups")
    if np.ptp(np.concatenate(list(samples.values()))) == 0:
        raise NotEstimableError("all scores are equal")
    return samples
