"""Omega total of one scale, with an interval that does not assume normal answers."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from reports.methods.item_covariance import (
    as_covariance,
    covariance_of,
    deviations_of,
)
from reports.methods.result import FloatArray, Interval, NotEstimableError, require_level


@dataclass(frozen=True)
class Omega:
    """McDonald's omega total with its interval."""

    value: float
    interval: Interval
    n: int


def mcdonald_omega(items: npt.ArrayLike, *, level: float = 0.95) -> Omega:
    """Return omega total of one scale with a robust interval.

    The value is that of `omega_total`. Its standard error is the delta method's: what each
    client's deviations add to omega, by the expected information of the one-factor model, and how
    much these parts vary. So skewed answers are allowed for, which the usual normal-theory error is
    not. The interval is made on the logit, so it stays within 0 and 1.

    Parameters
    ----------
    items : array_like, shape (n, k)
        Answers of n clients to at least three items, reverse-keyed items already turned round.
        Rows with a missing answer are for the caller to drop and to count.
    level : float
        Confidence level of the interval.

    Returns
    -------
    Omega
        Between 0 and 1.

    Raises
    ------
    ValueError
        If an answer is missing or ``level`` is outside (0, 1).
    NotEstimableError
        As `omega_total`; also where the error of omega cannot be told.

    References
    ----------
    Kelley & Pornprasertmanit (2016), Psychol Methods 21(1), 69-92.
    https://doi.org/10.1037/a0040086
    Browne & Shapiro (1988), Br J Math Stat Psychol 41(2), 193-208.
    https://doi.org/10.1111/j.2044-8317.1988.tb00896.x
    """
    require_level(level)
    deviations = deviations_of(items)
    loadings, uniques = _one_factor(covariance_of(deviations))
    value, n = _omega(loadings, uniques), len(deviations)
    parts = ((deviations @ _slope(loadings, uniques)) * deviations).sum(axis=1)
    error = float(np.std(parts, ddof=1)) / math.sqrt(n)
    if not (math.isfinite(error) and 0 < value < 1):
        raise NotEstimableError("the error of omega cannot be told")
    reach = float(special.ndtri(0.5 + level / 2)) * error / (value * (1 - value))
    low, high = (float(special.expit(special.logit(value) + side * reach)) for side in (-1, 1))
    return Omega(value, Interval(low, high, level), n)


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
    return _omega(*_one_factor(as_covariance(covariance)))


def _omega(loadings: FloatArray, uniques: FloatArray) -> float:
    common = float(loadings.sum()) ** 2
    return common / (common + float(uniques.sum()))


def _one_factor(matrix: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return loadings and unique variances of one factor, in the items' own units."""
    sds = np.sqrt(np.diag(matrix))
    if len(matrix) < 3:
        raise NotEstimableError("one factor is not identified by fewer than three items")
    if not (sds > 0).all():
        raise NotEstimableError("an item does not vary")
    loadings = _one_factor_loadings(matrix / np.outer(sds, sds))
    return sds * loadings, sds**2 * (1 - loadings**2)


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


def _slope(loadings: FloatArray, uniques: FloatArray) -> FloatArray:
    """Return the matrix G for which a small change dS of the covariances moves omega by tr(G dS).

    With A the inverse of the model's covariances and a = A l, the information of one observation
    is A (l'a) + a a' for the loadings, A * A / 2 for the unique variances (elementwise) and
    A * a' between them.
    """
    inverse = np.linalg.inv(np.outer(loadings, loadings) + np.diag(uniques))
    weights = inverse @ loadings
    k, across = len(loadings), inverse * weights
    information = np.empty((2 * k, 2 * k))
    information[:k, :k] = inverse * float(loadings @ weights) + np.outer(weights, weights)
    information[:k, k:], information[k:, :k] = across, across.T
    information[k:, k:] = inverse**2 / 2
    total, unique = float(loadings.sum()), float(uniques.sum())
    gradient = np.repeat([2 * total * unique, -(total**2)], k)
    try:
        steps = np.linalg.solve(information, gradient / (total**2 + unique) ** 2)
    except np.linalg.LinAlgError as error:
        raise NotEstimableError("the error of omega cannot be told") from error
    outer = np.outer(weights, inverse @ steps[:k])
    slope: FloatArray = (outer + outer.T) / 2 + (inverse * steps[k:]) @ inverse / 2
    return slope
