"""The standardised values behind every scale, from the error-free levels of a study."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from flows.simulation.design import Numbers
from flows.simulation.levels import symptom_sd
from flows.simulation.streams import stream
from flows.simulation.study import SimulatedStudy

# What a scale shares with its level; the rest is its own, stable over time.
OWN_PART: Mapping[str, float] = {
    "cdq.submissive_dependency": 0.45,
    "cdq.need_for_contact": 0.35,
    "cdq.lack_of_perceived_alternatives": 0.50,
    "rpt.destructive_overdependence": 0.55,
    "rpt.dysfunctional_detachment": 0.55,
    "rpt.healthy_dependency": 0.45,
    "phq_9.total": 0.40,
}
# Centre and SD of levels over the sessions of the base world.
BOND = (0.0, 0.65)
GOAL_TASK = (0.02, 0.60)
DEPENDENCY = (0.13, 0.85)


def standard_scores(study: SimulatedStudy) -> dict[str, Numbers]:
    """Return for each scale a grid, (sessions + 1) x clients, with SD 1 in the base world."""
    levels, traits = study.levels, study.traits
    steady = np.zeros_like(levels.symptoms)
    symptoms = levels.symptoms / symptom_sd(study.world)
    dependency = _standard(levels.dependency, DEPENDENCY)
    goal_task = _standard(levels.goal_task, GOAL_TASK)
    dissociated = np.hypot(1.0, 0.3)
    shared = {
        "ecr.anxiety": levels.attachment_anxiety,
        "ecr.avoidance": steady + traits.avoidance,
        "core_10.total": symptoms,
        "phq_9.total": symptoms,
        "wai_sr.bond": _standard(levels.bond, BOND),
        "wai_sr.task": goal_task,
        "wai_sr.goal": goal_task,
        "cdq.submissive_dependency": dependency,
        "cdq.need_for_contact": dependency,
        "cdq.lack_of_perceived_alternatives": dependency,
        "rpt.destructive_overdependence": levels.attachment_anxiety,
        "rpt.dysfunctional_detachment": steady + traits.avoidance,
        "rpt.healthy_dependency": steady + traits.healthy_dependency,
        "des_ii.total": (traits.dissociation + 0.3 * study.states["dissociation"]) / dissociated,
        "scs_sf.total": steady + traits.compassion,
    }
    return {name: _with_own_part(study, name, grid) for name, grid in shared.items()}


def _standard(grid: Numbers, centre_and_sd: tuple[float, float]) -> Numbers:
    centre, sd = centre_and_sd
    return (grid - centre) / sd


def _with_own_part(study: SimulatedStudy, name: str, grid: Numbers) -> Numbers:
    share = OWN_PART.get(name, 0.0)
    if not share:
        return grid
    own = stream(study.seed, f"own part of {name}").standard_normal(study.n_clients)
    mixed: Numbers = np.sqrt(1.0 - share**2) * grid + share * own
    return mixed
