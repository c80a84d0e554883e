"""A seeded generator of whole studies of which the truth is known.

``simulate`` draws a study as it truly is, ``measure`` lets its clients fill in forms, and
``write_demonstration`` writes a study folder: exports with planted mistakes, and their list.
"""

from flows.simulation.demonstration import write_demonstration
from flows.simulation.forms import measure
from flows.simulation.manifest import Manifest
from flows.simulation.study import SimulatedStudy, simulate
from flows.simulation.worlds import BASE, WORLDS, World

__all__ = [
    "BASE",
    "WORLDS",
    "Manifest",
    "SimulatedStudy",
    "World",
    "measure",
    "simulate",
    "write_demonstration",
]
