"""The gate of the estimate table: which rows speak, and how exactly."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from instruments.errors import GateError
from reports.disclosure.estimate_table import COUNTS
from reports.disclosure.estimates import check_published, gate_estimates, withheld_note
from reports.disclosure.policy import DisclosurePolicy
from reports.estimates import ESTIMATE_COLUMNS, to_frame
from tests.unit.estimate_rows import (
    EXACTLY,
    POLICY,
    contrast,
    gate,
    is_silent,
    mean_of,
    of_group,
    only,
    row,
)

# -- Which rows speak ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("n_a", "n_b", "speaks"), [(10, 40, True), (9, 40, False), (40, 9, False), (0, 40, False)]
)
def test_both_groups_need_enough_clients(n_a: int, n_b: int, speaks: bool) -> None:
    published = only(contrast(n_a, n_b))
    assert is_silent(published) != speaks
    if not speaks:
        assert published[list(COUNTS)].isna().all()
        assert published["note"] == withheld_note(POLICY)
        assert published["term"] == "difference"


@pytest.mark.parametrize(
    ("therapists", "speaks"), [(3, True), (2, False), (1, False), (None, True)]
)
def test_a_row_needs_enough_therapists(therapists: int | None, speaks: bool) -> None:
    published = only(contrast(40, 41, n_clusters=therapists))
    assert is_silent(published) != speaks
    if not speaks:
        assert np.isnan(published["n_clusters"])
        assert np.isnan(published["n"])


def test_the_group_for_statistics_may_be_larger_than_the_threshold() -> None:
    published = only(contrast(20, 40), policy=DisclosurePolicy(min_group_for_statistics=30))
    assert is_silent(published)
    assert published["n_a"] == 20


def test_the_note_does_not_tell_which_rule_silenced_a_row() -> None:
    few, therapists = only(contrast(9, 40)), only(contrast(40, 40, n_clusters=1))
    assert few["note"] == therapists["note"]


def test_a_statistic_of_nobody_knows_how_many_clients_is_withheld() -> None:
    assert is_silent(only(row(estimate=0.4)))
    assert is_silent(only(row("verdict", "verdict", note="different")))


def test_a_number_of_the_study_file_passes_as_it_is() -> None:
    published = only(row("smallest effect of interest", estimate=2.3456, method="declared"))
    assert published["estimate"] == 2.3456
    assert published["status"] == "ok"


def test_a_verdict_of_small_groups_is_withheld_with_its_word() -> None:
    published = only(contrast(9, 40, term="verdict", note="equivalent"))
    assert "equivalent" not in published["note"]


def test_a_row_that_the_analysis_refused_keeps_its_reason() -> None:
    published = only(contrast(9, 40, status="refused", note="refused: circular"))
    assert published["note"] == "refused: circular"
    assert is_silent(published)
    assert published[list(COUNTS)].isna().all()


def test_a_fraction_of_few_clients_is_noticed_under_another_name() -> None:
    assert is_silent(only(row(estimand="probability", estimate=round(3 / 49, 12), n=49)))
    assert is_silent(only(row(estimand="probability", estimate=round(46 / 49, 12), n=49)))
    assert not is_silent(only(row(estimand="probability", estimate=round(20 / 49, 12), n=49)))
    assert not is_silent(only(row(estimand="correlation", estimate=0.0612345678, n=49)))


# -- Groups that give each other away --------------------------------------------------------------


def test_without_rounding_the_next_group_is_withheld_with_a_small_one() -> None:
    rows = [mean_of("mixed", 4), mean_of("overdependent", 31), mean_of("neither", 60)]
    published = gate(*rows, policy=EXACTLY)
    assert is_silent(of_group(published, "mixed"))
    assert is_silent(of_group(published, "overdependent"))
    assert not is_silent(of_group(published, "neither"))


def test_a_group_of_eight_is_hidden_by_rounding_alone() -> None:
    rows = [mean_of("mixed", 8), mean_of("overdependent", 31), mean_of("neither", 60)]
    published = gate(*rows, mean_of(None, 99))
    assert is_silent(of_group(published, "mixed"))
    assert published["status"].tolist().count("refused") == 1


def test_all_clients_and_all_groups_but_one_are_not_shown_together() -> None:
    """99 clients, 60 and 35 of them in two groups: 4 are left, though no row names them."""
    rows = [mean_of(None, 99), mean_of("overdependent", 35), mean_of("neither", 60)]
    published = gate(*rows, policy=EXACTLY)
    assert published["status"].tolist().count("refused") >= 1


def test_other_questions_are_not_silenced() -> None:
    rows = [mean_of("mixed", 4), mean_of("neither", 60)]
    published = gate(*rows, mean_of("neither", 60, outcome="age"), policy=EXACTLY)
    assert published.loc[published["outcome"] == "age", "status"].tolist() == ["ok"]


# -- Precision -------------------------------------------------------------------------------------


def test_statistics_end_where_their_standard_error_does() -> None:
    published = only(contrast(31, 32))
    assert published["se"] == 0.21
    assert published["estimate"] == 2.58
    assert published[["ci_low", "ci_high"]].tolist() == [2.16, 3.01]
    assert published["statistic"] == 12.17
    assert published["p_value"] == 0.0123
    assert published["ci_level"] == 0.95


def test_a_large_sample_keeps_more_decimals() -> None:
    published = only(contrast(24000, 24757, estimate=2.568123, se=0.003801, ci_low=2.5607,
                              ci_high=2.5756))  # fmt: skip
    assert published["estimate"] == 2.5681
    assert published["se"] == 0.0038


def test_without_a_standard_error_the_interval_decides() -> None:
    published = only(contrast(31, 32, se=None, ci_low=-0.123456, ci_high=0.876543))
    assert published[["ci_low", "ci_high"]].tolist() == [-0.12, 0.88]


def test_without_any_spread_three_digits_are_kept() -> None:
    published = only(contrast(31, 32, se=None, ci_low=None, ci_high=None, estimate=0.0456789))
    assert published["estimate"] == 0.0457


def test_an_odds_ratio_near_zero_does_not_become_zero() -> None:
    published = only(contrast(31, 32, estimate=0.00312, se=0.51, ci_low=0.00116, ci_high=0.00848))
    assert published[["estimate", "ci_low", "ci_high"]].tolist() == [0.0031, 0.0012, 0.0085]


@pytest.mark.parametrize(
    ("df", "shown"), [(61.37, 60.0), (62.6, 65.0), (10.4, 10.0), (6.34, 6.3), (1.0, 1.0)]
)
def test_degrees_of_freedom_are_as_coarse_as_the_counts_they_follow_from(
    df: float, shown: float
) -> None:
    assert only(contrast(31, 32, df=df))["df"] == shown


def test_published_statistics_fit_several_numbers_of_clients() -> None:
    """What a reader can calculate backwards from se and df must not be one number."""
    sd = 4.7
    shown = only(mean_of("a", 63, se=sd / 63**0.5, df=62.0))["se"]
    fits = [n for n in range(20, 200) if round(sd / n**0.5, 2) == shown]
    assert len(fits) >= 2
    means = {
        only(mean_of("a", n, estimate=163 / n, se=0.6, df=n - 1.0))["df"] for n in (61, 62, 63)
    }
    assert len(means) <= 2


def test_a_sum_of_ranks_does_not_tell_the_product_of_the_group_sizes() -> None:
    """U 739, r .18, p .185, 30 and 40 clients by fives: only 32 and 39 fit."""
    facts = {"term": "rank test", "se": None, "df": None, "statistic": 739.0, "p_value": 0.18535}
    assert np.isnan(only(contrast(32, 39, **facts))["statistic"])
    assert only(contrast(32, 39, **facts))["p_value"] == 0.185
    assert only(contrast(32, 39, **facts), policy=EXACTLY)["statistic"] == 739


def test_the_interval_of_a_reliability_fits_several_numbers_of_clients() -> None:
    """Feldt's limits over 1 - alpha are quantiles of F that depend on the number of clients."""
    level, items, alpha = 0.975, 10, 0.900874

    def said(n: int) -> list[float]:
        low, high = (
            1 - (1 - alpha) * stats.f.ppf(q, n - 1, (n - 1) * (items - 1))
            for q in (level, 1 - level)
        )
        facts = {"estimand": "alpha", "estimate": alpha, "se": None, "statistic": None}
        shown = only(row(n=n, ci_low=low, ci_high=high, **facts))
        return [shown[column] for column in ("estimate", "ci_low", "ci_high")]

    assert said(27) == [0.90, 0.83, 0.95]
    assert sum(said(n) == said(27) for n in range(23, 28)) >= 3


def test_an_omega_is_as_coarse_as_an_alpha() -> None:
    facts = {"estimand": "omega total", "estimate": 0.87654, "se": None, "statistic": None}
    assert only(row(n=27, ci_low=None, ci_high=None, **facts))["estimate"] == 0.88


def test_the_p_value_of_a_large_statistic_survives() -> None:
    published = only(contrast(31, 32, p_value=3.456789e-12, statistic=1234.5))
    assert published["p_value"] == 3.46e-12
    assert published["statistic"] == 1230


# -- The table as a whole --------------------------------------------------------------------------


def test_rows_and_columns_keep_their_order() -> None:
    frame = to_frame([mean_of("b", 40), mean_of("a", 41), contrast(30, 30)])
    published = gate_estimates(frame, POLICY).frame
    assert list(published.columns) == list(ESTIMATE_COLUMNS)
    assert published["term"].tolist() == frame["term"].tolist()


def test_gating_does_not_touch_the_exact_table() -> None:
    frame = to_frame([mean_of("b", 4), contrast(30, 30)])
    before = frame.copy(deep=True)
    gate_estimates(frame, POLICY)
    pd.testing.assert_frame_equal(frame, before)


def test_an_empty_table_passes() -> None:
    assert gate().empty


@pytest.mark.parametrize("change", ["unknown", "missing"])
def test_other_columns_than_the_declared_are_refused(change: str) -> None:
    frame = to_frame([contrast(30, 30)])
    frame = frame.assign(client_id="x") if change == "unknown" else frame.drop(columns="n_b")
    with pytest.raises(GateError, match="E_GATE_COLUMNS") as caught:
        gate_estimates(frame, POLICY)
    assert "client_id" not in str(caught.value)


def test_the_last_check_stops_a_small_count_whoever_let_it_through() -> None:
    published = gate(contrast(30, 40, n_clusters=4))
    for column, value in (("n_a", 4.0), ("n_missing", 3.0), ("n", 71.0), ("n_clusters", 2.0)):
        with pytest.raises(GateError, match="E_GATE_ESTIMATES"):
            check_published(published.assign(**{column: value}), POLICY)
    with pytest.raises(GateError, match="E_GATE_ESTIMATES"):
        check_published(published.assign(status="refused"), POLICY)


def test_a_note_with_a_small_count_is_left_out() -> None:
    published = only(contrast(30, 40, note="3 clients were excluded"))
    assert published["note"] == "a note was left out, since it held a small number of clients"
    kept = "bounds -3 and 3 in points of the outcome"
    assert only(contrast(30, 40, note=kept))["note"] == kept
