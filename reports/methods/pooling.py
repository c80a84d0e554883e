"""One answer from several imputations: Rubin's rules."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from reports.methods.result import Interval, as_sample, require_level, t_test


@dataclass(frozen=True)
class PooledEstimate:
    """One estimate over all imputations, by Rubin's rules."""

    estimate: float
    se: float
    df: float
    statistic: float
    p_value: float
    interval: Interval
    missing_information: float
    n_imputations: int


def pool_estimates(
    estimates: Sequence[float],
    variances: Sequence[float],
    *,
    complete_df: float = math.inf,
    level: float = 0.95,
) -> PooledEstimate:
    """Pool the estimates of m imputations by Rubin's rules.

    The mean of the estimates; total variance T = W + (1 + 1/m) B of the mean variance W and the
    variance B between imputations; degrees of freedom after Barnard and Rubin, which never
    exceed those of the complete data.

    Parameters
    ----------
    estimates, variances : sequence of float, length m
        Estimate and squared standard error of each imputation.
    complete_df : float
        Degrees of freedom that the analysis would have without missing values.
    level : float
        Confidence level.

    Returns
    -------
    PooledEstimate
        ``missing_information`` is the share of information that is missing.

    Raises
    ------
    ValueError
        If there are fewer than two imputations, lengths differ, or a variance is not positive.

    References
    ----------
    Rubin (1987), Multiple Imputation for Nonresponse in Surveys, chapter 3.
    https://doi.org/10.1002/9780470316696
    Barnard & Rubin (1999), Biometrika 86(4), 948-955. https://doi.org/10.1093/biomet/86.4.948

    Examples
    --------
    >>> pooled = pool_estimates([2.1, 2.4, 1.9], [0.30, 0.28, 0.33], complete_df=97)
    >>> round(pooled.estimate, 3), round(pooled.se, 3), round(pooled.df, 1)
    (2.133, 0.623, 26.9)
    """
    require_level(level)
    q, u = as_sample(estimates), as_sample(variances)
    m = q.size
    if m < 2 or u.size != m:
        raise ValueError("pooling needs an estimate and a variance of two imputations or more")
    if not (u > 0).all():
        raise ValueError("a variance is positive")
    within, between = float(u.mean()), (1 + 1 / m) * float(q.var(ddof=1))
    total = within + between
    df = _pooled_df(m, between / total, complete_df)
    estimate, se = float(q.mean()), math.sqrt(total)
    test = t_test(estimate, se, df, level)
    rise = between / within
    return PooledEstimate(
        estimate=estimate,
        se=se,
        df=df,
        statistic=test.t,
        p_value=test.p_value,
        interval=test.interval,
        missing_information=(rise + 2 / (df + 3)) / (rise + 1),
        n_imputations=m,
    )


def _pooled_df(m: int, share: float, complete_df: float) -> float:
    old = (m - 1) / share**2 if share > 0 else math.inf
    if math.isinf(complete_df):
        return old
    observed = (complete_df + 1) / (complete_df + 3) * complete_df * (1 - share)
    return observed if math.isinf(old) else old * observed / (old + observed)
