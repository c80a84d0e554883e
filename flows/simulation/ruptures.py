"""Ruptures in the alliance, their repair, and impasses: ruptures that stay open."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from flows.simulation.design import Counts, Design, Flags, Numbers
from flows.simulation.streams import logistic, stream
from flows.simulation.traits import Traits
from flows.simulation.worlds import World

# The first two sessions have none.
FIRST_SESSION = 3


@dataclass(frozen=True)
class Ruptures:
    """Flags, each (sessions + 1) x clients: a rupture began, was repaired, is open, is an impasse.

    ``advance`` fills one session after the other, since what opens a rupture comes from states of
    the session before.
    """

    began: Flags
    repaired: Flags
    is_open: Flags
    is_impasse: Flags
    open_for: Counts
    rupture_base: Numbers
    repair_chance: Numbers
    lots: Numbers
    world: World

    @classmethod
    def unopened(cls, world: World, seed: int, design: Design, traits: Traits) -> Ruptures:
        """Return ruptures before the first session."""
        rng = stream(seed, "ruptures")
        shape = (world.max_sessions + 1, len(traits.avoidance))
        repair = design.therapists.repair[therapist_of(design, world.max_sessions)]
        return cls(
            began=np.zeros(shape, dtype=bool),
            repaired=np.zeros(shape, dtype=bool),
            is_open=np.zeros(shape, dtype=bool),
            is_impasse=np.zeros(shape, dtype=bool),
            open_for=np.zeros(shape[1], dtype=np.int64),
            rupture_base=world.rupture_intercept + world.rupture_avoidance * traits.avoidance,
            repair_chance=logistic(
                world.repair_intercept + world.repair_avoidance * traits.avoidance + repair
            ),
            lots=rng.random(shape),
            world=world,
        )

    def advance(self, session: int, reaction_before: Numbers, rage_before: Numbers) -> None:
        """Fill one session."""
        was_open = self.is_open[session - 1]
        lot = self.lots[session]
        chance = logistic(
            self.rupture_base
            + self.world.reaction_to_rupture * reaction_before
            + self.world.rage_to_rupture * rage_before
        )
        self.repaired[session] = was_open & (lot < self.repair_chance[session])
        self.began[session] = ~was_open & (lot < chance) & (session >= FIRST_SESSION)
        self.is_open[session] = (was_open & ~self.repaired[session]) | self.began[session]
        self.open_for[:] = (self.open_for + 1) * self.is_open[session]
        self.is_impasse[session] = self.open_for > self.world.impasse_sessions


def therapist_of(design: Design, sessions: int) -> Counts:
    """Return the therapist of each client in each session, (sessions + 1) x clients."""
    session = np.arange(sessions + 1)[:, None]
    has_moved = session >= design.transfer_session[None, :]
    return np.where(has_moved, design.second_therapist[None, :], design.therapist[None, :])
