"""Value types that the methods share, and the guard that keeps missing values out of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from reports.methods.student import t_above, t_quantile

FloatArray = npt.NDArray[np.float64]

# Below this share of the largest value, a standard deviation is what rounding left behind:
# three copies of 0.1 have a computed one of 1.4e-17.
_ROUNDING = 1e-12


class NotEstimableError(ValueError):
    """The method has no answer for these data; the message says why, without any value."""


@dataclass(frozen=True)
class Interval:
    """A confidence interval and its level."""

    low: float
    high: float
    level: float = 0.95

    def __contains__(self, value: float) -> bool:
        return self.low <= value <= self.high

    def scaled(self, factor: float) -> Interval:
        """Return the interval of the estimate times a factor."""
        ends = sorted((self.low * factor, self.high * factor))
        return Interval(ends[0], ends[1], self.level)


@dataclass(frozen=True)
class TTest:
    """An estimate against 0: Student's t, its two-sided p-value and its interval."""

    t: float
    p_value: float
    interval: Interval


@dataclass(frozen=True)
class GroupSummary:
    """Mean, standard deviation (n - 1) and size of one group."""

    mean: float
    sd: float
    n: int


def require_complete(*arrays: npt.ArrayLike) -> None:
    """Raise ``ValueError`` when any array holds a missing or infinite value.

    Libraries drop missing values silently, each in its own way, so every method calls this first
    and leaves it to its caller to drop rows and to count them.

    Examples
    --------
    >>> require_complete([1.0, 2.0], [3.0, float("nan")])
    Traceback (most recent call last):
    ...
    ValueError: argument 2 holds missing or infinite values: drop and count them first
    """
    for position, array in enumerate(arrays, start=1):
        _require_finite(_as_floats(array), position)


def _require_finite(array: FloatArray, position: int) -> None:
    if not np.isfinite(array).all():
        raise ValueError(
            f"argument {position} holds missing or infinite values: drop and count them first"
        )


def _as_floats(values: npt.ArrayLike) -> FloatArray:
    try:
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        # Not chained: numpy's own message quotes the value, and pandas' NA refuses as well.
        raise ValueError("missing or non-numeric values: drop and count them first") from None


def as_sample(values: npt.ArrayLike, *, at_least: int = 1) -> FloatArray:
    """Return complete values of one variable as a one-dimensional array of floats."""
    sample = _as_floats(values)
    if sample.ndim != 1:
        raise ValueError(f"expected one dimension, got {sample.ndim}")
    _require_finite(sample, 1)
    if sample.size < at_least:
        raise NotEstimableError(f"needs at least {at_least} values, has {sample.size}")
    return sample


def as_table(values: npt.ArrayLike) -> FloatArray:
    """Return complete values of several variables as an array of rows by columns."""
    table = _as_floats(values)
    if table.ndim != 2:
        raise ValueError(f"expected rows by columns, got {table.ndim} dimension(s)")
    _require_finite(table, 1)
    return table


def standard_deviation(sample: FloatArray) -> float:
    """Return the standard deviation (n - 1), exactly 0 where all values are equal."""
    return float(_standard_deviations(sample[np.newaxis])[0])


def _standard_deviations(table: FloatArray) -> FloatArray:
    spreads: FloatArray = np.std(table, axis=1, ddof=1)
    spreads[spreads <= _ROUNDING * np.abs(table).max(axis=1)] = 0.0
    return spreads


def summarize_group(values: npt.ArrayLike) -> GroupSummary:
    """Return mean, standard deviation and size of a complete group of two or more."""
    sample = as_sample(values, at_least=2)
    return GroupSummary(float(sample.mean()), standard_deviation(sample), sample.size)


def summarize_groups(values: npt.ArrayLike) -> list[GroupSummary]:
    """Return what `summarize_group` does for every row of a table of complete values."""
    table = as_table(values)
    n = table.shape[1]
    if n < 2:
        raise NotEstimableError(f"needs at least 2 values, has {n}")
    means, spreads = table.mean(axis=1), _standard_deviations(table)
    return [
        GroupSummary(mean, sd, n) for mean, sd in zip(means.tolist(), spreads.tolist(), strict=True)
    ]


def t_test(estimate: float, se: float, df: float, level: float) -> TTest:
    """Return the t-test of an estimate with this standard error and these degrees of freedom."""
    t, reach = estimate / se, se * t_quantile((1 + level) / 2, df)
    p_value = 2 * t_above(abs(t), df)
    return TTest(t, p_value, Interval(estimate - reach, estimate + reach, level))


def require_level(level: float) -> None:
    """Raise ``ValueError`` unless a confidence level lies between 0 and 1."""
    if not 0 < level < 1:
        raise ValueError(f"a confidence level lies between 0 and 1, not {level}")
