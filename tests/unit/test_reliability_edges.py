"""Reliability at its edges, and the signs of a wrong key on made-up items."""

from __future__ import annotations

import math

import numpy as np
import pytest

from reports.methods.reliability import (
    alpha_from_covariance,
    covariance_from_sums,
    cronbach_alpha,
    flip_gains,
    item_covariance,
    item_rest_correlations,
    mcdonald_omega,
    omega_total,
    reverse_key_alarm,
    standard_error_of_measurement,
)
from reports.methods.result import FloatArray, NotEstimableError


def one_factor(loadings: list[float]) -> FloatArray:
    """Return the covariance of standardized items with these loadings on one factor."""
    vector = np.array(loadings)
    return np.outer(vector, vector) + np.diag(1 - vector**2)


def test_omega_recovers_the_model_that_made_the_covariance() -> None:
    loadings = [0.8, 0.7, 0.6, 0.5]
    common = sum(loadings) ** 2
    unique = sum(1 - loading**2 for loading in loadings)
    omega = omega_total(one_factor(loadings))
    assert omega == pytest.approx(common / (common + unique), abs=1e-6)


def test_omega_is_in_the_units_of_the_items() -> None:
    scale = np.diag([3.0, 1.0, 0.5, 2.0])
    matrix = scale @ one_factor([0.8, 0.7, 0.6, 0.5]) @ scale
    weighted = np.array([2.4, 0.7, 0.3, 1.0])
    unique = np.diag(matrix) - weighted**2
    expected = weighted.sum() ** 2 / (weighted.sum() ** 2 + unique.sum())
    assert omega_total(matrix) == pytest.approx(expected, abs=1e-6)


def test_omega_is_above_alpha_where_loadings_differ() -> None:
    matrix = one_factor([0.9, 0.9, 0.3, 0.2])
    assert omega_total(matrix) > alpha_from_covariance(matrix, 200).value + 0.02


def test_omega_is_the_same_in_every_run() -> None:
    """The library draws its starting values, so a seed has to be given to it."""
    matrix = one_factor([0.8, 0.7, 0.6, 0.5, 0.3])
    assert omega_total(matrix) == omega_total(matrix)


def test_the_error_of_omega_is_that_of_refits_without_each_client() -> None:
    rng = np.random.default_rng(3)
    loadings = np.array([0.8, 0.7, 0.6, 0.5])
    factor, noise = rng.exponential(size=(200, 1)), rng.normal(size=(200, 4))
    items = factor * loadings + noise * np.sqrt(1 - loadings**2)
    omega = mcdonald_omega(items, level=0.6826895)
    left_out = [omega_total(np.cov(np.delete(items, k, 0), rowvar=False)) for k in range(200)]
    jackknife = math.sqrt(199**2 / 200 * np.var(left_out))
    assert omega.value == omega_total(np.cov(items, rowvar=False))
    assert (omega.interval.high - omega.interval.low) / 2 == pytest.approx(jackknife, rel=0.05)


def test_omega_without_a_proper_solution_is_refused() -> None:
    # An item that would need a loading above 1: .9 * .9 / .2 = 4.05.
    with pytest.raises(NotEstimableError, match="proper solution"):
        omega_total([[1.0, 0.9, 0.9], [0.9, 1.0, 0.2], [0.9, 0.2, 1.0]])
    with pytest.raises(NotEstimableError, match="proper solution"):
        omega_total(np.ones((3, 3)))


def test_omega_of_two_items_or_of_a_constant_one_is_refused() -> None:
    with pytest.raises(NotEstimableError, match="three items"):
        omega_total(one_factor([0.8, 0.7]))
    with pytest.raises(NotEstimableError, match="does not vary"):
        omega_total(np.diag([1.0, 1.0, 0.0]))


def test_alpha_of_unrelated_items_is_zero_and_of_opposed_ones_negative() -> None:
    assert alpha_from_covariance(np.eye(5), 100).value == pytest.approx(0)
    assert alpha_from_covariance([[1.0, -0.5], [-0.5, 1.0]], 100).value == pytest.approx(-2)


def test_alpha_of_identical_items_is_one_without_an_interval_to_speak_of() -> None:
    alpha = cronbach_alpha([[1, 1], [2, 2], [4, 4]])
    assert alpha.value == pytest.approx(1)
    assert (alpha.interval.low, alpha.interval.high) == pytest.approx((1, 1))


def test_alpha_needs_two_items_two_clients_and_a_varying_sum() -> None:
    with pytest.raises(NotEstimableError, match="two items"):
        cronbach_alpha([[1], [2], [3]])
    with pytest.raises(NotEstimableError, match="two clients"):
        cronbach_alpha([[1, 2]])
    with pytest.raises(NotEstimableError, match="two clients"):
        alpha_from_covariance(np.eye(2), 1)
    with pytest.raises(NotEstimableError, match="does not vary"):
        cronbach_alpha([[1, 5], [2, 4], [3, 3]])


def test_alpha_ignores_a_constant_item_only_as_far_as_its_count() -> None:
    answers = np.array([[1, 2, 3], [2, 3, 3], [4, 4, 3], [5, 4, 3]])
    assert cronbach_alpha(answers).item_count == 3
    two = cronbach_alpha(answers[:, :2]).value
    assert cronbach_alpha(answers).value == pytest.approx(two * (3 / 2) / (2 / 1))


def test_more_clients_narrow_the_interval() -> None:
    few, many = (alpha_from_covariance(one_factor([0.7] * 4), n).interval for n in (20, 200))
    assert few.low < many.low < many.high < few.high


def test_sums_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="do not fit"):
        covariance_from_sums(3, [1, 2, 3], [[1, 2], [2, 3]])
    with pytest.raises(ValueError, match="square"):
        covariance_from_sums(3, [1, 2], [[1, 2]])
    with pytest.raises(NotEstimableError, match="two clients"):
        covariance_from_sums(1, [1], [[1]])


def test_a_constant_item_has_no_item_rest_correlation_and_no_alarm() -> None:
    answers = np.array([[1, 2, 3], [2, 3, 3], [4, 4, 3], [5, 4, 3]])
    covariance, _ = item_covariance(answers)
    assert math.isnan(item_rest_correlations(covariance)[2])
    assert reverse_key_alarm(covariance, ["a", "b", "c"]) == ()


def test_an_unrelated_item_raises_no_alarm() -> None:
    matrix = np.eye(4)
    matrix[:3, :3] = one_factor([0.7, 0.7, 0.7])
    assert reverse_key_alarm(matrix, list("abcd")) == ()


@pytest.mark.parametrize("wrong", [[0], [1, 4], [0, 2, 5]])
def test_the_items_flipped_by_mistake_are_named(wrong: list[int]) -> None:
    signs = np.array([-1.0 if i in wrong else 1.0 for i in range(8)])
    matrix = one_factor([0.7] * 8) * np.outer(signs, signs)
    named = [alarm.item for alarm in reverse_key_alarm(matrix, [str(i) for i in range(8)])]
    assert named == [str(i) for i in wrong]


def test_flipping_an_item_changes_alpha_as_recoding_its_answers_does() -> None:
    rng = np.random.default_rng(4)
    answers = np.clip(np.round(rng.normal(3, 1, (60, 1)) + rng.normal(0, 1, (60, 5))), 1, 5)
    covariance, _ = item_covariance(answers)
    before, gains = cronbach_alpha(answers).value, flip_gains(covariance)
    for item in range(5):
        recoded = answers.copy()
        recoded[:, item] = 6 - recoded[:, item]
        assert gains[item] == pytest.approx(cronbach_alpha(recoded).value - before)


def test_alpha_rises_exactly_where_the_item_rest_correlation_is_negative() -> None:
    rng = np.random.default_rng(8)
    covariance, _ = item_covariance(rng.normal(size=(40, 9)))
    assert ((flip_gains(covariance) > 0) == (item_rest_correlations(covariance) < 0)).all()


def test_a_flip_that_leaves_no_spread_is_minus_infinity_and_no_alarm() -> None:
    matrix = np.ones((2, 2))
    assert flip_gains(matrix).tolist() == [-math.inf, -math.inf]
    assert reverse_key_alarm(matrix, ["a", "b"]) == ()


def test_names_that_do_not_fit_the_items_are_refused() -> None:
    with pytest.raises(ValueError, match="names do not fit"):
        reverse_key_alarm(np.eye(3), ["a", "b"])


def test_a_perfect_scale_has_no_error_of_measurement() -> None:
    assert standard_error_of_measurement(5.0, 1.0) == 0
    assert standard_error_of_measurement(5.0, 0.0) == 5
    for sd, reliability in ((-1.0, 0.8), (5.0, 1.1), (5.0, -0.1), (5.0, math.nan)):
        with pytest.raises(ValueError, match="reliability"):
            standard_error_of_measurement(sd, reliability)
