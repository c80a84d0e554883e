"""Phases of treatment: when trauma work is done."""

from __future__ import annotations

import numpy as np

from flows.simulation.design import Flags
from flows.simulation.streams import stream
from flows.simulation.worlds import World

FIRST_START, LAST_START = 8, 20
LENGTH = 10


def draw_trauma_work(world: World, seed: int, n_clients: int) -> Flags:
    """Return in which sessions trauma work is done, (sessions + 1) x clients."""
    start = stream(seed, "phases").integers(FIRST_START, LAST_START, n_clients, endpoint=True)
    session = np.arange(world.max_sessions + 1)[:, None]
    return (session >= start[None, :]) & (session < start[None, :] + LENGTH)
