"""Regression, correlation, curvature and surfaces at their edges."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from reports.methods.ancova import adjusted_difference
from reports.methods.correlation import curvature, pearson
from reports.methods.mean_difference import welch_difference
from reports.methods.regression import dependency_regression, robust_regression
from reports.methods.response_surface import response_surface
from reports.methods.result import NotEstimableError

RNG = np.random.default_rng(11)
X, Z, NOISE = RNG.normal(size=(3, 60))
Y = 1 + 2 * X - Z + NOISE


def test_a_term_is_found_by_name_and_an_unknown_one_is_not() -> None:
    fit = robust_regression(Y, pd.DataFrame({"x": X}))
    assert fit.term("x").estimate == pytest.approx(2, abs=0.8)
    with pytest.raises(KeyError):
        fit.term("y")


def test_the_intercept_has_no_beta_and_no_partial_r2() -> None:
    intercept = robust_regression(Y, pd.DataFrame({"x": X})).term("intercept")
    assert math.isnan(intercept.beta)
    assert math.isnan(intercept.partial_r2)


def test_beta_of_one_predictor_is_the_correlation() -> None:
    fit = robust_regression(Y, pd.DataFrame({"x": X * 7 + 3}))
    r = pearson(X, Y).r
    assert fit.term("x").beta == pytest.approx(r)
    assert fit.term("x").partial_r2 == pytest.approx(r**2)
    assert fit.r2 == pytest.approx(r**2)


def test_the_continuous_analysis_standardizes_its_scales() -> None:
    raw = dependency_regression(Y, X, Z)
    rescaled = dependency_regression(Y, X * 18 + 60, Z / 4 - 2)
    for term, other in zip(raw.terms, rescaled.terms, strict=True):
        assert other.estimate == pytest.approx(term.estimate)
        assert other.p_value == pytest.approx(term.p_value)


def test_covariates_keep_their_names_and_their_order_of_rows() -> None:
    covariates = pd.DataFrame({"age": X + Z + NOISE**2}, index=range(100, 160))
    fit = dependency_regression(Y, X, Z, covariates=covariates)
    assert [term.name for term in fit.terms] == [
        "intercept",
        "anxiety",
        "avoidance",
        "age",
        "anxiety:avoidance",
    ]
    again = dependency_regression(Y, X, Z, covariates=covariates.reset_index(drop=True))
    assert fit.terms[1:] == again.terms[1:]


def test_robust_errors_follow_unequal_variances() -> None:
    """Noise that grows with |x| makes the slope less certain than equal variances would say."""
    x = np.linspace(-3, 3, 400)
    y = x + np.random.default_rng(2).normal(size=400) * x**2
    fit = robust_regression(y, pd.DataFrame({"x": x}))
    residuals = y - fit.terms[0].estimate - fit.term("x").estimate * x
    classic = math.sqrt(float(residuals @ residuals) / 398 / float((x - x.mean()) @ (x - x.mean())))
    assert fit.term("x").se > 1.3 * classic


def test_collinear_constant_or_too_many_predictors_are_refused() -> None:
    for predictors in (
        pd.DataFrame({"x": X, "twice": 2 * X + 1}),
        pd.DataFrame({"x": X, "constant": 3.3}),
    ):
        with pytest.raises(NotEstimableError, match="collinear"):
            robust_regression(Y, predictors)
    with pytest.raises(NotEstimableError, match="cannot carry"):
        robust_regression(Y[:3], pd.DataFrame({"x": X[:3], "z": Z[:3]}))


def test_predictors_of_very_different_size_are_not_taken_for_collinear() -> None:
    fit = robust_regression(Y, pd.DataFrame({"x": X * 1e-6, "z": Z * 1e6}))
    assert fit.term("x").beta == pytest.approx(
        robust_regression(Y, pd.DataFrame({"x": X, "z": Z})).term("x").beta
    )


def test_a_client_who_alone_decides_a_coefficient_is_refused() -> None:
    alone = np.zeros(60)
    alone[7] = 1
    with pytest.raises(NotEstimableError, match="alone"):
        robust_regression(Y, pd.DataFrame({"x": X, "only_here": alone}))


def test_an_outcome_without_spread_or_without_noise_is_refused() -> None:
    with pytest.raises(NotEstimableError, match="outcome does not vary"):
        robust_regression(np.full(60, 0.1), pd.DataFrame({"x": X}))
    with pytest.raises(NotEstimableError, match="exact sum"):
        robust_regression(3 * X + 1, pd.DataFrame({"x": X}))


def test_lengths_and_names_must_fit() -> None:
    with pytest.raises(ValueError, match="do not fit"):
        robust_regression(Y[:-1], pd.DataFrame({"x": X}))
    with pytest.raises(ValueError, match="unique"):
        robust_regression(Y, pd.DataFrame(np.column_stack([X, Z]), columns=["x", "x"]))
    with pytest.raises(ValueError, match="differ in length"):
        response_surface(Y, X, Z[:-1])
    with pytest.raises(ValueError, match="not pairs"):
        pearson(X, Z[:-1])


def test_a_scale_that_does_not_vary_is_refused() -> None:
    with pytest.raises(NotEstimableError, match="does not vary"):
        dependency_regression(Y, X, np.full(60, 0.1))


def test_without_covariates_that_matter_adjustment_changes_little() -> None:
    a, b = Y[:30] + 1, Y[30:]
    noise = pd.DataFrame({"noise": NOISE[::-1]})
    adjusted = adjusted_difference(a, b, noise[:30], noise[30:])
    assert adjusted.difference == pytest.approx(welch_difference(a, b).difference, abs=0.3)


def test_adjustment_removes_a_difference_that_the_covariate_explains() -> None:
    rng = np.random.default_rng(5)
    before_a, before_b = rng.normal(1, 1, 200), rng.normal(0, 1, 200)
    a, b = before_a + rng.normal(0, 0.5, 200), before_b + rng.normal(0, 0.5, 200)
    covariates = pd.DataFrame({"before": before_a}), pd.DataFrame({"before": before_b})
    assert welch_difference(a, b).p_value < 1e-6
    assert 0 in adjusted_difference(a, b, *covariates).interval


def test_a_covariate_that_gives_the_group_away_is_refused() -> None:
    with pytest.raises(NotEstimableError, match="collinear"):
        adjusted_difference(
            [1, 2, 3], [2, 3, 5], pd.DataFrame({"x": [1, 1, 1]}), pd.DataFrame({"x": [0, 0, 0]})
        )


def test_covariates_must_be_the_same_in_both_groups() -> None:
    x, z = pd.DataFrame({"x": [1.0, 2.0]}), pd.DataFrame({"z": [1.0, 2.0]})
    with pytest.raises(ValueError, match="covariates of the two groups"):
        adjusted_difference([1, 2], [2, 3], x, z)
    with pytest.raises(ValueError, match="differ in length"):
        adjusted_difference([1, 2, 3], [2, 3], x, x)


def test_perfect_correlation_has_no_interval_to_speak_of() -> None:
    result = pearson([1, 2, 3, 4], [10, 20, 30, 40])
    assert (result.r, result.t) == (pytest.approx(1), math.inf)
    assert result.interval.high == pytest.approx(1)


def test_correlation_of_too_few_or_of_constants_is_refused() -> None:
    with pytest.raises(NotEstimableError, match="four"):
        pearson([1, 2, 3], [1, 2, 4])
    with pytest.raises(NotEstimableError, match="does not vary"):
        pearson([1, 1, 1, 1], [1, 2, 3, 4])


def test_a_straight_line_has_no_curvature_and_no_u() -> None:
    powers = np.column_stack([np.ones(60), X, X**2])
    flat = NOISE - powers @ np.linalg.lstsq(powers, NOISE)[0]
    result = curvature(X, 2 * X + flat)
    assert result.quadratic.estimate == pytest.approx(0, abs=1e-9)
    assert result.u_shape_p > 0.5


def test_a_bend_that_does_not_turn_is_no_u() -> None:
    x = np.linspace(0, 5, 60)
    result = curvature(x, np.sqrt(x) + 0.05 * NOISE)
    assert result.quadratic.p_value < 0.001
    assert result.u_shape_p > 0.05


@pytest.mark.parametrize("sign", [1, -1])
def test_a_real_turn_is_found_upright_and_inverted(sign: int) -> None:
    result = curvature(X, sign * 2 * (X - 0.2) ** 2 + NOISE)
    assert result.u_shape_p < 0.001
    assert result.turning_point == pytest.approx(0.2, abs=0.3)


def test_two_values_cannot_bend() -> None:
    with pytest.raises(NotEstimableError, match="collinear"):
        curvature([0, 1, 0, 1, 0, 1], [1, 2, 3, 4, 5, 7])


def test_agreement_shows_as_a_falling_curve_along_disagreement() -> None:
    surface = response_surface(3 - (X - Z) ** 2 + 0.1 * NOISE, X, Z)
    assert surface.a4.interval.high < 0
    assert surface.a4.estimate == pytest.approx(-4, abs=0.2)
    assert 0 in surface.a3.interval


def test_a_dyad_who_alone_decides_a_surface_is_refused() -> None:
    x = np.array([0.0, 1, 0, 1, 0, 1, 2, 0, 1])
    y = np.array([0.0, 0, 1, 1, 0, 1, 0, 2, 0])
    with pytest.raises(NotEstimableError, match="alone"):
        response_surface(NOISE[:9], x, y)


def test_a_surface_needs_more_dyads_than_terms() -> None:
    with pytest.raises(NotEstimableError, match="cannot carry"):
        response_surface(Y[:6], X[:6], Z[:6])
    with pytest.raises(NotEstimableError, match="collinear"):
        response_surface(Y, X, X)
