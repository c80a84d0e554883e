"""What must hold inside one simulated study."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from flows.simulation.security import draw_growth
from flows.simulation.study import simulate
from flows.simulation.worlds import BASE, WORLDS, World


@pytest.fixture(scope="module")
def study():
    return simulate(seed=11, n_clients=1500)


def test_the_same_seed_gives_the_same_study():
    one, two = simulate(seed=5, n_clients=40), simulate(seed=5, n_clients=40)
    pd.testing.assert_frame_equal(one.clients, two.clients)
    pd.testing.assert_frame_equal(one.sessions, two.sessions)
    assert not one.clients.equals(simulate(seed=6, n_clients=40).clients)


def test_a_world_that_differs_in_one_part_leaves_the_others_alone(study):
    world = dataclasses.replace(BASE, dropout_intercept=-3.0)
    other = simulate(world, seed=11, n_clients=1500)
    np.testing.assert_array_equal(study.levels.symptoms, other.levels.symptoms)
    assert (other.endings.reason == "dropout").sum() > (study.endings.reason == "dropout").sum()


def test_frames_hold_the_sessions_that_were_held(study):
    counts = study.sessions.groupby("client").size()
    np.testing.assert_array_equal(counts, study.clients["session_count"])
    assert study.sessions["session"].max() <= 40


def test_ruptures_begin_after_session_two_and_where_none_is_open(study):
    ruptures = study.states.ruptures
    assert not ruptures.began[:3].any()
    assert not (ruptures.began[1:] & ruptures.is_open[:-1]).any()
    assert (ruptures.is_open[ruptures.began]).all()


def test_only_open_ruptures_are_repaired_and_repair_closes_them(study):
    ruptures = study.states.ruptures
    assert ruptures.is_open[:-1][ruptures.repaired[1:]].all()
    assert not ruptures.is_open[ruptures.repaired].any()
    closed = ruptures.is_open[:-1] & ~ruptures.is_open[1:]
    np.testing.assert_array_equal(closed, ruptures.repaired[1:])


def test_an_impasse_is_a_rupture_that_was_not_repaired_in_four_sessions(study):
    ruptures = study.states.ruptures
    session, client = np.nonzero(ruptures.is_impasse)
    assert len(session)
    for back in range(5):
        assert ruptures.is_open[session - back, client].all()


def test_nobody_drops_out_before_session_four_or_finishes_before_twelve(study):
    last, reason = study.endings.sessions, study.endings.reason
    assert last[reason == "dropout"].min() >= 4
    assert last[reason == "planned"].min() >= 12
    assert set(last[reason == "ongoing"]) == {40}


def test_six_sessions_leave_no_time_for_a_planned_end():
    short = simulate(WORLDS["six_sessions"], seed=3)
    assert set(short.endings.reason) == {"dropout", "ongoing"}
    assert short.sessions["session"].max() == 6


def test_after_a_transfer_another_therapist_is_seen(study):
    clients = study.clients
    moved = clients[clients["transfer_session"] > 0]
    assert len(moved)
    row = moved.iloc[0]
    seen = study.sessions[study.sessions["client"] == moved.index[0]]
    before = seen.loc[seen["session"] < row["transfer_session"], "therapist"]
    after = seen.loc[seen["session"] >= row["transfer_session"], "therapist"]
    assert before.nunique() == after.nunique() == 1
    assert before.iloc[0] != after.iloc[0]


def test_without_noise_symptoms_follow_the_slope_of_each_therapist():
    world = dataclasses.replace(BASE, symptom_change_sd=0.0, therapist_slope_sd=2.0)
    study = simulate(world, seed=8, n_clients=600)
    trait = world.severity_on_symptoms * study.traits.severity
    trend = study.levels.symptoms - trait - 0.6 * study.states["symptoms"]
    moved = study.design.transfer_session <= 40
    last = np.log1p(40) / np.log(41)
    slope = study.design.therapists.slope[study.design.therapist] + world.symptom_change
    np.testing.assert_allclose(trend[-1][~moved], slope[~moved] * last)
    second = study.design.therapists.slope[study.design.second_therapist] + world.symptom_change
    final = trend[-1][moved] - trend[-2][moved]
    step = (np.log1p(40) - np.log1p(39)) / np.log(41)
    np.testing.assert_allclose(final, second[moved] * step, rtol=1e-9)


def test_closeness_goes_with_change_and_the_dependency_slope_with_closeness_only():
    world = WORLDS["every_theme"]
    study = simulate(world, seed=1, n_clients=20_000)
    growth = draw_growth(world, 1, study.design)
    own = growth.symptom_slope - study.design.therapists.slope[study.design.therapist]
    found = np.corrcoef([own, growth.closeness, growth.dependency_slope])
    assert found[0, 1] == pytest.approx(-0.30, abs=0.02)
    assert found[1, 2] == pytest.approx(0.25, abs=0.02)
    assert found[0, 2] == pytest.approx(0.0, abs=0.02)
    assert growth.dependency_slope.std() == pytest.approx(0.4, abs=0.01)


def test_attachment_anxiety_falls_and_avoidance_of_the_therapist_with_closeness(study):
    levels = study.levels
    fall = levels.attachment_anxiety[40] - levels.attachment_anxiety[0]
    np.testing.assert_allclose(fall, -0.20)
    drop = levels.avoidance_to_therapist[0] - levels.avoidance_to_therapist[40]
    np.testing.assert_allclose(drop, study.growth.closeness)


def test_every_world_can_be_simulated():
    for name, world in WORLDS.items():
        assert world.name == name
        assert len(simulate(world, seed=2, n_clients=30).sessions)


def test_no_cross_lag_is_left_where_there_is_none():
    base, none = vars(BASE), vars(WORLDS["zero_lags"])
    lagged = {"compassion_on_need_to_shame"} | {
        field
        for field in base
        if "_to_" in field and not field.startswith(("open", "absence", "trauma"))
    }
    assert {field for field in base if base[field] != none[field]} - {"name"} <= lagged
    assert all(none[field] == 0 for field in lagged)


def test_the_therapists_share_of_change_is_a_fifth_where_it_should_be():
    def share(world: World) -> float:
        return world.therapist_slope_sd**2 / (
            world.therapist_slope_sd**2 + world.symptom_change_sd**2
        )

    assert share(WORLDS["therapist_icc_20"]) == pytest.approx(0.20)
    assert share(BASE) == pytest.approx(0.10)
