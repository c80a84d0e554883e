"""The sampler of `longmi`, with its imputation step for all clients of one pattern at once.

The library draws client by client; whoever lacks the same occasions shares every matrix of the
draw. The random numbers are taken in its order, so its results are those of the library.
Only this module imports `longmi`.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from longmi import LongitudinalData
from longmi.impute import JointGaussianImputer

from reports.methods.result import FloatArray

__all__ = ["LongitudinalData", "PatternImputer"]

Flags = npt.NDArray[np.bool_]


class PatternImputer(JointGaussianImputer):
    """Data augmentation for scores that are multivariate normal given the predictors."""

    @staticmethod
    def _impute_step(
        y: FloatArray, mask: Flags, mu: FloatArray, sigma: FloatArray, rng: np.random.Generator
    ) -> FloatArray:
        """Draw the missing scores of every client given the observed ones (n clients x J)."""
        completed = y.copy()
        noise = np.zeros_like(y)
        noise[mask] = rng.standard_normal(int(mask.sum()))
        for rows, missing in _patterns(mask):
            observed = ~missing
            slopes = np.linalg.solve(
                sigma[np.ix_(observed, observed)], sigma[np.ix_(observed, missing)]
            ).T
            deviations = y[np.ix_(rows, observed)] - mu[np.ix_(rows, observed)]
            means = mu[np.ix_(rows, missing)] + deviations @ slopes.T
            spread = sigma[np.ix_(missing, missing)] - slopes @ sigma[np.ix_(observed, missing)]
            factor = _root((spread + spread.T) / 2)
            completed[np.ix_(rows, missing)] = means + noise[np.ix_(rows, missing)] @ factor.T
        return completed


def _patterns(mask: Flags) -> Iterator[tuple[npt.NDArray[np.intp], Flags]]:
    """Yield the clients of each pattern of missing occasions, and the pattern."""
    patterns, of_client = np.unique(mask, axis=0, return_inverse=True)
    for place, missing in enumerate(patterns):
        if missing.any():
            yield np.flatnonzero(of_client.ravel() == place), missing


def _root(covariance: FloatArray) -> FloatArray:
    """Return a root of a covariance, whose eigenvalues may round to just below 0."""
    values, vectors = np.linalg.eigh(covariance)
    root: FloatArray = vectors * np.sqrt(np.maximum(values, 0.0))
    return root
