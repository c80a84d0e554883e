"""Bayes factor of a difference between two means; only on request, never a verdict."""

from __future__ import annotations

import math
from dataclasses import dataclass

from reports.methods import _pingouin
from reports.methods.result import NotEstimableError

# Medium, wide and ultrawide scales of the prior, as in the BayesFactor package.
_MEDIUM, _WIDE, _ULTRAWIDE = 0.707, 1.0, math.sqrt(2)


@dataclass(frozen=True)
class BayesFactor:
    """Evidence for a difference over none, at the declared prior and over a range of priors."""

    bf10: float
    scale: float
    lowest: float
    highest: float


def jzs_bayes_factor(
    t: float, n_a: int, n_b: int | None = None, *, scale: float = _MEDIUM
) -> BayesFactor:
    """Return the JZS Bayes factor of a two-sample (or one-sample) t-test.

    The effect has a Cauchy prior with the given scale under the alternative and is 0 under the
    null; the factor is the ratio of the two marginal likelihoods of t, by numerical integration
    over the prior's variance. The range is that over the scales .707, 1 and 1.414. It assumes
    equal variances and independent clients: it ignores that clients share therapists, so it
    stands beside a test and never replaces it.

    Parameters
    ----------
    t : float
        Student's t with equal variances (not Welch's).
    n_a : int
        Clients of group a, or of the one sample.
    n_b : int, optional
        Clients of group b; without it the test is of one sample.
    scale : float
        Scale of the prior, in standard deviations.

    Returns
    -------
    BayesFactor
        Above 1 in favour of a difference; infinite beyond floating point.

    Raises
    ------
    ValueError
        If t is missing or ``scale`` is not positive.
    NotEstimableError
        If there are too few clients for a t-test.

    References
    ----------
    Rouder, Speckman, Sun, Morey & Iverson (2009), Psychon Bull Rev 16, 225-237.
    https://doi.org/10.3758/PBR.16.2.225

    Examples
    --------
    >>> round(jzs_bayes_factor(3.5, 20, 20).bf10, 3)
    26.743
    """
    if not (math.isfinite(t) and scale > 0):
        raise ValueError("needs a finite t and a positive scale")
    if n_a < 2 or (n_b is not None and n_b < 2):
        raise NotEstimableError("each sample needs at least two clients")
    scales = (scale, _MEDIUM, _WIDE, _ULTRAWIDE)
    factors = [_pingouin.jzs_bayes_factor(float(t), n_a, n_b, r) for r in scales]
    return BayesFactor(factors[0], scale, min(factors), max(factors))
