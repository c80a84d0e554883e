"""Is an item keyed the wrong way: item-rest correlations, and alpha with one item flipped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from reports.methods.item_covariance import as_covariance, coefficient_alpha
from reports.methods.result import FloatArray

# A correlation of 0 can come out as -1e-17.
_NEGATIVE = -1e-9
# Alpha that rises by this much when one item is flipped is worth a look at the key.
FLIP_GAIN = 0.02


@dataclass(frozen=True)
class ItemAlarm:
    """An item that seems to be keyed the wrong way."""

    item: str
    item_rest: float
    flip_gain: float


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
    matrix = as_covariance(covariance)
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
        Change of alpha; positive exactly where the item-rest correlation is negative, and minus
        infinity where flipping leaves a sum that does not vary.

    Raises
    ------
    ValueError
        If the matrix is not square or incomplete.
    NotEstimableError
        If there are fewer than two items, or the sum does not vary.

    References
    ----------
    Cronbach (1951), Psychometrika 16(3), 297-334. https://doi.org/10.1007/BF02310555

    Examples
    --------
    >>> flip_gains([[1.0, 0.5, -0.5], [0.5, 1.0, -0.5], [-0.5, -0.5, 1.0]]).round(2).tolist()
    [0.0, 0.0, 1.5]
    """
    matrix = as_covariance(covariance)
    before, k = coefficient_alpha(matrix), len(matrix)
    totals = matrix.sum() - 4 * _covariance_with_rest(matrix)
    ratio = np.divide(np.trace(matrix), totals, out=np.full(k, np.inf), where=totals > 0)
    flipped: FloatArray = k / (k - 1) * (1 - ratio)
    return flipped - before


def reverse_key_alarm(
    covariance: npt.ArrayLike, items: Sequence[str], *, gain: float = FLIP_GAIN
) -> tuple[ItemAlarm, ...]:
    """Return the items that seem to be keyed the wrong way.

    An item is named when its correlation with the rest is negative, or when alpha rises by
    ``gain`` or more once it is flipped. The second implies the first; both are given, because a
    weak item of a small group can be negative by chance, with hardly any gain. Where nearly
    half of a scale is keyed wrongly, right items are named too; beyond half, they are the ones
    that stand out.

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


def _covariance_with_rest(matrix: FloatArray) -> FloatArray:
    with_rest: FloatArray = matrix.sum(axis=1) - np.diag(matrix)
    return with_rest
