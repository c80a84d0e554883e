"""How well a factor model fits: baseline, robust corrections, RMSEA and SRMR."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from scipy import optimize, stats

from reports.methods._factor_fit import Moments, Solution, imply, person_scores
from reports.methods._factor_pattern import FloatArray, Pattern
from reports.methods.result import Interval


def degrees_of_freedom(pattern: Pattern, moments: Sequence[Moments]) -> int:
    """Return the moments of all groups less the free parameters."""
    items = len(moments[0].mean)
    return len(moments) * (items * (items + 1) // 2 + items) - len(pattern.labels)


def baseline_fit(moments: Sequence[Moments]) -> tuple[float, int, float]:
    """Return chi-square, df and scaling of the model of unrelated items."""
    # Unrelated items: their fourth moments beside their correlations give the scaling.
    chi_square, trace = 0.0, 0.0
    for group in moments:
        sd = np.sqrt(np.diag(group.covariance))
        r = group.covariance / np.outer(sd, sd)
        squares = (group.centred / sd) ** 2
        pairs = np.tril_indices(len(sd), -1)
        trace += float((squares.T @ squares / group.n - r**2)[pairs].sum())
        chi_square -= group.n * float(np.linalg.slogdet(r)[1])
    items = len(moments[0].mean)
    df = len(moments) * items * (items - 1) // 2
    return chi_square, df, trace / df if df else 1.0


def robust_parts(
    pattern: Pattern, moments: Sequence[Moments], solution: Solution, covariance: FloatArray
) -> tuple[float, FloatArray]:
    """Return the trace of the Satorra-Bentler correction and the sandwich covariance."""
    traced, meat = 0.0, np.zeros_like(covariance)
    for scores, trace in person_scores(pattern, moments, solution.values):
        traced += trace
        meat += scores.T @ scores
    return traced - float((covariance * meat).sum()), covariance @ meat @ covariance


def rmsea_bounds(chi_square: float, df: int, factor: float) -> Interval:
    """Return the 90 % interval of RMSEA from the noncentral chi-square."""
    if df == 0:
        return Interval(0.0, 0.0, 0.90)

    def bound(tail: float) -> float:
        def gap(noncentrality: float) -> float:
            return float(stats.ncx2.cdf(chi_square, df, noncentrality)) - tail

        if stats.chi2.cdf(chi_square, df) <= tail:
            return 0.0
        top = chi_square + 10 * math.sqrt(2 * chi_square) + 100
        return float(optimize.brentq(gap, 1e-9, top))

    low, high = (math.sqrt(bound(tail) / df * factor) for tail in (0.95, 0.05))
    return Interval(low, high, 0.90)


def standardized_residual(
    pattern: Pattern, moments: Sequence[Moments], solution: Solution
) -> float:
    """Return SRMR with the means, weighted over groups."""
    total, people = 0.0, 0
    for group, part in zip(moments, pattern.groups, strict=True):
        implied = imply(part, solution.values)
        sd = np.sqrt(np.diag(group.covariance))
        gaps = (group.covariance - implied.covariance) / np.outer(sd, sd)
        lower = gaps[np.tril_indices(len(sd))]
        means = (group.mean - implied.mean) / sd
        squares = (lower**2).sum() + (means**2).sum()
        total += group.n * math.sqrt(squares / (len(lower) + len(means)))
        people += group.n
    return total / people
