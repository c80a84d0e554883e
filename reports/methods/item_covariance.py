"""Covariance matrices of items, from answers or from sums that a database made."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from reports.methods.result import FloatArray, NotEstimableError, as_sample, as_table


def item_covariance(items: npt.ArrayLike) -> tuple[FloatArray, int]:
    """Return the covariance matrix of complete answers, and the number of clients.

    Parameters
    ----------
    items : array_like, shape (n, k)
        Answers of n clients to k items. Rows with a missing answer are for the caller to drop and
        to count.

    Returns
    -------
    tuple of (ndarray of shape (k, k), int)
        Covariances with divisor n - 1, and n.

    Raises
    ------
    ValueError
        If an answer is missing.
    NotEstimableError
        If there are fewer than two clients.

    Examples
    --------
    >>> covariance, n = item_covariance([[1, 2], [2, 3], [3, 4]])
    >>> covariance.tolist(), n
    ([[1.0, 1.0], [1.0, 1.0]], 3)
    """
    deviations = deviations_of(items)
    return covariance_of(deviations), len(deviations)


def deviations_of(items: npt.ArrayLike) -> FloatArray:
    """Return complete answers of two clients or more as deviations from the mean of each item."""
    table = as_table(items)
    if len(table) < 2:
        raise NotEstimableError("reliability needs at least two clients")
    deviations: FloatArray = table - table.mean(axis=0)
    return deviations


def covariance_of(deviations: FloatArray) -> FloatArray:
    """Return the covariance matrix of what `deviations_of` returned, with divisor n - 1."""
    covariance: FloatArray = np.dot(deviations.T, deviations) * (1 / (len(deviations) - 1))
    return covariance


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
    totals, matrix = as_sample(sums), as_covariance(products)
    if len(totals) != len(matrix):
        raise ValueError(f"{len(totals)} sums do not fit {len(matrix)} rows of products")
    covariance: FloatArray = (n * matrix - np.outer(totals, totals)) / (n * (n - 1))
    return covariance


def as_covariance(values: npt.ArrayLike) -> FloatArray:
    """Return a complete square matrix as an array of floats."""
    matrix = as_table(values)
    if matrix.shape[0] != matrix.shape[1]:
        raise ValueError(f"expected a square matrix, got {matrix.shape[0]} x {matrix.shape[1]}")
    return matrix


def coefficient_alpha(matrix: FloatArray) -> float:
    """Return k/(k - 1) (1 - trace/total) of an items' covariance matrix."""
    k, total = len(matrix), float(matrix.sum())
    if k < 2:
        raise NotEstimableError("alpha needs at least two items")
    if total <= 1e-12 * float(np.trace(matrix)) or total <= 0:
        raise NotEstimableError("the sum of the items does not vary")
    return k / (k - 1) * (1 - float(np.trace(matrix)) / total)
