"""What is not there: single answers, whole forms, the forms of some therapists."""

from __future__ import annotations

import numpy as np

from flows.simulation.design import Counts, Flags
from flows.simulation.ruptures import therapist_of
from flows.simulation.streams import logistic, stream
from flows.simulation.study import SimulatedStudy

MISSING = -1
# The smaller, the more a therapist's forms are either all there or all missing.
THERAPIST_PRECISION = 3.0


def draw_returned(
    study: SimulatedStudy, rows: tuple[Counts, Counts], rng: np.random.Generator
) -> Flags:
    """Return which forms were filled in, given session (0 for intake) and client of each."""
    session, client = rows
    before = np.maximum(session - 1, 0), client
    world = study.world
    logit = (
        np.where(session == 0, world.intake_missing_intercept, world.form_missing_intercept)
        + world.form_missing_symptoms * study.states["symptoms"][before]
        + world.form_missing_avoidance * study.traits.avoidance[client]
        + world.form_missing_dissociation * study.states["dissociation"][rows]
    )
    return rng.random(len(session)) >= logistic(logit)


def blank_items(study: SimulatedStudy, answers: Counts, rng: np.random.Generator) -> Counts:
    """Return the answers with some left out at random, marked `MISSING`."""
    return np.where(rng.random(answers.shape) < study.world.item_missing, MISSING, answers)


def draw_therapist_returned(study: SimulatedStudy) -> Flags:
    """Return which forms therapists filled in, (sessions + 1) x clients; some miss many."""
    rng = stream(study.seed, "therapist forms")
    share = study.world.therapist_form_missing
    missing = rng.beta(
        THERAPIST_PRECISION * share,
        THERAPIST_PRECISION * (1.0 - share),
        size=study.world.n_therapists,
    )
    chance = missing[therapist_of(study.design, study.world.max_sessions)]
    return rng.random(chance.shape) >= chance
