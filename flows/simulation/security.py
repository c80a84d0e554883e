"""How much clients change: in symptoms, closeness to the therapist (theme 1), dependency (5)."""

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
    therapist falls by q. ``dependency_slope`` is the client's deviation over the whole treatment.
    """

    symptom_slope: Numbers
    closeness: Numbers
    dependency_slope: Numbers


def draw_growth(world: World, seed: int, design: Design) -> SecurityGrowth:
    """Draw all three; q goes with the client's own part of c, the dependency slope with q only."""
    own, other, third = stream(seed, "growth").standard_normal((3, len(design.therapist)))
    tie = world.closeness_with_change
    mixed = tie * own + np.sqrt(1.0 - tie**2) * other
    # Through `other`, which c does not share.
    link = world.dependency_slope_with_closeness / np.sqrt(1.0 - tie**2)
    apart = link * other + np.sqrt(1.0 - link**2) * third
    therapist = design.therapists.slope[design.therapist]
    return SecurityGrowth(
        symptom_slope=world.symptom_change + therapist + world.symptom_change_sd * own,
        closeness=world.closeness_mean + world.closeness_sd * mixed,
        dependency_slope=world.dependency_slope_sd * apart,
    )
