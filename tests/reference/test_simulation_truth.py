"""The simulated studies reach the figures that their model was first seen to have.

Each figure was seen in one study, so it is held against many studies of the same size: it must be a
plausible draw, within three of their standard deviations.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from flows.simulation.study import simulate
from flows.simulation.worlds import BASE, WORLDS

CUT = 0.3
SEEN_AT_240 = {
    "dropout": 0.18,
    "planned": 0.69,
    "median sessions": 28,
    "ruptures a client": 1.5,
    "repaired": 0.89,
    "impasse": 0.12,
    "dependency with symptoms": 0.43,
}
SEEN_AT_4000 = {
    "overdependent": 0.22,
    "overindependent": 0.22,
    "both": 0.16,
    "neither": 0.39,
    "d of severity": 0.33,
    "d of slope": -0.04,
    "dropout of overdependent": 0.14,
    "dropout of overindependent": 0.24,
}
# The paths that were recovered once, in a way that is not recorded. With 4,000 clients least
# squares on error-free states strays from the truth by .003 (b', dep'), never so far as here; with
# 240 clients it does, so these are held to the spread of studies of 240.
RECOVERED = {
    "goal before": -0.118,
    "bond before": -0.021,
    "symptoms before": 0.399,
    "dependency before": -0.014,
}


def course(study):
    """Return what was seen at N = 240."""
    clients, sessions = study.clients, study.sessions
    by_client = sessions.groupby("client")
    means = by_client[["symptoms", "dependency"]].mean()
    return {
        "dropout": (clients["ending"] == "dropout").mean(),
        "planned": (clients["ending"] == "planned").mean(),
        "median sessions": clients["session_count"].median(),
        "ruptures a client": by_client["rupture"].sum().mean(),
        "repaired": sessions["repair"].sum() / sessions["rupture"].sum(),
        "impasse": by_client["is_impasse"].max().mean(),
        "dependency with symptoms": means.corr().iloc[0, 1],
    }


def lagged(study):
    """Return least-squares slopes of symptoms on states of the session before, error-free."""
    names = ["goal_task_state", "bond_state", "symptoms_state", "dependency_state"]
    before = study.sessions.groupby("client")[names].shift()
    known = before.notna().all(axis=1).to_numpy()
    design = np.column_stack([np.ones(known.sum()), before[known]])
    outcome = study.sessions["symptoms_state"].to_numpy()[known]
    return np.linalg.lstsq(design, outcome, rcond=None)[0][1:]


def groups(study):
    """Return what was seen at N = 4,000."""
    clients = study.clients
    anxious, avoidant = clients["anxiety"] > CUT, clients["avoidance"] > CUT
    dependent, independent = anxious & ~avoidant, avoidant & ~anxious
    left = clients["ending"] == "dropout"

    def d(name):
        one, two = clients.loc[dependent, name], clients.loc[independent, name]
        return (one.mean() - two.mean()) / np.sqrt((one.var() + two.var()) / 2)

    return {
        "overdependent": dependent.mean(),
        "overindependent": independent.mean(),
        "both": (anxious & avoidant).mean(),
        "neither": (~anxious & ~avoidant).mean(),
        "d of severity": d("severity"),
        "d of slope": d("symptom_slope"),
        "dropout of overdependent": left[dependent].mean(),
        "dropout of overindependent": left[independent].mean(),
    }


@pytest.fixture(scope="module")
def small():
    studies = [simulate(seed=seed) for seed in range(100)]
    return pd.DataFrame(
        [course(study) | dict(zip(RECOVERED, lagged(study), strict=True)) for study in studies]
    )


@pytest.fixture(scope="module")
def large():
    return pd.DataFrame([groups(simulate(seed=seed, n_clients=4000)) for seed in range(12)])


@pytest.mark.parametrize("figure", [*SEEN_AT_240, *RECOVERED])
def test_what_was_seen_at_240_is_seen_again(small, figure):
    seen = (SEEN_AT_240 | RECOVERED)[figure]
    assert abs(seen - small[figure].mean()) <= 3 * small[figure].std()


@pytest.mark.parametrize("figure", SEEN_AT_4000)
def test_what_was_seen_at_4000_is_seen_again(large, figure):
    found = large[figure]
    # Shares were written with two decimals.
    assert abs(SEEN_AT_4000[figure] - found.mean()) <= 3 * found.std() + 0.005


def test_figures_are_near_what_was_seen_not_only_compatible_with_it(small):
    # Over 100 studies of 240 the means are known to a tenth of one study's spread.
    mean = small.mean()
    assert mean["dropout"] == pytest.approx(0.18, abs=0.01)
    assert mean["planned"] == pytest.approx(0.70, abs=0.03)
    assert mean["repaired"] == pytest.approx(0.88, abs=0.02)
    assert mean["impasse"] == pytest.approx(0.13, abs=0.02)
    assert mean["dependency with symptoms"] == pytest.approx(0.43, abs=0.02)


def test_severity_makes_dependency_look_harmful_where_it_does_nothing():
    study = simulate(seed=7, n_clients=20_000)
    means = study.sessions.groupby("client")[["symptoms", "dependency"]].mean()
    assert means.corr().iloc[0, 1] > 0.38
    *_, dependency = lagged(study)
    assert abs(dependency) < 3 * 0.0015


def test_lagged_paths_come_back_as_they_went_in():
    found = lagged(simulate(seed=8, n_clients=20_000))
    truth = [
        BASE.goal_to_symptoms,
        BASE.bond_to_symptoms,
        BASE.symptom_inertia,
        BASE.dependency_to_symptoms,
    ]
    # Half a million sessions; an open rupture adds its .10 to both sides, hence the margin.
    assert found == pytest.approx(truth, abs=0.008)


def test_need_comes_before_dissociation_and_shame_and_not_the_other_way():
    study = simulate(seed=8, n_clients=20_000)
    names = ["need_state", "dissociation_state", "shame_state", "rage_state"]
    before = study.sessions.groupby("client")[names].shift()
    known = before.notna().all(axis=1).to_numpy()
    design = np.column_stack([np.ones(known.sum()), before[known]])
    slopes = pd.DataFrame(
        np.linalg.lstsq(design, study.sessions.loc[known, names].to_numpy(), rcond=None)[0][1:],
        index=names,
        columns=names,
    )
    assert slopes.loc["need_state", "dissociation_state"] == pytest.approx(0.15, abs=0.006)
    assert slopes.loc["need_state", "shame_state"] == pytest.approx(0.20, abs=0.01)
    assert slopes.loc["shame_state", "rage_state"] == pytest.approx(0.20, abs=0.006)
    assert slopes.loc["dissociation_state", "need_state"] == pytest.approx(0.0, abs=0.006)
    assert slopes.loc["need_state", "rage_state"] == pytest.approx(0.0, abs=0.006)


def test_nothing_comes_before_anything_else_where_all_cross_lags_are_zero():
    goal, bond, symptoms, dependency = lagged(
        simulate(WORLDS["zero_lags"], seed=8, n_clients=20_000)
    )
    assert (goal, bond, dependency) == pytest.approx((0.0, 0.0, 0.0), abs=0.006)
    assert symptoms == pytest.approx(0.40, abs=0.01)


def test_the_same_process_helps_both_presentations():
    """Theme 11: goal before x presentation is null."""
    study = simulate(seed=9, n_clients=20_000)
    sessions, clients = study.sessions, study.clients
    before = sessions.groupby("client")[["goal_task_state", "symptoms_state"]].shift()
    known = before.notna().all(axis=1).to_numpy()
    anxious = (clients["anxiety"] > CUT).to_numpy(float)[sessions["client"]][known]
    avoidant = (clients["avoidance"] > CUT).to_numpy(float)[sessions["client"]][known]
    goal, inertia = before[known].to_numpy().T
    side = anxious - avoidant
    design = np.column_stack([np.ones(len(goal)), goal, inertia, side, goal * side])
    outcome = sessions["symptoms_state"].to_numpy()[known]
    *_, interaction = np.linalg.lstsq(design, outcome, rcond=None)[0]
    assert abs(interaction) < 3 * 0.8 / (0.8 * 0.6 * np.sqrt(len(goal)))


def test_attachment_security_grows_as_the_first_theme_says():
    study = simulate(seed=9, n_clients=20_000)
    closeness = study.growth.closeness
    assert closeness.mean() == pytest.approx(0.35, abs=0.01)
    assert closeness.std() == pytest.approx(0.30, abs=0.01)
    own = study.growth.symptom_slope - study.design.therapists.slope[study.design.therapist]
    assert np.corrcoef(closeness, own)[0, 1] == pytest.approx(-0.30, abs=0.02)


def test_therapists_explain_a_fifth_of_change_in_their_world():
    shares = []
    for seed in range(8):
        study = simulate(WORLDS["therapist_icc_20"], seed=seed, n_clients=6000)
        slope = study.clients.groupby("therapist_id")["symptom_slope"]
        within = slope.var().mean()
        between = max(slope.mean().var() - (within / slope.size()).mean(), 0.0)
        shares.append(between / (between + within))
    assert np.mean(shares) == pytest.approx(0.20, abs=0.05)
