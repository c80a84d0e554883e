"""Who is treated by whom, where and when in a simulated study."""

from __future__ import annotations

import numpy as np
import pytest

from flows.simulation.design import draw_design, session_weeks
from flows.simulation.traits import CORRELATIONS, NAMES, draw_traits
from flows.simulation.worlds import BASE, WORLDS


def works_in(therapists, therapist, clinic):
    return (therapists.clinic[therapist] == clinic) | (
        therapists.second_clinic[therapist] == clinic
    )


def test_no_session_is_held_while_the_therapist_is_away():
    week, absent = session_weeks(BASE)
    assert len(week) == 40
    assert week[-1] == 45
    assert not set(week) & {12, 13, 27, 28, 29}
    assert (np.flatnonzero(absent) + 1).tolist() == [12, 25]


def test_therapists_treat_clients_where_they_work():
    design = draw_design(BASE, seed=4, n_clients=2000)
    therapists = design.therapists
    assert works_in(therapists, design.therapist, design.clinic).all()
    assert works_in(therapists, design.second_therapist, design.clinic).all()
    assert (design.second_therapist != design.therapist).all()


def test_two_therapists_work_in_two_clinics_and_have_clients_in_both():
    design = draw_design(BASE, seed=4, n_clients=4000)
    both = np.flatnonzero(design.therapists.second_clinic >= 0)
    assert len(both) == 2
    for therapist in both:
        assert len(set(design.clinic[design.therapist == therapist])) == 2


def test_caseloads_are_as_unequal_as_gamma_3():
    # Shares proportional to Gamma(3) have a coefficient of variation of about 1 / sqrt(3).
    loads = [
        np.bincount(draw_design(BASE, seed, 24_000).therapist, minlength=24) for seed in range(40)
    ]
    variation = np.mean([load.std() / load.mean() for load in loads])
    assert 0.48 < variation < 0.62


def test_eight_percent_are_to_be_transferred():
    design = draw_design(BASE, seed=1, n_clients=50_000)
    planned = design.transfer_session <= BASE.max_sessions
    assert planned.mean() == pytest.approx(0.08, abs=0.004)
    assert set(design.transfer_session[planned]) == set(range(4, 17))


@pytest.mark.parametrize("name", ["ten_therapists", "six_sessions"])
def test_worlds_differ_in_their_design(name):
    world = WORLDS[name]
    design = draw_design(world, seed=1, n_clients=500)
    assert len(design.therapists.slope) == {"ten_therapists": 10, "six_sessions": 24}[name]
    assert len(design.week) == {"ten_therapists": 40, "six_sessions": 6}[name]


def test_traits_correlate_as_declared():
    traits = draw_traits(BASE, seed=2, n_clients=100_000)
    found = np.corrcoef([getattr(traits, name) for name in NAMES])
    assert np.abs(found - CORRELATIONS).max() < 0.015


def test_three_classes_stand_apart_and_leave_mean_and_variance():
    traits = draw_traits(WORLDS["three_classes"], seed=2, n_clients=100_000)
    plane = np.column_stack([traits.anxiety, traits.avoidance])
    centres = np.array([plane[traits.kind == k].mean(axis=0) for k in range(3)])
    within = np.sqrt(np.mean([plane[traits.kind == k].var(axis=0) for k in range(3)]))
    sides = [np.linalg.norm(centres[a] - centres[b]) / within for a, b in ((0, 1), (0, 2), (1, 2))]
    assert sides == pytest.approx([1.5, 1.5, 1.5], abs=0.03)
    assert plane.std(axis=0) == pytest.approx([1.0, 1.0], abs=0.01)
    assert plane.mean(axis=0) == pytest.approx([0.0, 0.0], abs=0.02)
    dependent, independent, secure = centres
    assert dependent[0] > 0 > dependent[1]
    assert independent[1] > 0 > independent[0]
    assert (secure < 0).all()


def test_nobody_belongs_to_a_class_in_the_base_world():
    assert set(draw_traits(BASE, seed=2, n_clients=50).kind) == {-1}
