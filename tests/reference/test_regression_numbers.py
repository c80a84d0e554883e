"""Regression, adjustment, correlation and curvature against R 4.2.

HC3 errors in R from their formula (residuals and hat values), on mtcars; the response surface on
motcon, as in the package RSA.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from reports.methods.ancova import adjusted_difference
from reports.methods.correlation import curvature, pearson
from reports.methods.regression import Term, dependency_regression, robust_regression
from reports.methods.response_surface import response_surface

pytestmark = pytest.mark.shared
R_DIGITS = 1e-9  # relative: R printed twelve digits


@pytest.fixture(scope="module")
def cars(shared_data: Path) -> pd.DataFrame:
    return pd.read_csv(shared_data / "oracles" / "mtcars_wt_am.csv")


def figures(term: Term) -> list[float]:
    return [term.estimate, term.se, term.p_value, term.interval.low, term.interval.high]


# Estimate, HC3 error, p-value, interval.
INTERACTION = {
    "intercept": [18.89840008211, 0.434684235097, 3.00079618575e-27, 18.007989791, 19.788810374],
    "anxiety": [-4.04264275573, 0.577703215599, 1.30777572766e-07, -5.226014148, -2.859271363],
    "avoidance": [-2.09169102124, 0.503405020193, 2.76879295507e-04, -3.12286946, -1.060512583],
    "anxiety:avoidance": [1.86821667265, 0.646878768569, 7.395603765e-03, 0.543145583, 3.193287762],
}


def test_the_continuous_analysis_is_that_of_r(cars: pd.DataFrame) -> None:
    fit = dependency_regression(cars["mpg"], cars["wt"], cars["hp"])
    assert [term.name for term in fit.terms] == list(INTERACTION)
    for term in fit.terms:
        assert figures(term) == pytest.approx(INTERACTION[term.name], rel=1e-8)
    assert fit.r2 == pytest.approx(0.884763711991, rel=R_DIGITS)
    assert fit.adjusted_r2 == pytest.approx(0.872416966847, rel=R_DIGITS)
    assert (fit.n, fit.df_residual) == (32, 28)


def test_betas_and_partial_r2_are_those_of_r(cars: pd.DataFrame) -> None:
    fit = dependency_regression(cars["mpg"], cars["wt"], cars["hp"])
    betas = [term.beta for term in fit.terms[1:]]
    partial = [term.partial_r2 for term in fit.terms[1:]]
    assert betas == pytest.approx([-0.670761174776, -0.347056421122, 0.309977231678], rel=R_DIGITS)
    assert partial == pytest.approx([0.684941215809, 0.371250290371, 0.334719345104], rel=R_DIGITS)


def test_robust_regression_on_raw_predictors_is_that_of_r(cars: pd.DataFrame) -> None:
    fit = robust_regression(cars["mpg"], cars[["wt", "hp", "am"]])
    expected = [-0.0374787259534, 0.00948695790216, 4.79706781432e-04]
    assert figures(fit.term("hp"))[:3] == pytest.approx(expected, rel=1e-8)
    assert fit.term("hp").partial_r2 == pytest.approx(0.3522159104472, rel=R_DIGITS)


def test_the_adjusted_difference_is_that_of_r(cars: pd.DataFrame) -> None:
    manual, automatic = cars[cars["am"] == 1], cars[cars["am"] == 0]
    result = adjusted_difference(
        manual["mpg"], automatic["mpg"], manual[["wt", "hp"]], automatic[["wt", "hp"]]
    )
    assert [result.difference, result.se, result.t, result.p_value] == pytest.approx(
        [2.0837101303233, 1.46672667603248, 1.42065332579, 0.166458573321], rel=1e-8
    )
    assert result.interval.low == pytest.approx(-0.9207432679232, rel=R_DIGITS)
    assert result.partial_r2 == pytest.approx(0.0756567697545, rel=R_DIGITS)
    assert (result.n_a, result.n_b, result.df) == (13, 19, 28)


def test_pearsons_correlation_and_fishers_interval_are_those_of_r(cars: pd.DataFrame) -> None:
    # Source: R, cor.test(mpg, wt).
    result = pearson(cars["mpg"], cars["wt"])
    assert result.r == pytest.approx(-0.867659376517, rel=R_DIGITS)
    assert result.t == pytest.approx(-9.559044147, rel=R_DIGITS)
    assert result.p_value == pytest.approx(1.2939587e-10, rel=1e-7)
    assert result.interval.low == pytest.approx(-0.933826413285, rel=R_DIGITS)
    assert result.interval.high == pytest.approx(-0.744087196460, rel=R_DIGITS)


def test_the_quadratic_term_and_both_slopes_are_those_of_r(cars: pd.DataFrame) -> None:
    result = curvature(cars["hp"], cars["mpg"])
    expected = [0.000420815629433, 0.000125339917485, 2.21255863515e-03]
    assert figures(result.quadratic)[:3] == pytest.approx(expected, rel=1e-8)
    slopes = [result.slope_low.estimate, result.slope_low.se]
    slopes += [result.slope_high.estimate, result.slope_high.se]
    assert slopes == pytest.approx(
        [-0.169543434484, 0.030105917231, 0.0686382117746, 0.0431747355499], rel=1e-8
    )
    assert result.turning_point == pytest.approx(253.446218517, rel=1e-8)
    # The rising end is the weaker one: t = 1.59 with 29 degrees of freedom, one-sided.
    assert result.u_shape_p == pytest.approx(0.0613645415341, rel=1e-8)


def test_the_response_surface_is_that_of_rsa_and_least_squares(shared_data: Path) -> None:
    # Source: RSA on its own example (five digits); errors from R's HC3 formula.
    motives = pd.read_csv(shared_data / "oracles" / "RSA__motcon.tab", sep=r"\s+")
    surface = response_surface(motives["postVA"], motives["ePow"], motives["iPow"])
    parameters = [surface.a1, surface.a2, surface.a3, surface.a4]
    estimates = [parameter.estimate for parameter in parameters]
    assert estimates == pytest.approx([0.55533, -0.04783, 0.03958, -0.29364], abs=5e-6)
    assert [parameter.se for parameter in parameters] == pytest.approx(
        [0.155937475818, 0.126588902499, 0.189296901429, 0.207212230891], rel=1e-8
    )
    assert surface.coefficients == pytest.approx(
        (0.420436347, 0.2974543527, 0.2578745892, -0.005840259, 0.1229041032, -0.1648932746),
        rel=1e-8,
    )
    assert surface.n == 84
