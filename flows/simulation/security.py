"""How much clients change: in symptoms, and in closeness to their therapist (theme 1)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from flows.simulation.design import Design, Numbers
from flows.simulation.streams import stream
from flows.simulation.worlds import World


@dataclass(frozen=True)
class SecurityGrowth:
    """Change over log time, an entry each client.

    ``symptom_slope`` is c with the first therapist, ``closeness`` is q: avoidance towards the
    therapist falls by q.
    """

    symptom_slope: Numbers
    closeness: Numbers


def draw_growth(world: World, seed: int, design: Design) -> SecurityGrowth:
    """Draw both; q correlates with the client's own part of c."""
    own, other = stream(seed, "growth").standard_normal((2, len(design.therapist)))
    tie = world.closeness_with_change
    mixed = tie * own + np.sqrt(1.0 - tie**2) * other
    therapist = design.therapists.slope[design.therapist]
    return SecurityGrowth(
        symptom_slope=world.symptom_change + therapist + world.symptom_change_sd * own,
        closeness=world.closeness_mean + world.closeness_sd * mixed,
    )
