"""Edges of competing endings."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.methods.ending_hazard import fit_cause_specific_hazard, fit_subdistribution_hazard
from reports.methods.endings import compare_incidence, cumulative_incidence, expand_to_sessions
from reports.methods.result import NotEstimableError

TIMES = [2.0, 3.0, 5.0, 8.0, 9.0, 9.0]
ENDINGS = ["dropout", "planned", "dropout", "in_treatment", "planned", "dropout"]


def test_by_hand() -> None:
    dropout, planned = cumulative_incidence(TIMES, ENDINGS)
    # 1/6; then 1/6 + 4/6 * 1/4; then + 3/6 * 1/2 of the two left at 9
    assert [p.share for p in dropout.points] == pytest.approx([1 / 6, 1 / 6, 1 / 3, 1 / 3 + 1 / 4])
    assert [p.at_risk for p in dropout.points] == [6, 5, 4, 2]
    assert (dropout.n, dropout.n_events, planned.n_events) == (6, 3, 2)


def test_before_the_first_and_after_the_last() -> None:
    dropout, planned = cumulative_incidence(TIMES, ENDINGS, at=[1.0, 2.5, 30.0])
    assert [(p.time, p.share) for p in planned.points] == [(1.0, 0.0), (2.5, 0.0)]
    assert planned.points[0].interval is None
    assert dropout.points[1].interval is not None


def test_nobody_ended() -> None:
    with pytest.raises(NotEstimableError, match="no treatment has ended"):
        cumulative_incidence([1.0, 2.0], ["in_treatment"] * 2)


@pytest.mark.parametrize(
    ("times", "endings", "message"),
    [
        ([1.0, np.nan], ["dropout", "planned"], "missing"),
        ([1.0, -2.0], ["dropout", "planned"], "negative"),
        ([1.0, 2.0], ["dropout", None], "ending"),
        ([1.0, 2.0], ["dropout"], "ending"),
    ],
)
def test_what_the_library_would_take_for_zero_is_a_mistake(
    times: list[float], endings: list[str], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        cumulative_incidence(times, endings)


def test_gray_needs_two_groups_and_the_ending() -> None:
    with pytest.raises(NotEstimableError, match="two groups"):
        compare_incidence(TIMES, ENDINGS, ["a"] * 6, ending="dropout")
    with pytest.raises(NotEstimableError, match="transfer"):
        compare_incidence(TIMES, ENDINGS, ["a", "b"] * 3, ending="transfer")
    with pytest.raises(ValueError, match="group"):
        compare_incidence(TIMES, ENDINGS, ["a"] * 5, ending="dropout")


@pytest.mark.parametrize("fit", [fit_cause_specific_hazard, fit_subdistribution_hazard])
def test_separation_is_refused(fit: type) -> None:
    x = np.repeat([0.0, 1.0], 30)
    endings = ["planned"] * 30 + ["dropout"] * 30
    with pytest.raises(NotEstimableError):
        fit(np.arange(60) % 30 + 1, endings, pd.DataFrame({"x": x}), ending="dropout")


@pytest.mark.parametrize("fit", [fit_cause_specific_hazard, fit_subdistribution_hazard])
def test_a_constant_or_missing_predictor_is_named(fit: type) -> None:
    with pytest.raises(NotEstimableError, match="does not vary: x"):
        fit(TIMES, ENDINGS, pd.DataFrame({"x": [1.0] * 6}), ending="dropout")
    with pytest.raises(ValueError, match="missing"):
        fit(TIMES, ENDINGS, pd.DataFrame({"x": [1.0, 2, 3, 4, 5, np.nan]}), ending="dropout")
    with pytest.raises(ValueError, match="one row"):
        fit(TIMES, ENDINGS, pd.DataFrame({"x": [1.0, 2]}), ending="dropout")


def test_sessions_at_risk() -> None:
    clients = pd.DataFrame(
        {"client_id": ["a", "b", "c"], "last": [3, 1, 2], "kind": ["dropout", "planned", "dropout"]}
    )
    rows = expand_to_sessions(clients, last_session="last", ending="kind", of_kind="dropout")
    assert rows["session"].tolist() == [1, 2, 3, 1, 1, 2]
    assert rows["has_ended"].tolist() == [0, 0, 1, 0, 0, 1]
    assert rows["client_id"].tolist() == list("aaabcc")


@pytest.mark.parametrize("last", [0, 1.5, np.nan])
def test_a_last_session_is_a_whole_number_from_one(last: float) -> None:
    clients = pd.DataFrame({"last": [last], "kind": ["dropout"]})
    with pytest.raises(ValueError, match=r"last session|missing"):
        expand_to_sessions(clients, last_session="last", ending="kind", of_kind="dropout")


def test_no_clients_have_no_sessions() -> None:
    clients = pd.DataFrame({"last": pd.Series(dtype=float), "kind": pd.Series(dtype=str)})
    rows = expand_to_sessions(clients, last_session="last", ending="kind", of_kind="dropout")
    assert len(rows) == 0


def test_a_share_that_sums_to_all_but_a_last_bit_has_no_interval() -> None:
    times = [11.0, 7.0, 8.0, 10.0, 7.0, 9.0, 10.0]
    kinds = ["dropout", "in_treatment", "dropout", "dropout", "dropout", "in_treatment", "dropout"]
    (curve,) = cumulative_incidence(times, kinds, at=[11.0])
    assert curve.points[0].share == pytest.approx(1.0)
    assert curve.points[0].interval is None


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), n=st.integers(5, 60))
def test_shares_of_all_endings_and_order_of_clients(seed: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    times = rng.integers(1, 12, n).astype(float)
    kinds = rng.choice(["dropout", "planned", "in_treatment"], n)
    kinds[0] = "dropout"
    curves = cumulative_incidence(times, kinds.tolist())
    total = np.sum([[p.share for p in c.points] for c in curves], axis=0)
    assert (np.diff(total) >= -1e-12).all()
    assert total[-1] <= 1 + 1e-12
    order = rng.permutation(n)
    again = cumulative_incidence(times[order], kinds[order].tolist())
    assert [[p.share for p in c.points] for c in again] == [
        pytest.approx([p.share for p in c.points]) for c in curves
    ]
