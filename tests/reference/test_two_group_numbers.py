"""The comparison of two groups against R 4.2 and its packages, and published examples."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from scipy import special, stats

from reports.methods.bayes_factor import jzs_bayes_factor
from reports.methods.effect_size import (
    cohen_d,
    glass_delta,
    hedges_g,
    noncentrality_interval,
    probability_of_superiority,
    rank_biserial,
)
from reports.methods.equivalence import welch_tost_from_summaries
from reports.methods.mean_difference import welch_difference
from reports.methods.multiplicity import benjamini_hochberg, holm
from reports.methods.rank_test import mann_whitney
from reports.methods.result import GroupSummary
from reports.methods.sample_size import clients_per_group, smallest_detectable_effect
from reports.methods.trimmed import yuen_difference

Groups = tuple["pd.Series[float]", "pd.Series[float]"]
R_DIGITS = 1e-9  # relative: R printed twelve digits


@pytest.fixture(scope="module")
def weights(shared_data: Path) -> Groups:
    """Weights of the 19 automatic and the 13 manual cars of mtcars."""
    cars = pd.read_csv(shared_data / "oracles" / "mtcars_wt_am.csv")
    return cars.loc[cars["am"] == 0, "wt"], cars.loc[cars["am"] == 1, "wt"]


@pytest.mark.shared
def test_welchs_difference_is_that_of_r(weights: Groups) -> None:
    # Source: R, t.test(wt ~ am).
    result = welch_difference(*weights)
    assert result.difference == pytest.approx(3.76889473684 - 2.41100000000, rel=R_DIGITS)
    assert result.t == pytest.approx(5.493904939, rel=R_DIGITS)
    assert result.df == pytest.approx(29.23351556, rel=R_DIGITS)
    assert result.p_value == pytest.approx(6.27201991e-06, rel=1e-8)
    assert result.interval.low == pytest.approx(0.852563227222, rel=R_DIGITS)
    assert result.interval.high == pytest.approx(1.863226246462, rel=R_DIGITS)


# Source: R, effectsize on mtcars; the expected figures are cut off after three digits.
@pytest.mark.shared
def test_cohens_d_and_hedges_g_with_exact_intervals_are_those_of_effectsize(
    weights: Groups,
) -> None:
    d, g = cohen_d(*weights), hedges_g(*weights)
    figures = [d.value, d.interval.low, d.interval.high, g.value, g.interval.low, g.interval.high]
    expected = [1.892, 1.030, 2.732, 1.844, 1.004, 2.664]
    assert figures == pytest.approx(expected, abs=1e-3)


@pytest.mark.shared
def test_glasss_delta_is_that_of_effectsize(weights: Groups) -> None:
    assert glass_delta(*weights).value == pytest.approx(2.200, abs=1e-3)


def test_the_limits_of_the_noncentrality_are_those_of_r() -> None:
    # Source: R, uniroot on pt(2, 18, ncp), printed to eight digits.
    interval = noncentrality_interval(2.0, 18)
    assert interval.low == pytest.approx(-0.08940909, abs=1e-7)
    assert interval.high == pytest.approx(4.039605, abs=1e-6)


def test_the_rank_biserial_correlation_is_that_of_effectsize() -> None:
    a, b = [48, 48, 77, 86, 85, 85, 16], [14, 34, 34, 77]
    result = rank_biserial(a, b)
    assert result.value == pytest.approx(0.6071429, abs=5e-8)
    assert result.value == pytest.approx(2 * mann_whitney(a, b).u / (7 * 4) - 1, abs=1e-12)


def test_the_interval_of_superiority_rests_on_brunner_and_munzel() -> None:
    """At the level 1 - p of their test, the untransformed interval would end at one half."""
    a, b = [1, 2, 1, 1, 1, 1, 1, 1, 1, 1, 2, 4, 1, 1], [3, 3, 4, 3, 1, 2, 3, 1, 1, 5, 4]
    # Source: Brunner & Munzel (2000), as in R's lawstat: statistic 3.1375, p .005786.
    oracle = stats.brunnermunzel(a, b)
    assert oracle.statistic == pytest.approx(3.1375, abs=5e-5)
    p = probability_of_superiority(a, b, level=1 - float(oracle.pvalue))
    assert p.value == pytest.approx(1 - 0.788961, abs=5e-7)
    # On the logit scale that limit lies (1/2 - p)/(p (1 - p)) above the estimate.
    reach = (0.5 - p.value) / (p.value * (1 - p.value))
    limit = special.expit(special.logit(p.value) + reach)
    assert p.interval.high == pytest.approx(limit, abs=1e-9)


@pytest.mark.shared
def test_mann_whitney_with_ties_is_that_of_r(weights: Groups) -> None:
    # Source: R, wilcox.test(wt ~ am, exact = FALSE).
    result = mann_whitney(*weights)
    assert (result.u, result.method, result.has_ties) == (230.5, "asymptotic", True)
    assert result.p_value == pytest.approx(4.34702591e-05, rel=1e-8)


def test_mann_whitney_without_ties_is_exact_as_in_r() -> None:
    # Source: R, wilcox.test: W = 13, p = .2.
    result = mann_whitney([4.1, 5.2, 6.3, 7.4], [2.5, 3.6, 3.7, 6.8])
    assert (result.u, result.method) == (13.0, "exact")
    assert result.p_value == pytest.approx(0.2, abs=1e-12)


@pytest.mark.shared
def test_yuens_test_is_that_of_its_formula_in_r(weights: Groups) -> None:
    # Source: R, winsorized variances and trimmed means by hand, 20 % trimming.
    result = yuen_difference(*weights)
    figures = [result.difference, result.se, result.t, result.df, result.p_value]
    expected = [1.21273504274, 0.207660607513, 5.83998601015, 13.5838187032, 4.84622155994e-05]
    assert figures == pytest.approx(expected, rel=R_DIGITS)
    assert result.interval.low == pytest.approx(0.766063727494, rel=R_DIGITS)
    assert result.interval.high == pytest.approx(1.65940635798, rel=R_DIGITS)


def test_equivalence_is_that_of_the_published_example() -> None:
    # Source: TOSTER's vignette (Lakens, 2017); figures to seven digits.
    result = welch_tost_from_summaries(
        GroupSummary(5.25, 0.95, 95), GroupSummary(5.22, 0.83, 89), low=-0.384, high=0.384
    )
    assert result.t_low == pytest.approx(3.153015, abs=5e-7)
    assert result.p_low == pytest.approx(0.0009458745, abs=5e-11)
    assert result.t_high == pytest.approx(-2.696056, abs=5e-7)
    assert result.p_high == pytest.approx(0.003838994, abs=5e-10)
    assert result.df == pytest.approx(181.1344, abs=5e-5)
    assert result.interval.level == pytest.approx(0.90)
    assert result.interval.low == pytest.approx(-0.1870843, abs=5e-8)
    assert result.interval.high == pytest.approx(0.2470843, abs=5e-8)


# Source: the first two BayesFactor and JASP (three digits); the last two R, integrating the
# noncentral t over the Cauchy prior itself (ten digits).
@pytest.mark.parametrize(
    ("t", "n_a", "n_b", "scale", "expected", "tolerance"),
    [
        (3.5, 20, 20, 0.707, 26.743, 5e-4),
        (3.5, 20, None, 0.707, 17.185, 5e-4),
        (0.5, 100, 80, 0.707, 0.182551205, 1e-8),
        (2.2, 15, 40, 1.0, 1.772283829, 1e-8),
    ],
)
def test_bayes_factors_are_those_of_bayesfactor_and_r(
    t: float, n_a: int, n_b: int | None, scale: float, expected: float, tolerance: float
) -> None:
    factor = jzs_bayes_factor(t, n_a, n_b, scale=scale)
    assert factor.bf10 == pytest.approx(expected, abs=tolerance)
    assert factor.lowest <= factor.bf10 <= factor.highest


def test_adjusted_p_values_are_those_of_r() -> None:
    # Source: R, p.adjust.
    p_values = [0.52, 0.12, 0.0001, 0.03, 0.14]
    assert benjamini_hochberg(p_values) == pytest.approx([0.52, 0.175, 0.0005, 0.075, 0.175])
    assert holm(p_values) == pytest.approx([0.52, 0.36, 0.0005, 0.12, 0.36])


def test_the_clients_needed_are_those_of_pwr() -> None:
    # Source: R, pwr.t.test and power.t.test(strict = TRUE).
    assert clients_per_group(0.5) == pytest.approx(63.76561, abs=5e-6)


def test_the_smallest_detectable_effect_is_that_of_r() -> None:
    # Source: R, power.t.test(n = 20, strict = TRUE, tol = 1e-10): .9091290; pwr prints .9091587,
    # because its root finder stops early (its power there is .800026).
    effect = smallest_detectable_effect(20, 20)
    assert effect == pytest.approx(0.9091290, abs=5e-8)
    assert effect == pytest.approx(0.9091587, abs=5e-5)
