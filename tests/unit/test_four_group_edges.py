"""Several groups, agreement and norms at their edges."""

from __future__ import annotations

import numpy as np
import pytest

from instruments.scale import Norm
from reports.methods.agreement import intraclass_correlations
from reports.methods.four_groups import (
    dunn_holm,
    games_howell,
    kruskal_wallis,
    noncentral_f_interval,
    welch_anova,
)
from reports.methods.mean_difference import welch_difference
from reports.methods.norms import NormCheck, check_norms
from reports.methods.rank_test import mann_whitney
from reports.methods.result import NotEstimableError

LOW, MID, HIGH = [1.0, 2.0, 3.0, 2.0], [2.0, 4.0, 3.0, 5.0], [5.0, 6.0, 8.0, 7.0]


def test_two_groups_are_welchs_test() -> None:
    welch = welch_difference(LOW, HIGH)
    anova = welch_anova({"low": LOW, "high": HIGH})
    assert anova.f == pytest.approx(welch.t**2)
    assert anova.p_value == pytest.approx(welch.p_value)
    (pair,) = games_howell({"low": LOW, "high": HIGH})
    assert pair.p_adjusted == pytest.approx(welch.p_value, rel=1e-6)
    assert pair.interval.low == pytest.approx(welch.interval.low, rel=1e-6)


def test_pairs_keep_the_order_of_the_groups_and_their_signs() -> None:
    pairs = games_howell({"z": HIGH, "a": LOW, "m": MID})
    assert [(pair.group_a, pair.group_b) for pair in pairs] == [("z", "a"), ("z", "m"), ("a", "m")]
    assert pairs[0].difference == pytest.approx(np.mean(HIGH) - np.mean(LOW))
    ranks = dunn_holm({"z": HIGH, "a": LOW, "m": MID})
    assert [(pair.group_a, pair.group_b) for pair in ranks] == [("z", "a"), ("z", "m"), ("a", "m")]


def test_equal_means_have_a_negative_estimate_and_an_interval_from_zero() -> None:
    result = welch_anova({"a": LOW, "b": LOW[::-1], "c": LOW})
    assert result.f == pytest.approx(0, abs=1e-12)
    assert result.omega_squared < 0
    assert result.interval.low == 0


def test_an_f_in_the_lower_tail_has_an_interval_of_zero() -> None:
    interval = noncentral_f_interval(0.001, 3, 40)
    assert (interval.low, interval.high) == (0, 0)


def test_one_group_or_one_without_spread_is_refused() -> None:
    for method in (welch_anova, games_howell):
        with pytest.raises(NotEstimableError, match="two groups"):
            method({"a": LOW})
        with pytest.raises(NotEstimableError, match="does not vary"):
            method({"a": LOW, "b": [0.1, 0.1, 0.1]})
        with pytest.raises(NotEstimableError, match="at least 2"):
            method({"a": LOW, "b": [1.0]})
    for method in (kruskal_wallis, dunn_holm):
        with pytest.raises(NotEstimableError, match="two groups"):
            method({"a": LOW})
        with pytest.raises(NotEstimableError, match="equal"):
            method({"a": [2, 2], "b": [2]})
        with pytest.raises(NotEstimableError, match="at least 1"):
            method({"a": LOW, "b": []})


def test_ranks_of_two_groups_agree_with_mann_and_whitney() -> None:
    h = kruskal_wallis({"low": LOW, "high": HIGH})
    (pair,) = dunn_holm({"low": LOW, "high": HIGH})
    assert pair.p_adjusted == pytest.approx(h.p_value)
    u = mann_whitney(LOW, HIGH, method="asymptotic")
    assert u.p_value == pytest.approx(h.p_value, abs=0.02)  # it corrects for continuity


def test_raters_who_differ_by_a_constant_agree_in_consistency_only() -> None:
    rng = np.random.default_rng(3)
    first = rng.normal(size=50)
    ratings = np.column_stack([first, first + 2 + rng.normal(0, 0.1, 50)])
    one, absolute, consistent, *_ = intraclass_correlations(ratings)
    assert consistent.value > 0.98
    assert absolute.value < 0.5
    assert one.value < 0.2


def test_agreement_without_targets_raters_or_noise_is_refused() -> None:
    with pytest.raises(NotEstimableError, match="two targets"):
        intraclass_correlations([[1.0, 2.0]])
    with pytest.raises(NotEstimableError, match="two raters"):
        intraclass_correlations([[1.0], [2.0]])
    with pytest.raises(NotEstimableError, match="constant at most"):
        intraclass_correlations([[1.0, 2.0], [3.0, 4.0], [0.0, 1.0]])
    with pytest.raises(NotEstimableError, match="do not differ"):
        intraclass_correlations([[1.0, 2.0], [2.0, 1.0]])
    with pytest.raises(ValueError, match="rows by columns"):
        intraclass_correlations([1.0, 2.0])


def test_a_higher_level_widens_the_interval_of_agreement() -> None:
    ratings = [[9, 2, 5], [6, 1, 3], [8, 4, 6], [7, 1, 2], [10, 5, 6]]
    for narrow, wide in zip(
        intraclass_correlations(ratings, level=0.8),
        intraclass_correlations(ratings, level=0.99),
        strict=True,
    ):
        assert wide.interval.low < narrow.interval.low < narrow.value
        assert narrow.value < narrow.interval.high < wide.interval.high


DES = [
    Norm(sample="non-clinical", source="an example", mean=11.6, sd=10.6, alpha=0.93),
    Norm(sample="dissociative disorders", source="an example", mean=41.2, sd=22.0, alpha=0.95),
    Norm(sample="no figures", source="an example", n=12),
]


def test_figures_within_the_span_of_published_samples_are_inside() -> None:
    checks = check_norms(DES, mean=25.0, sd=15.0, alpha=0.92)
    assert [check.statistic for check in checks] == ["mean", "sd", "alpha"]
    assert not any(check.is_outside for check in checks)


@pytest.mark.parametrize(
    ("mean", "sd", "alpha", "outside"),
    [
        (2.5, 1.5, 0.93, ["sd"]),  # answered 0-10 where 0-100 was meant: within one SD of 11.6
        (70.0, 15.0, 0.93, ["mean"]),
        (25.0, 40.0, 0.60, ["sd", "alpha"]),
    ],
)
def test_figures_beyond_the_published_bounds_are_named(
    mean: float, sd: float, alpha: float, outside: list[str]
) -> None:
    checks = check_norms(DES, mean=mean, sd=sd, alpha=alpha)
    assert [check.statistic for check in checks if check.is_outside] == outside


def test_what_was_not_published_or_not_observed_is_not_checked() -> None:
    assert check_norms([], mean=1.0, sd=1.0, alpha=0.5) == ()
    only_alpha = [Norm(sample="outpatients", source="an example", alpha=0.74)]
    assert check_norms(only_alpha, mean=1.0, sd=1.0) == ()
    (check,) = check_norms(only_alpha, mean=1.0, sd=1.0, alpha=0.7)
    assert check == NormCheck("alpha", 0.7, pytest.approx(0.64), pytest.approx(0.84))
