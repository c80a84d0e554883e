"""Reliability of one scale: alpha, omega total, and whether an item is keyed the wrong way.

Everything works from the covariance matrix of the items, so that a database can hand over sums
of answers and of their products instead of a million rows.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

from reports.methods.result import (
    FloatArray,
    Interval,
    NotEstimableError,
    as_sample,
    as_table,
    require_level,
)

# A correlation of 0 can come out as -1e-17.
_NEGATIVE = -1e-9
# Alpha that rises by this much when one item is flipped is worth a look at the key.
FLIP_GAIN = 0.02


@dataclass(frozen=True)
class Alpha:
    """Cronbach's alpha with Feldt's interval."""

    value: float
    interval: Interval
    n: int
    item_count: int


@dataclass(frozen=True)
class ItemAlarm:
    """An item that seems to be keyed the wrong way."""

    item: str
    item_rest: float
    flip_gain: float


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
    matrix = _as_covariance(covariance)
    if n < 2:
        raise NotEstimableError("reliability needs at least two clients")
    k = len(matrix)
    value = _alpha(matrix)
    tail = (1 - level) / 2
    high_f, low_f = (float(stats.f.ppf(p, n - 1, (n - 1) * (k - 1))) for p in (1 - tail, tail))
    interval = Interval(1 - (1 - value) * high_f, 1 - (1 - value) * low_f, level)
    return Alpha(value, interval, n, k)


def item_covariance(items: npt.ArrayLike) -> tuple[FloatArray, int]:
    """Return the covariance matrix of complete answers, and the number of clients."""
    table = as_table(items)
    if len(table) < 2:
        raise NotEstimableError("reliability needs at least two clients")
    covariance: FloatArray = np.atleast_2d(np.cov(table, rowvar=False))
    return covariance, len(table)


def covariance_from_sums(n: int, sums: npt.ArrayLike, products: npt.ArrayLike) -> FloatArray:
    """Return the covariance matrix from sums of answers and sums of their products.

    cov_ij = (sum of x_i x_j - (sum of x_i)(sum of x_j)/n) / (n - 1), exact for whole-number
    answers, whose sums a database can keep as integers.

    Parameters
    ----------
    n : int
        Number of clients who answered all items.
    sums : array_like, shape (k,)
        Sum of each item's answers.
    products : array_like, shape (k, k)
        Sums of the products of each pair of items, squares on the diagonal.

    Returns
    -------
    ndarray, shape (k, k)
        Covariances with divisor n - 1.

    Raises
    ------
    ValueError
        If a sum is missing or the shapes do not agree.
    NotEstimableError
        If there are fewer than two clients.

    Examples
    --------
    >>> covariance_from_sums(3, [6, 9], [[14, 20], [20, 29]]).tolist()
    [[1.0, 1.0], [1.0, 1.0]]
    """
    if n < 2:
        raise NotEstimableError("reliability needs at least two clients")
    totals, matrix = as_sample(sums), _as_covariance(products)
    if len(totals) != len(matrix):
        raise ValueError(f"{len(totals)} sums do not fit {len(matrix)} rows of products")
    covariance: FloatArray = (n * matrix - np.outer(totals, totals)) / (n * (n - 1))
    return covariance


def omega_total(covariance: npt.ArrayLike) -> float:
    """Return omega total: the share of the score's variance that one common factor explains.

    With loadings l and unique variances u of a one-factor maximum likelihood model, in the
    items' own units, omega = (sum l)^2 / ((sum l)^2 + sum u). Assumes one factor and uncorrelated
    errors; unlike alpha, the loadings may differ.

    Parameters
    ----------
    covariance : array_like, shape (k, k)
        Covariances of at least three items, reverse-keyed items already turned round, among
        clients who answered all of them.

    Returns
    -------
    float
        Between 0 and 1.

    Raises
    ------
    ValueError
        If the matrix is not square or incomplete.
    NotEstimableError
        If there are fewer than three items, an item does not vary, or the factor model has no
        proper solution.

    References
    ----------
    McDonald (1999), Test theory: a unified treatment. https://doi.org/10.4324/9781410601087

    Examples
    --------
    >>> round(omega_total([[1.0, 0.5, 0.4], [0.5, 1.0, 0.4], [0.4, 0.4, 1.0]]), 4)
    0.7
    """
    matrix = _as_covariance(covariance)
    sds = np.sqrt(np.diag(matrix))
    if len(matrix) < 3:
        raise NotEstimableError("one factor is not identified by fewer than three items")
    if not (sds > 0).all():
        raise NotEstimableError("an item does not vary")
    loadings = _one_factor_loadings(matrix / np.outer(sds, sds))
    common = float(sds @ loadings) ** 2
    return common / (common + float(sds**2 @ (1 - loadings**2)))


def _one_factor_loadings(correlation: FloatArray) -> FloatArray:
    from statsmodels.multivariate.factor import Factor
    from statsmodels.tools.sm_exceptions import ConvergenceWarning, EstimationWarning

    model = Factor(corr=correlation, n_factor=1, method="ml")
    with warnings.catch_warnings():
        warnings.simplefilter("error", ConvergenceWarning)
        warnings.simplefilter("error", EstimationWarning)
        try:
            # Without a seed its starting values come from the operating system.
            fitted = model.fit(rng=0)
        except (ConvergenceWarning, EstimationWarning, np.linalg.LinAlgError) as error:
            raise NotEstimableError("the one-factor model has no proper solution") from error
    loadings: FloatArray = fitted.loadings[:, 0]
    return loadings


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


def item_rest_correlations(covariance: npt.ArrayLike) -> FloatArray:
    """Return each item's correlation with the sum of the other items.

    r_i = (c_i - v_i) / sqrt(v_i (V - 2 c_i + v_i)), with v_i the item's variance, c_i its
    covariance with the whole sum and V the variance of that sum.

    Parameters
    ----------
    covariance : array_like, shape (k, k)
        Covariances of the items among clients who answered all of them.

    Returns
    -------
    ndarray, shape (k,)
        NaN for an item that does not vary, or whose rest does not.

    Raises
    ------
    ValueError
        If the matrix is not square or incomplete.

    References
    ----------
    Nunnally & Bernstein (1994), Psychometric theory, 3rd ed.

    Examples
    --------
    >>> matrix = [[1.0, 0.5, 0.5], [0.5, 1.0, 0.5], [0.5, 0.5, 1.0]]
    >>> item_rest_correlations(matrix).round(4).tolist()
    [0.5774, 0.5774, 0.5774]
    """
    matrix = _as_covariance(covariance)
    variances, with_rest = np.diag(matrix), _covariance_with_rest(matrix)
    rest_variances = matrix.sum() - variances - 2 * with_rest
    scale = np.sqrt(np.clip(variances * rest_variances, 0, None))
    correlations: FloatArray = np.full(len(matrix), np.nan)
    np.divide(with_rest, scale, out=correlations, where=scale > 0)
    return correlations


def flip_gains(covariance: npt.ArrayLike) -> FloatArray:
    """Return for each item by how much alpha rises when that item alone is flipped.

    Flipping changes the sign of the item's covariances, so the variance of the sum changes by
    -4 times the item's covariance with its rest, and nothing else does.

    Parameters
    ----------
    covariance : array_like, shape (k, k)
        Covariances of the items among clients who answered all of them.

    Returns
    -------
    ndarray, shape (k,)
        Change of alpha; positive exactly where the item-rest correlation is negative.

    Raises
    ------
    ValueError
        If the matrix is not square or incomplete.
    NotEstimableError
        If there are fewer than two items, or the sum, as it is or flipped, does not vary.

    References
    ----------
    Cronbach (1951), Psychometrika 16(3), 297-334. https://doi.org/10.1007/BF02310555

    Examples
    --------
    >>> flip_gains([[1.0, 0.5, -0.5], [0.5, 1.0, -0.5], [-0.5, -0.5, 1.0]]).round(2).tolist()
    [0.0, 0.0, 1.5]
    """
    matrix = _as_covariance(covariance)
    before, k = _alpha(matrix), len(matrix)
    flipped_totals = matrix.sum() - 4 * _covariance_with_rest(matrix)
    if (flipped_totals <= 0).any():
        raise NotEstimableError("the sum does not vary once an item is flipped")
    flipped: FloatArray = k / (k - 1) * (1 - np.trace(matrix) / flipped_totals)
    return flipped - before


def reverse_key_alarm(
    covariance: npt.ArrayLike, items: Sequence[str], *, gain: float = FLIP_GAIN
) -> tuple[ItemAlarm, ...]:
    """Return the items that seem to be keyed the wrong way.

    An item is named when its correlation with the rest is negative, or when alpha rises by
    ``gain`` or more once it is flipped. The second implies the first; both are given, because a
    weak item of a small group can be negative by chance, with hardly any gain. Where more than
    half of a scale is keyed wrongly, the items that are right are the ones that stand out.

    Parameters
    ----------
    covariance : array_like, shape (k, k)
        Covariances of the items among clients who answered all of them, reverse-keyed items
        turned round as the key says.
    items : sequence of str
        Names of the items, in the order of the matrix.
    gain : float
        Rise of alpha from which an item is named.

    Returns
    -------
    tuple of ItemAlarm
        In the order of the items; empty where none stands out.

    Raises
    ------
    ValueError
        If the matrix is not square or incomplete, or the names do not fit it.
    NotEstimableError
        If there are fewer than two items, or the sum does not vary.

    References
    ----------
    Nunnally & Bernstein (1994), Psychometric theory, 3rd ed.

    Examples
    --------
    >>> matrix = [[1.0, 0.5, -0.5], [0.5, 1.0, -0.5], [-0.5, -0.5, 1.0]]
    >>> [alarm.item for alarm in reverse_key_alarm(matrix, ["item_1", "item_2", "item_3"])]
    ['item_3']
    """
    item_rest, gains = item_rest_correlations(covariance), flip_gains(covariance)
    if len(items) != len(gains):
        raise ValueError(f"{len(items)} names do not fit {len(gains)} items")
    return tuple(
        ItemAlarm(item, float(r), float(rise))
        for item, r, rise in zip(items, item_rest, gains, strict=True)
        if r < _NEGATIVE or rise >= gain
    )


def _as_covariance(values: npt.ArrayLike) -> FloatArray:
    matrix = as_table(values)
    if matrix.shape[0] != matrix.shape[1]:
        raise ValueError(f"expected a square matrix, got {matrix.shape[0]} x {matrix.shape[1]}")
    return matrix


def _covariance_with_rest(matrix: FloatArray) -> FloatArray:
    with_rest: FloatArray = matrix.sum(axis=1) - np.diag(matrix)
    return with_rest


def _alpha(matrix: FloatArray) -> float:
    k, total = len(matrix), float(matrix.sum())
    if k < 2:
        raise NotEstimableError("alpha needs at least two items")
    if total <= 1e-12 * float(np.trace(matrix)) or total <= 0:
        raise NotEstimableError("the sum of the items does not vary")
    return k / (k - 1) * (1 - float(np.trace(matrix)) / total)
