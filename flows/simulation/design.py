"""Who is treated by whom, where and when: therapists, clinics, transfers, weeks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flows.simulation.streams import stream
from flows.simulation.worlds import World

Numbers = NDArray[np.float64]
Counts = NDArray[np.int64]
Flags = NDArray[np.bool_]

NEVER = 10_000

CASELOAD_SHAPE = 3.0
# A transfer happens between these sessions, in episodes that last so long.
TRANSFER_SESSIONS = (4, 16)


@dataclass(frozen=True)
class Therapists:
    """Therapists, an entry each: their clinics (second -1 for none) and their influence."""

    clinic: Counts
    second_clinic: Counts
    slope: Numbers
    reaction: Numbers
    repair: Numbers


@dataclass(frozen=True)
class Design:
    """Clients, an entry each; ``week`` and ``absent`` have an entry for each session."""

    therapists: Therapists
    therapist: Counts
    clinic: Counts
    second_therapist: Counts
    transfer_session: Counts
    week: Counts
    absent: Flags


def draw_design(world: World, seed: int, n_clients: int) -> Design:
    """Draw therapists with caseloads proportional to Gamma(3), clinics and transfers."""
    rng = stream(seed, "design")
    therapists = _draw_therapists(world, rng)
    weight = rng.gamma(CASELOAD_SHAPE, size=world.n_therapists)
    therapist = rng.choice(world.n_therapists, size=n_clients, p=weight / weight.sum())
    clinic = _clinic_of(therapists, therapist, rng)
    week, absent = session_weeks(world)
    return Design(
        therapists=therapists,
        therapist=therapist,
        clinic=clinic,
        second_therapist=_colleague(world, therapists, therapist, clinic, rng),
        transfer_session=_transfer_sessions(world, n_clients, rng),
        week=week,
        absent=absent,
    )


def _draw_therapists(world: World, rng: np.random.Generator) -> Therapists:
    count = world.n_therapists
    clinic = rng.permutation(np.arange(count) % world.n_clinics)
    second = np.full(count, -1)
    both = rng.permutation(count)[: world.n_in_two_clinics]
    second[both] = (clinic[both] + 1) % world.n_clinics
    return Therapists(
        clinic=clinic,
        second_clinic=second,
        slope=world.therapist_slope_sd * rng.standard_normal(count),
        reaction=world.therapist_reaction_sd * rng.standard_normal(count),
        repair=world.therapist_repair_sd * rng.standard_normal(count),
    )


def _clinic_of(therapists: Therapists, therapist: Counts, rng: np.random.Generator) -> Counts:
    second = therapists.second_clinic[therapist]
    goes_there = (second >= 0) & (rng.random(len(therapist)) < 0.5)
    return np.where(goes_there, second, therapists.clinic[therapist])


def _colleague(
    world: World,
    therapists: Therapists,
    therapist: Counts,
    clinic: Counts,
    rng: np.random.Generator,
) -> Counts:
    """Return for each client another therapist who works in the client's clinic."""
    place = np.arange(world.n_clinics)[:, None]
    works = (place == therapists.clinic[None, :]) | (place == therapists.second_clinic[None, :])
    lot: Numbers = rng.random((len(therapist), world.n_therapists))
    # A clinic with one therapist refers to any other.
    lot += works[clinic]
    lot[np.arange(len(therapist)), therapist] = -1.0
    chosen: Counts = lot.argmax(axis=1)
    return chosen


def _transfer_sessions(world: World, n_clients: int, rng: np.random.Generator) -> Counts:
    first, last = TRANSFER_SESSIONS
    session = rng.integers(first, last, size=n_clients, endpoint=True)
    is_planned = rng.random(n_clients) < world.transfer_share
    return np.where(is_planned, session, NEVER)


def session_weeks(world: World) -> tuple[Counts, Flags]:
    """Return the week of each session, and whether it is the first after an absence."""
    away = {w for first, last in world.absence_weeks for w in range(first, last + 1)}
    last_week = world.max_sessions + len(away)
    weeks = [week for week in range(1, last_week + 1) if week not in away]
    held = np.array(weeks[: world.max_sessions])
    return held, np.diff(held, prepend=0) > 1
