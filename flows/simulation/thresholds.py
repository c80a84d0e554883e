"""Loadings and thresholds that give a scale its published mean, SD and alpha.

An answer counts the thresholds below y* = loading x trait + noise, with y* and trait of unit
variance. Mean and variance of an item follow from the normal distribution; the covariance of two
items from their polychoric correlation r by Hermite polynomials,

    cov = step^2 x sum over m of r^m / m! x c_m c'_m,
    c_m = sum over thresholds of phi(t) He_(m-1)(t).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from flows.simulation.design import Counts, Numbers

ORDERS = 20
ROUNDS = 120
LOADINGS = (0.55, 0.85)
# Items differ in how readily they are endorsed, by as much of an item's SD around its mean.
DIFFICULTY = 0.25
_phi = np.vectorize(lambda t: math.erfc(t / math.sqrt(2.0)) / 2.0, otypes=[float])


@dataclass(frozen=True)
class ScaleModel:
    """A scale to be answered: its range and the figures it should have, as a mean of its items."""

    n_items: int
    low: int
    high: int
    mean: float
    sd: float
    alpha: float
    step: int = 1
    is_skewed: bool = False
    # Items (from 1) that few endorse, and by how much of an SD further up their thresholds lie.
    rare: tuple[int, ...] = ()
    rarity: float = 0.0

    @property
    def edges(self) -> Numbers:
        """Where one answer ends and the next begins."""
        lower: Numbers = np.arange(self.low, self.high, self.step, dtype=np.float64)
        return lower + self.step / 2.0


@dataclass(frozen=True)
class ItemModel:
    """Loadings, one for each item, and ascending thresholds, items x (answers - 1)."""

    loadings: Numbers
    thresholds: Numbers
    low: int
    step: int


@lru_cache(maxsize=64)
def calibrate(model: ScaleModel) -> ItemModel:
    """Find loadings and thresholds by fixed-point iteration."""
    pattern = _pattern(model.n_items)
    edges = np.log(model.edges - model.low + model.step) if model.is_skewed else model.edges
    shift = DIFFICULTY * _spread(model.n_items)
    shift[[item - 1 for item in model.rare]] -= model.rarity
    centre, width, factor = float(edges.mean()), float(np.ptp(edges)) / 3.0, 1.0
    wanted_variance = model.n_items * model.sd**2 * (1.0 - _tied(model))
    for _ in range(ROUNDS):
        thresholds = (edges[None, :] - centre) / width - shift[:, None]
        loadings = np.minimum(factor * pattern, 0.95)
        mean, variance, alpha = scale_moments(loadings, thresholds, model)
        gap = (model.mean - mean) / model.sd
        centre += 0.3 * gap * width
        width *= (wanted_variance / variance) ** 0.2
        factor *= (_odds(model.alpha) / _odds(alpha)) ** 0.25
    return ItemModel(loadings, thresholds, model.low, model.step)


def scale_moments(
    loadings: Numbers, thresholds: Numbers, model: ScaleModel
) -> tuple[float, float, float]:
    """Return the mean of the scale, the mean variance of its items, and alpha."""
    above = _phi(thresholds)
    k, step = len(loadings), model.step
    mean = model.low + step * above.sum(axis=1).mean()
    weights = 2.0 * np.arange(thresholds.shape[1]) + 1.0
    variances = step**2 * (above @ weights - above.sum(axis=1) ** 2)
    covariances = step**2 * _covariances(loadings, thresholds)
    total = variances.sum() + covariances.sum()
    alpha = k / (k - 1) * (1.0 - variances.sum() / total)
    return float(mean), float(variances.mean()), float(alpha)


def _covariances(loadings: Numbers, thresholds: Numbers) -> Numbers:
    """Return the covariances of different items, 0 on the diagonal, in steps squared."""
    density = np.exp(-(thresholds**2) / 2.0) / math.sqrt(2.0 * math.pi)
    before, hermite = np.zeros_like(thresholds), np.ones_like(thresholds)
    ties = np.outer(loadings, loadings)
    power, found = np.ones_like(ties), np.zeros_like(ties)
    for order in range(1, ORDERS + 1):
        c = (density * hermite).sum(axis=1) / math.sqrt(math.factorial(order))
        power = power * ties
        found += power * np.outer(c, c)
        before, hermite = hermite, thresholds * hermite - (order - 1) * before
    np.fill_diagonal(found, 0.0)
    return found


def _pattern(n_items: int) -> Numbers:
    """Return loadings from .55 to .85, neighbours unalike."""
    ascending: Numbers = np.linspace(*LOADINGS, n_items)
    return ascending[_shuffled(n_items)]


def _spread(n_items: int) -> Numbers:
    ascending: Numbers = np.linspace(-1.0, 1.0, n_items)
    return ascending[_shuffled(n_items)[::-1]]


def _shuffled(n_items: int) -> Counts:
    return np.argsort(np.arange(n_items) * 0.6180339887 % 1.0, kind="stable")


def _tied(model: ScaleModel) -> float:
    return model.alpha * (model.n_items - 1) / model.n_items


def _odds(alpha: float) -> float:
    return alpha / (1.0 - alpha)
