"""Mixed models find the truth they were simulated from, also with few therapists."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from reports.methods.growth import fit_growth
from reports.methods.mixed_model import MixedModel, fit_discrete_hazard, fit_mixed_model

TRUE_SLOPE, TRUE_DIFFERENCE = -0.50, 0.20
THERAPIST_SD, CLIENT_SD, SLOPE_SD, RESIDUAL_SD = 0.6, 1.0, 0.3, 1.0


def growth_study(seed: int) -> pd.DataFrame:
    """24 therapists, 240 clients, 10 occasions, a tenth of the rows lost at random."""
    rng = np.random.default_rng(seed)
    therapist = np.arange(240) % 24
    group = rng.permutation(np.repeat([0.5, -0.5], 120))
    level = rng.normal(0, THERAPIST_SD, 24)[therapist] + rng.normal(0, CLIENT_SD, 240)
    slope = TRUE_SLOPE + TRUE_DIFFERENCE * group + rng.normal(0, SLOPE_SD, 240)
    client, week = np.repeat(np.arange(240), 10), np.tile(np.arange(10.0), 240)
    score = level[client] + slope[client] * week + rng.normal(0, RESIDUAL_SD, 2400)
    return pd.DataFrame(
        {
            "client_id": client,
            "therapist_id": therapist[client],
            "week": week,
            "presentation": np.where(group > 0, "overdependent", "overindependent")[client],
            "score": np.where(rng.random(2400) < 0.1, np.nan, score),
        }
    )


def test_growth_recovers_slopes_differences_and_variances() -> None:
    groups = ("presentation", "overdependent", "overindependent")
    fits = [fit_growth(growth_study(s), "score", time="week", groups=groups) for s in range(60)]
    difference = np.array([fit.differences[0].estimate for fit in fits])
    steep = np.array([fit.slopes[0].estimate for fit in fits])
    covered = [TRUE_DIFFERENCE in fit.differences[0].interval for fit in fits]
    error = difference.std(ddof=1) / np.sqrt(60)
    assert abs(difference.mean() - TRUE_DIFFERENCE) < 3 * error
    assert steep.mean() == pytest.approx(TRUE_SLOPE + TRUE_DIFFERENCE / 2, abs=0.015)
    assert 0.85 <= np.mean(covered) <= 1.0
    therapist = np.mean([fit.model.block("therapist_id").variance() for fit in fits])
    slope = np.mean([fit.model.block("client_id").variance("week") for fit in fits])
    assert therapist == pytest.approx(THERAPIST_SD**2, abs=0.05)
    assert slope == pytest.approx(SLOPE_SD**2, abs=0.01)


def few_therapists(seed: int) -> pd.DataFrame:
    """8 therapists, 96 clients, 5 occasions; `school` differs between therapists, to no effect."""
    rng = np.random.default_rng(seed)
    therapist = np.repeat(np.arange(8), 12)
    level = rng.normal(0, 0.3, 8)[therapist] + rng.normal(0, 0.8, 96)
    client = np.repeat(np.arange(96), 5)
    school = rng.permutation([0.0, 1.0] * 4)[therapist]
    return pd.DataFrame(
        {
            "client_id": client,
            "therapist_id": therapist[client],
            "school": school[client],
            "score": level[client] + rng.normal(0, 1, 480),
        }
    )


def fit_school(seed: int, therapist_terms: tuple[str, ...]) -> MixedModel:
    formula = "score ~ school + (1 | client_id) + (1 | therapist_id)"
    return fit_mixed_model(few_therapists(seed), formula, therapist_terms=therapist_terms)


@pytest.mark.slow
def test_the_cap_tames_false_positives_of_singular_fits() -> None:
    held = [fit_school(seed, ("school",)) for seed in range(400)]
    free = [fit_school(seed, ()) for seed in range(400)]
    is_singular = np.array([fit.is_singular for fit in held])
    p_held = np.array([fit.term("school").p_value for fit in held])
    p_free = np.array([fit.term("school").p_value for fit in free])
    assert is_singular.mean() > 0.10
    assert {fit.term("school").df for fit in held if fit.is_singular} == {6}
    # Uncapped, more than every tenth singular fit is a false alarm.
    assert (p_free[is_singular] < 0.05).mean() > 0.10
    assert (p_held[is_singular] < 0.05).sum() < 0.6 * (p_free[is_singular] < 0.05).sum()
    assert (p_held < 0.05).mean() <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / 400)
    assert (p_held[~is_singular] == p_free[~is_singular]).all()


def hazard_study(seed: int) -> pd.DataFrame:
    """600 clients of 20 therapists at risk for up to 12 sessions; log hazard ratio .5."""
    rng = np.random.default_rng(seed)
    x, therapist = rng.normal(size=600), np.arange(600) % 20
    risk = -2.5 + 0.5 * x + rng.normal(0, 0.4, 20)[therapist]
    ended = rng.random((600, 12)) < 1 - np.exp(-np.exp(risk))[:, None]
    at_risk = np.cumsum(ended, axis=1) - ended == 0
    client, session = np.nonzero(at_risk)
    return pd.DataFrame(
        {
            "therapist_id": therapist[client],
            "x": x[client],
            "session": session,
            "ended": ended[client, session].astype(int),
        }
    )


@pytest.mark.slow
def test_a_discrete_hazard_recovers_the_log_hazard_ratio() -> None:
    formula = "ended ~ session + x + (1 | therapist_id)"
    fits = [fit_discrete_hazard(hazard_study(seed), formula) for seed in range(20)]
    ratio = np.array([fit.term("x").estimate for fit in fits])
    time = np.array([fit.term("session").estimate for fit in fits])
    assert ratio.mean() == pytest.approx(0.5, abs=0.04)
    assert time.mean() == pytest.approx(0.0, abs=0.02)
    sd = np.mean([fit.block("therapist_id").sd() for fit in fits])
    assert sd == pytest.approx(0.4, abs=0.08)
