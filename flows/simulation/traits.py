"""What clients bring with them: correlated traits, and classes in the world that has them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from flows.simulation.design import Counts, Numbers
from flows.simulation.streams import stream
from flows.simulation.worlds import World

NAMES = ("anxiety", "avoidance", "healthy_dependency", "severity", "compassion", "dissociation")
CORRELATIONS = np.array(
    [
        [1.00, 0.15, -0.25, 0.40, -0.35, 0.25],
        [0.15, 1.00, -0.45, 0.20, -0.20, 0.25],
        [-0.25, -0.45, 1.00, -0.30, 0.30, -0.20],
        [0.40, 0.20, -0.30, 1.00, -0.40, 0.45],
        [-0.35, -0.20, 0.30, -0.40, 1.00, -0.25],
        [0.25, 0.25, -0.20, 0.45, -0.25, 1.00],
    ]
)
# Corners of the triangle of classes, in (anxiety, avoidance): dependent, independent, secure.
CORNERS = np.deg2rad([345.0, 105.0, 225.0])


@dataclass(frozen=True)
class Traits:
    """Traits of clients, an entry each, with mean 0 and SD 1; ``kind`` is -1 without classes."""

    anxiety: Numbers
    avoidance: Numbers
    healthy_dependency: Numbers
    severity: Numbers
    compassion: Numbers
    dissociation: Numbers
    kind: Counts


def draw_traits(world: World, seed: int, n_clients: int) -> Traits:
    """Draw six multivariate normal traits."""
    rng = stream(seed, "traits")
    root = np.linalg.cholesky(CORRELATIONS)
    drawn = dict(zip(NAMES, root @ rng.standard_normal((len(NAMES), n_clients)), strict=True))
    kind = np.full(n_clients, -1)
    if world.classes:
        kind = rng.integers(world.classes, size=n_clients)
        _move_to_classes(world, drawn, kind)
    return Traits(**drawn, kind=kind)


def _move_to_classes(world: World, drawn: dict[str, Numbers], kind: Counts) -> None:
    radius = world.class_distance / np.sqrt(3.0)
    total_sd = np.sqrt(1.0 + radius**2 / 2.0)
    centres = radius * np.vstack([np.cos(CORNERS), np.sin(CORNERS)])
    for name, centre in zip(("anxiety", "avoidance"), centres, strict=True):
        drawn[name] = (drawn[name] + centre[kind]) / total_sd
