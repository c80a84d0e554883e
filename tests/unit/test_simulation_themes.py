"""Themes that follow from a study: arousal, and dissociative parts."""

from __future__ import annotations

import numpy as np
import pytest

from flows.simulation.study import simulate
from flows.simulation.themes.arousal import draw_arousal
from flows.simulation.themes.parts import draw_parts
from flows.simulation.worlds import WORLDS


@pytest.fixture(scope="module")
def study():
    return simulate(WORLDS["every_theme"], seed=13, n_clients=3000)


def slopes(outcome, *predictors):
    """Return least-squares slopes."""
    design = np.column_stack([np.ones(len(outcome)), *predictors])
    return np.linalg.lstsq(design, outcome, rcond=None)[0][1:]


def test_the_therapists_arousal_follows_the_clients_in_the_same_session_only(study):
    frame = draw_arousal(study)
    before = frame.groupby("client")[["client_arousal", "therapist_arousal"]].shift()
    both = before.notna().all(axis=1).to_numpy()
    reaction = study.sessions["reaction_state"].to_numpy()[both]
    inertia, now, null, reacting = slopes(
        frame["therapist_arousal"].to_numpy()[both],
        before["therapist_arousal"].to_numpy()[both],
        frame["client_arousal"].to_numpy()[both],
        before["client_arousal"].to_numpy()[both],
        reaction,
    )
    assert (inertia, now, null, reacting) == pytest.approx((0.35, 0.20, 0.0, 0.20), abs=0.015)


def test_clients_are_aroused_by_rage_and_numbed_by_dissociation(study):
    frame = draw_arousal(study)
    before = frame.groupby("client")["client_arousal"].shift()
    known = before.notna().to_numpy()
    found = slopes(
        frame["client_arousal"].to_numpy()[known],
        before.to_numpy()[known],
        study.sessions["rage_state"].to_numpy()[known],
        study.sessions["dissociation_state"].to_numpy()[known],
    )
    assert found == pytest.approx([0.35, 0.30, -0.30], abs=0.015)


def test_being_inside_is_being_within_the_band(study):
    frame = draw_arousal(study)
    np.testing.assert_array_equal(
        frame["is_client_inside"], frame["client_arousal"].between(-1.0, 1.0)
    )
    assert 0.5 < frame["is_therapist_inside"].mean() < 0.8


def test_clients_have_no_part_or_two_to_six(study):
    parts = draw_parts(study)
    assert set(parts.clients["part_count"]) <= {0, 2, 3, 4, 5, 6}
    has_parts = parts.clients["part_count"] > 0
    assert study.traits.dissociation[has_parts].mean() > 0.3
    assert set(parts.ratings["client"]) == set(np.flatnonzero(has_parts))


def test_parts_come_closer_to_each_other_as_kappa_says(study):
    parts = draw_parts(study)
    ratings = parts.ratings
    spread = ratings.groupby(["client", "session"])["contact_seeking"].var()
    session = spread.index.get_level_values("session")
    # Some 1,150 clients with a variance of two to six parts each: the SE is .035.
    assert spread[session == 1].mean() == pytest.approx(1.0 + 0.16, abs=0.12)
    assert spread[session > 30].mean() < 0.65


def test_dissociation_changes_with_kappa_and_symptoms_not_with_the_number_of_parts(study):
    clients = draw_parts(study).clients
    tie = np.corrcoef(clients["kappa"], clients["des_change"])[0, 1]
    assert tie == pytest.approx(-0.30, abs=0.05)
    some = clients["part_count"] > 0
    null = np.corrcoef(clients.loc[some, "part_count"], study.growth.symptom_slope[some])[0, 1]
    assert abs(null) < 3 / np.sqrt(some.sum())


def test_cooperation_rises_as_parts_agree(study):
    sessions = draw_parts(study).sessions
    (slope,) = slopes(sessions["cooperation"].to_numpy(), sessions["tau"].to_numpy())
    assert slope == pytest.approx(-15.0, abs=0.6)


def test_need_is_higher_during_trauma_work_where_every_theme_is_on(study):
    def gap(held):
        need = held.sessions.groupby("is_trauma_work")["need_state"].mean()
        return need[True] - need[False]

    # .3 a session, carried on by .35: .3 / .65 once it has built up.
    assert gap(study) == pytest.approx(0.43, abs=0.06)
    assert abs(gap(simulate(seed=13, n_clients=3000))) < 0.05
