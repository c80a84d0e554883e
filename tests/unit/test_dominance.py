"""Dominance by hand, by its identities, and at its edges."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.methods.dominance import analyse_dominance
from reports.methods.result import NotEstimableError


def r_squared_of_correlations(r_y: np.ndarray, r_x: np.ndarray) -> float:
    return float(r_y @ np.linalg.solve(r_x, r_y))


def exact_sample(correlation: np.ndarray, n: int = 50) -> np.ndarray:
    raw = np.random.default_rng(1).normal(size=(n, len(correlation)))
    raw -= raw.mean(axis=0)
    white = raw @ np.linalg.inv(np.linalg.cholesky(np.cov(raw.T))).T
    return white @ np.linalg.cholesky(correlation).T


def test_two_predictors_by_hand() -> None:
    # r(y, a) = .6, r(y, b) = .5, r(a, b) = .3: R2 = (.36 + .25 - 2 * .6 * .5 * .3) / .91 = .4725
    table = exact_sample(np.array([[1, 0.6, 0.5], [0.6, 1, 0.3], [0.5, 0.3, 1]]))
    found = analyse_dominance(table[:, 0], table[:, 1:], names=["a", "b"])
    whole = (0.36 + 0.25 - 0.18) / 0.91
    assert found.r_squared == pytest.approx(whole)
    assert found.general == pytest.approx(((0.36 + whole - 0.25) / 2, (0.25 + whole - 0.36) / 2))
    assert found.conditional[0] == pytest.approx((0.36, whole - 0.25))
    assert found.completely_dominates == (("a", "b"),)


def test_three_predictors_from_the_correlations_alone() -> None:
    r = np.array([[1, 0.5, 0.4, 0.3], [0.5, 1, 0.6, 0.2], [0.4, 0.6, 1, 0.1], [0.3, 0.2, 0.1, 1.0]])
    table = exact_sample(r)
    found = analyse_dominance(table[:, 0], table[:, 1:], names=["a", "b", "c"])

    def explained(*columns: int) -> float:
        places = list(columns)
        return r_squared_of_correlations(r[0, places], r[np.ix_(places, places)])

    first = (explained(1, 2) - explained(2) + explained(1, 3) - explained(3)) / 2
    expected = (explained(1) + first + explained(1, 2, 3) - explained(2, 3)) / 3
    assert found.general[0] == pytest.approx(expected)


def test_neither_of_two_equal_predictors_dominates() -> None:
    table = exact_sample(np.array([[1, 0.5, 0.5], [0.5, 1, 0.2], [0.5, 0.2, 1]]))
    found = analyse_dominance(table[:, 0], table[:, 1:], names=["a", "b"])
    assert found.general[0] == pytest.approx(found.general[1])


def test_a_predictor_given_twice_shares_its_credit() -> None:
    x = np.random.default_rng(2).normal(size=(80, 1))
    y = x[:, 0] + np.random.default_rng(3).normal(size=80)
    found = analyse_dominance(y, np.hstack([x, x]), names=["a", "same"])
    assert found.general == pytest.approx((found.r_squared / 2,) * 2)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 1000), k=st.integers(1, 5))
def test_general_dominance_sums_to_r_squared(seed: int, k: int) -> None:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(40, k))
    y = x @ rng.normal(size=k) + rng.normal(size=40)
    found = analyse_dominance(y, x, names=[f"x{i}" for i in range(k)])
    assert sum(found.general) == pytest.approx(found.r_squared)
    turned = analyse_dominance(-y, x[:, ::-1], names=[f"x{i}" for i in range(k)])
    assert turned.general == pytest.approx(found.general[::-1])


def test_too_many_predictors_and_too_few_clients() -> None:
    with pytest.raises(ValueError, match="at most 12"):
        analyse_dominance(np.zeros(50), np.zeros((50, 13)), names=[str(i) for i in range(13)])
    with pytest.raises(NotEstimableError):
        analyse_dominance([1.0, 2.0], [[1.0], [3.0]], names=["a"])
    with pytest.raises(NotEstimableError):
        analyse_dominance(np.ones(9), np.arange(9.0)[:, None], names=["a"])


def test_missing_values_are_for_the_caller_to_drop() -> None:
    with pytest.raises(ValueError, match="missing"):
        analyse_dominance([1.0, np.nan, 2.0, 3.0], np.arange(4.0)[:, None], names=["a"])
