"""Do the scores of a definition come out as its author says: its test vectors, run."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import get_args

from instruments.definition import Definition, Fill, Vector
from instruments.scoring import score

# A form whose number of items is not published is given so many a scale; means are the same.
ANY_COUNT = 3
TOLERANCE = 1e-9


@dataclass(frozen=True)
class Miss:
    """One score that did not come out: what the vector says, and what the key gives."""

    fill: Fill
    scale: str
    expected: float
    found: float | None

    def __str__(self) -> str:
        found = "no score" if self.found is None else f"{self.found:.10g}"
        return (
            f'With every item at its {self.fill}, "{self.scale}" comes to {found}; '
            f"the vector says {self.expected:.10g}."
        )


def missed_vectors(definition: Definition) -> tuple[Miss, ...]:
    """Return the scores of a definition's test vectors that do not come out."""
    return tuple(miss for vector in definition.vectors for miss in _misses(definition, vector))


def _misses(definition: Definition, vector: Vector) -> Iterator[Miss]:
    for name, expected in vector.expect.items():
        found = score_filled(definition, name, vector.fill)
        if found is None or not math.isclose(found, expected, rel_tol=TOLERANCE, abs_tol=TOLERANCE):
            yield Miss(vector.fill, name, expected, found)


def score_filled(definition: Definition, scale: str, fill: Fill) -> float | None:
    """Return a score where every item has the same answer: its floor, middle or ceiling."""
    counts = _counts(definition)
    response = definition.response
    answers = [response.filled(fill)] * len(definition.item_names(counts))
    return score(
        definition,
        definition.get_scale(scale),
        answers,
        low=response.filled("floor"),
        high=response.filled("ceiling"),
        counts=counts,
    ).value


def _counts(definition: Definition) -> dict[str, int] | None:
    if definition.addressing == "number":
        return None
    return {scale.id: scale.n_items or ANY_COUNT for scale in definition.held_scales}


def untested_scores(definition: Definition) -> tuple[str, ...]:
    """Return what no vector tells of, such as ``ceiling of anxiety``."""
    if definition.response.min is None:
        return ()
    told = {(vector.fill, name) for vector in definition.vectors for name in vector.expect}
    return tuple(
        f"{fill} of {scale.id}"
        for scale in definition.scales
        for fill in get_args(Fill)
        if (fill, scale.id) not in told and score_filled(definition, scale.id, fill) is not None
    )
