"""How far combinations of choices agree."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.methods.result import Interval, NotEstimableError
from reports.methods.specification_curve import Choice, trace_specifications


def around(value: float) -> tuple[float, Interval]:
    return value, Interval(value - 0.5, value + 0.5)


def test_every_combination_is_estimated_once_and_sorted() -> None:
    seen: list[Choice] = []

    def estimate(choice: Choice) -> tuple[float, Interval]:
        seen.append(choice)
        return around(float(str(choice["cut"])) - 2 * (choice["rule"] == "b"))

    curve = trace_specifications({"rule": ["a", "b"], "cut": [1, 0, 2]}, estimate)
    assert len(seen) == 6
    assert [s.estimate for s in curve.specifications] == [-2, -1, 0, 0, 1, 2]
    assert curve.specifications[0].choice == (("rule", "b"), ("cut", 0))
    assert (curve.lowest, curve.highest) == (-2, 2)


def test_agreement_counts_the_side_of_the_median() -> None:
    values = [-0.2, 0.1, 0.3, 0.7, 0.9]
    curve = trace_specifications(
        {"rule": list(range(5))}, lambda choice: around(values[int(str(choice["rule"]))])
    )
    assert curve.median == 0.3
    assert curve.share_same_sign == pytest.approx(4 / 5)
    assert curve.share_beyond_zero == pytest.approx(2 / 5)


def test_refused_combinations_stay_with_their_reason_and_leave_the_shares_alone() -> None:
    def estimate(choice: Choice) -> tuple[float, Interval]:
        if choice["rule"] == "profile":
            raise NotEstimableError("fewer than two clients")
        return around(-1.0)

    curve = trace_specifications({"rule": ["profile", "attachment"]}, estimate)
    assert (curve.n_usable, curve.n_refused, curve.share_same_sign) == (1, 1, 1.0)
    assert curve.specifications[-1].note == "fewer than two clients"
    assert curve.specifications[-1].estimate is None


def test_no_usable_combination_has_no_summary() -> None:
    def estimate(choice: Choice) -> tuple[float, Interval]:
        raise NotEstimableError("no group")

    curve = trace_specifications({"rule": ["a"]}, estimate)
    assert (curve.n_usable, curve.median, curve.share_same_sign) == (0, None, None)


def test_other_errors_are_not_swallowed() -> None:
    def estimate(choice: Choice) -> tuple[float, Interval]:
        raise KeyError("cut")

    with pytest.raises(KeyError):
        trace_specifications({"rule": ["a"]}, estimate)


def test_a_choice_without_options_is_named() -> None:
    with pytest.raises(ValueError, match="cut"):
        trace_specifications({"rule": ["a"], "cut": []}, lambda choice: around(1.0))


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=20))
def test_swapping_the_groups_turns_the_curve_and_keeps_the_agreement(values: list[float]) -> None:
    choices = {"rule": list(range(len(values)))}
    forward = trace_specifications(choices, lambda c: around(values[int(str(c["rule"]))]))
    backward = trace_specifications(choices, lambda c: around(-values[int(str(c["rule"]))]))
    assert forward.median is not None
    assert backward.median == pytest.approx(-forward.median)
    assert backward.share_same_sign == forward.share_same_sign
    assert backward.share_beyond_zero == forward.share_beyond_zero
