"""Agreement of raters: intraclass correlations."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy.typing as npt
from scipy import stats

from reports.methods.result import (
    FloatArray,
    Interval,
    NotEstimableError,
    as_table,
    require_level,
)

Form = Literal["ICC(1,1)", "ICC(A,1)", "ICC(C,1)", "ICC(1,k)", "ICC(A,k)", "ICC(C,k)"]


@dataclass(frozen=True)
class IntraclassCorrelation:
    """One form of the intraclass correlation, with the F test that it is above 0."""

    form: Form
    value: float
    interval: Interval
    f: float
    df_targets: int
    df_error: int
    p_value: float


@dataclass(frozen=True)
class _MeanSquares:
    """Mean squares of n targets by k raters; ``within`` pools raters and error."""

    targets: float
    raters: float
    error: float
    within: float
    n: int
    k: int


def intraclass_correlations(
    ratings: npt.ArrayLike, *, level: float = 0.95
) -> tuple[IntraclassCorrelation, ...]:
    """Return the six intraclass correlations of a complete table of ratings.

    From the mean squares of targets, raters and error: each target has its own raters (1), or all
    share the same raters, whose level counts (A, absolute agreement) or not (C, consistency); for
    one rater (1) or the mean of the k raters (k). These are Shrout and Fleiss's 1,1; 2,1; 3,1;
    1,k; 2,k; 3,k. Intervals after McGraw and Wong; that of A
    is approximate and a little short with few raters. Assumes normal, independent targets. Computed
    here because pingouin's knows only 95 % intervals and averages repeated ratings silently.

    Parameters
    ----------
    ratings : array_like, shape (n, k)
        One row per target (a session, a client), one column per rater.
    level : float
        Confidence level of the intervals.

    Returns
    -------
    tuple of IntraclassCorrelation
        In the order above; an estimate can be below 0.

    Raises
    ------
    ValueError
        If a rating is missing (drop and count targets first) or ``level`` is outside (0, 1).
    NotEstimableError
        If there are fewer than two targets or raters, the targets do not differ, or the raters
        differ by a constant at most.

    References
    ----------
    Shrout & Fleiss (1979), Psychol Bull 86(2), 420-428.
    https://doi.org/10.1037/0033-2909.86.2.420
    McGraw & Wong (1996), Psychol Methods 1(1), 30-46. https://doi.org/10.1037/1082-989X.1.1.30

    Examples
    --------
    >>> first, second = [9, 6, 8, 7, 10, 6], [2, 1, 4, 1, 5, 2]
    >>> third, fourth = [5, 3, 6, 2, 6, 4], [8, 2, 8, 6, 9, 7]
    >>> table = list(zip(first, second, third, fourth, strict=True))
    >>> [round(icc.value, 2) for icc in intraclass_correlations(table)]
    [0.17, 0.29, 0.71, 0.44, 0.62, 0.91]
    """
    require_level(level)
    squares = _mean_squares(as_table(ratings))
    singles = (_one_way(squares, level), _agreement(squares, level), _consistency(squares, level))
    means: tuple[Form, ...] = ("ICC(1,k)", "ICC(A,k)", "ICC(C,k)")
    return (
        *singles,
        *(_of_mean(icc, form, squares.k) for icc, form in zip(singles, means, strict=True)),
    )


def _mean_squares(table: FloatArray) -> _MeanSquares:
    n, k = table.shape
    if n < 2 or k < 2:
        raise NotEstimableError("agreement needs at least two targets and two raters")
    centred = table - table.mean()
    by_target, by_rater = centred.mean(axis=1), centred.mean(axis=0)
    residual = centred - by_target[:, None] - by_rater[None, :]
    targets = k * float(by_target @ by_target)
    raters = n * float(by_rater @ by_rater)
    error = float((residual**2).sum())
    total = float((centred**2).sum())
    if min(targets, error) <= 1e-20 * total or total == 0:
        raise NotEstimableError("the targets do not differ, or the raters by a constant at most")
    return _MeanSquares(
        targets=targets / (n - 1),
        raters=raters / (k - 1),
        error=error / ((n - 1) * (k - 1)),
        within=(raters + error) / (n * (k - 1)),
        n=n,
        k=k,
    )


def _one_way(squares: _MeanSquares, level: float) -> IntraclassCorrelation:
    df_error = squares.n * (squares.k - 1)
    return _ratio("ICC(1,1)", squares, squares.within, df_error, level)


def _consistency(squares: _MeanSquares, level: float) -> IntraclassCorrelation:
    df_error = (squares.n - 1) * (squares.k - 1)
    return _ratio("ICC(C,1)", squares, squares.error, df_error, level)


def _ratio(
    form: Form, squares: _MeanSquares, noise: float, df_error: int, level: float
) -> IntraclassCorrelation:
    """Return a form that depends on the data only through F = targets / noise."""
    f, k, df = squares.targets / noise, squares.k, squares.n - 1
    tail = (1 - level) / 2
    low_f = f / float(stats.f.isf(tail, df, df_error))
    high_f = f * float(stats.f.isf(tail, df_error, df))
    low, value, high = ((ratio - 1) / (ratio + k - 1) for ratio in (low_f, f, high_f))
    p_value = float(stats.f.sf(f, df, df_error))
    return IntraclassCorrelation(form, value, Interval(low, high, level), f, df, df_error, p_value)


def _agreement(squares: _MeanSquares, level: float) -> IntraclassCorrelation:
    n, k = squares.n, squares.k
    excess, df_error = squares.targets - squares.error, (n - 1) * (k - 1)
    value = excess / (
        squares.targets + (k - 1) * squares.error + k * (squares.raters - squares.error) / n
    )
    low, high = _agreement_limits(squares, value, (1 - level) / 2)
    f = squares.targets / squares.error
    p_value = float(stats.f.sf(f, n - 1, df_error))
    return IntraclassCorrelation(
        "ICC(A,1)", value, Interval(low, high, level), f, n - 1, df_error, p_value
    )


def _agreement_limits(squares: _MeanSquares, value: float, tail: float) -> tuple[float, float]:
    """Return McGraw and Wong's limits, with Satterthwaite's degrees of freedom of the noise."""
    n, k = squares.n, squares.k
    a, b = k * value / n, 1 + k * value * (n - 1) / n - value
    noise = a * squares.raters + b * squares.error
    df = noise**2 / (
        (a * squares.raters) ** 2 / (k - 1) + (b * squares.error) ** 2 / ((n - 1) * (k - 1))
    )
    low_f, high_f = float(stats.f.isf(tail, n - 1, df)), float(stats.f.isf(tail, df, n - 1))
    rest = k * squares.raters + (k * n - k - n) * squares.error
    low = n * (squares.targets - low_f * squares.error) / (low_f * rest + n * squares.targets)
    high = n * (high_f * squares.targets - squares.error) / (rest + n * high_f * squares.targets)
    return low, high


def _of_mean(icc: IntraclassCorrelation, form: Form, k: int) -> IntraclassCorrelation:
    """Return the form for the mean of k raters, by Spearman and Brown's formula."""

    def stepped(r: float) -> float:
        return k * r / (1 + (k - 1) * r)

    interval = Interval(stepped(icc.interval.low), stepped(icc.interval.high), icc.interval.level)
    return replace(icc, form=form, value=stepped(icc.value), interval=interval)
