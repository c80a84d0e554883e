"""Difference between two trimmed means (Yuen)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

from reports.methods.result import (
    FloatArray,
    Interval,
    NotEstimableError,
    as_sample,
    require_level,
    t_test,
)
from reports.methods.student import t_quantile


@dataclass(frozen=True)
class TrimmedDifference:
    """Yuen's difference of the trimmed means of group a minus group b."""

    difference: float
    se: float
    t: float
    df: float
    p_value: float
    interval: Interval
    trimmed_mean_a: float
    trimmed_mean_b: float
    trim: float
    n_a: int
    n_b: int


def yuen_difference(
    a: npt.ArrayLike, b: npt.ArrayLike, *, trim: float = 0.2, level: float = 0.95
) -> TrimmedDifference:
    """Return the difference of two trimmed means with Yuen's interval and test.

    The g = floor(trim n) lowest and highest scores of each group are left out of its mean; the
    squared standard error adds (n - 1) var_w/(h (h - 1)) of both groups, with the winsorized
    variance var_w and h = n - 2 g, and the degrees of freedom are Welch's with h for n. A robust
    companion of the Welch difference: a few extreme clients cannot decide it. Assumes independent
    clients.

    Parameters
    ----------
    a, b : array_like, shape (n,)
        Scale scores of the clients of each group, in scale points.
    trim : float
        Share left out at each end, in [0, .5).
    level : float
        Confidence level of the interval.

    Returns
    -------
    TrimmedDifference
        In scale points; positive where group a is higher.

    Raises
    ------
    ValueError
        If a value is missing (drop and count them first), or ``trim`` or ``level`` is out of
        range.
    NotEstimableError
        If fewer than two clients of a group remain, or the remaining ones do not vary in both.

    References
    ----------
    Yuen (1974), Biometrika 61(1), 165-170. https://doi.org/10.1093/biomet/61.1.165

    Examples
    --------
    >>> result = yuen_difference([4, 5, 6, 7, 30], [2, 3, 3, 4, 5])
    >>> round(result.difference, 4), round(result.p_value, 4)
    (2.6667, 0.0619)
    """
    require_level(level)
    if not 0 <= trim < 0.5:
        raise ValueError(f"the share trimmed at each end lies in [0, .5), not {trim}")
    sample_a, sample_b = as_sample(a), as_sample(b)
    spread_a, _ = _require_estimable(sample_a, sample_b, trim)
    # Around a common centre: scipy squares the scores as they are, and warns of a group that does
    # not vary anywhere but at zero.
    center = float(np.median(sample_b if spread_a else sample_a))
    result = stats.ttest_ind(sample_a - center, sample_b - center, equal_var=False, trim=trim)
    mean_a, mean_b = (float(stats.trim_mean(s, trim)) for s in (sample_a, sample_b))
    difference, df = mean_a - mean_b, float(result.df)
    # scipy gives the standard error only as an interval.
    limits = result.confidence_interval(level)
    se = float(limits.high - limits.low) / 2 / t_quantile((1 + level) / 2, df)
    test = t_test(difference, se, df, level)
    return TrimmedDifference(
        difference=difference,
        se=se,
        t=test.t,
        df=df,
        p_value=test.p_value,
        interval=test.interval,
        trimmed_mean_a=mean_a,
        trimmed_mean_b=mean_b,
        trim=trim,
        n_a=sample_a.size,
        n_b=sample_b.size,
    )


def _require_estimable(sample_a: FloatArray, sample_b: FloatArray, trim: float) -> list[float]:
    """Return how far the kept scores of each group reach."""
    spreads = []
    for sample in (sample_a, sample_b):
        cut = int(trim * sample.size)
        kept = np.sort(sample)[cut : sample.size - cut]
        if kept.size < 2:
            raise NotEstimableError("fewer than two clients of a group remain after trimming")
        spreads.append(float(np.ptp(kept)))
    if max(spreads) == 0:
        raise NotEstimableError("neither group varies after trimming")
    return spreads
