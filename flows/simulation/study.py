"""A whole simulated study: latent and error-free values of clients, therapists and sessions."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from flows.simulation.design import Design, Flags, draw_design
from flows.simulation.endings import Endings, draw_endings
from flows.simulation.levels import Levels, compute_levels
from flows.simulation.ruptures import therapist_of
from flows.simulation.security import SecurityGrowth, draw_growth
from flows.simulation.states import NAMES, States, draw_states
from flows.simulation.traits import Traits, draw_traits
from flows.simulation.worlds import BASE, World


@dataclass(frozen=True)
class SimulatedStudy:
    """One study as it truly is, before anything was measured.

    Arrays of states and levels are (sessions + 1) x clients; row 0 is intake. They go on after
    a client's last session; the frames stop there.
    """

    world: World
    seed: int
    design: Design
    traits: Traits
    growth: SecurityGrowth
    states: States
    levels: Levels
    endings: Endings

    @property
    def n_clients(self) -> int:
        """The number of clients."""
        return len(self.traits.anxiety)

    @cached_property
    def client_ids(self) -> np.ndarray:
        """Pseudonymous ids: C0001, C0002, ..."""
        return numbered_ids("C", self.n_clients, width=4)

    @cached_property
    def therapist_ids(self) -> np.ndarray:
        """Pseudonymous ids: T01, T02, ..."""
        return numbered_ids("T", self.world.n_therapists, width=2)

    @cached_property
    def clinic_ids(self) -> np.ndarray:
        """Pseudonymous ids: K1, K2, ..."""
        return numbered_ids("K", self.world.n_clinics, width=1)

    @cached_property
    def attended(self) -> Flags:
        """Whether a session was held, clients x sessions."""
        session = np.arange(1, self.world.max_sessions + 1)
        return session[None, :] <= self.endings.sessions[:, None]

    @cached_property
    def clients(self) -> pd.DataFrame:
        """One row per client: traits, therapist, clinic, true change, ending."""
        transfer = np.where(
            self.design.transfer_session <= self.endings.sessions,
            self.design.transfer_session,
            0,
        )
        return pd.DataFrame(
            {
                "client_id": self.client_ids,
                "therapist_id": self.therapist_ids[self.design.therapist],
                "clinic": self.clinic_ids[self.design.clinic],
                "transfer_session": transfer,
                **asdict(self.traits),
                **asdict(self.growth),
                "session_count": self.endings.sessions,
                "ending": self.endings.reason,
            }
        )

    @cached_property
    def sessions(self) -> pd.DataFrame:
        """One row per session that was held: states (``_state``), levels, ruptures."""
        held = self.attended
        client, session = np.nonzero(held)
        therapist = therapist_of(self.design, self.world.max_sessions)[session + 1, client]
        states = {f"{name}_state": self.states[name] for name in NAMES}
        flags = {
            "rupture": self.states.ruptures.began,
            "repair": self.states.ruptures.repaired,
            "is_open": self.states.ruptures.is_open,
            "is_impasse": self.states.ruptures.is_impasse,
            "is_trauma_work": self.states.trauma_work,
        }
        grids = {**states, **vars(self.levels), **flags}
        return pd.DataFrame(
            {
                "client": client,
                "session": session + 1,
                "week": self.design.week[session],
                "is_after_absence": self.design.absent[session],
                "therapist": therapist,
                **{name: grid[1:].T[held] for name, grid in grids.items()},
            }
        )

    @cached_property
    def therapists(self) -> pd.DataFrame:
        """One row per therapist: clinics and true influence."""
        own = self.design.therapists
        second = np.where(own.second_clinic >= 0, self.clinic_ids[own.second_clinic], "")
        return pd.DataFrame(
            {
                "therapist_id": self.therapist_ids,
                "clinic": self.clinic_ids[own.clinic],
                "second_clinic": second,
                "slope": own.slope,
                "reaction": own.reaction,
                "repair": own.repair,
            }
        )


def numbered_ids(prefix: str, count: int, *, width: int) -> np.ndarray:
    """Return ids such as C0001, as objects."""
    width = max(width, len(str(count)))
    return np.array([f"{prefix}{k:0{width}d}" for k in range(1, count + 1)], dtype=object)


def simulate(world: World = BASE, seed: int = 1, n_clients: int = 240) -> SimulatedStudy:
    """Draw one study.

    Parameters
    ----------
    world : World
        The true parameters.
    seed : int
        The same seed gives the same study; parts of a study have streams of their own.
    n_clients : int
        Number of clients.

    Examples
    --------
    >>> study = simulate(seed=7, n_clients=50)
    >>> study.clients.shape[0], bool(study.sessions["session"].max() <= 40)
    (50, True)
    """
    design = draw_design(world, seed, n_clients)
    traits = draw_traits(world, seed, n_clients)
    growth = draw_growth(world, seed, design)
    states = draw_states(world, seed, design, traits)
    levels = compute_levels(world, design, traits, states, growth)
    endings = draw_endings(world, seed, traits, states, levels)
    return SimulatedStudy(world, seed, design, traits, growth, states, levels, endings)
