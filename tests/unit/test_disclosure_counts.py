"""Count tables: what is left out, what is shown, and how it is rounded."""

from __future__ import annotations

import doctest

import numpy as np
import pandas as pd
import pytest

from instruments.errors import GateError
from reports.disclosure import crosstable, precision, rounding
from reports.disclosure.audit import audit_table
from reports.disclosure.cleared import ClearedTable, Withheld
from reports.disclosure.counts import gate_counts
from reports.disclosure.linked import LinkedCounts, Relation
from reports.disclosure.policy import DisclosurePolicy
from reports.disclosure.solver import known_ranges, least_value
from reports.disclosure.suppression import MOST_CELLS

EXACTLY = DisclosurePolicy(threshold=7, round_to=1)


def tidy(**rows: list[int]) -> pd.DataFrame:
    cells = [(row, f"c{j}", n) for row, counts in rows.items() for j, n in enumerate(counts)]
    return pd.DataFrame(cells, columns=["row", "column", "n"])


def shown(frame: pd.DataFrame, policy: DisclosurePolicy, **facts: object) -> pd.DataFrame:
    cleared = gate_counts(frame, policy, by=["row", "column"], **facts)  # type: ignore[arg-type]
    assert isinstance(cleared, ClearedTable)
    return cleared.frame.pivot(index="row", columns="column", values="n")


def left_out(frame: pd.DataFrame, policy: DisclosurePolicy) -> set[str]:
    grid = shown(frame, policy)
    return {f"{row} {column}" for row in grid.index for column in grid.columns
            if np.isnan(grid.loc[row, column])}  # fmt: skip


@pytest.mark.parametrize("module", [rounding, precision, crosstable])
def test_examples_are_true(module: object) -> None:
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("count", "published"),
    [(6, None), (7, 5.0), (8, 10.0), (12, 10.0), (13, 15.0), (17, 15.0), (18, 20.0)],
)
def test_the_boundary_walk(count: int, published: float | None) -> None:
    policy = DisclosurePolicy(threshold=7, round_to=5)
    frame = pd.DataFrame({"kind": ["a", "b", "c"], "n": [count, 60, 80]})
    cleared = gate_counts(frame, policy, by=["kind"])
    assert isinstance(cleared, ClearedTable)
    assert cleared.number("n", kind="a").value == published


def test_without_rounding_counts_are_exact_from_the_threshold_on() -> None:
    frame = pd.DataFrame({"kind": ["a", "b"], "n": [7, 60]})
    cleared = gate_counts(frame, EXACTLY, by=["kind"])
    assert isinstance(cleared, ClearedTable)
    assert cleared.frame["n"].tolist() == [7, 60, 67]


def test_a_small_cell_takes_a_whole_rectangle_with_it() -> None:
    frame = tidy(a=[3, 20, 30], b=[25, 9, 40], c=[50, 60, 70])
    assert left_out(frame, EXACTLY) == {"a c0", "a c1", "b c0", "b c1"}


def test_the_neighbours_must_be_able_to_hold_the_difference() -> None:
    """In the row 1, 3, 50 two small cells sum to 4, so both would be known to be small."""
    frame = pd.DataFrame({"kind": ["a", "b", "c"], "n": [1, 3, 50]})
    cleared = gate_counts(frame, EXACTLY, by=["kind"])
    assert isinstance(cleared, ClearedTable)
    assert cleared.frame["n"].isna().tolist() == [True, True, True, False]


def test_rounding_spares_cells_that_exactness_would_cost() -> None:
    frame = tidy(a=[5, 20, 30], b=[25, 19, 40], c=[50, 60, 70])
    rounded = DisclosurePolicy(threshold=7, round_to=5)
    assert len(left_out(frame, rounded)) < len(left_out(frame, EXACTLY))


def test_an_audit_fails_a_cell_that_is_exact_however_large() -> None:
    counts, parts = np.array([100, 60, 40]), (1, 2)
    none = np.zeros(3, dtype=bool)
    table = LinkedCounts(counts, (Relation(0, parts),), none, np.full(3, 7), none, np.ones(3))
    found = audit_table(table, np.array([False, True, False]), EXACTLY)
    assert (found.low[0], found.high[0]) == (60, 60)
    assert found.failing == found.exact == (1,)
    assert audit_table(table, np.array([False, True, True]), EXACTLY).passed


def test_an_audit_fails_a_sensitive_cell_that_is_shown() -> None:
    flags = np.array([False, True, False])
    none = np.zeros(3, dtype=bool)
    table = LinkedCounts(np.array([100, 3, 97]), (Relation(0, (1, 2)),), flags, np.full(3, 7), none,
                         np.ones(3))  # fmt: skip
    assert audit_table(table, none, EXACTLY).failing == (1,)


def test_a_program_that_the_solver_gives_up_on_fails_the_audit() -> None:
    impossible = np.array([[1.0, -1.0]])
    low, high = np.array([5.0, 0.0]), np.array([9.0, 2.0])
    assert least_value(0, 1.0, impossible, low, high).value == np.inf
    least, most = known_ranges([0], impossible, low, high)
    assert (least[0], most[0]) == (np.inf, -np.inf)


@pytest.mark.parametrize("together", [1, 7, 1000])
def test_ranges_are_the_same_however_many_are_solved_together(
    monkeypatch: pytest.MonkeyPatch, together: int
) -> None:
    monkeypatch.setattr("reports.disclosure.solver.MOST_TOGETHER", together)
    sums = np.array([[-1.0, 1.0, 1.0, 0.0], [0.0, -1.0, 0.0, 1.0]])
    low, high = np.array([20.0, 0.0, 3.0, 0.0]), np.array([24.0, 30.0, 9.0, 40.0])
    least, most = known_ranges([1, 2, 3], sums, low, high)
    assert least.tolist() == pytest.approx([11, 3, 11])
    assert most.tolist() == pytest.approx([21, 9, 21])
    assert [x.size for x in known_ranges([], sums, low, high)] == [0, 0]


def test_small_cells_and_their_protectors_look_the_same() -> None:
    cleared = gate_counts(tidy(a=[3, 20], b=[25, 9]), EXACTLY, by=["row", "column"])
    assert isinstance(cleared, ClearedTable)
    hidden = cleared.frame[cleared.frame["state"] == "left out"]
    assert len(hidden) == 4
    assert hidden["n"].isna().all()
    assert hidden["share"].isna().all()


def test_an_empty_cell_looks_like_a_small_one() -> None:
    empty = left_out(tidy(a=[0, 20, 30], b=[25, 9, 40]), EXACTLY)
    few = left_out(tidy(a=[1, 20, 30], b=[25, 9, 40]), EXACTLY)
    assert "a c0" in empty
    assert empty == few


def test_a_cell_without_a_row_is_empty_and_hidden_too() -> None:
    frame = tidy(a=[0, 20, 30], b=[25, 9, 40])
    pd.testing.assert_frame_equal(shown(frame[frame["n"] > 0], EXACTLY), shown(frame, EXACTLY))


def test_zeros_are_shown_where_the_policy_says_so() -> None:
    policy = DisclosurePolicy(threshold=7, round_to=1, publish_zeros=True)
    frame = tidy(a=[0, 20, 30], b=[25, 9, 40], c=[18, 11, 12])
    assert shown(frame, policy).loc["a", "c0"] == 0


def test_a_zero_is_hidden_where_it_tells_a_trait_of_everybody_in_its_row() -> None:
    policy = DisclosurePolicy(threshold=7, round_to=1, publish_zeros=True)
    grid = shown(tidy(a=[20, 0, 0], b=[25, 19, 40], c=[9, 12, 31]), policy)
    assert grid.loc["a"].isna().sum() >= 2


def test_impossible_cells_are_shown_as_zero() -> None:
    frame = tidy(a=[0, 20, 30], b=[25, 9, 40])
    assert shown(frame, EXACTLY, impossible=[("a", "c0")]).loc["a", "c0"] == 0


def test_an_impossible_cell_that_holds_clients_is_refused() -> None:
    with pytest.raises(GateError, match="E_GATE_COUNTS"):
        shown(tidy(a=[2, 20], b=[25, 9]), EXACTLY, impossible=[("a", "c0")])


def test_a_cell_with_few_therapists_is_left_out_and_not_exact() -> None:
    frame = tidy(a=[30, 20, 30], b=[25, 19, 40]).assign(therapists=[2, 5, 5, 6, 4, 8])
    grid = shown(frame, EXACTLY, therapists="therapists")
    assert np.isnan(grid.loc["a", "c0"])
    assert np.isnan(grid.loc["a"]).sum() >= 2
    assert np.isnan(grid["c0"]).sum() >= 2


def test_a_margin_behind_which_the_same_two_therapists_may_stand_is_left_out() -> None:
    frame = tidy(a=[30, 20], b=[25, 19]).assign(therapists=[2, 2, 5, 5])
    grid = shown(frame, EXACTLY, therapists="therapists")
    assert np.isnan(grid.loc["a", "all"])


def test_shares_are_of_rounded_counts() -> None:
    frame = tidy(a=[22, 51], b=[33, 44])
    cleared = gate_counts(frame, DisclosurePolicy(), by=["row", "column"], within=["row"])
    assert isinstance(cleared, ClearedTable)
    assert cleared.number("share", row="a", column="c0").value == 20 / 75
    assert cleared.number("share", row="all", column="all").value == 1.0


def test_a_share_of_a_hidden_margin_is_hidden() -> None:
    grid = gate_counts(tidy(a=[3, 2], b=[40, 50]), EXACTLY, by=["row", "column"], within=["row"])
    assert isinstance(grid, ClearedTable)
    assert grid.number("share", row="a", column="c0").value is None


def test_labels_keep_the_order_they_are_given_and_sort_without_one() -> None:
    frame = tidy(b=[20, 30], a=[40, 50])
    given = gate_counts(frame, EXACTLY, by=["row", "column"], levels={"row": ["b", "a"]})
    assert isinstance(given, ClearedTable)
    assert given.frame["row"].unique().tolist() == ["b", "a", "all"]
    sorted_ = gate_counts(frame, EXACTLY, by=["row", "column"])
    assert isinstance(sorted_, ClearedTable)
    assert sorted_.frame["row"].unique().tolist() == ["a", "b", "all"]


def test_a_table_of_few_clients_is_withheld_with_its_reason() -> None:
    cleared = gate_counts(tidy(a=[1, 2], b=[0, 1]), EXACTLY, by=["row", "column"])
    assert isinstance(cleared, Withheld)
    assert "fewer categories" in cleared.reason


def test_a_table_that_is_too_large_loses_its_margins_instead_of_hours() -> None:
    side = int(MOST_CELLS**0.5) + 1
    inner = np.random.default_rng(1).integers(5, 40, size=(side, side))
    rows = [(f"r{i:02d}", f"c{j:02d}", int(n)) for (i, j), n in np.ndenumerate(inner)]
    frame = pd.DataFrame(rows, columns=["row", "column", "n"])
    cleared = gate_counts(frame, EXACTLY, by=["row", "column"])
    assert isinstance(cleared, ClearedTable)
    table = cleared.frame.set_index(["row", "column"])["n"]
    for (i, j), n in np.ndenumerate(inner):
        assert np.isnan(table[f"r{i:02d}", f"c{j:02d}"]) == (n < 7)
    for i in range(side):
        assert np.isnan(table[f"r{i:02d}", "all"]) == (inner[i] < 7).any()
    assert np.isnan(table["all", "all"])


def test_three_linked_dimensions_pass_their_audit() -> None:
    drawn = np.random.default_rng(4).integers(0, 40, size=(2, 3, 3))
    rows = [(f"a{i}", f"b{j}", f"c{k}", int(n)) for (i, j, k), n in np.ndenumerate(drawn)]
    frame = pd.DataFrame(rows, columns=["a", "b", "c", "n"])
    cleared = gate_counts(frame, DisclosurePolicy(), by=["a", "b", "c"])
    assert isinstance(cleared, ClearedTable)
    assert len(cleared.frame) == 3 * 4 * 4


@pytest.mark.parametrize(
    "change",
    [{"n": [2.5, 20, 30, 40]}, {"n": [-1, 20, 30, 40]}, {"n": [np.nan, 20, 30, 40]},
     {"row": ["a"] * 4, "column": ["x", "x", "y", "z"]}, {"row": ["all", "a", "b", "b"]}],
)  # fmt: skip
def test_what_is_no_count_table_is_refused(change: dict[str, list[object]]) -> None:
    with pytest.raises(GateError, match="E_GATE_COUNTS"):
        gate_counts(tidy(a=[10, 20], b=[30, 40]).assign(**change), EXACTLY, by=["row", "column"])


def test_an_unknown_label_is_refused_without_being_quoted() -> None:
    with pytest.raises(GateError, match="E_GATE_COUNTS") as caught:
        shown(tidy(secret=[10, 20], b=[30, 40]), EXACTLY, levels={"row": ["b"]})
    assert "secret" not in str(caught.value)
