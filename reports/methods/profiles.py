"""Latent profiles: are there kinds of clients, or only more and less? Only here is `stepmix` used.

A mixture always finds classes, also where there are none: skewed scales suffice. So the number
of classes is a comparison, and the solution stands or falls with its stability.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from reports.methods.result import FloatArray, NotEstimableError, as_table

Covariance = Literal["diagonal", "equal", "free"]
IntArray = npt.NDArray[np.int64]

_MEASUREMENT = {"diagonal": "gaussian_diag", "equal": "gaussian_tied", "free": "gaussian_full"}
_INITS = ("kmeans", "random")
_SAME = 0.01  # log-likelihoods this near are the same solution
_SMALL_SHARE = 0.05
# Every start runs until a client gains less than the first number, or that many steps; then the
# best run on. From end to end each, forty starts of a slow mixture would take minutes.
_SHORT, _LONG, _FINALISTS = (1e-5, 150), (1e-8, 5000), 5


@dataclass(frozen=True)
class ProfileModel:
    """One mixture: its fit, how sure its classes are, and what they look like."""

    n_classes: int
    covariance: Covariance
    log_likelihood: float
    parameter_count: int
    bic: float
    entropy: float
    shares: tuple[float, ...]
    means: tuple[tuple[float, ...], ...]
    names: tuple[str, ...]
    n: int
    n_finalists: int
    n_replicated: int
    status: Literal["ok", "caution"]
    note: str
    posterior: FloatArray = field(repr=False, compare=False)

    @property
    def modal(self) -> IntArray:
        """Most likely class of each client, from 0; never a group for an outcome."""
        return np.asarray(self.posterior.argmax(axis=1), dtype=np.int64)


def fit_profiles(
    values: npt.ArrayLike,
    *,
    names: Sequence[str],
    n_classes: int,
    covariance: Covariance = "diagonal",
    starts: int = 20,
    seed: int,
) -> ProfileModel:
    """Fit a Gaussian mixture from many starts of two kinds and keep the best.

    Expectation-maximization on standardized scores, from `starts` k-means and as many random
    starts (each kind alone has been seen to stop at a local optimum): first a short run of every
    start, then the five best to the end. Solutions in which a class
    holds fewer clients than scales plus one are spurious (a covariance around a few points) and
    passed over. BIC = -2 log L + ln(n) parameters. Entropy is 1 - sum(-p log p) / (n ln K).

    Parameters
    ----------
    values : array_like, shape (n, p)
        Complete scale scores.
    names : sequence of str, length p
        Names of the scales.
    n_classes : int
        Number of classes.
    covariance : {"diagonal", "equal", "free"}
        Within classes: variances of each class, no covariances; one covariance matrix for all;
        or a matrix for each.
    starts : int
        Starts of each kind.
    seed : int
        Seed of the starts.

    Returns
    -------
    ProfileModel
        Classes in ascending order of the first scale's mean, means in scale points. Caution
        when only one of the five best starts reached the solution, or a class holds fewer than one
        client in twenty.

    Raises
    ------
    ValueError
        If a value is missing (drop and count first), or names do not fit.
    NotEstimableError
        If there are fewer than ten clients per class, a scale does not vary, or every start
        ended in a spurious solution.

    References
    ----------
    Morin et al. (2025), J Stat Softw 113(8). https://doi.org/10.18637/jss.v113.i08
    McLachlan & Peel (2000), Finite Mixture Models. https://doi.org/10.1002/0471721182

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> centres = np.repeat([[0.0, 0.0], [4.0, 4.0]], 60, axis=0)
    >>> model = fit_profiles(
    ...     centres + rng.normal(size=(120, 2)), names=["anxiety", "avoidance"],
    ...     n_classes=2, starts=3, seed=1)
    >>> [round(share, 1) for share in model.shares], model.entropy > 0.9
    ([0.5, 0.5], True)
    """
    table = as_table(values)
    if table.shape[1] != len(names):
        raise ValueError("every scale has a name")
    if len(table) < 10 * n_classes:
        raise NotEstimableError(f"fewer than ten clients for each of {n_classes} classes")
    spread = table.std(axis=0)
    if (spread <= 0).any():
        raise NotEstimableError("a scale does not vary")
    # In an order of their own, so that the starts do not depend on that of the rows.
    order = np.lexsort(table.T[::-1])
    standard = ((table - table.mean(axis=0)) / spread)[order]
    found = _all_starts(standard, n_classes, covariance, 1 if n_classes == 1 else starts, seed)
    if not found:
        raise NotEstimableError("every start ended in a class of a few clients")
    best = max(found, key=lambda pair: pair[0])
    moved = -len(table) * float(np.log(spread).sum())
    replicated = sum(value > best[0] - _SAME for value, _ in found)
    posterior = np.empty((len(table), n_classes))
    posterior[order] = best[1].predict_proba(standard)
    return _describe(table, posterior, names, covariance, best[0] + moved, len(found), replicated)


def compare_profiles(
    values: npt.ArrayLike,
    *,
    names: Sequence[str],
    max_classes: int = 5,
    covariance: Covariance = "diagonal",
    starts: int = 20,
    seed: int,
) -> tuple[ProfileModel, ...]:
    """Fit one to `max_classes` classes, for a table of BIC, entropy and smallest class.

    Numbers of classes that cannot be fitted are left out. Parameters, returns and errors
    otherwise as for `fit_profiles`; one class is the answer "no kinds".

    Examples
    --------
    >>> scores = np.random.default_rng(1).normal(size=(200, 2))
    >>> models = compare_profiles(scores, names=["a", "b"], max_classes=2, starts=3, seed=1)
    >>> min(models, key=lambda model: model.bic).n_classes
    1
    """
    models = [fit_profiles(values, names=names, n_classes=1, covariance=covariance, seed=seed)]
    for n_classes in range(2, max_classes + 1):
        try:
            models.append(
                fit_profiles(
                    values,
                    names=names,
                    n_classes=n_classes,
                    covariance=covariance,
                    starts=starts,
                    seed=seed,
                )
            )
        except NotEstimableError:
            break
    return tuple(models)


def profile_stability(
    values: npt.ArrayLike,
    model: ProfileModel,
    *,
    draws: int = 50,
    starts: int = 5,
    seed: int,
) -> float:
    """Return how much of a solution comes back when other clients are drawn.

    Each of `draws` bootstrap samples is fitted anew and classifies all clients of the original
    sample; the mean adjusted Rand index with the model's own classification is 1 for the same
    classes and 0 for agreement by chance. Below .8, do not speak of kinds of clients.

    Parameters
    ----------
    values : array_like, shape (n, p)
        The scores that the model was fitted on.
    model : ProfileModel
        With two classes or more.
    draws : int
        Bootstrap samples.
    starts : int
        Starts of each kind in each sample.
    seed : int
        Seed of samples and starts.

    Returns
    -------
    float
        Mean adjusted Rand index; samples that could not be fitted count as 0.

    Raises
    ------
    ValueError
        If the model has one class.

    References
    ----------
    Hennig (2007), Comput Stat Data Anal 52(1), 258-271.
    https://doi.org/10.1016/j.csda.2006.11.025

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> scores = np.repeat([[0.0, 0.0], [5.0, 5.0]], 60, axis=0) + rng.normal(size=(120, 2))
    >>> model = fit_profiles(scores, names=["a", "b"], n_classes=2, starts=3, seed=1)
    >>> profile_stability(scores, model, draws=5, starts=2, seed=1) > 0.95
    True
    """
    if model.n_classes < 2:
        raise ValueError("one class is always stable")
    from sklearn.metrics import adjusted_rand_score

    table, rng = as_table(values), np.random.default_rng(seed)
    standard = (table - table.mean(axis=0)) / table.std(axis=0)
    standard_sorted = standard[np.lexsort(standard.T[::-1])]
    agreements = []
    for _ in range(draws):
        sample = standard_sorted[rng.integers(0, len(table), len(table))]
        drawn = _all_starts(sample, model.n_classes, model.covariance, starts, seed)
        if not drawn:
            agreements.append(0.0)
            continue
        labels = max(drawn, key=lambda pair: pair[0])[1].predict(standard)
        agreements.append(float(adjusted_rand_score(model.modal, labels)))
    return float(np.mean(agreements))


def _all_starts(
    standard: FloatArray, n_classes: int, covariance: Covariance, starts: int, seed: int
) -> list[tuple[float, Any]]:
    """Return the likelihoods and mixtures of the finalists, after a short run of every start."""
    every = [(init, seed + start) for init in _INITS for start in range(starts)]
    # Threads that wait for each other over matrices this small take seven times as long.
    with threadpool_limits(1):
        short = [_run(standard, n_classes, covariance, start, *_SHORT) for start in every]
        ranked = sorted(zip(short, every, strict=True), key=lambda pair: -pair[0][0])
        finalists = [start for (value, _), start in ranked[:_FINALISTS] if value > -np.inf]
        runs = [_run(standard, n_classes, covariance, start, *_LONG) for start in finalists]
    return [(value, mixture) for value, mixture in runs if mixture.converged_ and value > -np.inf]


def _run(
    standard: FloatArray,
    n_classes: int,
    covariance: Covariance,
    start: tuple[str, int],
    tolerance: float,
    steps: int,
) -> tuple[float, Any]:
    from sklearn.exceptions import ConvergenceWarning
    from stepmix.stepmix import StepMix

    mixture = StepMix(
        n_components=n_classes,
        measurement=_MEASUREMENT[covariance],
        init_params=start[0],
        random_state=start[1],
        abs_tol=tolerance,
        max_iter=steps,
        progress_bar=0,
    )
    with warnings.catch_warnings():
        # A short run is not meant to converge, and of a long one `converged_` says it too.
        warnings.simplefilter("ignore", ConvergenceWarning)
        mixture.fit(standard)
    if mixture.predict_proba(standard).sum(axis=0).min() < standard.shape[1] + 1:
        return -np.inf, mixture
    return float(mixture.score(standard)) * len(standard), mixture


def _describe(
    table: FloatArray,
    posterior: FloatArray,
    names: Sequence[str],
    covariance: Covariance,
    log_likelihood: float,
    n_finalists: int,
    n_replicated: int,
) -> ProfileModel:
    n, n_classes = posterior.shape
    means = posterior.T @ table / posterior.sum(axis=0)[:, None]
    order = np.argsort(means[:, 0], kind="stable")
    shares = posterior.mean(axis=0)[order]
    count = _parameter_count(n_classes, table.shape[1], covariance)
    notes = []
    if n_classes > 1 and n_replicated < 2:
        notes.append("only one of the best starts reached this solution")
    if shares.min() < _SMALL_SHARE:
        notes.append("a class holds fewer than one client in twenty")
    return ProfileModel(
        n_classes=n_classes,
        covariance=covariance,
        log_likelihood=log_likelihood,
        parameter_count=count,
        bic=-2 * log_likelihood + math.log(n) * count,
        entropy=_entropy(posterior),
        shares=tuple(float(share) for share in shares),
        means=tuple(tuple(float(m) for m in row) for row in means[order]),
        names=tuple(names),
        n=n,
        n_finalists=n_finalists,
        n_replicated=n_replicated,
        status="caution" if notes else "ok",
        note="; ".join(notes),
        posterior=posterior[:, order],
    )


def _parameter_count(n_classes: int, p: int, covariance: Covariance) -> int:
    matrix = p * (p + 1) // 2
    spread = {"diagonal": n_classes * p, "equal": matrix, "free": n_classes * matrix}[covariance]
    return n_classes - 1 + n_classes * p + spread


def _entropy(posterior: FloatArray) -> float:
    n, n_classes = posterior.shape
    if n_classes == 1:
        return 1.0
    safe = np.where(posterior > 0, posterior, 1.0)
    return 1.0 + float(np.sum(posterior * np.log(safe))) / float(n * math.log(n_classes))
