"""Every equation of the model comes back from a simulated study, coefficient by coefficient."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm

from flows.simulation.ruptures import therapist_of
from flows.simulation.study import simulate
from flows.simulation.worlds import WORLDS

# What each state is made of: states of the session before end in "before".
STATES = {
    "need": {"need before": 0.35, "is_open": 0.25, "is_after_absence": 0.40, "trauma": 0.30},
    "dissociation": {"dissociation before": 0.35, "need before": 0.15},
    "shame": {"shame before": 0.30, "need before": 0.20, "compassion x need before": -0.08},
    "rage": {"rage before": 0.25, "shame before": 0.20, "compassion x need before": 0.0},
    "reaction": {"reaction before": 0.25},
    "goal_task": {"goal_task before": 0.30},
    "bond": {"bond before": 0.30},
    "symptoms": {
        "symptoms before": 0.40,
        "goal_task before": -0.12,
        "bond before": -0.03,
        "dependency before": 0.0,
        "is_open": 0.10,
    },
    "dependency": {"dependency before": 0.40, "symptoms before": 0.08},
}
NOISE = {
    "need": 0.85,
    "dissociation": 0.85,
    "shame": 0.85,
    "rage": 0.88,
    "reaction": 0.90,
    # .6 of its own and .48 that goal and task share with the bond.
    "goal_task": 0.768,
    "bond": 0.768,
    "symptoms": 0.80,
    "dependency": 0.85,
}
TRAITS = ("anxiety", "avoidance", "severity", "compassion")


@pytest.fixture(scope="module")
def sessions():
    """Sessions with the states before them, the client's traits and the therapist's influence."""
    study = simulate(WORLDS["every_theme"], seed=31, n_clients=12_000)
    frame = study.sessions.copy()
    states = [name for name in frame if name.endswith("_state")]
    before = frame.groupby("client")[states].shift()
    for name in states:
        frame[name.replace("_state", " before")] = before[name]
    frame["was_open"] = frame.groupby("client")["is_open"].shift()
    for name in TRAITS:
        frame[name] = study.clients[name].to_numpy()[frame["client"]]
    frame["compassion x need before"] = frame["compassion"] * frame["need before"]
    frame["trauma"] = frame["is_trauma_work"]
    frame["repair influence"] = study.design.therapists.repair[frame["therapist"]]
    last = study.endings.sessions[frame["client"]] == frame["session"]
    reason = study.endings.reason[frame["client"]]
    frame["drops out"], frame["finishes"] = (
        last & (reason == "dropout"),
        last & (reason == "planned"),
    )
    return frame


def check(fit, truth):
    """Hold every coefficient to four of its standard errors."""
    for name, value in truth.items():
        assert abs(fit.params[name] - value) < 4 * fit.bse[name], name


@pytest.mark.parametrize("state", STATES)
def test_states_follow_their_equations(sessions, state):
    known = sessions[sessions["session"] > 1]
    design = sm.add_constant(known[list(STATES[state])].astype(float))
    fit = sm.OLS(known[f"{state}_state"], design).fit()
    check(fit, STATES[state] | {"const": 0.0})
    assert np.sqrt(fit.scale) == pytest.approx(NOISE[state], abs=0.005)


def logit(frame, event, predictors, offset=None):
    design = sm.add_constant(frame[predictors].astype(float))
    model = sm.GLM(frame[event].astype(float), design, sm.families.Binomial(), offset=offset)
    return model.fit()


def test_ruptures_follow_avoidance_and_what_came_before(sessions):
    at_risk = sessions[(sessions["session"] > 2) & (sessions["was_open"] == False)]  # noqa: E712
    fit = logit(at_risk, "rupture", ["avoidance", "reaction before", "rage before"])
    check(fit, {"const": -2.7, "avoidance": 0.25, "reaction before": 0.30, "rage before": 0.25})


def test_repair_follows_avoidance_and_the_therapist(sessions):
    is_open = sessions[sessions["was_open"] == True]  # noqa: E712
    fit = logit(is_open, "repair", ["avoidance"], offset=is_open["repair influence"])
    check(fit, {"const": -0.2, "avoidance": -0.30})


def test_endings_follow_their_equations(sessions):
    late = sessions[sessions["session"] > 3]
    fit = logit(late, "drops out", ["avoidance", "anxiety", "is_open", "symptoms"])
    check(
        fit,
        {"const": -5.0, "avoidance": 0.35, "anxiety": -0.10, "is_open": 0.9, "symptoms": 0.15},
    )
    # Who dropped out in a session could not finish in it.
    later = sessions[(sessions["session"] > 11) & ~sessions["drops out"]].copy()
    later["since"] = later["session"] - 12
    fit = logit(later, "finishes", ["since", "symptoms"])
    check(fit, {"const": -4.2, "since": 0.08, "symptoms": -0.3})


def test_levels_add_up_exactly():
    study = simulate(seed=32, n_clients=300)
    traits, states, levels = study.traits, study.states, study.levels
    session = np.arange(41)[:, None]
    s = np.maximum(session - 1, 0) / 39
    opened = states.ruptures.is_open
    leaning = 0.5 * traits.anxiety - 0.35 * traits.avoidance
    np.testing.assert_allclose(
        levels.dependency,
        leaning + 0.2 * traits.severity + 0.9 * s - 1.1 * s**2 + 0.6 * states["dependency"],
    )
    np.testing.assert_allclose(
        levels.bond, -0.25 * traits.avoidance + 0.3 * s - opened + 0.6 * states["bond"]
    )
    np.testing.assert_allclose(
        levels.goal_task,
        -0.20 * traits.avoidance + 0.3 * s - 0.8 * opened + 0.6 * states["goal_task"],
    )
    therapist = therapist_of(study.design, 40)
    np.testing.assert_allclose(
        levels.reaction,
        0.25 * leaning + study.design.therapists.reaction[therapist] + 0.6 * states["reaction"],
    )
    stays = study.design.transfer_session > 40
    time = np.log(1 + session) / np.log(41)
    np.testing.assert_allclose(
        levels.symptoms[:, stays],
        (0.715 * traits.severity + study.growth.symptom_slope * time + 0.6 * states["symptoms"])[
            :, stays
        ],
    )


def test_therapists_differ_as_much_as_they_should():
    found = [
        [part.std() for part in (own.slope, own.reaction, own.repair)]
        for own in (simulate(seed=k, n_clients=5).design.therapists for k in range(200))
    ]
    assert np.sqrt(np.mean(np.square(found), axis=0)) == pytest.approx(
        np.array([0.15, 0.45, 0.50]) * np.sqrt(23 / 24), rel=0.05
    )
