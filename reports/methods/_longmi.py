"""The sampler of `longmi`, with its imputation step for all clients of one pattern at once.

The library draws client by client; whoever lacks the same occasions shares every matrix of the
draw. The random numbers are taken in its order, so its results are those of the library; its
containers, which copy and check a long table for every draw, are left out. Only this module
imports `longmi`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from longmi.impute import JointGaussianImputer

from reports.methods.result import FloatArray, NotEstimableError

Places = tuple[npt.NDArray[np.intp], ...]

# Untyped; two of its inner steps are called, and whole runs of it are what tests compare with.
_SAMPLER: Any = JointGaussianImputer

NOT_DISTINCT = "scores cannot be imputed: therapists and predictors are not distinct"
TOO_FEW = "scores cannot be imputed: too few clients for the therapists, predictors and occasions"


def draw_completed(
    scores: FloatArray, predictors: FloatArray, *, draws: int, seed: int, burn_in: int, thin: int
) -> list[FloatArray]:
    """Return the scores (clients x occasions, NaN where missing), completed once for each draw.

    Data augmentation for scores that are multivariate normal given the predictors (clients x
    predictors, without the intercept). ``burn_in`` sweeps go before the first draw, ``thin``
    sweeps lead to each further one.

    Raises
    ------
    NotEstimableError
        If predictors are not distinct, or clients too few for them and for the occasions.
    """
    x = np.column_stack([np.ones(len(scores)), predictors])
    _require_estimable(x, scores)
    inverse = np.linalg.inv(x.T @ x)
    root = np.linalg.cholesky(inverse)
    patterns = list(find_patterns(scores))
    rng = np.random.default_rng(seed)
    current = _SAMPLER._initial_fill(scores, x)
    completed = []
    for sweeps in [max(burn_in, 1), *[thin] * (draws - 1)]:
        for _ in range(sweeps):
            coefficients, sigma = _SAMPLER._draw_parameters(current, x, inverse, root, rng)
            current = impute_step(scores, patterns, x @ coefficients, sigma, rng)
        completed.append(current)
    return completed


def _require_estimable(x: FloatArray, scores: FloatArray) -> None:
    (n, coefficients), occasions = x.shape, scores.shape[1]
    if np.linalg.matrix_rank(x) < coefficients:
        raise NotEstimableError(NOT_DISTINCT)
    seen = (~np.isnan(scores)).sum(axis=0)
    if n - coefficients < occasions or (seen < coefficients).any():
        raise NotEstimableError(TOO_FEW)


@dataclass(frozen=True)
class Pattern:
    """Where the scores of clients who lack the same occasions stand, and their covariances."""

    lacking: Places
    seen: Places
    within: Places
    across: Places
    between: Places


def find_patterns(scores: FloatArray) -> Iterator[Pattern]:
    """Yield the patterns of missing occasions, the clients who miss nothing left out."""
    patterns, of_client = np.unique(np.isnan(scores), axis=0, return_inverse=True)
    for place, missing in enumerate(patterns):
        if missing.any():
            clients, observed = of_client.ravel() == place, ~missing
            yield Pattern(
                lacking=np.ix_(clients, missing),
                seen=np.ix_(clients, observed),
                within=np.ix_(observed, observed),
                across=np.ix_(observed, missing),
                between=np.ix_(missing, missing),
            )


def impute_step(
    scores: FloatArray,
    patterns: list[Pattern],
    means: FloatArray,
    sigma: FloatArray,
    rng: np.random.Generator,
) -> FloatArray:
    """Draw the missing scores of every client given the observed ones (clients x occasions)."""
    completed, deviations = scores.copy(), scores - means
    mask = np.isnan(scores)
    noise = np.zeros_like(scores)
    noise[mask] = rng.standard_normal(int(mask.sum()))
    for one in patterns:
        shared = sigma[one.across]
        slopes = np.linalg.solve(sigma[one.within], shared).T
        spread = sigma[one.between] - slopes @ shared
        factor = _root((spread + spread.T) / 2)
        expected = means[one.lacking] + deviations[one.seen] @ slopes.T
        completed[one.lacking] = expected + noise[one.lacking] @ factor.T
    return completed


def _root(covariance: FloatArray) -> FloatArray:
    """Return a root of a covariance, whose eigenvalues may round to just below 0."""
    values, vectors = np.linalg.eigh(covariance)
    root: FloatArray = vectors * np.sqrt(np.maximum(values, 0.0))
    return root
