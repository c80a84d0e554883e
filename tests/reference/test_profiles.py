"""Mixtures of the iris data, and the three-step method against stepmix and known truth."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import load_iris
from stepmix.stepmix import StepMix
from threadpoolctl import threadpool_limits

from reports.methods.profile_outcome import compare_outcome_of_profiles
from reports.methods.profiles import (
    Covariance,
    ProfileModel,
    compare_profiles,
    fit_profiles,
    profile_stability,
)

NAMES = ["sepal length", "sepal width", "petal length", "petal width"]


@pytest.mark.parametrize(
    ("covariance", "log_likelihood", "parameters"),
    [
        # A published -307.1808 for the first is a local optimum.
        ("diagonal", -306.8605, 26),
        ("equal", -256.3547, 24),
        ("free", -180.1858, 44),
    ],
)
def test_three_classes_of_iris_reach_the_best_known_likelihood(
    covariance: Covariance, log_likelihood: float, parameters: int
) -> None:
    model = fit_profiles(load_iris().data, names=NAMES, n_classes=3, covariance=covariance, seed=1)
    assert model.log_likelihood > log_likelihood - 0.01
    assert model.log_likelihood == pytest.approx(log_likelihood, abs=0.01)
    assert model.parameter_count == parameters
    assert model.n_replicated > 1
    assert model.status == "ok"
    assert model.shares[0] == pytest.approx(1 / 3, abs=1e-3)  # setosa stands apart


def overlapping(seed: int, n: int = 1500) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Three classes 2 SD apart on two scales, outcome means 0, .5 and 1.5."""
    rng = np.random.default_rng(seed)
    kind = rng.choice(3, n, p=[0.4, 0.35, 0.25])
    centres = np.array([[0.0, 0.0], [2.0, 1.0], [2.0, -2.0]])
    scores = centres[kind] + rng.normal(size=(n, 2))
    outcome = np.array([0.0, 0.5, 1.5])[kind] + rng.normal(size=n)
    return scores, outcome, kind


def fit_overlapping(scores: np.ndarray) -> ProfileModel:
    return fit_profiles(scores, names=["a", "b"], n_classes=3, covariance="equal", starts=5, seed=1)


def test_three_step_means_match_those_of_stepmix() -> None:
    scores, outcome, _ = overlapping(1, n=600)
    mixture = StepMix(
        n_components=3,
        n_steps=3,
        measurement="gaussian_tied",
        structural="gaussian_diag",
        assignment="modal",
        correction="BCH",
        n_init=4,
        abs_tol=1e-8,
        random_state=1,
        progress_bar=0,
    )
    with threadpool_limits(1):
        mixture.fit(scores, outcome[:, None])
    expected = np.sort(mixture.get_parameters()["structural"]["means"].ravel())
    found = compare_outcome_of_profiles(fit_overlapping(scores), outcome)
    assert sorted(mean.mean for mean in found.means) == pytest.approx(expected, abs=2e-3)


@pytest.mark.slow
def test_three_steps_recover_means_that_modal_classes_pull_together() -> None:
    found, modal = [], []
    for seed in range(12):
        scores, outcome, _ = overlapping(seed)
        model = fit_overlapping(scores)
        result = compare_outcome_of_profiles(model, outcome)
        found.append(sorted(mean.mean for mean in result.means))
        modal.append(sorted(outcome[model.modal == k].mean() for k in range(3)))
    assert np.mean(found, axis=0) == pytest.approx([0.0, 0.5, 1.5], abs=0.06)
    assert np.mean(modal, axis=0)[2] < 1.42
    # The sandwich agrees with how much the estimates move from study to study.
    scores, outcome, _ = overlapping(0)
    result = compare_outcome_of_profiles(fit_overlapping(scores), outcome)
    error = max(result.means, key=lambda mean: mean.mean).se
    assert error == pytest.approx(np.std([means[2] for means in found], ddof=1), rel=0.6)


def test_where_there_are_no_classes_one_is_preferred() -> None:
    scores = np.random.default_rng(3).multivariate_normal([0, 0], [[1, 0.3], [0.3, 1]], 400)
    models = compare_profiles(
        scores, names=["a", "b"], max_classes=2, covariance="equal", starts=4, seed=1
    )
    assert [model.n_classes for model in models] == [1, 2]
    assert min(models, key=lambda model: model.bic).n_classes == 1


def stability(scores: np.ndarray, draws: int) -> float:
    model = fit_profiles(scores, names=["a", "b"], n_classes=2, starts=3, seed=1)
    return profile_stability(scores, model, draws=draws, starts=2, seed=1)


def test_classes_that_exist_are_stable() -> None:
    rng = np.random.default_rng(4)
    clear = np.repeat([[0.0, 0.0], [4.0, 4.0]], 100, axis=0) + rng.normal(size=(200, 2))
    assert stability(clear, draws=6) > 0.9


@pytest.mark.slow
def test_classes_that_do_not_exist_are_not_stable() -> None:
    assert stability(np.random.default_rng(4).normal(size=(200, 2)), draws=12) < 0.6
