"""Figure data: no dot, bar, bump or whisker that is one client."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from instruments.errors import GateError
from reports.disclosure.cleared import ClearedTable, Withheld
from reports.disclosure.figures import (
    gate_density,
    gate_histogram,
    gate_points,
    gate_quantiles,
    gate_raincloud,
)
from reports.disclosure.plane import gate_plane
from reports.disclosure.policy import DisclosurePolicy

POLICY = DisclosurePolicy()
POINTS = DisclosurePolicy(show_points=True)
RANGE = {"low": 0.0, "high": 40.0}


def values(sizes: dict[str, int], *, seed: int = 5) -> pd.DataFrame:
    drawn = np.random.default_rng(seed)
    parts = [
        pd.DataFrame({"group": name, "value": np.clip(drawn.normal(18, 6, size), 0, 40).round()})
        for name, size in sizes.items()
    ]
    return pd.concat(parts, ignore_index=True)


def frame_of(cleared: ClearedTable | Withheld) -> pd.DataFrame:
    assert isinstance(cleared, ClearedTable)
    return cleared.frame


def test_points_are_withheld_unless_the_policy_shows_them() -> None:
    points = pd.DataFrame({"group": "a", "x": range(40), "y": range(40)})
    assert isinstance(gate_points(points, POLICY), Withheld)
    assert len(frame_of(gate_points(points, POINTS))) == 40


def test_points_of_a_small_group_are_left_out_even_then() -> None:
    points = pd.DataFrame({"group": ["a"] * 40 + ["b"] * 8, "x": 1.0, "y": 2.0})
    assert set(frame_of(gate_points(points, POINTS))["group"]) == {"a"}
    assert isinstance(gate_points(points.tail(8), POINTS), Withheld)


def test_points_lose_their_order_and_their_ids() -> None:
    points = pd.DataFrame({"group": "a", "x": range(40, 0, -1), "y": 1.0, "client_id": "c"})
    shown = frame_of(gate_points(points, POINTS))
    assert list(shown.columns) == ["group", "x", "y"]
    assert shown["x"].is_monotonic_increasing


def test_bars_at_the_ends_are_merged_and_end_at_the_declared_range() -> None:
    frame = values({"a": 80})
    frame.loc[0, "value"] = 39.0
    bars = frame_of(gate_histogram(frame, POLICY, edges=range(0, 41, 4)))
    assert bars["high"].iloc[-1] == 40
    assert bars["low"].iloc[0] == 0
    assert (bars["n"] >= 10).all()
    assert (bars["n"] % 5 == 0).all()
    area = (bars["density"] * (bars["high"] - bars["low"])).sum()
    assert area == pytest.approx(1)
    assert abs(bars["n"].sum() - len(frame)) <= 2 * len(bars)


def test_the_clients_of_a_small_last_bar_are_not_lost() -> None:
    frame = pd.DataFrame({"group": "a", "value": [5.0] * 30 + [39.0] * 7})
    bars = frame_of(gate_histogram(frame, DisclosurePolicy(round_to=1), edges=range(0, 41, 4)))
    assert bars["n"].tolist() == [37]


def test_edges_that_end_at_the_data_are_not_accepted_in_place_of_the_range() -> None:
    with pytest.raises(GateError, match="E_GATE_FIGURE"):
        gate_histogram(values({"a": 80}), POLICY, edges=range(10, 20))


def test_one_extreme_client_does_not_change_the_ends_of_a_density() -> None:
    frame = values({"a": 80})
    extreme = frame.copy()
    extreme.loc[extreme["value"].idxmax(), "value"] = 40.0
    ends = [
        frame_of(gate_density(f, POLICY, **RANGE)).dropna()["x"].max() for f in (frame, extreme)
    ]
    assert ends[0] == ends[1]


def test_a_density_ends_where_fewer_than_ten_clients_lie_beyond() -> None:
    frame = values({"a": 80})
    curve = frame_of(gate_density(frame, POLICY, **RANGE)).dropna()
    assert (frame["value"] > curve["x"].max()).sum() >= 10
    assert (frame["value"] < curve["x"].min()).sum() >= 10


def test_a_few_clients_between_two_clusters_are_no_bump() -> None:
    clusters = np.r_[np.linspace(1, 2, 200), [20.0, 20.1], np.linspace(38, 39, 200)]
    frame = pd.DataFrame({"group": "a", "value": clusters})
    curve = frame_of(gate_density(frame, POLICY, **RANGE)).dropna()
    assert curve["x"].min() < 10
    assert curve["x"].max() > 30
    assert not curve["x"].between(17, 23).any()


def test_a_repeated_value_has_no_density() -> None:
    frame = pd.DataFrame({"group": "a", "value": [7.0] * 40})
    assert isinstance(gate_density(frame, POLICY, **RANGE), Withheld)


@pytest.mark.parametrize(("size", "known"), [(39, 1), (40, 3), (199, 3), (200, 5)])
def test_quantiles_need_ten_clients_on_each_side(size: int, known: int) -> None:
    assert frame_of(gate_quantiles(values({"a": size}), POLICY))["value"].notna().sum() == known


def test_extremes_are_never_quantiles() -> None:
    shown = frame_of(gate_quantiles(values({"a": 5000}), POLICY, probabilities=(0.0, 0.5, 1.0)))
    assert shown["value"].isna().tolist() == [True, False, True]


def test_a_quantile_is_no_ones_value() -> None:
    frame = values({"a": 60})
    frame["value"] += np.linspace(0, 0.37, 60)
    shown = frame_of(gate_quantiles(frame, POLICY, probabilities=(0.5,)))
    middle = np.sort(frame["value"].to_numpy())[29:31].mean()
    assert shown["value"].iloc[0] == pytest.approx(middle, abs=2)
    assert shown["value"].iloc[0] not in set(frame["value"])


def test_a_small_group_is_left_out_of_a_figure() -> None:
    shown = frame_of(gate_raincloud(values({"a": 60, "b": 50, "c": 8}), POLICY, **RANGE))
    assert set(shown["group"]) == {"a", "b"}


def test_without_rounding_a_second_group_goes_with_a_small_one() -> None:
    policy = DisclosurePolicy(round_to=1)
    bars = gate_histogram(values({"a": 60, "b": 50, "c": 4}), policy, edges=range(0, 41, 5))
    assert set(frame_of(bars)["group"]) == {"a"}


def test_a_raincloud_has_layers_and_no_points_unless_allowed() -> None:
    frame = values({"a": 60, "b": 50})
    assert set(frame_of(gate_raincloud(frame, POLICY, **RANGE))["layer"]) == {"density", "quantile"}
    allowed = frame_of(gate_raincloud(frame, POINTS, **RANGE))
    assert allowed["layer"].value_counts()["point"] == 110


def test_a_figure_of_small_groups_is_withheld() -> None:
    assert isinstance(gate_raincloud(values({"a": 8}), POLICY, **RANGE), Withheld)
    few = pd.DataFrame({"group": "a", "x": [1.0] * 9, "y": [1.0] * 9})
    assert isinstance(gate_plane(few, POLICY, x_range=(1, 5), y_range=(1, 5)), Withheld)


def test_the_plane_is_finer_where_there_are_more_clients() -> None:
    drawn = np.random.default_rng(3)
    points = pd.DataFrame({"group": "a", "x": drawn.beta(2, 8, 400), "y": drawn.beta(2, 8, 400)})
    cells = frame_of(gate_plane(points, POLICY, x_range=(0, 1), y_range=(0, 1)))
    area = (cells["x_high"] - cells["x"]) * (cells["y_high"] - cells["y"])
    assert area.sum() == pytest.approx(1)
    last = (cells["x_high"] == 1) & (cells["y_high"] == 1)
    assert area.min() < area[last].item() / 8
    assert (cells["n"] >= 10).all()


def test_a_value_outside_the_declared_range_is_refused() -> None:
    points = pd.DataFrame({"group": "a", "x": [7.0] * 20, "y": [1.0] * 20})
    with pytest.raises(GateError, match="E_GATE_FIGURE"):
        gate_plane(points, POLICY, x_range=(1, 5), y_range=(1, 5))


def test_missing_values_are_not_drawn() -> None:
    frame = values({"a": 60})
    frame.loc[:9, "value"] = np.nan
    bars = frame_of(gate_histogram(frame, POLICY, edges=range(0, 41, 10)))
    assert bars["n"].sum() <= 55
