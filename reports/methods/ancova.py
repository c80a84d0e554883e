"""Difference between two groups, adjusted for what differed before."""

from __future__ import annotations

from dataclasses import dataclass

import numpy.typing as npt
import pandas as pd

from reports.methods.regression import robust_regression
from reports.methods.result import Interval, as_sample

_GROUP = "group_a"


@dataclass(frozen=True)
class AdjustedDifference:
    """Group a minus group b at equal covariates, in scale points.

    ``partial_r2`` is the share of the variance left by the covariates that the groups explain.
    """

    difference: float
    se: float
    t: float
    df: float
    p_value: float
    interval: Interval
    partial_r2: float
    n_a: int
    n_b: int


def adjusted_difference(
    a: npt.ArrayLike,
    b: npt.ArrayLike,
    covariates_a: pd.DataFrame,
    covariates_b: pd.DataFrame,
    *,
    level: float = 0.95,
) -> AdjustedDifference:
    """Return the difference between two groups adjusted for covariates (ANCOVA).

    The coefficient of group a in a linear regression of the outcome on the group and the
    covariates, with HC3 standard errors. Assumes independent clients and covariates that act
    linearly and alike in both groups. Groups that were not randomized may differ in what was not
    measured, and adjusting for a score at intake can create a difference as well as remove one
    (Lord's paradox): report it beside the unadjusted one.

    Parameters
    ----------
    a, b : array_like, shape (n,)
        Outcome of the clients of each group, in scale points.
    covariates_a, covariates_b : DataFrame, shape (n, p)
        Covariates of the same clients in the same order, such as the score at intake; the same
        numeric columns in both, categories as 0/1 columns.
    level : float
        Confidence level of the interval.

    Returns
    -------
    AdjustedDifference
        In scale points; positive where group a is higher.

    Raises
    ------
    ValueError
        If a value is missing (drop and count rows first), or columns or lengths differ.
    NotEstimableError
        If there are no more clients than coefficients, or the covariates give the group away.

    References
    ----------
    Miller & Chapman (2001), J Abnorm Psychol 110(1), 40-48.
    https://doi.org/10.1037/0021-843X.110.1.40

    Examples
    --------
    >>> before_a, before_b = pd.DataFrame({"x": [1, 2, 3, 4]}), pd.DataFrame({"x": [2, 3, 4, 6]})
    >>> result = adjusted_difference([3, 4, 6, 6], [3, 3, 5, 7], before_a, before_b)
    >>> round(result.difference, 4), round(result.p_value, 4)
    (1.6136, 0.0411)
    """
    sample_a, sample_b = as_sample(a, at_least=2), as_sample(b, at_least=2)
    if list(covariates_a.columns) != list(covariates_b.columns):
        raise ValueError("the covariates of the two groups differ")
    covariates = pd.concat([covariates_a, covariates_b], ignore_index=True)
    if len(covariates) != sample_a.size + sample_b.size:
        raise ValueError("outcomes and covariates differ in length")
    membership = [1.0] * sample_a.size + [0.0] * sample_b.size
    predictors = covariates.assign(**{_GROUP: membership})
    fit = robust_regression([*sample_a, *sample_b], predictors, level=level)
    term = fit.term(_GROUP)
    return AdjustedDifference(
        difference=term.estimate,
        se=term.se,
        t=term.t,
        df=term.df,
        p_value=term.p_value,
        interval=term.interval,
        partial_r2=term.partial_r2,
        n_a=sample_a.size,
        n_b=sample_b.size,
    )
