"""Streams of random numbers: one for every part of a study, so that parts do not shift others."""

from __future__ import annotations

import zlib

import numpy as np
from numpy.typing import NDArray


def stream(seed: int, part: str) -> np.random.Generator:
    """Return the generator of one part of the study with this seed."""
    return np.random.default_rng([seed, zlib.crc32(part.encode())])


def logistic(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return 1 / (1 + exp(-x))."""
    chance: NDArray[np.float64] = 1.0 / (1.0 + np.exp(-x))
    return chance
