"""Pooling against mice 3.15.0 (R 4.2.2); imputation against known truth."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from longmi import LongitudinalData
from longmi.impute import JointGaussianImputer

from reports.methods._longmi import draw_completed
from reports.methods.imputation import impute_scores
from reports.methods.mixed_model import fit_mixed_model
from reports.methods.model_comparison import variance_shares
from reports.methods.pooling import pool_estimates
from reports.methods.tipping_point import analyse_imputed, mixed_term_analysis, of_each_frame

ESTIMATES = [2.10, 2.45, 1.90, 2.30, 2.25]
VARIANCES = [0.30, 0.28, 0.33, 0.31, 0.29]


def test_pooling_matches_mice() -> None:
    # pool.scalar(Q, U, n = 100, k = 3)
    pooled = pool_estimates(ESTIMATES, VARIANCES, complete_df=97)
    assert pooled.estimate == pytest.approx(2.2, abs=1e-12)
    assert pooled.se**2 == pytest.approx(0.3545, abs=1e-12)
    assert pooled.df == pytest.approx(56.080461521805, rel=1e-12)
    assert pooled.missing_information == pytest.approx(0.176934685474, rel=1e-11)


def test_pooling_without_complete_df_matches_mice() -> None:
    # pool.scalar(Q, U)
    pooled = pool_estimates(ESTIMATES, VARIANCES)
    assert pooled.df == pytest.approx(182.378594104308, rel=1e-12)
    assert pooled.missing_information == pytest.approx(0.157286874788, rel=1e-11)


def test_pooling_of_equal_estimates_matches_mice() -> None:
    # pool.scalar(c(1, 1, 1), c(.2, .2, .2), n = 30, k = 2)
    pooled = pool_estimates([1, 1, 1], [0.2, 0.2, 0.2], complete_df=28)
    # mice takes a share of missing information below .0001 for .0001.
    assert pooled.df == pytest.approx(26.1909256024347, rel=2e-4)
    assert pooled.missing_information == pytest.approx(0.0685144427155, rel=2e-4)
    assert math.isinf(pool_estimates([1, 1, 1], [0.2, 0.2, 0.2]).df)


def test_the_draws_are_those_of_the_library() -> None:
    rng = np.random.default_rng(5)
    predictor = rng.normal(0, 1, 60)
    scores = rng.normal(0, 1, (60, 4)) + predictor[:, None]
    scores[rng.random(scores.shape) < 0.3] = np.nan
    scores[0] = np.nan
    ours = draw_completed(scores, predictor[:, None], draws=3, seed=9, burn_in=20, thin=5)
    long = pd.DataFrame(
        {
            "client": np.repeat(np.arange(60), 4),
            "occasion": np.tile(np.arange(4), 60),
            "score": scores.ravel(),
            "predictor": predictor.repeat(4),
        }
    )
    names = {"id_col": "client", "time_col": "occasion", "outcome_col": "score"}
    data = LongitudinalData(long, **names, predictor_cols=("predictor",), times=range(4))
    theirs = JointGaussianImputer(burn_in=20, thin=5).fit(data).impute(3, 9)
    for own, frame in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(own.ravel(), frame["score"].to_numpy(), rtol=0, atol=1e-10)


OCCASIONS = (0, 1, 2)


def course(seed: int) -> pd.DataFrame:
    """360 clients of 30 therapists; those who start high leave, the more so if overdependent."""
    rng = np.random.default_rng(seed)
    therapist = np.arange(360) % 30
    group = (np.arange(360) // 30 % 2).astype(float)
    level = rng.normal(0, 1, 360) + rng.normal(0, 0.7, 30)[therapist]
    slope = -1.0 + 0.4 * group
    time = np.arange(3.0)
    scores = level[:, None] + slope[:, None] * time + rng.normal(0, 0.5, (360, 3))
    leaves = rng.random(360) < 1 / (1 + np.exp(-(1.2 * scores[:, 0] - 1 + group)))
    scores[leaves, 2] = np.nan
    scores[leaves & (rng.random(360) < 0.4), 1] = np.nan
    client = np.repeat(np.arange(360), 3)
    return pd.DataFrame(
        {
            "client_id": client,
            "occasion": np.tile(np.arange(3), 360),
            "therapist_id": therapist[client],
            "group": group[client],
            "score": scores.ravel(),
        }
    )


@of_each_frame
def change_of_groups(frame: pd.DataFrame) -> tuple[float, float, float]:
    wide = frame.pivot(index=["client_id", "group"], columns="occasion", values="score")
    change = (wide[2] - wide[0]).dropna()
    a, b = (change.xs(value, level="group") for value in (1.0, 0.0))
    se = math.sqrt(a.var() / len(a) + b.var() / len(b))
    return float(a.mean() - b.mean()), se, len(change) - 2.0


@pytest.mark.slow
def test_imputation_recovers_a_difference_in_change_when_dropout_is_at_random() -> None:
    studies = [course(seed) for seed in range(8)]
    pooled = [
        analyse_imputed(
            impute_scores(
                study, "score", occasions=OCCASIONS, predictors=["group"], draws=5, seed=1
            ),
            change_of_groups,
        )
        for study in studies
    ]
    error = np.std([p.estimate for p in pooled], ddof=1) / math.sqrt(len(pooled))
    assert abs(np.mean([p.estimate for p in pooled]) - 0.8) < 3 * error
    assert np.mean([0.8 in p.interval for p in pooled]) >= 0.75


def therapist_share(frame: pd.DataFrame) -> float:
    last = frame[frame["occasion"] == 2]
    return variance_shares(fit_mixed_model(last, "score ~ 1 + (1 | therapist_id)"))["therapist_id"]


def test_without_therapists_in_the_model_their_correlation_shrinks() -> None:
    # 20 therapists of 12; share 1/3; four of ten scores at the end are missing, no other occasion
    # says much, so the imputed rest decides.
    rng = np.random.default_rng(3)
    therapist = np.repeat(np.arange(20), 12)
    true = rng.normal(0, 0.707, 20)[therapist] + rng.normal(0, 1, 240)
    end = np.where(rng.random(240) < 0.4, np.nan, true)
    table = pd.DataFrame(
        {
            "client_id": np.repeat(np.arange(240), 2),
            "occasion": [0, 2] * 240,
            "therapist_id": np.repeat(therapist, 2),
            "score": np.column_stack([rng.normal(0, 1, 240), end]).ravel(),
        }
    )
    with_them = impute_scores(table, "score", occasions=(0, 2), draws=10, seed=1)
    without = impute_scores(table, "score", occasions=(0, 2), therapist=None, draws=10, seed=1)
    shares = [
        np.mean(
            [
                therapist_share(frame.assign(therapist_id=table["therapist_id"]))
                for frame in i.frames
            ]
        )
        for i in (with_them, without)
    ]
    truth = therapist_share(table.assign(score=np.column_stack([true, true]).ravel()))
    assert shares[0] == pytest.approx(truth, abs=0.10)
    assert shares[1] < 0.65 * truth


def test_imputation_and_the_mixed_model_on_available_data_agree() -> None:
    study = course(1)
    formula = "score ~ occasion * group + (1 | client_id) + (1 | therapist_id)"
    available = fit_mixed_model(study, formula).term("occasion:group")
    imputed = impute_scores(
        study, "score", occasions=OCCASIONS, predictors=["group"], draws=10, seed=1
    )
    pooled = analyse_imputed(imputed, mixed_term_analysis(formula, "occasion:group"))
    assert pooled.estimate == pytest.approx(available.estimate, abs=available.se)
    assert pooled.se == pytest.approx(available.se, rel=0.3)
