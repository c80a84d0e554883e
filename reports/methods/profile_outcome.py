"""Outcomes of latent profiles by three steps, corrected for errors of classification."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from reports.methods.profiles import ProfileModel
from reports.methods.result import (
    FloatArray,
    Interval,
    NotEstimableError,
    as_sample,
    require_level,
    t_test,
)
from reports.methods.student import t_quantile

_BLURRED = 0.6
_FEW_THERAPISTS = 20


@dataclass(frozen=True)
class ProfileMean:
    """Mean of an outcome in one class."""

    profile: int
    mean: float
    se: float
    interval: Interval


@dataclass(frozen=True)
class ProfileContrast:
    """Difference of two classes' means, first minus second."""

    first: int
    second: int
    difference: float
    se: float
    p_value: float
    interval: Interval


@dataclass(frozen=True)
class ProfileOutcome:
    """Means of an outcome by class, their differences, and the test that all are equal."""

    means: tuple[ProfileMean, ...]
    contrasts: tuple[ProfileContrast, ...]
    chi_square: float
    df: int
    p_value: float
    misclassified_share: float
    n: int
    n_therapists: int | None
    status: Literal["ok", "caution"]
    note: str


def compare_outcome_of_profiles(
    model: ProfileModel,
    outcome: npt.ArrayLike,
    *,
    therapists: Sequence[object] | None = None,
    level: float = 0.95,
) -> ProfileOutcome:
    """Compare an outcome between latent classes by the BCH method.

    Clients are assigned to their likeliest class; with H the table of assigned by true class
    that the posterior implies, each client weighs by the row of the inverse of H, so that errors
    of classification cancel. Means are weighted means, standard errors the sandwich of those
    weights, clustered by therapist if given, with t on clients (or therapists) minus one degrees
    of freedom. Means of modal classes would be drawn towards each
    other.

    Parameters
    ----------
    model : ProfileModel
        With two classes or more.
    outcome : array_like, shape (n,)
        Scores of the same clients in the same order; missing values are left out.
    therapists : sequence, length n, optional
        Therapist of each client.
    level : float
        Confidence level.

    Returns
    -------
    ProfileOutcome
        Differences of every pair of classes, unadjusted, and Wald's test of all. The classes
        and H are taken as known: with entropy below .6, or fewer than 20 therapists, intervals
        are too narrow and the result is a caution.

    Raises
    ------
    ValueError
        If the outcome does not belong to the clients of the model, or it has one class.
    NotEstimableError
        If a class has no assigned client with an outcome, or classes cannot be told apart.

    References
    ----------
    Bolck, Croon & Hagenaars (2004), Polit Anal 12(1), 3-27. https://doi.org/10.1093/pan/mph001
    Vermunt (2010), Polit Anal 18(4), 450-469. https://doi.org/10.1093/pan/mpq025

    Examples
    --------
    >>> from reports.methods.profiles import fit_profiles
    >>> rng = np.random.default_rng(1)
    >>> kind = np.repeat([0, 1], 150)
    >>> scores = 3.0 * kind[:, None] + rng.normal(size=(300, 2))
    >>> model = fit_profiles(scores, names=["a", "b"], n_classes=2, starts=3, seed=1)
    >>> found = compare_outcome_of_profiles(model, 10 + 2.0 * kind + rng.normal(size=300))
    >>> [round(mean.mean, 1) for mean in found.means]
    [9.9, 12.0]
    """
    require_level(level)
    scores = np.asarray(outcome, dtype=np.float64)
    if scores.shape != (model.n,):
        raise ValueError("the outcome has one score for each client of the model")
    if model.n_classes < 2:
        raise ValueError("one class has nothing to compare")
    known = np.isfinite(scores)
    weights, table = _bch_weights(model, known)
    clusters = _clusters(therapists, model.n, known)
    means, covariance = _weighted_means(weights, as_sample(scores[known], at_least=2), clusters)
    chi_square, df = _wald(means, covariance)
    n_therapists = None if therapists is None else int(clusters.max() + 1)
    notes = _notes(model, n_therapists)
    return ProfileOutcome(
        means=_means(means, covariance, int(clusters.max()), level),
        contrasts=_contrasts(means, covariance, int(clusters.max()), level),
        chi_square=chi_square,
        df=df,
        p_value=float(stats.chi2.sf(chi_square, df)),
        misclassified_share=float(1 - np.diag(table) @ model.posterior.mean(axis=0)),
        n=int(known.sum()),
        n_therapists=n_therapists,
        status="caution" if notes else "ok",
        note="; ".join(notes),
    )


def _notes(model: ProfileModel, n_therapists: int | None) -> list[str]:
    notes = []
    if model.entropy < _BLURRED:
        notes.append("classes overlap much: intervals are too narrow")
    if n_therapists is not None and n_therapists < _FEW_THERAPISTS:
        notes.append(f"intervals are too narrow with fewer than {_FEW_THERAPISTS} therapists")
    return notes


def _bch_weights(
    model: ProfileModel, known: npt.NDArray[np.bool_]
) -> tuple[FloatArray, FloatArray]:
    assigned = np.eye(model.n_classes)[model.modal]
    if (assigned[known].sum(axis=0) < 2).any():
        raise NotEstimableError("a class has fewer than two assigned clients with an outcome")
    # Row k: of the clients truly in class k, the shares assigned to each class.
    table = model.posterior.T @ assigned / model.posterior.sum(axis=0)[:, None]
    if np.linalg.cond(table) > 1e6:
        raise NotEstimableError("classes cannot be told apart")
    return (assigned @ np.linalg.inv(table))[known], table


def _clusters(
    therapists: Sequence[object] | None, n: int, known: npt.NDArray[np.bool_]
) -> npt.NDArray[np.int64]:
    if therapists is None:
        return np.arange(int(known.sum()))
    labels = pd.Series(list(therapists))
    if len(labels) != n or labels.isna().any():
        raise ValueError("every client has a therapist")
    return np.asarray(pd.factorize(labels[known])[0], dtype=np.int64)


def _weighted_means(
    weights: FloatArray, scores: FloatArray, clusters: npt.NDArray[np.int64]
) -> tuple[FloatArray, FloatArray]:
    totals = weights.sum(axis=0)
    if (totals <= 0).any():
        raise NotEstimableError("a class has no weight left")
    means = weights.T @ scores / totals
    influence = weights * (scores[:, None] - means) / totals
    sums = np.zeros((int(clusters.max()) + 1, len(totals)))
    np.add.at(sums, clusters, influence)
    count = len(sums)
    return means, sums.T @ sums * count / (count - 1)


def _wald(means: FloatArray, covariance: FloatArray) -> tuple[float, int]:
    size = len(means)
    contrast = np.hstack([np.eye(size - 1), -np.ones((size - 1, 1))])
    gap = contrast @ means
    return float(gap @ np.linalg.solve(contrast @ covariance @ contrast.T, gap)), size - 1


def _means(
    means: FloatArray, covariance: FloatArray, df: int, level: float
) -> tuple[ProfileMean, ...]:
    found, half = [], t_quantile((1 + level) / 2, df)
    for k, mean in enumerate(means):
        se = math.sqrt(covariance[k, k])
        ends = Interval(float(mean - half * se), float(mean + half * se), level)
        found.append(ProfileMean(k, float(mean), se, ends))
    return tuple(found)


def _contrasts(
    means: FloatArray, covariance: FloatArray, df: int, level: float
) -> tuple[ProfileContrast, ...]:
    found = []
    for i in range(len(means)):
        for j in range(i + 1, len(means)):
            gap = float(means[i] - means[j])
            se = math.sqrt(covariance[i, i] + covariance[j, j] - 2 * covariance[i, j])
            test = t_test(gap, se, df, level)
            found.append(ProfileContrast(i, j, gap, se, test.p_value, test.interval))
    return tuple(found)
