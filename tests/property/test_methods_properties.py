"""What holds for any data: units, order and direction do not change what a method says."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from reports.methods.agreement import intraclass_correlations
from reports.methods.balance import standardized_difference, standardized_difference_of_shares
from reports.methods.correlation import pearson
from reports.methods.effect_size import (
    cohen_d,
    glass_delta,
    hedges_g,
    probability_of_superiority,
    rank_biserial,
)
from reports.methods.equivalence import welch_tost
from reports.methods.four_groups import dunn_holm, games_howell, welch_anova
from reports.methods.mean_difference import welch_difference
from reports.methods.multiplicity import benjamini_hochberg, holm
from reports.methods.rank_test import mann_whitney
from reports.methods.regression import robust_regression
from reports.methods.reliability import (
    cronbach_alpha,
    flip_gains,
    item_covariance,
    item_rest_correlations,
)
from reports.methods.result import FloatArray, NotEstimableError
from reports.methods.sample_size import power, smallest_detectable_effect
from reports.methods.trimmed import yuen_difference
from tests.conftest import examples

settings.register_profile(
    "methods",
    max_examples=examples(40),
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.filter_too_much],
)
quick = settings.get_profile("methods")

scores = st.lists(st.integers(0, 40), min_size=4, max_size=25).filter(lambda s: len(set(s)) > 2)
shifts = st.integers(-500, 500)
scales = st.sampled_from([0.01, 0.5, 3.0, 1000.0])
p_values = st.lists(st.floats(0, 1), min_size=1, max_size=12)
answers = arrays(
    np.int64, st.tuples(st.integers(5, 30), st.integers(3, 8)), elements=st.integers(1, 5)
)

DIFFERENCES = [welch_difference, yuen_difference]
EFFECTS = [cohen_d, hedges_g, glass_delta]
SWAPPED = [welch_difference, yuen_difference, cohen_d, hedges_g, rank_biserial]


def moved(sample: list[int], scale: float, shift: float) -> FloatArray:
    return np.array(sample) * scale + shift


def estimate_of(result: Any) -> float:
    return float(result.difference if hasattr(result, "difference") else result.value)


def outcome_of(method: Any, *samples: Any) -> Any:
    """Return the result, or leave the example where the method has no answer."""
    try:
        return method(*samples)
    except NotEstimableError:
        assume(False)


@quick
@given(scores, scores, shifts, scales)
@pytest.mark.parametrize("method", DIFFERENCES)
def test_a_difference_follows_the_unit_and_ignores_the_origin(
    method: Any, a: list[int], b: list[int], shift: int, scale: float
) -> None:
    before = outcome_of(method, a, b)
    after = method(moved(a, scale, shift), moved(b, scale, shift))
    slack = 1e-9 * (scale * 40 + abs(shift))
    assert after.difference == pytest.approx(before.difference * scale, abs=slack)
    assert after.interval.high == pytest.approx(before.interval.high * scale, abs=slack)
    assert after.p_value == pytest.approx(before.p_value, abs=1e-6)


@quick
@given(scores, scores, shifts, scales)
@pytest.mark.parametrize("method", EFFECTS)
def test_a_standardized_effect_ignores_unit_and_origin(
    method: Any, a: list[int], b: list[int], shift: int, scale: float
) -> None:
    before, after = method(a, b), method(moved(a, scale, shift), moved(b, scale, shift))
    assert after.value == pytest.approx(before.value, rel=1e-6, abs=1e-6)
    assert after.interval.low == pytest.approx(before.interval.low, rel=1e-6, abs=1e-6)


@quick
@given(scores, scores)
@pytest.mark.parametrize("method", SWAPPED)
def test_swapping_the_groups_turns_the_sign_and_nothing_else(
    method: Any, a: list[int], b: list[int]
) -> None:
    forth, back = outcome_of(method, a, b), outcome_of(method, b, a)
    assert estimate_of(back) == pytest.approx(-estimate_of(forth))
    assert back.interval.low == pytest.approx(-forth.interval.high)
    assert back.interval.high == pytest.approx(-forth.interval.low)


@quick
@given(scores, scores)
@pytest.mark.parametrize("method", [*SWAPPED, glass_delta, probability_of_superiority])
def test_an_interval_holds_its_estimate_and_a_higher_level_is_wider(
    method: Any, a: list[int], b: list[int]
) -> None:
    usual = outcome_of(method, a, b)
    wider = method(a, b, level=0.99)
    slack = 1e-9 * (1 + abs(estimate_of(usual)))
    assert usual.interval.low - slack <= estimate_of(usual) <= usual.interval.high + slack
    assert wider.interval.low <= usual.interval.low + slack
    assert wider.interval.high >= usual.interval.high - slack


@quick
@given(scores, scores)
def test_the_test_and_the_interval_of_welch_agree(a: list[int], b: list[int]) -> None:
    result = welch_difference(a, b)
    assume(abs(result.p_value - 0.05) > 1e-9)
    assert (result.p_value < 0.05) == (0 not in result.interval)


@quick
@given(scores, scores)
def test_the_sign_of_g_is_that_of_the_difference_and_shrunk(a: list[int], b: list[int]) -> None:
    d, g, difference = cohen_d(a, b), hedges_g(a, b), welch_difference(a, b).difference
    assert np.sign(g.value) == np.sign(difference)
    assert abs(g.value) <= abs(d.value)


@quick
@given(scores, scores)
def test_superiority_and_the_rank_test_speak_of_the_same_pairs(a: list[int], b: list[int]) -> None:
    p, test = probability_of_superiority(a, b), mann_whitney(a, b)
    assert p.value == pytest.approx(test.u / (len(a) * len(b)))
    assert 0 <= p.interval.low <= p.interval.high <= 1
    mirrored = probability_of_superiority(b, a)
    assert mirrored.value == pytest.approx(1 - p.value)
    assert mirrored.interval.low == pytest.approx(1 - p.interval.high)
    assert mann_whitney(b, a).p_value == pytest.approx(test.p_value)


@quick
@given(scores, scores)
def test_ranks_ignore_any_increasing_change_of_unit(a: list[int], b: list[int]) -> None:
    before = probability_of_superiority(a, b)
    after = probability_of_superiority(np.sqrt(a), np.sqrt(b))
    assert before == after


@quick
@given(scores, scores, st.floats(0.1, 30))
def test_equivalence_is_the_interval_inside_the_bounds(
    a: list[int], b: list[int], bound: float
) -> None:
    result = welch_tost(a, b, low=-bound, high=bound)
    assume(abs(result.p_value - 0.05) > 1e-9)
    inside = -bound < result.interval.low and result.interval.high < bound
    assert (result.p_value < 0.05) == inside


@quick
@given(scores, scores, st.floats(0.1, 30))
def test_equivalence_does_not_depend_on_which_group_is_first(
    a: list[int], b: list[int], bound: float
) -> None:
    forth, back = (welch_tost(*pair, low=-bound, high=bound) for pair in ((a, b), (b, a)))
    assert back.p_value == pytest.approx(forth.p_value)
    assert back.p_low == pytest.approx(forth.p_high)


@quick
@given(p_values)
def test_adjusted_p_values_keep_their_order_and_are_never_smaller(raw: list[float]) -> None:
    order = np.argsort(raw, kind="stable")
    for adjusted in (holm(raw), benjamini_hochberg(raw)):
        assert (adjusted >= np.array(raw) - 1e-15).all()
        assert (adjusted <= 1).all()
        assert (np.diff(adjusted[order]) >= 0).all()
    assert (holm(raw) >= benjamini_hochberg(raw) - 1e-12).all()


@quick
@given(p_values, st.randoms(use_true_random=False))
def test_adjusting_does_not_depend_on_the_order_of_the_family(
    raw: list[float], random: Any
) -> None:
    order = list(range(len(raw)))
    random.shuffle(order)
    shuffled = [raw[i] for i in order]
    for adjust in (holm, benjamini_hochberg):
        assert adjust(shuffled) == pytest.approx(adjust(raw)[order])


@quick
@given(answers, st.randoms(use_true_random=False))
def test_alpha_does_not_depend_on_the_order_of_items_or_clients(
    table: FloatArray, random: Any
) -> None:
    items, rows = list(range(table.shape[1])), list(range(table.shape[0]))
    random.shuffle(items)
    random.shuffle(rows)
    before = outcome_of(cronbach_alpha, table)
    after = cronbach_alpha(table[rows][:, items])
    assert after.value == pytest.approx(before.value, rel=1e-9, abs=1e-9)
    assert before.interval.low <= before.value <= before.interval.high <= 1 + 1e-12


@quick
@given(answers)
def test_alpha_does_not_depend_on_the_direction_of_the_whole_scale(table: FloatArray) -> None:
    before = outcome_of(cronbach_alpha, table)
    assert cronbach_alpha(6 - table).value == pytest.approx(before.value, rel=1e-9, abs=1e-9)


@quick
@given(answers)
def test_flipping_gains_exactly_where_an_item_goes_against_the_rest(table: FloatArray) -> None:
    covariance, _ = item_covariance(table)
    gains = outcome_of(flip_gains, covariance)
    item_rest = item_rest_correlations(covariance)
    known = np.isfinite(item_rest) & (np.abs(item_rest) > 1e-9) & (np.abs(gains) > 1e-12)
    assert ((gains > 0) == (item_rest < 0))[known].all()


@quick
@given(answers, st.integers(-50, 50))
def test_agreement_ignores_unit_and_origin(table: FloatArray, shift: int) -> None:
    before = outcome_of(intraclass_correlations, table)
    after = intraclass_correlations(table * 2.5 + shift)
    for icc, again in zip(before, after, strict=True):
        assert again.value == pytest.approx(icc.value, rel=1e-6, abs=1e-8)
        if icc.form != "ICC(A,1)":
            continue
        assert icc.interval.low <= icc.value + 1e-9
        assert icc.value <= icc.interval.high + 1e-9


@quick
@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=6, max_size=30))
def test_correlation_is_symmetric_and_turns_with_a_scale(pairs: list[tuple[int, int]]) -> None:
    x, y = (np.array(values, dtype=float) for values in zip(*pairs, strict=True))
    result = outcome_of(pearson, x, y)
    assert pearson(y, x).r == pytest.approx(result.r)
    assert pearson(-3 * x + 7, y).r == pytest.approx(-result.r)
    assert result.interval.low <= result.r <= result.interval.high


@quick
@given(
    st.lists(st.tuples(*[st.integers(0, 20)] * 3), min_size=12, max_size=40),
    scales,
    shifts,
)
def test_a_regression_follows_its_units(
    rows: list[tuple[int, int, int]], scale: float, shift: int
) -> None:
    y, x, z = (np.array(values, dtype=float) for values in zip(*rows, strict=True))
    before = outcome_of(robust_regression, y, pd.DataFrame({"x": x, "z": z}))
    after = robust_regression(y, pd.DataFrame({"x": x * scale + shift, "z": z}))
    first, second = before.term("x"), after.term("x")
    assert second.estimate * scale == pytest.approx(first.estimate, rel=1e-6, abs=1e-8)
    assert second.se * scale == pytest.approx(first.se, rel=1e-6, abs=1e-8)
    assert (second.beta, second.partial_r2) == pytest.approx(
        (first.beta, first.partial_r2), rel=1e-6, abs=1e-8
    )
    assert after.term("z").estimate == pytest.approx(before.term("z").estimate, rel=1e-6, abs=1e-8)


@settings(quick, max_examples=examples(4))
@given(scores, scores, scores)
def test_several_groups_do_not_depend_on_their_order(
    a: list[int], b: list[int], c: list[int]
) -> None:
    forth = {"a": a, "b": b, "c": c}
    back = {"c": c, "b": b, "a": a}
    assert welch_anova(back).f == pytest.approx(welch_anova(forth).f)
    pairs = {frozenset((p.group_a, p.group_b)): p for p in games_howell(back)}
    for pair in games_howell(forth):
        other = pairs[frozenset((pair.group_a, pair.group_b))]
        assert abs(other.difference) == pytest.approx(abs(pair.difference))
        assert other.p_adjusted == pytest.approx(pair.p_adjusted, abs=1e-6)
    ranks = {frozenset((p.group_a, p.group_b)): p.p_adjusted for p in dunn_holm(back)}
    for rank in dunn_holm(forth):
        assert ranks[frozenset((rank.group_a, rank.group_b))] == pytest.approx(rank.p_adjusted)


@quick
@given(scores, scores, shifts, scales)
def test_balance_ignores_unit_and_origin_and_turns_with_the_groups(
    a: list[int], b: list[int], shift: int, scale: float
) -> None:
    before = standardized_difference(a, b)
    after = standardized_difference(moved(b, scale, shift), moved(a, scale, shift))
    assert after == pytest.approx(-before, rel=1e-6, abs=1e-6)


@quick
@given(st.lists(st.sampled_from("abcd"), min_size=3, max_size=30), st.integers(2, 4))
def test_balance_of_shares_is_zero_for_equal_shares_whatever_the_sizes(
    group: list[str], times: int
) -> None:
    assert standardized_difference_of_shares(group, group * times) == pytest.approx(0, abs=1e-7)


@quick
@given(st.integers(3, 200), st.integers(3, 200), st.floats(0.3, 0.95))
def test_power_and_the_detectable_effect_undo_each_other(n_a: int, n_b: int, wanted: float) -> None:
    effect = smallest_detectable_effect(n_a, n_b, wanted_power=wanted)
    assert power(effect, n_a, n_b) == pytest.approx(wanted, abs=1e-8)
    assert power(effect * 1.1, n_a, n_b) > wanted
