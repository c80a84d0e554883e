"""How well answers agree with the key of a form: do its items go together as the key says?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from instruments.definition import Definition
from instruments.scale import Scale
from reports.methods.item_covariance import item_covariance
from reports.methods.item_keys import item_rest_correlations

# Fewer complete answers say nothing; more than these add nothing.
FEWEST, MOST = 30, 5000
Matrix = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class KeyFit:
    """Mean item-rest correlation of a form's scales, with items as answered and as reversed."""

    as_answered: float
    as_reversed: float
    clients: int

    @property
    def best(self) -> float:
        """The better of the two."""
        return max(self.as_answered, self.as_reversed)

    @property
    def is_reversed(self) -> bool:
        """Whether the data look as if reverse-keyed items had been turned round already."""
        return self.as_reversed > self.as_answered


def fit_key(definition: Definition, answers: Matrix) -> KeyFit | None:
    """Return how answers fit a key, None where too few are complete; NaN stands for missing."""
    complete = answers[~np.isnan(answers).any(axis=1)][:MOST]
    if len(complete) < FEWEST:
        return None
    scales = [scale for scale in definition.scales if len(scale.items) > 2]
    plain, turned = (
        _mean_fit(definition, scales, complete, already_reversed=turned) for turned in (False, True)
    )
    return KeyFit(plain, turned, len(complete)) if scales else None


def _mean_fit(
    definition: Definition, scales: list[Scale], answers: Matrix, *, already_reversed: bool
) -> float:
    fits = [_scale_fit(definition, scale, answers, already_reversed) for scale in scales]
    return float(np.mean(fits)) if fits else 0.0


def _scale_fit(
    definition: Definition, scale: Scale, answers: Matrix, already_reversed: bool
) -> float:
    places = [item - 1 for item in scale.items]
    flipped = scale.flipped_items(definition, already_reversed=already_reversed)
    signs = np.array([-1.0 if item in flipped else 1.0 for item in scale.items])
    covariance, _ = item_covariance(answers[:, places] * signs)
    correlations = item_rest_correlations(covariance)
    known = correlations[~np.isnan(correlations)]
    return float(known.mean()) if len(known) else 0.0
