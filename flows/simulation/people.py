"""What a study file declares about clients, and when they came: age, gender, days."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from flows.simulation.design import Counts
from flows.simulation.streams import stream
from flows.simulation.study import SimulatedStudy

GENDERS = ("woman", "man", "other")
# Clients with a logged contact between sessions.
CONTACT_SHARE = 0.3
SUPPORTS = ("medication", "day_clinic", "self_help", "none")


@dataclass(frozen=True)
class People:
    """Facts about clients, an entry each.

    ``weekday`` is the day of their week on which sessions are; ``support`` is clients x kinds of
    support besides the therapy, the last kind being none; ``contact_day`` is the day of a contact
    with the therapist between sessions, 0 where there was none.
    """

    age: Counts
    gender: Counts
    weekday: Counts
    support: Counts
    contact_day: Counts


def draw_people(study: SimulatedStudy) -> People:
    """Draw facts that nothing in the model depends on."""
    rng = stream(study.seed, "people")
    count = study.n_clients
    support = (rng.random((count, len(SUPPORTS))) < [0.45, 0.15, 0.25, 0.0]).astype(np.int64)
    support[:, -1] = support.sum(axis=1) == 0
    return People(
        age=np.clip(np.round(rng.normal(38.0, 11.0, count)), 18, 76).astype(np.int64),
        gender=1 + rng.choice(len(GENDERS), size=count, p=[0.68, 0.29, 0.03]),
        weekday=rng.integers(1, 6, size=count),
        support=support,
        contact_day=_contact_days(study, rng),
    )


def _contact_days(study: SimulatedStudy, rng: np.random.Generator) -> Counts:
    last = 7 * study.design.week[study.endings.sessions - 1]
    had_contact = rng.random(study.n_clients) < CONTACT_SHARE
    return np.where(had_contact, rng.integers(1, last + 1), 0)


def day_of(study: SimulatedStudy, people: People, session: Counts, client: Counts) -> Counts:
    """Return the day since intake of sessions; 0 for intake itself."""
    week = study.design.week[np.maximum(session - 1, 0)]
    return np.where(session == 0, 0, 7 * week + people.weekday[client])
