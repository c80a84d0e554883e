"""Two groups at their edges: no spread, one client, ties, unequal sizes, no overlap."""

from __future__ import annotations

import math

import numpy as np
import pytest

from reports.methods.balance import standardized_difference, standardized_difference_of_shares
from reports.methods.bayes_factor import jzs_bayes_factor
from reports.methods.effect_size import (
    cohen_d,
    glass_delta,
    hedges_g,
    noncentrality_interval,
    probability_of_superiority,
    rank_biserial,
    small_sample_correction,
)
from reports.methods.equivalence import verdict, welch_tost
from reports.methods.mean_difference import welch_difference, welch_difference_from_summaries
from reports.methods.multiplicity import benjamini_hochberg, holm
from reports.methods.rank_test import mann_whitney
from reports.methods.result import GroupSummary, NotEstimableError, summarize_group
from reports.methods.sample_size import (
    clients_per_group,
    design_effect,
    power,
    smallest_detectable_effect,
)
from reports.methods.trimmed import yuen_difference

SPREAD = [1.0, 2.0, 3.0, 4.0, 5.0]


def test_a_group_of_one_has_no_difference_or_effect() -> None:
    for method in (welch_difference, cohen_d, hedges_g, glass_delta, probability_of_superiority):
        with pytest.raises(NotEstimableError, match="at least"):
            method([1.0], SPREAD)
        with pytest.raises(NotEstimableError, match="at least"):
            method(SPREAD, [1.0])


@pytest.mark.parametrize("constant", [0.1, 1e9 / 3, -7.3])
def test_two_constant_groups_have_no_standard_error(constant: float) -> None:
    """A computed standard deviation of constants can be 1e-17 rather than 0."""
    same, other = [constant] * 3, [constant + 1] * 7
    assert summarize_group(same).sd == 0
    for method in (welch_difference, cohen_d, hedges_g, glass_delta):
        with pytest.raises(NotEstimableError, match="var"):
            method(same, other)


def test_one_constant_group_is_enough_for_welch() -> None:
    result = welch_difference([3.0, 3.0, 3.0], SPREAD)
    assert result.df == pytest.approx(4.0)
    assert result.difference == 0.0
    assert result.p_value == 1.0


def test_glass_needs_spread_in_its_reference_group_only() -> None:
    assert glass_delta([9.0, 9.0], SPREAD).value == pytest.approx(6 / np.std(SPREAD, ddof=1))
    with pytest.raises(NotEstimableError, match="reference"):
        glass_delta(SPREAD, [9.0, 9.0])


def test_very_small_scores_do_not_underflow() -> None:
    large = welch_difference(SPREAD, [2.0, 2.5, 4.0])
    small = welch_difference(np.array(SPREAD) * 1e-100, np.array([2.0, 2.5, 4.0]) * 1e-100)
    assert (small.t, small.df) == pytest.approx((large.t, large.df))


def test_unequal_sizes_use_welch_and_not_the_pooled_variance() -> None:
    wide, narrow = GroupSummary(0.0, 3.0, 10), GroupSummary(1.0, 1.0, 100)
    result = welch_difference_from_summaries(wide, narrow)
    assert result.se == pytest.approx(math.sqrt(9 / 10 + 1 / 100))
    assert 9 < result.df < 10


def test_equal_sizes_use_welch_too() -> None:
    wide, narrow = GroupSummary(0.0, 3.0, 20), GroupSummary(1.0, 1.0, 20)
    assert welch_difference_from_summaries(wide, narrow).df < 24


def test_groups_without_overlap_have_a_bounded_interval() -> None:
    above = probability_of_superiority([6, 7, 8], SPREAD)
    assert above.value == 1.0
    assert above.interval.high == 1.0
    assert 0.4 < above.interval.low < 0.7
    below = probability_of_superiority(SPREAD, [6, 7, 8])
    assert (below.interval.low, below.interval.high) == (0.0, pytest.approx(1 - above.interval.low))


def test_more_clients_narrow_the_interval_of_groups_without_overlap() -> None:
    few = probability_of_superiority([6, 7, 8], SPREAD).interval.low
    many = probability_of_superiority([6, 7, 8] * 20, SPREAD * 20).interval.low
    assert few < many < 1


def test_groups_that_are_all_tied_are_even() -> None:
    result = rank_biserial([4, 4, 4], [4, 4])
    assert result.value == 0
    assert result.interval.low < 0 < result.interval.high


def test_a_tie_counts_half() -> None:
    assert probability_of_superiority([2, 3], [2, 1]).value == pytest.approx(3.5 / 4)


def test_the_exact_rank_test_is_refused_with_ties() -> None:
    with pytest.raises(ValueError, match="tied"):
        mann_whitney([1, 2, 3], [3, 4, 5], method="exact")
    assert mann_whitney([1, 2, 3], [3, 4, 5]).method == "asymptotic"


def test_the_rank_test_leaves_the_exact_distribution_at_fifty() -> None:
    rng = np.random.default_rng(1)
    assert mann_whitney(rng.normal(size=49), rng.normal(size=49)).method == "exact"
    assert mann_whitney(rng.normal(size=50), rng.normal(size=9)).method == "asymptotic"


def test_equal_scores_have_no_ranks() -> None:
    with pytest.raises(NotEstimableError, match="equal"):
        mann_whitney([2, 2], [2, 2, 2])


def test_ranks_of_single_clients_can_be_compared() -> None:
    assert mann_whitney([1.0], [2.0]).p_value == 1.0


def test_trimming_ignores_one_extreme_client() -> None:
    calm, wild = [1, 2, 3, 4, 5, 6], [1, 2, 3, 4, 5, 6000]
    other = [3, 4, 5, 6, 7, 8]
    assert yuen_difference(calm, other).t == pytest.approx(yuen_difference(wild, other).t)


def test_trimming_nobody_is_welch() -> None:
    result, welch = yuen_difference(SPREAD, [2, 2, 4], trim=0), welch_difference(SPREAD, [2, 2, 4])
    assert (result.t, result.df) == pytest.approx((welch.t, welch.df))
    assert result.interval.low == pytest.approx(welch.interval.low)


def test_a_group_of_which_all_kept_scores_are_alike_has_a_trimmed_difference() -> None:
    alike = [10.0 + 1e-9 * (k == 0) for k in range(20)]
    one, other = yuen_difference([10.0] * 20, SPREAD), yuen_difference(SPREAD, [10.0] * 20)
    assert one.difference == pytest.approx(-other.difference)
    assert one.se == pytest.approx(other.se)
    assert yuen_difference(alike, SPREAD).se == pytest.approx(one.se)


def test_too_much_trimming_is_refused() -> None:
    with pytest.raises(NotEstimableError, match="remain"):
        yuen_difference([1, 2, 3], SPREAD, trim=0.4)
    with pytest.raises(NotEstimableError, match="varies after trimming"):
        yuen_difference([1, 2, 2, 2, 9], [1, 2, 2, 2, 9])
    with pytest.raises(ValueError, match="trimmed"):
        yuen_difference(SPREAD, SPREAD, trim=0.5)


@pytest.mark.parametrize(
    ("p_difference", "p_equivalence", "word"),
    [
        (0.01, 0.20, "different"),
        (0.20, 0.01, "equivalent"),
        (0.01, 0.01, "different but trivially small"),
        (0.20, 0.20, "undecided"),
        (0.05, 0.05, "undecided"),
    ],
)
def test_each_pair_of_tests_has_its_word(
    p_difference: float, p_equivalence: float, word: str
) -> None:
    assert verdict(p_difference, p_equivalence) == word


def test_bounds_the_wrong_way_round_are_refused() -> None:
    with pytest.raises(ValueError, match="below"):
        welch_tost(SPREAD, SPREAD, low=1, high=-1)
    with pytest.raises(ValueError, match="alpha"):
        welch_tost(SPREAD, SPREAD, low=-1, high=1, alpha=0.5)


def test_bounds_need_not_be_symmetric() -> None:
    result = welch_tost(SPREAD, SPREAD, low=-0.1, high=10)
    assert result.p_low > 0.05 > result.p_high
    assert result.p_value == result.p_low


def test_a_refused_test_does_not_count_in_its_family() -> None:
    assert holm([0.01, math.nan, 0.04])[[0, 2]].tolist() == holm([0.01, 0.04]).tolist()
    adjusted = benjamini_hochberg([0.01, math.nan, 0.04])
    assert math.isnan(adjusted[1])
    assert adjusted[[0, 2]].tolist() == benjamini_hochberg([0.01, 0.04]).tolist()


def test_families_of_none_and_of_one_stay_as_they_are() -> None:
    assert holm([]).size == 0
    assert np.isnan(holm([math.nan, math.nan])).all()
    assert holm([0.03]).tolist() == [0.03]


def test_what_is_no_p_value_is_refused() -> None:
    for wrong in (-0.1, 1.1, math.inf):
        with pytest.raises(ValueError, match="p-value"):
            holm([0.5, wrong])


def test_a_bayes_factor_beyond_floating_point_is_infinite() -> None:
    assert jzs_bayes_factor(60.0, 20_000, 28_000).bf10 == math.inf


def test_a_bayes_factor_can_speak_for_no_difference() -> None:
    factor = jzs_bayes_factor(0.1, 3000, 3000)
    assert factor.bf10 < 1 / 30
    assert factor.lowest < factor.highest == factor.bf10


def test_a_bayes_factor_needs_two_clients_and_a_prior() -> None:
    with pytest.raises(NotEstimableError, match="two clients"):
        jzs_bayes_factor(1.0, 1, 20)
    with pytest.raises(ValueError, match="positive scale"):
        jzs_bayes_factor(1.0, 20, 20, scale=0)


def test_the_correction_for_small_samples_is_close_to_its_approximation() -> None:
    assert small_sample_correction(30) == pytest.approx(1 - 3 / (4 * 30 - 1), abs=1e-4)
    assert small_sample_correction(1e6) == pytest.approx(1, abs=1e-5)
    with pytest.raises(NotEstimableError, match="more than 1"):
        small_sample_correction(1)


@pytest.mark.parametrize(("t", "df"), [(0, 2), (5, 1), (100, 50), (30, 46_608), (1000, 1), (-3, 5)])
def test_intervals_of_the_noncentrality_hold_t_and_mirror(t: float, df: float) -> None:
    interval, mirrored = noncentrality_interval(t, df), noncentrality_interval(-t, df)
    assert interval.low < interval.high
    assert (mirrored.low, mirrored.high) == pytest.approx((-interval.high, -interval.low))


def test_an_effect_beyond_computation_is_refused() -> None:
    with pytest.raises(NotEstimableError, match="too large"):
        noncentrality_interval(1e6, 3)


def test_balance_of_a_constant_variable_is_zero() -> None:
    assert standardized_difference([1, 1], [1, 1, 1]) == 0
    assert standardized_difference_of_shares(["room"], ["room", "room"]) == 0
    with pytest.raises(NotEstimableError, match="no unit"):
        standardized_difference([1, 1], [2, 2])


def test_balance_of_two_categories_is_that_of_zeros_and_ones_in_large_groups() -> None:
    first, second = [1] * 300 + [0] * 700, [1] * 450 + [0] * 550
    names = [["yes" if value else "no" for value in group] for group in (first, second)]
    shares = standardized_difference_of_shares(*names)
    expected = 0.15 / math.sqrt((0.3 * 0.7 + 0.45 * 0.55) / 2)
    assert shares == pytest.approx(expected)
    assert abs(standardized_difference(first, second)) == pytest.approx(shares, rel=1e-3)


def test_balance_of_shares_allows_a_category_of_one_group_only() -> None:
    assert standardized_difference_of_shares(["a"] * 5 + ["b"] * 5, ["a"] * 5 + ["c"] * 5) > 1


def test_balance_of_shares_without_a_common_category_is_refused() -> None:
    with pytest.raises(NotEstimableError, match="too few"):
        standardized_difference_of_shares(["a", "a"], ["b", "b"])
    with pytest.raises(NotEstimableError, match="empty"):
        standardized_difference_of_shares([], ["b", "b"])


def test_power_of_no_effect_is_alpha_and_of_a_huge_one_is_one() -> None:
    assert power(0, 20, 30) == pytest.approx(0.05)
    assert power(50, 3, 3) == 1.0
    assert power(2, 50_000, 50_000) == 1.0


def test_nesting_raises_the_smallest_detectable_effect() -> None:
    alone = smallest_detectable_effect(60, 60)
    nested = smallest_detectable_effect(60, 60, inflation=design_effect(12, 0.1, 0.3))
    assert nested == pytest.approx(alone * math.sqrt(1 + 11 * 0.03), rel=0.01)
    assert nested > alone


def test_the_smallest_detectable_effect_has_the_wanted_power() -> None:
    effect = smallest_detectable_effect(13, 57, wanted_power=0.9, alpha=0.01)
    assert power(effect, 13, 57, alpha=0.01) == pytest.approx(0.9)
    assert clients_per_group(50) == 2.0


def test_clients_of_one_therapist_cost_nothing_where_they_are_alone_or_unlike() -> None:
    assert design_effect(1, 0.5, 0.5) == 1
    assert design_effect(30, 0.0, 1.0) == 1
    assert design_effect(11, 0.1, 1.0) == pytest.approx(2)


def test_sizes_out_of_range_are_refused() -> None:
    with pytest.raises(ValueError, match="one client"):
        design_effect(0.5, 0.1, 0.1)
    with pytest.raises(ValueError, match="intraclass"):
        design_effect(10, -0.1, 0.1)
    with pytest.raises(ValueError, match="power lies"):
        smallest_detectable_effect(20, 20, wanted_power=0.04)
    with pytest.raises(ValueError, match="positive"):
        smallest_detectable_effect(20, 20, inflation=0)
    with pytest.raises(NotEstimableError, match="two clients"):
        smallest_detectable_effect(1, 1)
    with pytest.raises(ValueError, match="effect of 0"):
        clients_per_group(0)
