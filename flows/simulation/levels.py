"""What forms would show without error: symptoms, dependency, the therapist's reaction, alliance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from flows.simulation.design import Design, Numbers
from flows.simulation.ruptures import therapist_of
from flows.simulation.security import SecurityGrowth
from flows.simulation.states import States, stationary_sd
from flows.simulation.traits import Traits
from flows.simulation.worlds import World

LAST_SESSION = 40


@dataclass(frozen=True)
class Levels:
    """Levels, each (sessions + 1) x clients; row 0 is intake."""

    symptoms: Numbers
    dependency: Numbers
    reaction: Numbers
    bond: Numbers
    goal_task: Numbers
    avoidance_to_therapist: Numbers
    attachment_anxiety: Numbers


def session_time(sessions: int) -> Numbers:
    """Return s, the share of the way to session 40: (t - 1) / 39, 0 at intake; a column."""
    session = np.arange(sessions + 1, dtype=np.float64)[:, None]
    share: Numbers = np.maximum(session - 1.0, 0.0) / (LAST_SESSION - 1)
    return share


def log_time(sessions: int) -> Numbers:
    """Return l = ln(1 + t) / ln 41, 0 at intake and 1 at session 40; a column."""
    share: Numbers = np.log1p(np.arange(sessions + 1)) / np.log(LAST_SESSION + 1)
    return share.reshape(-1, 1)


def symptom_sd(world: World) -> float:
    """Return the SD of symptoms at intake, the unit of the forms that measure them."""
    state = 0.6 * stationary_sd(world, "symptoms")
    return float(np.hypot(world.severity_on_symptoms, state))


def compute_levels(
    world: World, design: Design, traits: Traits, states: States, growth: SecurityGrowth
) -> Levels:
    """Compute every level from traits, therapists and states."""
    s, log_t = session_time(world.max_sessions), log_time(world.max_sessions)
    therapist = therapist_of(design, world.max_sessions)
    leaning = 0.5 * traits.anxiety - 0.35 * traits.avoidance
    is_open = states.ruptures.is_open
    rise, fall = world.dependency_curve
    return Levels(
        symptoms=world.severity_on_symptoms * traits.severity
        + _change(design, growth, log_t)
        + 0.6 * states["symptoms"],
        dependency=leaning
        + 0.2 * traits.severity
        + (rise + growth.dependency_slope) * s
        + fall * s**2
        + 0.6 * states["dependency"],
        reaction=0.25 * leaning + design.therapists.reaction[therapist] + 0.6 * states["reaction"],
        bond=-0.25 * traits.avoidance + 0.3 * s - 1.0 * is_open + 0.6 * states["bond"],
        goal_task=-0.20 * traits.avoidance + 0.3 * s - 0.8 * is_open + 0.6 * states["goal_task"],
        avoidance_to_therapist=0.8 * traits.avoidance - growth.closeness * log_t,
        attachment_anxiety=traits.anxiety + world.anxiety_change * log_t,
    )


def _change(design: Design, growth: SecurityGrowth, log_t: Numbers) -> Numbers:
    """Return the change in symptoms; after a transfer it follows the new therapist."""
    moved = np.minimum(design.transfer_session, len(log_t) - 1)
    after = np.maximum(log_t - log_t[moved, 0][None, :], 0.0)
    slope = design.therapists.slope
    difference = slope[design.second_therapist] - slope[design.therapist]
    change: Numbers = growth.symptom_slope * log_t + difference * after
    return change
