"""What holds for mixed models whatever the numbers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.methods.growth import GrowthModel, fit_growth
from reports.methods.mixed_model import fit_mixed_model
from tests.conftest import examples

FORMULA = "score ~ week * x + (week | client_id) + (1 | therapist_id)"


def course(seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    client, week = np.repeat(np.arange(60), 5), np.tile(np.arange(5.0), 60)
    slope = rng.normal(-1, 0.5, 60)
    level = rng.normal(0, 2, 60) + rng.normal(0, 1, 12)[np.arange(60) % 12]
    return pd.DataFrame(
        {
            "client_id": client,
            "therapist_id": client % 12,
            "week": week,
            "x": (client // 12 % 2).astype(float),
            "presentation": np.where(client // 12 % 2, "overdependent", "overindependent"),
            "score": 20 + level[client] + slope[client] * week + rng.normal(0, 1, 300),
        }
    )


@settings(max_examples=examples(15), deadline=None)
@given(seed=st.integers(0, 10_000), shuffle=st.integers(0, 10_000))
def test_row_order_does_not_matter(seed: int, shuffle: int) -> None:
    rows = course(seed)
    order = np.random.default_rng(shuffle).permutation(len(rows))
    first, second = fit_mixed_model(rows, FORMULA), fit_mixed_model(rows.iloc[order], FORMULA)
    assert [term.estimate for term in first.terms] == [term.estimate for term in second.terms]
    assert [term.p_value for term in first.terms] == [term.p_value for term in second.terms]


@settings(max_examples=examples(15), deadline=None)
@given(seed=st.integers(0, 10_000), factor=st.floats(0.01, 100), shift=st.floats(-50, 50))
def test_the_unit_of_the_outcome_scales_estimates_and_nothing_else(
    seed: int, factor: float, shift: float
) -> None:
    rows = course(seed)
    moved = rows.assign(score=rows["score"] * factor + shift)
    first, second = (fit_mixed_model(frame, FORMULA).term("week:x") for frame in (rows, moved))
    assert second.estimate == pytest.approx(first.estimate * factor, rel=1e-4, abs=1e-6 * factor)
    assert second.p_value == pytest.approx(first.p_value, abs=1e-3)


def compared(rows: pd.DataFrame, a: str, b: str) -> GrowthModel:
    return fit_growth(rows, "score", time="week", groups=("presentation", a, b))


@settings(max_examples=examples(15), deadline=None)
@given(seed=st.integers(0, 10_000))
def test_relabelling_the_groups_flips_the_sign(seed: int) -> None:
    rows = course(seed)
    forward = compared(rows, "overdependent", "overindependent")
    backward = compared(rows, "overindependent", "overdependent")
    (one,), (other,) = forward.differences, backward.differences
    assert other.estimate == pytest.approx(-one.estimate, abs=1e-6)
    assert other.p_value == pytest.approx(one.p_value, abs=1e-5)
    assert other.interval.low == pytest.approx(-one.interval.high, abs=1e-5)
    assert [term.estimate for term in backward.slopes] == pytest.approx(
        [term.estimate for term in reversed(forward.slopes)], abs=1e-6
    )


@settings(max_examples=examples(10), deadline=None)
@given(seed=st.integers(0, 10_000))
def test_group_labels_carry_no_order(seed: int) -> None:
    rows = course(seed)
    renamed = rows.assign(client_id=[f"z{99 - c}" for c in rows["client_id"]])
    first, second = fit_mixed_model(rows, FORMULA), fit_mixed_model(renamed, FORMULA)
    assert [t.estimate for t in second.terms] == pytest.approx(
        [t.estimate for t in first.terms], abs=1e-6
    )
