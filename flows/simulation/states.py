"""What moves from session to session: need, dissociation, shame, rage, alliance, symptoms."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from flows.simulation.design import Design, Flags, Numbers
from flows.simulation.phases import draw_trauma_work
from flows.simulation.ruptures import Ruptures
from flows.simulation.streams import stream
from flows.simulation.traits import Traits
from flows.simulation.worlds import World

NAMES = (
    "need",
    "dissociation",
    "shame",
    "rage",
    "reaction",
    "goal_task",
    "bond",
    "symptoms",
    "dependency",
)
INNOVATION = {
    "need": 0.85,
    "dissociation": 0.85,
    "shame": 0.85,
    "rage": 0.88,
    "reaction": 0.90,
    "goal_task": 0.60,
    "bond": 0.60,
    "symptoms": 0.80,
    "dependency": 0.85,
}

State = dict[str, Numbers]


@dataclass(frozen=True)
class States:
    """States by name, each (sessions + 1) x clients; row 0 is the time before session 1."""

    values: State
    ruptures: Ruptures
    trauma_work: Flags

    def __getitem__(self, name: str) -> Numbers:
        return self.values[name]


def inertia(world: World) -> dict[str, float]:
    """Return the coefficient of every state on itself one session later."""
    return {
        "need": world.need_inertia,
        "dissociation": world.dissociation_inertia,
        "shame": world.shame_inertia,
        "rage": world.rage_inertia,
        "reaction": world.reaction_inertia,
        "goal_task": world.alliance_inertia,
        "bond": world.alliance_inertia,
        "symptoms": world.symptom_inertia,
        "dependency": world.dependency_inertia,
    }


def stationary_sd(world: World, name: str) -> float:
    """Return the SD of a state, left to itself: what follows from other states is left out."""
    variance = INNOVATION[name] ** 2
    if name in ("goal_task", "bond"):
        variance += world.alliance_shared**2
    return float(np.sqrt(variance / (1.0 - inertia(world)[name] ** 2)))


def draw_states(world: World, seed: int, design: Design, traits: Traits) -> States:
    """Draw every state of every client in every session, ruptures among them."""
    rng = stream(seed, "states")
    rows, clients = world.max_sessions + 1, len(traits.anxiety)
    values = _innovations(world, rng, rows, clients)
    shared = world.alliance_shared * rng.standard_normal((rows, clients))
    ruptures = Ruptures.unopened(world, seed, design, traits)
    trauma_work = draw_trauma_work(world, seed, clients)
    carried = inertia(world)
    for session in range(1, rows):
        before = {name: values[name][session - 1] for name in NAMES}
        ruptures.advance(session, before["reaction"], before["rage"])
        is_open = ruptures.is_open[session]
        need = world.open_to_need * is_open + world.trauma_work_to_need * trauma_work[session]
        need += world.absence_to_need * float(design.absent[session - 1])
        values["need"][session] += need
        values["symptoms"][session] += world.open_to_symptoms * is_open
        values["goal_task"][session] += shared[session]
        values["bond"][session] += shared[session]
        received = _received(world, before, traits)
        for name in NAMES:
            values[name][session] += carried[name] * before[name] + received.get(name, 0.0)
    return States(values, ruptures, trauma_work)


def _innovations(world: World, rng: np.random.Generator, rows: int, clients: int) -> State:
    """Return the noise of every session; in row 0 the state that treatment begins with."""
    values = {name: rng.standard_normal((rows, clients)) for name in NAMES}
    for name, noise in values.items():
        noise[0] *= stationary_sd(world, name)
        noise[1:] *= INNOVATION[name]
    return values


def _received(world: World, before: State, traits: Traits) -> State:
    """Return what each state receives from the other states of the session before."""
    need, compassion = before["need"], traits.compassion
    softened = world.need_to_shame + world.compassion_on_need_to_shame * compassion
    angered = world.compassion_on_need_to_rage * compassion
    return {
        "need": world.dissociation_to_need * before["dissociation"],
        "dissociation": world.need_to_dissociation * need,
        "shame": softened * need,
        "rage": world.shame_to_rage * before["shame"] + angered * need,
        "symptoms": world.goal_to_symptoms * before["goal_task"]
        + world.bond_to_symptoms * before["bond"]
        + world.dependency_to_symptoms * before["dependency"],
        "dependency": world.symptoms_to_dependency * before["symptoms"],
    }
