"""How treatments end: dropout, a planned end, or still going on after the last session."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flows.simulation.design import Counts, Numbers
from flows.simulation.levels import Levels
from flows.simulation.states import States
from flows.simulation.streams import logistic, stream
from flows.simulation.traits import Traits
from flows.simulation.worlds import World

FIRST_DROPOUT = 4
FIRST_PLANNED = 12
REASONS = np.array(["ongoing", "dropout", "planned"])


@dataclass(frozen=True)
class Endings:
    """The last session held, and how the treatment ended; an entry each client."""

    sessions: Counts
    reason: NDArray[np.str_]


def draw_endings(
    world: World, seed: int, traits: Traits, states: States, levels: Levels
) -> Endings:
    """Draw endings after each session; a dropout that comes with a planned end is a dropout."""
    rng = stream(seed, "endings")
    leaves = rng.random(levels.symptoms.shape) < _dropout_chance(world, traits, states, levels)
    finishes = rng.random(levels.symptoms.shape) < _planned_chance(world, levels)
    leaves[:FIRST_DROPOUT] = False
    finishes[:FIRST_PLANNED] = False
    ends = leaves | finishes
    has_ended = ends.any(axis=0)
    last = np.where(has_ended, ends.argmax(axis=0), world.max_sessions)
    client = np.arange(len(last))
    kind = has_ended * np.where(leaves[last, client], 1, 2)
    return Endings(last, REASONS[kind])


def _dropout_chance(world: World, traits: Traits, states: States, levels: Levels) -> Numbers:
    return logistic(
        world.dropout_intercept
        + 0.35 * traits.avoidance
        - 0.10 * traits.anxiety
        + 0.9 * states.ruptures.is_open
        + 0.15 * levels.symptoms
    )


def _planned_chance(world: World, levels: Levels) -> Numbers:
    session = np.arange(world.max_sessions + 1)[:, None]
    return logistic(world.planned_intercept + 0.08 * (session - 12) - 0.3 * levels.symptoms)
