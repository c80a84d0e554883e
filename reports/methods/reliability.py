"""Reliability of one scale: alpha, its error of measurement; omega and keys have own modules.

Everything works from the covariance matrix of the items, so that a database can hand over sums
of answers and of their products instead of a million rows.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy.typing as npt
from scipy import stats

from reports.methods.item_covariance import (
    as_covariance,
    coefficient_alpha,
    covariance_from_sums,
    item_covariance,
)
from reports.methods.item_keys import (
    FLIP_GAIN,
    ItemAlarm,
    flip_gains,
    item_rest_correlations,
    reverse_key_alarm,
)
from reports.methods.omega import mcdonald_omega, omega_total
from reports.methods.result import (
    Interval,
    NotEstimableError,
    require_level,
)

__all__ = [
    "FLIP_GAIN",
    "Alpha",
    "ItemAlarm",
    "alpha_from_covariance",
    "covariance_from_sums",
    "cronbach_alpha",
    "flip_gains",
    "item_covariance",
    "item_rest_correlations",
    "mcdonald_omega",
    "omega_total",
    "reverse_key_alarm",
    "standard_error_of_measurement",
]


@dataclass(frozen=True)
class Alpha:
    """Cronbach's alpha with Feldt's interval."""

    value: float
    interval: Interval
    n: int
    item_count: int


def cronbach_alpha(items: npt.ArrayLike, *, level: float = 0.95) -> Alpha:
    """Return Cronbach's alpha of one scale with Feldt's interval.

    alpha = k/(k - 1) (1 - sum of the items' variances / variance of their sum). The limits are
    1 - (1 - alpha) F, F being the upper and the lower quantile of the F distribution with n - 1
    and (n - 1)(k - 1) degrees of freedom. Assumes essentially tau-equivalent items with
    uncorrelated errors (otherwise a lower bound), and for the interval normal answers.

    Parameters
    ----------
    items : array_like, shape (n, k)
        Answers of n clients to k items, reverse-keyed items already turned round. Rows with a
        missing answer are for the caller to drop and to count.
    level : float
        Confidence level of the interval.

    Returns
    -------
    Alpha
        At most 1; negative where items go against each other.

    Raises
    ------
    ValueError
        If an answer is missing or ``level`` is outside (0, 1).
    NotEstimableError
        If there are fewer than two clients or items, or the sum does not vary.

    References
    ----------
    Cronbach (1951), Psychometrika 16(3), 297-334. https://doi.org/10.1007/BF02310555
    Feldt, Woodruff & Salih (1987), Appl Psychol Meas 11(1), 93-103.
    https://doi.org/10.1177/014662168701100107

    Examples
    --------
    >>> alpha = cronbach_alpha([[1, 2, 2], [2, 2, 3], [3, 4, 3], [4, 5, 5], [5, 4, 5]])
    >>> round(alpha.value, 4), round(alpha.interval.low, 4), round(alpha.interval.high, 4)
    (0.9455, 0.7244, 0.9939)
    """
    covariance, n = item_covariance(items)
    return alpha_from_covariance(covariance, n, level=level)


def alpha_from_covariance(covariance: npt.ArrayLike, n: int, *, level: float = 0.95) -> Alpha:
    """Return Cronbach's alpha from the items' covariance matrix; see `cronbach_alpha`.

    Parameters
    ----------
    covariance : array_like, shape (k, k)
        Covariances of the items among clients who answered all of them.
    n : int
        Number of those clients.
    level : float
        Confidence level of the interval.

    Returns
    -------
    Alpha
        As `cronbach_alpha` returns for the answers themselves.

    Raises
    ------
    ValueError
        If the matrix is not square or incomplete, or ``level`` is outside (0, 1).
    NotEstimableError
        If there are fewer than two clients or items, or the sum does not vary.

    References
    ----------
    Cronbach (1951), Psychometrika 16(3), 297-334. https://doi.org/10.1007/BF02310555

    Examples
    --------
    >>> round(alpha_from_covariance([[1.0, 0.5], [0.5, 1.0]], 100).value, 4)
    0.6667
    """
    require_level(level)
    matrix = as_covariance(covariance)
    if n < 2:
        raise NotEstimableError("reliability needs at least two clients")
    k = len(matrix)
    value = coefficient_alpha(matrix)
    tail = (1 - level) / 2
    high_f, low_f = (float(stats.f.ppf(p, n - 1, (n - 1) * (k - 1))) for p in (1 - tail, tail))
    interval = Interval(1 - (1 - value) * high_f, 1 - (1 - value) * low_f, level)
    return Alpha(value, interval, n, k)


def standard_error_of_measurement(sd: float, reliability: float) -> float:
    """Return the standard error of measurement, sd sqrt(1 - reliability), in scale points.

    Parameters
    ----------
    sd : float
        Standard deviation of the score, in scale points.
    reliability : float
        Reliability of the score in the same group, in [0, 1].

    Returns
    -------
    float
        In scale points.

    Raises
    ------
    ValueError
        If ``sd`` is negative or ``reliability`` is outside [0, 1].

    References
    ----------
    Harvill (1991), Educ Meas Issues Pract 10(2), 33-41.
    https://doi.org/10.1111/j.1745-3992.1991.tb00195.x

    Examples
    --------
    >>> round(standard_error_of_measurement(7.5, 0.8), 4)
    3.3541
    """
    if not (sd >= 0 and 0 <= reliability <= 1):
        raise ValueError("needs a standard deviation of 0 or more and a reliability in [0, 1]")
    return sd * math.sqrt(1 - reliability)
