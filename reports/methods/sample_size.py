"""What these clients can show: power, smallest detectable effect, and the price of nesting."""

from __future__ import annotations

import math

from scipy import optimize, special, stats

from reports.methods.result import NotEstimableError
from reports.methods.student import t_quantile


def power(effect: float, n_a: float, n_b: float, *, alpha: float = 0.05) -> float:
    """Return the power of a two-sided t-test of two groups.

    P(|T| > t_crit) for the noncentral t with n_a + n_b - 2 degrees of freedom and noncentrality
    d sqrt(n_a n_b/(n_a + n_b)), both tails counted. Assumes independent clients, normal scores and
    equal variances.

    Parameters
    ----------
    effect : float
        Standardized difference d.
    n_a, n_b : float
        Clients of each group; fractions are allowed, as effective sizes are.
    alpha : float
        Two-sided level.

    Returns
    -------
    float
        Between ``alpha`` and 1.

    Raises
    ------
    ValueError
        If ``alpha`` is outside (0, 1).
    NotEstimableError
        If there are not more than two clients in all.

    References
    ----------
    Cohen (1988), Statistical power analysis for the behavioral sciences.
    https://doi.org/10.4324/9780203771587

    Examples
    --------
    >>> round(power(0.5, 64, 64), 4)
    0.8015
    """
    _require_share(alpha)
    df = n_a + n_b - 2
    if df <= 0 or min(n_a, n_b) <= 0:
        raise NotEstimableError("a comparison needs more than two clients")
    noncentrality = abs(effect) * math.sqrt(n_a * n_b / (n_a + n_b))
    critical = -t_quantile(alpha / 2, df)
    upper = float(stats.nct.sf(critical, df, noncentrality))
    # The tail on the other side: its size is beyond floating point once it no longer counts.
    lower = float(special.nctdtr(df, noncentrality, -critical)) if noncentrality < 5 else 0.0
    return min(1.0, upper + lower)


def smallest_detectable_effect(
    n_a: float,
    n_b: float,
    *,
    wanted_power: float = 0.8,
    alpha: float = 0.05,
    inflation: float = 1.0,
) -> float:
    """Return the smallest standardized difference that these groups detect.

    Solves `power` for the effect, with both sizes divided by the design effect.

    Parameters
    ----------
    n_a, n_b : float
        Clients of each group.
    wanted_power : float
        Probability with which the effect is to be detected, above ``alpha``.
    alpha : float
        Two-sided level.
    inflation : float
        Design effect of nesting in therapists, from `design_effect`; 1 without nesting.

    Returns
    -------
    float
        Standardized difference d, positive.

    Raises
    ------
    ValueError
        If ``alpha``, ``wanted_power`` or ``inflation`` is out of range.
    NotEstimableError
        If there are not more than two (effective) clients in all.

    References
    ----------
    Cohen (1988), Statistical power analysis for the behavioral sciences.
    https://doi.org/10.4324/9780203771587

    Examples
    --------
    >>> round(smallest_detectable_effect(20, 20), 7)
    0.909129
    """
    _require_power(wanted_power, alpha)
    if inflation <= 0:
        raise ValueError("a design effect is positive")
    size_a, size_b = n_a / inflation, n_b / inflation

    def shortfall(effect: float) -> float:
        return power(effect, size_a, size_b, alpha=alpha) - wanted_power

    high = 1.0
    while shortfall(high) < 0:
        high *= 2
    return float(optimize.brentq(shortfall, 0.0, high, xtol=1e-12))


def clients_per_group(effect: float, *, wanted_power: float = 0.8, alpha: float = 0.05) -> float:
    """Return how many clients in each of two equal groups detect a standardized difference.

    Parameters
    ----------
    effect : float
        Standardized difference d, not 0.
    wanted_power : float
        Probability with which the effect is to be detected, above ``alpha``.
    alpha : float
        Two-sided level.

    Returns
    -------
    float
        Clients per group before rounding up and before any design effect; at least 2.

    Raises
    ------
    ValueError
        If ``effect`` is 0, or ``alpha`` or ``wanted_power`` is out of range.

    References
    ----------
    Cohen (1988), Statistical power analysis for the behavioral sciences.
    https://doi.org/10.4324/9780203771587

    Examples
    --------
    >>> round(clients_per_group(0.5), 5)
    63.76561
    """
    _require_power(wanted_power, alpha)
    if effect == 0:
        raise ValueError("no number of clients detects an effect of 0")

    def shortfall(n: float) -> float:
        return power(effect, n, n, alpha=alpha) - wanted_power

    low, high = 2.0, 4.0
    if shortfall(low) >= 0:
        return low
    while shortfall(high) < 0:
        low, high = high, high * 2
    return float(optimize.brentq(shortfall, low, high, xtol=1e-9))


def design_effect(clients_per_therapist: float, icc_outcome: float, icc_group: float) -> float:
    """Return by how much nesting in therapists inflates the variance of a group difference.

    1 + (m - 1) ICC_outcome ICC_group: clients of one therapist resemble each other in the
    outcome, and this costs only as far as they also tend to be in the same group.

    Parameters
    ----------
    clients_per_therapist : float
        Mean number of clients of a therapist, at least 1.
    icc_outcome, icc_group : float
        Intraclass correlations over therapists of the outcome and of group membership, in
        [0, 1]. For a group that whole therapists form, ``icc_group`` is 1.

    Returns
    -------
    float
        At least 1; the effective number of clients is the number over it.

    Raises
    ------
    ValueError
        If a value is out of range.

    References
    ----------
    Moulton (1986), J Econom 32(3), 385-397. https://doi.org/10.1016/0304-4076(86)90021-7

    Examples
    --------
    >>> round(design_effect(10, 0.1, 0.2), 3)
    1.18
    """
    if not clients_per_therapist >= 1:
        raise ValueError("a therapist has at least one client")
    if not (0 <= icc_outcome <= 1 and 0 <= icc_group <= 1):
        raise ValueError("an intraclass correlation lies in [0, 1] here: set a negative one to 0")
    return 1 + (clients_per_therapist - 1) * icc_outcome * icc_group


def _require_share(alpha: float) -> None:
    if not 0 < alpha < 1:
        raise ValueError(f"alpha lies between 0 and 1, not {alpha}")


def _require_power(wanted_power: float, alpha: float) -> None:
    _require_share(alpha)
    if not alpha < wanted_power < 1:
        raise ValueError(f"power lies between alpha and 1, not {wanted_power}")
