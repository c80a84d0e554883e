"""Theme 12: dissociative parts, how far they disagree about contact, and how that fades.

A client has parts with probability logistic(-.8 + Q), 2 + min(Poisson(1.2), 4) of them. In a
session, contact seeking of a part = mean + tau z + .4 e, with tau = exp(-kappa s) and a kappa of
N(.6, .3) for each client; cooperation (PITQ) = 50 - 15 (tau - 1) + 6 e; dissociation (DES) changes
by -.30 SD per SD of kappa. Null: the number of parts on the change of symptoms.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from flows.simulation.design import Counts, Flags, Numbers
from flows.simulation.levels import session_time
from flows.simulation.streams import logistic, stream
from flows.simulation.study import SimulatedStudy

KAPPA_MEAN, KAPPA_SD = 0.6, 0.3
PART_NOISE = 0.4
SHARE_OF_ANXIETY = 0.5
DES_CHANGE = -0.30


@dataclass(frozen=True)
class Parts:
    """Parts of the clients of a study.

    ``clients`` has one row per client: part_count (0 for none), kappa, des_change in SD.
    ``sessions`` has one row per session of clients with parts: tau, cooperation.
    ``ratings`` has one row per part and session: contact_seeking.
    """

    clients: pd.DataFrame
    sessions: pd.DataFrame
    ratings: pd.DataFrame


def draw_parts(study: SimulatedStudy) -> Parts:
    """Draw parts, their ratings and the cooperation among them."""
    rng = stream(study.seed, "parts")
    has_parts = rng.random(study.n_clients) < logistic(study.traits.dissociation - 0.8)
    count = has_parts * (2 + np.minimum(rng.poisson(1.2, study.n_clients), 4))
    kappa_z = rng.standard_normal(study.n_clients)
    kappa = KAPPA_MEAN + KAPPA_SD * kappa_z
    rest = np.sqrt(1.0 - DES_CHANGE**2) * rng.standard_normal(study.n_clients)
    sessions = _sessions(study, has_parts, kappa, rng)
    clients = pd.DataFrame(
        {"part_count": count, "kappa": kappa, "des_change": DES_CHANGE * kappa_z + rest}
    )
    return Parts(clients, sessions, _ratings(study, sessions, count, rng))


def _sessions(
    study: SimulatedStudy, has_parts: Flags, kappa: Numbers, rng: np.random.Generator
) -> pd.DataFrame:
    frame = study.sessions[["client", "session"]]
    frame = frame[has_parts[frame["client"]]].reset_index(drop=True)
    time = session_time(study.world.max_sessions)[frame["session"], 0]
    frame["tau"] = np.exp(-kappa[frame["client"]] * time)
    noise = 6.0 * rng.standard_normal(len(frame))
    frame["cooperation"] = 50.0 - 15.0 * (frame["tau"] - 1.0) + noise
    return frame


def _ratings(
    study: SimulatedStudy, sessions: pd.DataFrame, count: Counts, rng: np.random.Generator
) -> pd.DataFrame:
    place = rng.standard_normal((study.n_clients, 6))
    frame = sessions.loc[sessions.index.repeat(count[sessions["client"]])]
    part = frame.groupby(["client", "session"]).cumcount().to_numpy()
    client = frame["client"].to_numpy()
    seeking = (
        SHARE_OF_ANXIETY * study.traits.anxiety[client]
        + frame["tau"].to_numpy() * place[client, part]
        + PART_NOISE * rng.standard_normal(len(frame))
    )
    return pd.DataFrame(
        {
            "client": client,
            "session": frame["session"].to_numpy(),
            "part": part + 1,
            "contact_seeking": seeking,
        }
    )
