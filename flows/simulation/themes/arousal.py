"""Theme 9: arousal of client and therapist in session, and the band in which both can work.

    a = .35 a' + .30 rage - .30 dissociation + .8 e     client
    w = .35 w' + .20 a + .20 reaction + .85 e           therapist; null: a' to w

with the states of the same session; x' is the session before, e is unit normal.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from flows.simulation.design import Numbers
from flows.simulation.streams import stream
from flows.simulation.study import SimulatedStudy


@dataclass(frozen=True)
class ArousalModel:
    """The true parameters; ``band`` is the half width of the window of tolerance."""

    inertia: float = 0.35
    rage: float = 0.30
    dissociation: float = -0.30
    client_noise: float = 0.80
    from_client: float = 0.20
    client_before: float = 0.0
    reaction: float = 0.20
    therapist_noise: float = 0.85
    band: float = 1.0


def draw_arousal(study: SimulatedStudy, model: ArousalModel | None = None) -> pd.DataFrame:
    """Return one row per session held: arousal of both, and whether each is inside the band."""
    model = model or ArousalModel()
    client, therapist = _draw_both(study, model)
    held = study.attended
    frame = study.sessions[["client", "session", "therapist"]].copy()
    frame["client_arousal"] = client[1:].T[held]
    frame["therapist_arousal"] = therapist[1:].T[held]
    frame["is_client_inside"] = frame["client_arousal"].abs() <= model.band
    frame["is_therapist_inside"] = frame["therapist_arousal"].abs() <= model.band
    return frame


def _draw_both(study: SimulatedStudy, model: ArousalModel) -> tuple[Numbers, Numbers]:
    client, therapist = stream(study.seed, "arousal").standard_normal(
        (2, study.world.max_sessions + 1, study.n_clients)
    )
    states = study.states
    moved = model.rage * states["rage"] + model.dissociation * states["dissociation"]
    client *= model.client_noise
    therapist *= model.therapist_noise
    for session in range(1, len(client)):
        client[session] += model.inertia * client[session - 1] + moved[session]
        therapist[session] += (
            model.inertia * therapist[session - 1]
            + model.from_client * client[session]
            + model.client_before * client[session - 1]
            + model.reaction * states["reaction"][session]
        )
    return np.asarray(client), np.asarray(therapist)
