"""Edges of latent profiles."""

from __future__ import annotations

import numpy as np
import pytest

from reports.methods.profile_outcome import compare_outcome_of_profiles
from reports.methods.profiles import ProfileModel, compare_profiles, fit_profiles, profile_stability
from reports.methods.result import NotEstimableError


def two_kinds(n: int = 120, gap: float = 4.0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    kind = np.arange(n) % 2
    return gap * kind[:, None] + rng.normal(size=(n, 2)), kind


def fitted(scores: np.ndarray, n_classes: int = 2) -> ProfileModel:
    return fit_profiles(scores, names=["a", "b"], n_classes=n_classes, starts=3, seed=1)


def test_classes_come_in_order_of_the_first_scale() -> None:
    scores, kind = two_kinds()
    model = fitted(scores)
    turned = fitted(-scores)
    assert model.means[0][0] < model.means[1][0]
    assert turned.means[0][0] == pytest.approx(-model.means[1][0], abs=1e-3)
    assert (model.modal == kind).mean() > 0.95


def test_row_order_and_units_do_not_matter() -> None:
    scores, _ = two_kinds()
    order = np.random.default_rng(2).permutation(len(scores))
    model, shuffled = fitted(scores), fitted(scores[order])
    assert shuffled.log_likelihood == pytest.approx(model.log_likelihood, abs=1e-8)
    assert (shuffled.modal == model.modal[order]).all()
    scaled = fitted(scores * np.array([10.0, 1.0]) + 5)
    assert scaled.log_likelihood == pytest.approx(
        model.log_likelihood - len(scores) * np.log(10), abs=1e-4
    )


def test_one_class_has_the_likelihood_of_a_normal_distribution() -> None:
    scores, _ = two_kinds()
    model = fitted(scores, 1)
    variance = scores.var(axis=0)
    expected = -0.5 * len(scores) * (np.log(2 * np.pi * variance) + 1).sum()
    assert model.log_likelihood == pytest.approx(expected, abs=1e-3)
    assert (model.entropy, model.shares, model.parameter_count) == (1.0, (1.0,), 4)


def test_too_few_clients_are_refused_and_end_the_table() -> None:
    scores, _ = two_kinds(24)
    with pytest.raises(NotEstimableError, match="ten clients"):
        fitted(scores, 3)
    models = compare_profiles(scores, names=["a", "b"], max_classes=4, starts=3, seed=1)
    assert [model.n_classes for model in models] == [1, 2]


def test_a_scale_without_variance_is_refused() -> None:
    scores, _ = two_kinds()
    scores[:, 1] = 3.0
    with pytest.raises(NotEstimableError, match="does not vary"):
        fitted(scores)


def test_missing_values_and_names_are_for_the_caller() -> None:
    scores, _ = two_kinds()
    with pytest.raises(ValueError, match="name"):
        fit_profiles(scores, names=["a"], n_classes=2, seed=1)
    scores[3, 0] = np.nan
    with pytest.raises(ValueError, match="missing"):
        fitted(scores)


def test_a_small_class_is_a_caution() -> None:
    rng = np.random.default_rng(1)
    scores = np.concatenate([rng.normal(size=(190, 2)), 8 + 0.3 * rng.normal(size=(6, 2))])
    model = fitted(scores)
    assert model.status == "caution"
    assert "one client in twenty" in model.note


def test_a_class_around_two_clients_is_no_class() -> None:
    rng = np.random.default_rng(1)
    near = 9 + 1e-4 * rng.normal(size=(2, 2))
    scores = np.concatenate([rng.normal(size=(100, 2)), near])
    with pytest.raises(NotEstimableError, match="few clients"):
        fitted(scores)


def test_outcomes_of_clear_classes_are_plain_means() -> None:
    scores, kind = two_kinds(gap=12.0)
    outcome = np.where(kind, 3.0, 1.0) + np.sin(np.arange(120.0))
    found = compare_outcome_of_profiles(fitted(scores), outcome)
    means = [outcome[kind == k].mean() for k in (0, 1)]
    assert [m.mean for m in found.means] == pytest.approx(means, abs=1e-6)
    assert found.misclassified_share == pytest.approx(0.0, abs=1e-6)
    (contrast,) = found.contrasts
    assert contrast.difference == pytest.approx(means[0] - means[1], abs=1e-6)
    assert found.chi_square == pytest.approx((contrast.difference / contrast.se) ** 2)
    assert found.df == 1


def test_missing_outcomes_are_left_out() -> None:
    scores, kind = two_kinds()
    outcome = np.where(np.arange(120) < 20, np.nan, kind + np.sin(np.arange(120.0)))
    assert compare_outcome_of_profiles(fitted(scores), outcome).n == 100


def test_clustering_by_therapist_widens_intervals_where_therapists_differ() -> None:
    scores, kind = two_kinds(240)
    therapist = np.arange(240) // 8
    outcome = kind + np.random.default_rng(5).normal(0, 1.5, 30)[therapist]
    model = fitted(scores)
    alone = compare_outcome_of_profiles(model, outcome)
    together = compare_outcome_of_profiles(model, outcome, therapists=therapist.tolist())
    assert together.means[0].se > 1.5 * alone.means[0].se
    assert (together.n_therapists, together.status) == (30, "ok")
    few = compare_outcome_of_profiles(model, outcome, therapists=(therapist % 9).tolist())
    assert few.status == "caution"


def test_blurred_classes_are_a_caution() -> None:
    scores, kind = two_kinds(400, gap=1.2)
    found = compare_outcome_of_profiles(fitted(scores), kind + np.sin(np.arange(400.0)))
    assert "overlap" in found.note


def test_an_outcome_of_other_clients_is_a_mistake() -> None:
    scores, _ = two_kinds()
    with pytest.raises(ValueError, match="each client"):
        compare_outcome_of_profiles(fitted(scores), np.zeros(7))
    with pytest.raises(ValueError, match="one class"):
        compare_outcome_of_profiles(fitted(scores, 1), np.zeros(120))
    with pytest.raises(ValueError, match="one class"):
        profile_stability(scores, fitted(scores, 1), seed=1)


def test_a_class_without_outcomes_is_refused() -> None:
    scores, kind = two_kinds(gap=12.0)
    outcome = np.where(kind, np.nan, 1.0 + np.sin(np.arange(120.0)))
    with pytest.raises(NotEstimableError, match="fewer than two assigned"):
        compare_outcome_of_profiles(fitted(scores), outcome)
