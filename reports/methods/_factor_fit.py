"""Maximum likelihood for factor models in several groups, by Fisher scoring.

Every derivative of the covariance matrix is w (u v' + v u') with two vectors u and v, so the
information needs only inner products: 36 items, 4 groups and 440 parameters take a few
milliseconds per step, where matrices of all moments would have 702 rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from reports.methods._factor_pattern import (
    FACTOR_COVARIANCE,
    FACTOR_MEAN,
    INTERCEPT,
    LOADING,
    RESIDUAL,
    SHARED_RESIDUAL,
    Entries,
    FloatArray,
    GroupPattern,
    IntArray,
    Pattern,
)

_STEPS = 200
_SETTLED = 1e-10  # squared length of a step in standard errors
_NOT_IDENTIFIED = 1e-12  # smallest over largest eigenvalue of the scaled information


@dataclass(frozen=True)
class Moments:
    """Complete answers of one group: mean and covariance (divisor n), and the centred rows."""

    mean: FloatArray
    covariance: FloatArray
    centred: FloatArray

    @property
    def n(self) -> int:
        """Number of people."""
        return len(self.centred)


@dataclass(frozen=True)
class Implied:
    """What a parameter vector implies for one group."""

    loadings: FloatArray
    factor_covariance: FloatArray
    factor_mean: FloatArray
    mean: FloatArray
    covariance: FloatArray


@dataclass(frozen=True)
class Derivatives:
    """Derivatives of one group's moments, seen through the inverse root of its covariance."""

    parameters: IntArray
    u: FloatArray
    v: FloatArray
    weight: FloatArray
    mean: FloatArray


@dataclass(frozen=True)
class Solution:
    """Where the scoring ended."""

    values: FloatArray
    information: FloatArray
    discrepancy: FloatArray
    is_converged: bool
    is_identified: bool


def take_moments(rows: FloatArray) -> Moments:
    """Return the moments of complete answers, people in rows."""
    if len(rows) == 0:
        nothing = np.full(rows.shape[1], np.nan)
        return Moments(nothing, np.full((rows.shape[1],) * 2, np.nan), rows)
    mean = rows.mean(axis=0)
    centred = rows - mean
    return Moments(mean, centred.T @ centred / len(rows), centred)


def solve(pattern: Pattern, groups: Sequence[Moments], start: FloatArray) -> Solution:
    """Return the maximum-likelihood solution, or the best point found."""
    values, fit = start, discrepancies(pattern, groups, start)
    for _ in range(_STEPS):
        score, information = score_and_information(pattern, groups, values)
        if not _is_identified(information):
            return Solution(values, information, fit, False, False)
        step = np.asarray(np.linalg.solve(information, score), dtype=np.float64)
        if score @ step < _SETTLED:
            return Solution(values, information, fit, True, True)
        moved = _shorten(pattern, groups, values, step, fit)
        if moved is None:
            break
        values, fit = moved
    return Solution(values, information, fit, False, True)


def discrepancies(pattern: Pattern, groups: Sequence[Moments], values: FloatArray) -> FloatArray:
    """Return the discrepancy of each group, infinite where a covariance is not positive."""
    return np.array(
        [
            _discrepancy(group, imply(part, values))
            for group, part in zip(groups, pattern.groups, strict=True)
        ]
    )


def score_and_information(
    pattern: Pattern, groups: Sequence[Moments], values: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return the gradient of the log-likelihood and its expected information."""
    count = len(pattern.labels)
    score, information = np.zeros(count), np.zeros((count, count))
    for group, part in zip(groups, pattern.groups, strict=True):
        implied = imply(part, values)
        root = np.linalg.inv(np.linalg.cholesky(implied.covariance))
        derivatives = _differentiate(part, implied, root)
        gap = root @ (group.mean - implied.mean)
        seen = root @ group.covariance @ root.T + np.outer(gap, gap)
        use = _indicator(derivatives.parameters, count)
        score += group.n * use.T @ _group_score(derivatives, seen, gap)
        information += group.n * use.T @ group_information(derivatives) @ use
    return score, information


def person_scores(
    pattern: Pattern, groups: Sequence[Moments], values: FloatArray
) -> list[tuple[FloatArray, float]]:
    """Return each group's scores per person, and the trace of its weighted fourth moments.

    Both around the sample moments, as the Satorra-Bentler correction takes them.
    """
    results = []
    for group, part in zip(groups, pattern.groups, strict=True):
        implied = imply(part, values)
        root = np.linalg.inv(np.linalg.cholesky(implied.covariance))
        d = _differentiate(part, implied, root)
        z = group.centred @ root.T
        seen = root @ group.covariance @ root.T
        products = (z @ d.u) * (z @ d.v) - np.einsum("ia,ij,ja->a", d.u, seen, d.v)
        scores = (z @ d.mean + d.weight * products) @ _indicator(d.parameters, len(pattern.labels))
        squared = (z**2).sum(axis=1)
        trace = squared.mean() + 0.5 * ((squared**2).mean() - (seen * seen).sum())
        results.append((scores, float(trace)))
    return results


def imply(part: GroupPattern, values: FloatArray) -> Implied:
    """Return the matrices that a parameter vector implies for one group."""
    loadings = part.loadings.copy()
    _fill(loadings, part.free.get(LOADING), values)
    psi = part.factor_covariance.copy()
    _fill(psi, part.free.get(FACTOR_COVARIANCE), values, symmetric=True)
    theta = np.zeros((len(loadings), len(loadings)))
    _fill(theta, part.free.get(RESIDUAL), values)
    _fill(theta, part.free.get(SHARED_RESIDUAL), values, symmetric=True)
    nu, alpha = np.zeros((len(loadings), 1)), np.zeros((len(psi), 1))
    _fill(nu, part.free.get(INTERCEPT), values)
    _fill(alpha, part.free.get(FACTOR_MEAN), values)
    mean = nu[:, 0] + loadings @ alpha[:, 0]
    return Implied(loadings, psi, alpha[:, 0], mean, loadings @ psi @ loadings.T + theta)


def _fill(
    matrix: FloatArray, entries: Entries | None, values: FloatArray, *, symmetric: bool = False
) -> None:
    if entries is None:
        return
    matrix[entries.rows, entries.columns] = values[entries.parameters]
    if symmetric:
        matrix[entries.columns, entries.rows] = values[entries.parameters]


def _discrepancy(group: Moments, implied: Implied) -> float:
    try:
        factor = np.linalg.cholesky(implied.covariance)
    except np.linalg.LinAlgError:
        return np.inf
    root = np.linalg.inv(factor)
    gap = root @ (group.mean - implied.mean)
    seen = root @ group.covariance @ root.T
    log_ratio = 2 * np.log(np.diag(factor)).sum() - np.linalg.slogdet(group.covariance)[1]
    return float(log_ratio + np.trace(seen) - len(gap) + gap @ gap)


def _differentiate(part: GroupPattern, implied: Implied, root: FloatArray) -> Derivatives:
    seen_loadings = root @ implied.loadings
    seen_cross = seen_loadings @ implied.factor_covariance
    nothing = np.zeros_like(root)
    pieces = []
    for kind, entries in part.free.items():
        rows, columns = entries.rows, entries.columns
        weight = np.where(rows == columns, 0.5, 1.0)
        if kind == LOADING:
            u, v = root[:, rows], seen_cross[:, columns]
            piece = (u, v, np.ones(len(rows)), u * implied.factor_mean[columns])
        elif kind == FACTOR_COVARIANCE:
            u, v = seen_loadings[:, rows], seen_loadings[:, columns]
            piece = (u, v, weight, np.zeros_like(u))
        elif kind in {RESIDUAL, SHARED_RESIDUAL}:
            u, v = root[:, rows], root[:, columns]
            piece = (u, v, weight, np.zeros_like(u))
        else:
            change = root[:, rows] if kind == INTERCEPT else seen_loadings[:, rows]
            empty = nothing[:, :1].repeat(len(rows), axis=1)
            piece = (empty, empty, np.zeros(len(rows)), change)
        pieces.append(piece)
    u, v, weight, mean = (np.concatenate(part, axis=-1) for part in zip(*pieces, strict=True))
    parameters = np.concatenate([entries.parameters for entries in part.free.values()])
    return Derivatives(parameters, u, v, weight, mean)


def _group_score(d: Derivatives, seen: FloatArray, gap: FloatArray) -> FloatArray:
    # Half of -dF: the pull of the covariances plus that of the means.
    pull = np.einsum("ia,ij,ja->a", d.u, seen, d.v) - (d.u * d.v).sum(axis=0)
    total: FloatArray = d.weight * pull + gap @ d.mean
    return total


def group_information(d: Derivatives) -> FloatArray:
    """Return the expected information of one observation, by place."""
    cross = d.u.T @ d.v
    products = (d.u.T @ d.u) * (d.v.T @ d.v) + cross * cross.T
    total: FloatArray = np.outer(d.weight, d.weight) * products + d.mean.T @ d.mean
    return total


def _indicator(parameters: IntArray, count: int) -> FloatArray:
    use = np.zeros((len(parameters), count))
    use[np.arange(len(parameters)), parameters] = 1.0
    return use


def _is_identified(information: FloatArray) -> bool:
    scale = np.sqrt(np.diag(information))
    if not (np.isfinite(scale).all() and (scale > 0).all()):
        return False
    values = np.linalg.eigvalsh(information / np.outer(scale, scale))
    return bool(values[0] > _NOT_IDENTIFIED * values[-1])


def _shorten(
    pattern: Pattern,
    groups: Sequence[Moments],
    values: FloatArray,
    step: FloatArray,
    current: FloatArray,
) -> tuple[FloatArray, FloatArray] | None:
    limit = total_discrepancy(groups, current) + 1e-9
    for halving in range(20):
        moved = values + step / 2**halving
        fit = discrepancies(pattern, groups, moved)
        if total_discrepancy(groups, fit) < limit:
            return moved, fit
    return None


def total_discrepancy(groups: Sequence[Moments], fit: FloatArray) -> float:
    """Return the sum of the groups' discrepancies, weighted by their sizes: chi-square."""
    return float(sum(group.n * value for group, value in zip(groups, fit, strict=True)))
