"""What is imputed, what is moved, and where the answer turns."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from reports.methods.imputation import ImputedScores, impute_scores
from reports.methods.pooling import pool_estimates
from reports.methods.result import NotEstimableError
from reports.methods.tipping_point import (
    Shift,
    analyse_imputed,
    find_tipping_point,
    mixed_term_analysis,
    of_each_frame,
    shift_imputed,
)

OCCASIONS = ("intake", "month_3", "end")


@pytest.fixture(scope="module")
def study() -> pd.DataFrame:
    """60 clients; every fifth misses month 3 only, every fourth leaves after intake."""
    rng = np.random.default_rng(1)
    client = np.repeat(np.arange(60), 3)
    rows = pd.DataFrame(
        {
            "client_id": client,
            "occasion": list(OCCASIONS) * 60,
            "therapist_id": client // 10,
            "presentation": np.where(client % 2, "overdependent", "overindependent"),
            "score": rng.normal(20, 4, 60)[client] + rng.normal(0, 2, 180),
        }
    )
    misses = (client % 5 == 0) & (rows["occasion"] == "month_3")
    leaves = (client % 4 == 1) & (rows["occasion"] != "intake")
    return rows.assign(score=rows["score"].mask(misses | leaves))


@pytest.fixture(scope="module")
def imputed(study: pd.DataFrame) -> ImputedScores:
    return impute_scores(
        study, "score", occasions=OCCASIONS, predictors=["presentation"], draws=3, seed=1
    )


def test_observed_scores_stay_and_missing_ones_are_filled(
    study: pd.DataFrame, imputed: ImputedScores
) -> None:
    for frame in imputed.frames:
        assert frame["score"].notna().all()
        merged = frame.merge(study, on=["client_id", "occasion"], suffixes=("", "_before"))
        kept = merged[~merged["is_imputed"]]
        assert (kept["score"] == kept["score_before"]).all()
    assert imputed.n_imputed == study["score"].isna().sum()
    assert (imputed.n_clients, imputed.n_left_out) == (60, 0)


def test_draws_differ_and_a_seed_repeats_them(study: pd.DataFrame, imputed: ImputedScores) -> None:
    first, second = imputed.scores[0], imputed.scores[1]
    assert not np.array_equal(first, second)
    again = impute_scores(
        study.sample(frac=1, random_state=3),
        "score",
        occasions=OCCASIONS,
        predictors=["presentation"],
        draws=3,
        seed=1,
    )
    pd.testing.assert_frame_equal(next(again.frames), next(imputed.frames))


def test_absent_rows_are_missing_scores(study: pd.DataFrame, imputed: ImputedScores) -> None:
    again = impute_scores(
        study.dropna(),
        "score",
        occasions=OCCASIONS,
        predictors=["presentation"],
        draws=3,
        seed=1,
    )
    pd.testing.assert_frame_equal(next(again.frames), next(imputed.frames))


def test_dropout_is_what_comes_after_the_last_score(imputed: ImputedScores) -> None:
    frame = next(imputed.frames).set_index(["client_id", "occasion"])
    assert frame.loc[(1, "end"), "is_dropout"]
    assert frame.loc[(0, "month_3"), "is_imputed"]
    assert not frame.loc[(0, "month_3"), "is_dropout"]


def test_clients_without_any_score_or_predictor_are_left_out_and_counted(
    study: pd.DataFrame,
) -> None:
    scores = study["score"].mask(study["client_id"] == 7)
    presentation = study["presentation"].mask(study["client_id"] == 8)
    holes = study.assign(score=scores, presentation=presentation)
    found = impute_scores(
        holes, "score", occasions=OCCASIONS, predictors=["presentation"], draws=2, seed=1
    )
    assert (found.n_clients, found.n_left_out) == (58, 2)


def test_complete_scores_come_back_as_they_are(study: pd.DataFrame) -> None:
    complete = study.assign(score=study["score"].fillna(20.0))
    found = impute_scores(complete, "score", occasions=OCCASIONS, draws=2, seed=1)
    assert found.n_imputed == 0
    assert np.array_equal(found.scores[0], found.scores[1])


def test_more_therapists_than_clients_can_carry_are_refused(study: pd.DataFrame) -> None:
    lonely = study.assign(therapist_id=study["client_id"])
    with pytest.raises(NotEstimableError, match=r"too few clients|not distinct"):
        impute_scores(lonely, "score", occasions=OCCASIONS, draws=2, seed=1)


def test_an_occasion_without_scores_is_refused(study: pd.DataFrame) -> None:
    empty = study.assign(score=study["score"].mask(study["occasion"] == "end"))
    with pytest.raises(NotEstimableError, match="too few clients"):
        impute_scores(empty, "score", occasions=OCCASIONS, draws=2, seed=1)


def test_two_rows_at_one_occasion_are_a_mistake(study: pd.DataFrame) -> None:
    with pytest.raises(ValueError, match="two rows"):
        impute_scores(pd.concat([study, study]), "score", occasions=OCCASIONS, seed=1)


def moved_rows(imputed: ImputedScores, shift: Shift) -> pd.DataFrame:
    before, after = next(imputed.frames), next(shift_imputed(imputed, 5.0, shift).frames)
    change = after["score"] - before["score"]
    assert set(change.round(9)) <= {0.0, 5.0}
    return before[change > 0]


def test_a_shift_moves_dropouts_alone(imputed: ImputedScores) -> None:
    rows = moved_rows(imputed, Shift())
    assert rows["is_dropout"].all()
    assert len(rows) == 30
    assert len(moved_rows(imputed, Shift(only_after_dropout=False))) == imputed.n_imputed


def test_a_shift_can_be_aimed_at_one_group_and_occasion(imputed: ImputedScores) -> None:
    rows = moved_rows(imputed, Shift("presentation", "overdependent", ("end",)))
    assert set(rows["presentation"]) == {"overdependent"}
    assert set(rows["occasion"]) == {"end"}


@of_each_frame
def mean_at_end(frame: pd.DataFrame) -> tuple[float, float, float]:
    scores = frame.loc[frame["occasion"] == "end", "score"] - 18.0
    return float(scores.mean()), float(scores.sem()), len(scores) - 1.0


def test_a_shift_of_a_mean_is_the_share_of_dropouts_times_delta(imputed: ImputedScores) -> None:
    start = analyse_imputed(imputed, mean_at_end)
    moved = analyse_imputed(shift_imputed(imputed, -4.0, Shift()), mean_at_end)
    assert moved.estimate - start.estimate == pytest.approx(-4.0 * 15 / 60)


def test_the_tipping_point_is_where_the_interval_reaches_zero(imputed: ImputedScores) -> None:
    found = find_tipping_point(imputed, mean_at_end, shift=Shift(), largest=-10.0)
    assert found.delta is not None
    assert -10 < found.delta < 0
    turned, almost = (
        analyse_imputed(shift_imputed(imputed, delta, Shift()), mean_at_end)
        for delta in (found.delta, found.delta + 0.1)
    )
    assert turned.interval.low <= 0 < almost.interval.low
    assert [delta for delta, _ in found.curve] == pytest.approx(np.linspace(0, -10, 9).tolist())


def test_an_answer_that_stands_has_no_tipping_point(imputed: ImputedScores) -> None:
    found = find_tipping_point(imputed, mean_at_end, shift=Shift(), largest=10.0, steps=2)
    assert found.delta is None
    assert len(found.curve) == 3


def test_no_shift_is_no_question(imputed: ImputedScores) -> None:
    with pytest.raises(ValueError, match="largest shift"):
        find_tipping_point(imputed, mean_at_end, shift=Shift(), largest=0.0)


def test_a_model_that_is_refused_has_no_pooled_answer(imputed: ImputedScores) -> None:
    analysis = mixed_term_analysis("score ~ presentation + (1 | client_id)", "presentation")
    constant = ImputedScores(
        "score",
        "occasion",
        imputed.rows,
        np.ones_like(imputed.scores),
        imputed.n_clients,
        0,
        0,
    )
    with pytest.raises(NotEstimableError, match="does not vary"):
        analyse_imputed(constant, analysis)


def test_pooling_needs_two_imputations_and_positive_variances() -> None:
    with pytest.raises(ValueError, match="two imputations"):
        pool_estimates([1.0], [0.1])
    with pytest.raises(ValueError, match="positive"):
        pool_estimates([1.0, 2.0], [0.1, 0.0])


def test_more_disagreement_between_imputations_means_more_missing_information() -> None:
    near = pool_estimates([1.0, 1.1, 0.9], [0.2] * 3, complete_df=50)
    far = pool_estimates([1.0, 1.6, 0.4], [0.2] * 3, complete_df=50)
    assert far.missing_information > near.missing_information
    assert far.df < near.df <= 50
    assert far.se > near.se > math.sqrt(0.2)
