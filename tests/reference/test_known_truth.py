"""Methods against worlds whose truth is known: coverage, false positives, bias.

Every world is seeded and small (a few hundred to two thousand runs), so a bound is three to four
Monte Carlo standard errors wide: .95 of 1,000 runs has an error of .007.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from reports.methods.agreement import intraclass_correlations
from reports.methods.correlation import curvature, pearson
from reports.methods.effect_size import glass_delta, hedges_g, probability_of_superiority
from reports.methods.equivalence import welch_tost, welch_tost_from_summaries
from reports.methods.four_groups import welch_anova
from reports.methods.mean_difference import (
    welch_difference,
    welch_difference_from_summaries,
)
from reports.methods.multiplicity import holm
from reports.methods.regression import robust_regression
from reports.methods.reliability import cronbach_alpha, mcdonald_omega, omega_total
from reports.methods.result import FloatArray, GroupSummary, Interval
from reports.methods.sample_size import design_effect, power
from reports.methods.trimmed import yuen_difference

ERRORS = 3.5


def share_within(hits: list[bool], wanted: float) -> bool:
    """Whether the share of hits is within Monte Carlo error of the wanted one."""
    error = float(np.sqrt(wanted * (1 - wanted) / len(hits)))
    return abs(float(np.mean(hits)) - wanted) < ERRORS * error


def share_at_most(hits: list[bool], wanted: float) -> bool:
    """Whether the share of hits is at most the wanted one, but for Monte Carlo error."""
    return float(np.mean(hits)) < wanted + ERRORS * float(
        np.sqrt(wanted * (1 - wanted) / len(hits))
    )


def summaries(
    rng: np.random.Generator, runs: int, mean: float, sd: float, n: int
) -> list[GroupSummary]:
    """Draw many normal groups at once and keep what Welch needs of them."""
    draws = rng.normal(mean, sd, (runs, n))
    return [
        GroupSummary(float(m), float(s), n)
        for m, s in zip(draws.mean(axis=1), draws.std(axis=1, ddof=1), strict=True)
    ]


@pytest.mark.parametrize(
    ("n_a", "sd_a", "n_b", "sd_b"),
    [(20, 1.0, 20, 1.0), (12, 3.0, 60, 1.0), (60, 3.0, 12, 1.0), (8, 1.0, 30, 2.0)],
)
def test_welchs_interval_covers_whatever_sizes_and_spreads(
    n_a: int, sd_a: float, n_b: int, sd_b: float
) -> None:
    rng = np.random.default_rng([1, n_a, n_b])
    a, b = summaries(rng, 2000, 0.7, sd_a, n_a), summaries(rng, 2000, 0.2, sd_b, n_b)
    results = [welch_difference_from_summaries(*pair) for pair in zip(a, b, strict=True)]
    assert share_within([0.5 in result.interval for result in results], 0.95)
    assert np.mean([result.difference for result in results]) == pytest.approx(
        0.5, abs=ERRORS * np.sqrt((sd_a**2 / n_a + sd_b**2 / n_b) / 2000)
    )


def test_a_pooled_test_would_not_have_held_its_level_here() -> None:
    """The world in which Welch covers is one in which the pooled test fails: it can tell them."""
    rng = np.random.default_rng(2)
    a, b = rng.normal(0, 3, (2000, 12)), rng.normal(0, 1, (2000, 60))
    pooled = stats.ttest_ind(a, b, axis=1, equal_var=True).pvalue < 0.05
    assert pooled.mean() > 0.2


@pytest.mark.parametrize(("effect", "n_a", "n_b"), [(0.0, 10, 10), (0.8, 15, 40), (2.0, 12, 12)])
def test_the_exact_interval_of_g_covers_and_g_is_unbiased(
    effect: float, n_a: int, n_b: int
) -> None:
    rng = np.random.default_rng([3, n_a, n_b])
    effects = [hedges_g(rng.normal(effect, 1, n_a), rng.normal(0, 1, n_b)) for _ in range(1000)]
    assert share_within([effect in g.interval for g in effects], 0.95)
    values = np.array([g.value for g in effects])
    assert values.mean() == pytest.approx(effect, abs=ERRORS * values.std() / np.sqrt(1000))


def test_glasss_interval_covers_with_unequal_spreads() -> None:
    rng = np.random.default_rng(4)
    effects = [glass_delta(rng.normal(1, 2, 25), rng.normal(0, 1, 25)) for _ in range(800)]
    assert 0.93 < np.mean([1.0 in delta.interval for delta in effects]) < 0.975


@pytest.mark.parametrize(
    ("mean", "sd", "n_a", "n_b"), [(0.0, 1.0, 20, 20), (0.8, 2.0, 15, 60), (0.8, 0.4, 60, 15)]
)
def test_the_interval_of_superiority_covers_with_unequal_spreads(
    mean: float, sd: float, n_a: int, n_b: int
) -> None:
    rng = np.random.default_rng([5, n_a, n_b])
    truth = float(stats.norm.cdf(mean / np.sqrt(1 + sd**2)))
    results = [
        probability_of_superiority(rng.normal(mean, sd, n_a), rng.normal(0, 1, n_b))
        for _ in range(1000)
    ]
    # Slightly wide in small groups, as its authors say; never short.
    assert 0.94 < np.mean([truth in p.interval for p in results]) < 0.985


def test_the_interval_of_superiority_covers_with_ties() -> None:
    rng = np.random.default_rng(6)
    rising, falling = np.array([0.1, 0.15, 0.2, 0.25, 0.3]), np.array([0.3, 0.25, 0.2, 0.15, 0.1])
    joint = np.outer(rising, falling)
    truth = float(np.tril(joint, -1).sum() + np.trace(joint) / 2)
    hits = [
        truth
        in probability_of_superiority(
            rng.choice(5, 25, p=rising), rng.choice(5, 40, p=falling)
        ).interval
        for _ in range(1000)
    ]
    assert 0.935 < np.mean(hits) < 0.98


def test_equivalence_at_the_bound_is_claimed_in_one_of_twenty() -> None:
    rng = np.random.default_rng(7)
    a, b = summaries(rng, 3000, 0.5, 1.0, 60), summaries(rng, 3000, 0.0, 1.5, 60)
    claimed = [
        welch_tost_from_summaries(*pair, low=-0.5, high=0.5).p_value < 0.05
        for pair in zip(a, b, strict=True)
    ]
    assert share_at_most(claimed, 0.05)
    assert np.mean(claimed) > 0.03  # it uses up its level: n is large enough for that


def test_equivalence_is_found_where_groups_are_alike_and_many() -> None:
    rng = np.random.default_rng(8)
    found = [
        welch_tost(rng.normal(0, 1, 150), rng.normal(0, 1, 150), low=-0.5, high=0.5).p_value < 0.05
        for _ in range(300)
    ]
    assert np.mean(found) > 0.95


def test_equivalence_is_hardly_claimed_by_groups_too_small_for_it() -> None:
    rng = np.random.default_rng(9)
    claimed = [
        welch_tost(rng.normal(0, 1, 8), rng.normal(0, 1, 8), low=-0.3, high=0.3).p_value < 0.05
        for _ in range(300)
    ]
    assert np.mean(claimed) < 0.02


def test_holm_holds_the_family_wise_error() -> None:
    rng = np.random.default_rng(10)
    p_values = 2 * stats.norm.sf(np.abs(rng.normal(size=(400, 10))))
    assert share_at_most([bool((holm(family) < 0.05).any()) for family in p_values], 0.05)


@pytest.mark.slow
def test_yuen_keeps_its_level_and_beats_welch_under_heavy_tails() -> None:
    rng = np.random.default_rng(11)
    null = [
        yuen_difference(rng.standard_t(2, 25), rng.standard_t(2, 40)).p_value < 0.05
        for _ in range(800)
    ]
    assert share_at_most(null, 0.05)
    wins = []
    for _ in range(300):
        a, b = rng.standard_t(2, 30) + 1, rng.standard_t(2, 30)
        wins.append((yuen_difference(a, b).p_value < 0.05, welch_difference(a, b).p_value < 0.05))
    yuen, welch = np.mean(wins, axis=0)
    assert yuen > welch + 0.1


def one_factor_answers(rng: np.random.Generator, loadings: FloatArray, n: int) -> FloatArray:
    unique = np.sqrt(1 - loadings**2)
    return rng.normal(size=(n, 1)) * loadings + rng.normal(size=(n, loadings.size)) * unique


def test_feldts_interval_covers_the_alpha_of_alike_items() -> None:
    rng = np.random.default_rng(12)
    loadings = np.full(9, 0.7)
    truth = 9 / 8 * (1 - 9 / (9 * 0.51 + 81 * 0.49))
    hits = [
        truth in cronbach_alpha(one_factor_answers(rng, loadings, 60)).interval for _ in range(1000)
    ]
    assert share_within(hits, 0.95)


def test_omega_finds_the_reliability_that_alpha_misses() -> None:
    rng = np.random.default_rng(13)
    loadings = np.array([0.9, 0.8, 0.7, 0.4, 0.3])
    truth = loadings.sum() ** 2 / (loadings.sum() ** 2 + (1 - loadings**2).sum())
    samples = [one_factor_answers(rng, loadings, 300) for _ in range(100)]
    omegas = [omega_total(np.cov(sample, rowvar=False)) for sample in samples]
    alphas = [cronbach_alpha(sample).value for sample in samples]
    assert np.mean(omegas) == pytest.approx(truth, abs=0.01)
    assert np.mean(alphas) < truth - 0.02


@pytest.mark.parametrize(
    "cuts",
    [
        [0.3, 0.9, 1.5, 2.1],
        pytest.param([-1.5, -0.5, 0.5, 1.5], marks=pytest.mark.slow),
    ],
)
def test_the_interval_of_omega_covers_for_even_and_for_skewed_answers(cuts: list[float]) -> None:
    rng = np.random.default_rng(15)
    loadings = np.array([0.4, 0.5, 0.6, 0.7, 0.8, 0.6])

    def answers(n: int) -> np.ndarray:
        return np.digitize(one_factor_answers(rng, loadings, n), cuts).astype(float)

    truth = omega_total(np.cov(answers(200_000), rowvar=False))
    hits = [truth in mcdonald_omega(answers(300)).interval for _ in range(300)]
    assert 0.91 < np.mean(hits) < 0.98


def test_robust_intervals_cover_where_the_noise_grows_with_the_predictor() -> None:
    rng = np.random.default_rng(14)
    hits = []
    for _ in range(600):
        x = rng.normal(size=80)
        y = 0.4 * x + rng.normal(size=80) * (0.3 + np.abs(x))
        fit = robust_regression(y, pd.DataFrame({"x": x}))
        hits.append(0.4 in fit.term("x").interval)
    assert 0.925 < np.mean(hits) < 0.975


def test_fishers_interval_covers() -> None:
    rng = np.random.default_rng(15)
    hits = []
    for _ in range(1000):
        x, noise = rng.normal(size=(2, 40))
        hits.append(0.6 in pearson(x, 0.6 * x + 0.8 * noise).interval)
    assert share_within(hits, 0.95)


@pytest.mark.slow
def test_a_bent_line_is_not_called_a_u_more_often_than_allowed() -> None:
    """A curve that just levels off at the end of the range is the edge of having no turn."""
    rng = np.random.default_rng(16)
    x = np.linspace(0, 1, 60)
    called = [
        curvature(x, -((x - 1) ** 2) + rng.normal(0, 0.3, 60)).u_shape_p < 0.05 for _ in range(500)
    ]
    assert share_at_most(called, 0.05)


@pytest.mark.parametrize(
    ("sizes", "sds"),
    [
        ((10, 20, 40, 60), (2, 1.5, 1, 0.7)),
        pytest.param((20, 20, 20, 20), (1, 1, 1, 1), marks=pytest.mark.slow),
    ],
)
def test_the_interval_of_omega_squared_covers_and_its_estimate_is_unbiased(
    sizes: tuple[int, ...], sds: tuple[float, ...]
) -> None:
    rng = np.random.default_rng(17)
    means = np.array([0, 0.3, 0.6, 0.9])
    weights = np.array(sizes) / np.array(sds) ** 2
    spread = weights @ (means - weights @ means / weights.sum()) ** 2
    truth = spread / (spread + sum(sizes))
    results = []
    for _ in range(250):
        draws = [rng.normal(m, s, n) for m, s, n in zip(means, sds, sizes, strict=True)]
        results.append(welch_anova(dict(zip("abcd", draws, strict=True))))
    assert share_within([truth in result.interval for result in results], 0.95)
    estimates = np.array([result.omega_squared for result in results])
    assert estimates.mean() == pytest.approx(
        truth, abs=ERRORS * estimates.std() / np.sqrt(len(results))
    )


def test_intervals_of_agreement_cover() -> None:
    rng = np.random.default_rng(18)
    consistency, absolute = [], []
    for _ in range(600):
        targets, raters = rng.normal(0, 1, (30, 1)), rng.normal(0, 0.5, (1, 4))
        ratings = targets + raters + rng.normal(0, 0.7, (30, 4))
        _, agreement, consistent, *_ = intraclass_correlations(ratings)
        consistency.append(1 / 1.49 in consistent.interval)
        absolute.append(1 / 1.74 in agreement.interval)
    assert share_within(consistency, 0.95)
    assert 0.90 < np.mean(absolute) < 0.98  # approximate: near .94 with four raters


def test_power_is_the_share_of_tests_that_reject() -> None:
    rng = np.random.default_rng(19)
    a, b = rng.normal(0.6, 1, (4000, 25)), rng.normal(0, 1, (4000, 45))
    rejected = stats.ttest_ind(a, b, axis=1).pvalue < 0.05
    assert share_within(rejected.tolist(), power(0.6, 25, 45))


def test_the_design_effect_is_the_inflation_of_the_variance_that_nesting_brings() -> None:
    """40 therapists of 10 clients: outcome ICC .2, and clients of a kind share therapists."""
    rng = np.random.default_rng(20)
    tendency = np.repeat(np.where(np.arange(40) % 2, 0.8, 0.2), 10)
    group_icc = 0.3**2 / 0.25  # variance of the tendency over that of membership
    differences = []
    for _ in range(1500):
        in_a = rng.random(400) < tendency
        outcome = np.repeat(rng.normal(0, np.sqrt(0.2), 40), 10) + rng.normal(0, np.sqrt(0.8), 400)
        differences.append(outcome[in_a].mean() - outcome[~in_a].mean())
    inflation = np.var(differences) / (1 / 200 + 1 / 200)
    assert inflation == pytest.approx(design_effect(10, 0.2, group_icc), rel=0.13)


def test_a_higher_level_covers_more() -> None:
    rng = np.random.default_rng(21)
    a, b = summaries(rng, 500, 0, 1, 15), summaries(rng, 500, 0, 1, 15)

    def coverage(level: float) -> float:
        intervals: list[Interval] = [
            welch_difference_from_summaries(*pair, level=level).interval
            for pair in zip(a, b, strict=True)
        ]
        return float(np.mean([0 in interval for interval in intervals]))

    shares = [coverage(level) for level in (0.5, 0.8, 0.95, 0.99)]
    assert all(low < high for low, high in pairwise(shares))
