"""What factor models refuse and warn of."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.methods.factor_model import fit_factor_model
from reports.methods.invariance import check_group_invariance, check_occasion_invariance

MODEL = {"one": ["a", "b", "c"], "two": ["d", "e", "f"]}
ITEMS = list("abcdef")


def answers(n: int = 300, seed: int = 1, loading: float = 0.7) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    traits = rng.multivariate_normal([0, 0], [[1, 0.4], [0.4, 1]], n).repeat(3, axis=1)
    noise = np.sqrt(1 - loading**2) * rng.normal(size=(n, 6))
    frame = pd.DataFrame(loading * traits + noise, columns=ITEMS)
    return frame.assign(group=np.where(np.arange(n) % 2, "x", "y"))


def test_people_with_a_missing_item_are_dropped_and_counted() -> None:
    frame = answers()
    frame.loc[:4, "a"] = np.nan
    fit = fit_factor_model(frame, MODEL)
    assert (fit.n, fit.n_missing) == (295, 5)
    kept = fit_factor_model(frame.dropna(), MODEL)
    assert fit.chi_square == kept.chi_square


def test_reverse_keyed_items_load_negatively_and_fit_alike() -> None:
    frame = answers()
    turned = fit_factor_model(frame.assign(b=-frame["b"]), MODEL)
    straight = fit_factor_model(frame, MODEL)
    assert turned.chi_square == pytest.approx(straight.chi_square)
    assert turned.estimate("loading", "b", "all").estimate == pytest.approx(
        -straight.estimate("loading", "b", "all").estimate, abs=1e-6
    )


def test_a_factor_correlation_is_recovered() -> None:
    fit = fit_factor_model(answers(4000), MODEL)
    r = fit.estimate("factor covariance", "one two", "all")
    assert abs(r.estimate - 0.4) < 3 * r.se


def test_two_items_on_a_lone_factor_are_not_identified() -> None:
    fit = fit_factor_model(answers(), {"one": ["a", "b"]})
    assert (fit.status, fit.note) == ("refused", "the model is not identified")


def test_more_items_than_people_are_refused() -> None:
    fit = fit_factor_model(answers(6), MODEL)
    assert fit.status == "refused"
    assert "no more people than items" in fit.note


def test_no_complete_answer_is_refused() -> None:
    fit = fit_factor_model(answers().assign(a=np.nan), MODEL)
    assert (fit.status, fit.n, fit.n_missing) == ("refused", 0, 300)


def test_an_item_without_variance_in_one_group_is_refused() -> None:
    frame = answers()
    frame.loc[frame["group"] == "y", "c"] = 2.0
    report = check_group_invariance(frame, MODEL, group="group")
    assert (report.status, report.note) == ("refused", "an item does not vary in group y")


def test_an_item_given_twice_under_two_names_is_refused() -> None:
    fit = fit_factor_model(answers().assign(b=lambda frame: frame["a"]), MODEL)
    assert (fit.status, fit.note) == ("refused", "the items of group all are not distinct")


def test_a_negative_residual_variance_is_a_caution() -> None:
    # Correlations .9, .9, .4 of three items: the first has a loading of 1.42.
    correlation = np.array([[1, 0.9, 0.9], [0.9, 1, 0.4], [0.9, 0.4, 1.0]])
    correlation[1, 2] = correlation[2, 1] = 0.64
    rng = np.random.default_rng(1)
    raw = rng.normal(size=(200, 3))
    raw -= raw.mean(axis=0)
    white = raw @ np.linalg.inv(np.linalg.cholesky(np.cov(raw.T, ddof=0))).T
    frame = pd.DataFrame(white @ np.linalg.cholesky(correlation).T, columns=list("abc"))
    fit = fit_factor_model(frame, {"one": ["a", "b", "c"]})
    assert (fit.status, fit.note) == ("caution", "negative residual variance: a")


@pytest.mark.parametrize(
    ("model", "message"),
    [({"one": ["a", "zz"]}, "zz"), ({"one": ["a", "b"], "two": ["b", "c"]}, "one factor only")],
)
def test_a_wrong_model_is_named(model: dict[str, list[str]], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        fit_factor_model(answers(), model)


def test_fewer_than_a_hundred_per_group_are_refused() -> None:
    report = check_group_invariance(answers(199), MODEL, group="group")
    assert report.status == "refused"
    assert report.note == "fewer than 100 complete clients: x"
    assert report.latent_means == ()


def test_one_group_has_nothing_to_compare() -> None:
    with pytest.raises(ValueError, match="two groups"):
        check_group_invariance(answers().assign(group="x"), MODEL, group="group")


def test_without_scalar_invariance_there_are_no_latent_means() -> None:
    frame = answers(1000)
    is_x = frame["group"] == "x"
    for item, shift in zip(ITEMS, (2, -2, 1, 2, -2, 1), strict=True):
        frame.loc[is_x, item] += shift
    report = check_group_invariance(frame, MODEL, group="group")
    assert report.holds == "metric"
    assert report.latent_means == ()
    assert "not comparable" in report.note


def test_the_reference_group_is_the_first_named() -> None:
    frame = answers(600)
    frame.loc[frame["group"] == "x", ITEMS] += 0.5
    first = check_group_invariance(frame, MODEL, group="group", groups=["x", "y"])
    second = check_group_invariance(frame, MODEL, group="group", groups=["y", "x"])
    assert (first.reference, second.reference) == ("x", "y")
    assert first.latent_means[0].estimate < 0 < second.latent_means[0].estimate
    assert first.steps[-1].fit.chi_square == pytest.approx(second.steps[-1].fit.chi_square)


def test_two_rows_of_a_client_at_one_occasion_are_a_mistake() -> None:
    frame = answers().assign(client_id=1, occasion="intake")
    with pytest.raises(ValueError, match="two rows"):
        check_occasion_invariance(
            frame, MODEL, client="client_id", occasion="occasion", occasions=["intake", "end"]
        )


def test_clients_without_the_second_occasion_are_counted() -> None:
    intake = answers(300).assign(client_id=range(300), occasion="intake")
    end = answers(300, seed=2).assign(client_id=range(300), occasion="end").iloc[:200]
    report = check_occasion_invariance(
        pd.concat([intake, end]),
        MODEL,
        client="client_id",
        occasion="occasion",
        occasions=["intake", "end"],
    )
    assert (report.steps[0].fit.n, report.steps[0].fit.n_missing) == (200, 100)


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 1000))
def test_row_order_and_item_units_do_not_matter(seed: int) -> None:
    frame = answers(250, seed)
    order = np.random.default_rng(seed).permutation(250)
    fit = fit_factor_model(frame, MODEL, group="group", robust=True)
    shuffled = fit_factor_model(frame.iloc[order], MODEL, group="group", robust=True)
    assert shuffled == fit
    scaled = fit_factor_model(frame.assign(a=frame["a"] * 7 + 3), MODEL, group="group", robust=True)
    assert scaled.chi_square == pytest.approx(fit.chi_square, rel=1e-6)


def test_thirty_six_items_of_one_world_are_alike_in_four_groups() -> None:
    rng = np.random.default_rng(1)
    traits = rng.normal(size=(2000, 2)).repeat(18, axis=1)
    frame = pd.DataFrame(0.7 * traits + 0.7 * rng.normal(size=(2000, 36))).add_prefix("i")
    frame["group"] = rng.integers(0, 4, 2000).astype(str)
    model = {"one": [f"i{j}" for j in range(18)], "two": [f"i{j}" for j in range(18, 36)]}
    report = check_group_invariance(frame, model, group="group")
    assert report.holds == "scalar"
