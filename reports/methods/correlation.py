"""How two scores go together, and whether in a straight line."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from reports.methods.regression import Term, robust_regression
from reports.methods.result import (
    FloatArray,
    Interval,
    NotEstimableError,
    as_sample,
    require_level,
    standard_deviation,
)
from reports.methods.student import t_above, t_below


@dataclass(frozen=True)
class Correlation:
    """A product-moment correlation with Fisher's interval."""

    r: float
    t: float
    df: int
    p_value: float
    interval: Interval
    n: int


@dataclass(frozen=True)
class Curvature:
    """A quadratic term and the slopes it implies at both ends of the observed range.

    ``turning_point`` is where the fitted curve turns, in units of x, inside the range or not.
    ``u_shape_p`` is the p-value of slopes of opposite sign at the two ends.
    """

    quadratic: Term
    slope_low: Term
    slope_high: Term
    turning_point: float
    u_shape_p: float
    n: int


def pearson(x: npt.ArrayLike, y: npt.ArrayLike, *, level: float = 0.95) -> Correlation:
    """Return the Pearson correlation of two scores.

    t = r sqrt((n - 2)/(1 - r^2)); the interval is tanh(atanh(r) -+ z/sqrt(n - 3)). Assumes
    independent clients, a straight line, and for the interval bivariate normal scores.

    Parameters
    ----------
    x, y : array_like, shape (n,)
        Two scores of the same clients.
    level : float
        Confidence level of the interval.

    Returns
    -------
    Correlation
        Between -1 and 1.

    Raises
    ------
    ValueError
        If a value is missing (drop and count pairs first), lengths differ, or ``level`` is
        outside (0, 1).
    NotEstimableError
        If there are fewer than four clients, or a score does not vary.

    References
    ----------
    Fisher (1921), Metron 1, 3-32. https://hdl.handle.net/2440/15169

    Examples
    --------
    >>> result = pearson([1, 2, 3, 4, 5], [2, 1, 4, 3, 5])
    >>> round(result.r, 4), round(result.p_value, 4)
    (0.8, 0.1041)
    """
    require_level(level)
    first, second = _pairs(x, y)
    result = stats.pearsonr(first / np.abs(first).max(), second / np.abs(second).max())
    # Two identical scores can come out a rounding error beyond 1.
    r, n = max(-1.0, min(1.0, float(result.statistic))), len(first)
    limits = (r, r) if abs(r) == 1 else _fisher_limits(r, n, level)
    t = math.copysign(math.inf, r) if abs(r) == 1 else r * math.sqrt((n - 2) / (1 - r * r))
    return Correlation(r, t, n - 2, float(result.pvalue), Interval(*limits, level), n)


def curvature(x: npt.ArrayLike, y: npt.ArrayLike, *, level: float = 0.95) -> Curvature:
    """Return the quadratic term of y on x, and whether the curve really turns.

    y = b_0 + b_1 x + b_2 x^2 with HC3 errors. A significant b_2 says that the line is bent, not
    that it turns: a U needs a falling slope at one end of the range and a rising one at the
    other. Both slopes are tested one-sidedly and the larger p-value is that of the U (or of the
    inverted U, whichever b_2 suggests). Assumes independent clients.

    Parameters
    ----------
    x, y : array_like, shape (n,)
        Two scores of the same clients; y is the outcome.
    level : float
        Confidence level of the intervals.

    Returns
    -------
    Curvature
        Slopes in units of y per unit of x.

    Raises
    ------
    ValueError
        If a value is missing (drop and count pairs first) or lengths differ.
    NotEstimableError
        If there are fewer than four clients, x has fewer than three values, or y does not vary.

    References
    ----------
    Lind & Mehlum (2010), Oxf Bull Econ Stat 72(1), 109-118.
    https://doi.org/10.1111/j.1468-0084.2009.00569.x

    Examples
    --------
    >>> curve = curvature([1, 2, 3, 4, 5, 6, 7], [9, 5, 3, 1, 2, 5, 8])
    >>> round(curve.turning_point, 2), curve.u_shape_p < 0.05
    (4.09, True)
    """
    first, second = _pairs(x, y)
    low, high = float(first.min()), float(first.max())
    slope_low, quadratic = _slope_at(low, first, second, level)
    slope_high, _ = _slope_at(high, first, second, level)
    return Curvature(
        quadratic=quadratic,
        slope_low=slope_low,
        slope_high=slope_high,
        turning_point=_turning_point(low, slope_low.estimate, quadratic.estimate),
        u_shape_p=_u_shape_p(slope_low, slope_high, is_u=quadratic.estimate > 0),
        n=len(first),
    )


def _pairs(x: npt.ArrayLike, y: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    first, second = as_sample(x), as_sample(y)
    if len(first) != len(second):
        raise ValueError(f"{len(first)} and {len(second)} scores are not pairs")
    if len(first) < 4:
        raise NotEstimableError("needs at least four clients")
    if 0.0 in (standard_deviation(first), standard_deviation(second)):
        raise NotEstimableError("a score does not vary")
    return first, second


def _fisher_limits(r: float, n: int, level: float) -> tuple[float, float]:
    reach = float(stats.norm.ppf((1 + level) / 2)) / math.sqrt(n - 3)
    return math.tanh(math.atanh(r) - reach), math.tanh(math.atanh(r) + reach)


def _slope_at(point: float, x: FloatArray, y: FloatArray, level: float) -> tuple[Term, Term]:
    """Return slope and curvature at a point: with x centred there, the linear coefficient."""
    shifted = x - point
    predictors = pd.DataFrame({"linear": shifted, "quadratic": shifted**2})
    fit = robust_regression(y, predictors, level=level)
    return fit.term("linear"), fit.term("quadratic")


def _turning_point(low: float, slope: float, curvature: float) -> float:
    return low - slope / (2 * curvature) if curvature else math.nan


def _u_shape_p(low: Term, high: Term, *, is_u: bool) -> float:
    sign = 1 if is_u else -1
    falling = t_below(sign * low.t, low.df)
    rising = t_above(sign * high.t, high.df)
    return max(falling, rising)
