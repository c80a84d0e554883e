"""Linear regression with robust standard errors: the continuous analysis of dependency."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from reports.methods.result import (
    FloatArray,
    Interval,
    NotEstimableError,
    as_sample,
    require_complete,
    require_level,
    standard_deviation,
    t_test,
)

INTERCEPT = "intercept"
# A leverage this close to 1 means that one client alone decides a coefficient.
_FULL_LEVERAGE = 1 - 1e-8
# Below this share of the variance, residuals are what rounding left behind.
_EXACT_FIT = 1e-20


@dataclass(frozen=True)
class Term:
    """One coefficient with its robust error.

    ``beta`` is in standard deviations of the outcome per standard deviation of the predictor (of
    each of the two, for a product); ``partial_r2`` is the share of the variance left by the other
    terms that this one explains. Both are NaN for the intercept.
    """

    name: str
    estimate: float
    se: float
    t: float
    df: float
    p_value: float
    interval: Interval
    beta: float
    partial_r2: float


@dataclass(frozen=True)
class Regression:
    """A fitted regression, one term per coefficient, the intercept first."""

    terms: tuple[Term, ...]
    n: int
    df_residual: int
    r2: float
    adjusted_r2: float

    def term(self, name: str) -> Term:
        """Return the term of this name."""
        return {term.name: term for term in self.terms}[name]


def robust_regression(
    outcome: npt.ArrayLike,
    predictors: pd.DataFrame,
    *,
    interactions: Sequence[tuple[str, str]] = (),
    level: float = 0.95,
) -> Regression:
    """Return an ordinary least squares regression with HC3 standard errors.

    y = X b + e, b = (X'X)^-1 X'y, and the covariance of b is
    (X'X)^-1 X' diag(e_i^2 / (1 - h_i)^2) X (X'X)^-1 with the leverages h_i; t is referred to
    Student's t with n minus coefficients degrees of freedom. Partial R2 is that of the ordinary
    model, t_ols^2 / (t_ols^2 + df). Assumes independent clients and a linear mean; equal
    variances are not assumed.

    Parameters
    ----------
    outcome : array_like, shape (n,)
        Outcome, in scale points.
    predictors : DataFrame, shape (n, p)
        Numeric predictors, without an intercept; categories as 0/1 columns.
    interactions : sequence of (str, str)
        Pairs of predictors whose product enters too, named ``"a:b"``.
    level : float
        Confidence level of the intervals.

    Returns
    -------
    Regression
        Estimates in scale points per unit of the predictor.

    Raises
    ------
    ValueError
        If a value is missing (drop and count rows first), lengths differ, or ``level`` is outside
        (0, 1).
    NotEstimableError
        If there are no more rows than coefficients, predictors are collinear or do not vary, the
        outcome does not vary, or one client alone decides a coefficient.

    References
    ----------
    Long & Ervin (2000), Am Stat 54(3), 217-224. https://doi.org/10.1080/00031305.2000.10474549

    Examples
    --------
    >>> x = pd.DataFrame({"anxiety": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]})
    >>> fit = robust_regression([2.0, 2.5, 3.5, 3.0, 5.0, 4.5], x)
    >>> slope = fit.term("anxiety")
    >>> round(slope.estimate, 4), round(slope.partial_r2, 4)
    (0.5571, 0.8098)
    """
    require_level(level)
    response = as_sample(outcome)
    if len(response) != len(predictors):
        raise ValueError(f"{len(response)} outcomes do not fit {len(predictors)} rows")
    require_complete(predictors)
    design, units = _design(predictors, interactions)
    return _fit(response, design, units, level)


def dependency_regression(
    outcome: npt.ArrayLike,
    anxiety: npt.ArrayLike,
    avoidance: npt.ArrayLike,
    *,
    covariates: pd.DataFrame | None = None,
    level: float = 0.95,
) -> Regression:
    """Return the regression of an outcome on anxiety, avoidance and their product.

    The primary analysis of dependency: both scales enter as z-scores of the clients analysed, so
    that a main effect is the effect at the mean of the other scale; see `robust_regression`.

    Parameters
    ----------
    outcome : array_like, shape (n,)
        Outcome, in scale points.
    anxiety, avoidance : array_like, shape (n,)
        Scores of the two attachment scales.
    covariates : DataFrame, shape (n, p), optional
        Numeric covariates, categories as 0/1 columns.
    level : float
        Confidence level of the intervals.

    Returns
    -------
    Regression
        With the terms ``anxiety``, ``avoidance``, ``anxiety:avoidance`` and the covariates.

    Raises
    ------
    ValueError
        If a value is missing (drop and count rows first) or lengths differ.
    NotEstimableError
        As `robust_regression`.

    References
    ----------
    Aiken & West (1991), Multiple regression: testing and interpreting interactions.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> anxiety, avoidance = rng.normal(size=(2, 200))
    >>> outcome = 0.5 * anxiety + rng.normal(size=200)
    >>> [term.name for term in dependency_regression(outcome, anxiety, avoidance).terms]
    ['intercept', 'anxiety', 'avoidance', 'anxiety:avoidance']
    """
    scales = pd.DataFrame({"anxiety": _z_scores(anxiety), "avoidance": _z_scores(avoidance)})
    pair = ("anxiety", "avoidance")
    predictors = scales
    if covariates is not None:
        predictors = pd.concat([scales, covariates.reset_index(drop=True)], axis=1)
    return robust_regression(outcome, predictors, interactions=[pair], level=level)


def _z_scores(values: npt.ArrayLike) -> FloatArray:
    sample = as_sample(values, at_least=2)
    sd = standard_deviation(sample)
    if sd == 0:
        raise NotEstimableError("a scale does not vary")
    scores: FloatArray = (sample - sample.mean()) / sd
    return scores


def _design(
    predictors: pd.DataFrame, interactions: Sequence[tuple[str, str]]
) -> tuple[pd.DataFrame, dict[str, float]]:
    """Return the design with products, and the unit of each column: its standard deviation.

    The unit of a product is the product of the two units (Friedrich, 1982), so that its beta
    does not depend on how the two predictors happen to correlate.
    """
    columns = {str(name): as_sample(column, at_least=2) for name, column in predictors.items()}
    units = {name: standard_deviation(column) for name, column in columns.items()}
    for first, second in interactions:
        columns[f"{first}:{second}"] = columns[first] * columns[second]
        units[f"{first}:{second}"] = units[first] * units[second]
    if len(columns) != predictors.shape[1] + len(interactions):
        raise ValueError("names of predictors must be unique")
    return pd.DataFrame(columns), units


def require_estimable(response: FloatArray, design: pd.DataFrame) -> None:
    """Raise `NotEstimableError` unless these clients carry the coefficients of the design."""
    n, coefficients = len(response), design.shape[1] + 1
    if n <= coefficients:
        raise NotEstimableError(f"{n} clients cannot carry {coefficients} coefficients")
    if standard_deviation(response) == 0:
        raise NotEstimableError("the outcome does not vary")
    values = design.to_numpy()
    centred = values - values.mean(axis=0)
    spreads = np.array([standard_deviation(column) for column in values.T])
    if (spreads == 0).any() or np.linalg.matrix_rank(centred / spreads, tol=1e-7) < len(spreads):
        raise NotEstimableError("predictors do not vary or are collinear")


def _fit(
    response: FloatArray, design: pd.DataFrame, units: dict[str, float], level: float
) -> Regression:
    sizes = np.array([1.0, *(standard_deviation(column) for column in design.to_numpy().T)])
    plain = least_squares(response, design, sizes)
    robust = plain.get_robustcov_results(cov_type="HC3", use_t=True)
    spread, df = standard_deviation(response), int(plain.df_resid)
    coefficients = zip(
        [INTERCEPT, *design.columns],
        robust.params / sizes,
        robust.bse / sizes,
        [np.nan, *(units[name] / spread for name in design.columns)],
        [np.nan, *(t**2 / (t**2 + df) for t in plain.tvalues[1:])],
        strict=True,
    )
    return Regression(
        terms=tuple(
            _term(name, float(b), float(se), df, level, beta=float(b * unit), partial_r2=float(r2))
            for name, b, se, unit, r2 in coefficients
        ),
        n=len(response),
        df_residual=df,
        r2=float(plain.rsquared),
        adjusted_r2=float(plain.rsquared_adj),
    )


def least_squares(response: FloatArray, design: pd.DataFrame, sizes: FloatArray) -> Any:
    """Return statsmodels' fit to the intercept and columns over their sizes.

    Unscaled, a predictor that is small beside another loses digits.
    """
    from statsmodels.regression.linear_model import OLS

    require_estimable(response, design)
    columns = np.column_stack([np.ones(len(response)), design.to_numpy()]) / sizes
    plain = OLS(response, columns).fit()
    if plain.ssr <= _EXACT_FIT * plain.centered_tss:
        raise NotEstimableError("the outcome is an exact sum of the predictors")
    if (plain.get_influence().hat_matrix_diag > _FULL_LEVERAGE).any():
        raise NotEstimableError("one client alone decides a coefficient")
    return plain


def _term(
    name: str, b: float, se: float, df: float, level: float, *, beta: float, partial_r2: float
) -> Term:
    test = t_test(b, se, df, level)
    return Term(name, b, se, test.t, df, test.p_value, test.interval, beta, partial_r2)
