"""The client flow: subtracting one step from another never gives a small loss."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from instruments.errors import GateError
from reports.disclosure.cleared import ClearedTable, Withheld
from reports.disclosure.flow import gate_flow
from reports.disclosure.policy import DisclosurePolicy

COLUMNS = ["outcome", "position", "kind", "step", "n", "n_a", "n_b"]
Row = tuple[str, str, int, int | None, int | None]
TO_GROUPS: list[Row] = [
    ("start", "all clients", 240, None, None),
    ("excluded", "no form", 12, None, None),
    ("kept", "with both scores", 228, None, None),
    ("excluded", "mixed", 38, None, None),
    ("excluded", "neither", 85, None, None),
    ("kept", "in the contrast", 105, 53, 52),
]


def flow(*steps: Row, outcome: str = "core_10.total@end") -> pd.DataFrame:
    return pd.DataFrame([(outcome, i, *step) for i, step in enumerate(steps)], columns=COLUMNS)


def shown(frame: pd.DataFrame, policy: DisclosurePolicy | None = None) -> pd.DataFrame:
    cleared = gate_flow(frame, policy or DisclosurePolicy())
    assert isinstance(cleared, ClearedTable)
    return cleared.frame


def losing(n: int, a: int, outcome: str = "core_10.total@end") -> pd.DataFrame:
    lost: Row = ("excluded", "outcome missing", n, a, n - a)
    left: Row = ("kept", "compared", 105 - n, 53 - a, 52 - n + a)
    return flow(*TO_GROUPS, lost, left, outcome=outcome)


def test_large_losses_are_rounded_and_shown() -> None:
    table = shown(losing(45, 22)).set_index("step")
    assert table["n"].tolist() == [240, 10, 230, 40, 85, 105, 45, 60]
    assert table.loc["compared", ["n_a", "n_b"]].tolist() == [30, 30]


def test_the_clients_compared_are_the_sum_of_their_groups_as_in_the_estimates() -> None:
    table = shown(losing(38, 16)).set_index("step")
    # 67 clients, 37 and 30 of them, would be 65 beside 35 and 30 in one place, 70 in another.
    for step in ("in the contrast", "outcome missing", "compared"):
        assert table.loc[step, "n"] == table.loc[step, ["n_a", "n_b"]].sum()


def test_a_small_loss_hides_the_step_before_it_and_keeps_who_is_compared() -> None:
    table = shown(losing(4, 2)).set_index("step")
    assert np.isnan(table.loc["outcome missing", "n"])
    assert np.isnan(table.loc["in the contrast", "n"])
    assert table.loc["compared", "n"] == 100


def test_without_rounding_who_is_compared_is_hidden_as_the_estimates_tell_the_groups() -> None:
    steps: list[Row] = [
        ("start", "all clients", 51_491, None, None),
        ("excluded", "no score of dependence", 144, None, None),
        ("excluded", "no score of independence", 8, None, None),
        ("excluded", "not every item answered", 4_729, None, None),
        ("kept", "with both scores", 46_610, None, None),
        ("excluded", "mixed", 7_758, None, None),
        ("excluded", "neither", 13_453, None, None),
        ("kept", "in the contrast", 25_399, 18_768, 6_631),
        ("excluded", "outcome missing", 4, 3, 1),
        ("kept", "compared", 25_395, 18_765, 6_630),
    ]
    table = shown(flow(*steps), DisclosurePolicy(round_to=1)).set_index("step")
    left_out = table.index[table["n"].isna()].tolist()
    assert left_out == [
        "no score of independence", "not every item answered", "outcome missing", "compared",
    ]  # fmt: skip
    assert table.loc["in the contrast", ["n_a", "n_b"]].tolist() == [18_768, 6_631]
    assert table.loc["compared", ["n_a", "n_b"]].isna().all()


def test_what_one_outcome_hides_no_other_shows() -> None:
    """With outcome b complete, its compared clients are those that outcome a must hide."""
    table = shown(pd.concat([losing(4, 2, outcome="a"), losing(0, 0, outcome="b")]))
    shared = table[table["step"] == "in the contrast"]
    assert shared["n"].isna().all()
    complete = table[(table["outcome"] == "b") & (table["step"] == "outcome missing")]
    assert complete["n"].isna().all()


def test_a_few_losses_of_many_reasons_are_small_together() -> None:
    steps: list[Row] = [
        ("start", "all clients", 240, None, None),
        ("excluded", "withdrew", 3, None, None),
        ("excluded", "moved", 4, None, None),
        ("kept", "left", 233, None, None),
    ]
    table = shown(flow(*steps))
    assert table["n"].isna().tolist() == [True, True, True, False]


def test_two_small_reasons_of_a_large_loss_are_hidden_and_its_steps_shown() -> None:
    steps: list[Row] = [
        ("start", "all clients", 240, None, None),
        ("excluded", "withdrew", 8, None, None),
        ("excluded", "moved", 9, None, None),
        ("kept", "left", 223, None, None),
    ]
    assert shown(flow(*steps))["n"].isna().tolist() == [False, True, True, False]


def test_a_loss_of_nobody_is_shown() -> None:
    table = shown(losing(0, 0)).set_index("step")
    assert table.loc["outcome missing", "n"] == 0


def test_a_small_group_in_the_contrast_is_hidden_with_the_other() -> None:
    steps: list[Row] = [
        ("start", "all clients", 80, None, None),
        ("excluded", "neither", 30, None, None),
        ("kept", "compared", 50, 4, 46),
    ]
    policy = DisclosurePolicy(round_to=1)
    last = shown(flow(*steps), policy).iloc[-1]
    assert np.isnan(last["n_a"])
    assert np.isnan(last["n_b"]) or np.isnan(last["n"])


def test_a_flow_of_few_clients_is_withheld() -> None:
    steps: list[Row] = [
        ("start", "all clients", 6, None, None),
        ("excluded", "neither", 2, None, None),
        ("kept", "compared", 4, None, None),
    ]
    assert isinstance(gate_flow(flow(*steps), DisclosurePolicy()), Withheld)


@pytest.mark.parametrize("change", [("n", 0, 239), ("n", 3, 37), ("n_a", 5, 50), ("n", 1, -12),
                                    ("kind", 0, "kept"), ("kind", 7, "excluded")])  # fmt: skip
def test_a_flow_that_does_not_add_up_is_refused(change: tuple[str, int, object]) -> None:
    column, row, value = change
    frame = losing(20, 10)
    frame.loc[row, column] = value
    with pytest.raises(GateError, match="E_GATE_FLOW"):
        gate_flow(frame, DisclosurePolicy())


def test_a_flow_by_step_and_reason_is_the_same_flow() -> None:
    numbered = losing(4, 2)
    lost = numbered["kind"] == "excluded"
    following = numbered["step"].mask(lost).bfill()
    by_reason = numbered.assign(step=following, reason=numbered["step"].where(lost))
    pd.testing.assert_frame_equal(
        shown(by_reason.drop(columns=["position", "kind"])), shown(numbered)
    )


def test_a_missing_column_is_refused() -> None:
    with pytest.raises(GateError, match="E_GATE_FLOW"):
        gate_flow(losing(20, 10).drop(columns="n_a"), DisclosurePolicy())
