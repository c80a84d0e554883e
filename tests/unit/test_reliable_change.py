"""Borders, directions and mistakes of reliable and sudden change."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.methods.change_tables import answer_page, change_shares
from reports.methods.reliable_change import (
    CHANGE_MEANINGS,
    CHANGES,
    classify_by_difference,
    classify_change,
    clinical_cutoffs,
    reliable_change_index,
    reliable_direction,
    standard_error_of_difference,
)
from reports.methods.sudden_gains import find_sudden_changes

SCALE = {"sd_before": 5.0, "reliability": 0.82}  # standard error of a difference: 3 points


@pytest.mark.parametrize("reliability", [-0.1, 1.0, float("nan")])
def test_a_reliability_outside_its_range_is_a_mistake(reliability: float) -> None:
    with pytest.raises(ValueError, match="reliability"):
        standard_error_of_difference(5.0, reliability)


@pytest.mark.parametrize("sd", [0.0, -1.0, float("nan"), float("inf")])
def test_a_scale_that_does_not_vary_is_a_mistake(sd: float) -> None:
    with pytest.raises(ValueError, match="positive"):
        standard_error_of_difference(sd, 0.8)


def test_missing_scores_are_for_the_caller_to_drop() -> None:
    with pytest.raises(ValueError, match="missing"):
        reliable_change_index([10.0, np.nan], [9.0, 8.0], **SCALE)


def test_scores_of_different_clients_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="same clients"):
        reliable_change_index([10.0], [9.0, 8.0], **SCALE)


@pytest.mark.parametrize(("after", "label"), [(14.13, "unchanged"), (14.11, "improved")])
def test_the_border_of_reliable_change(after: float, label: str) -> None:
    # 1.96 * 3 = 5.88 points from 20
    assert classify_change([20], [after], **SCALE).tolist() == [label]


def test_where_higher_is_better_the_labels_turn() -> None:
    before, after = [20, 20, 20], [30, 21, 10]
    up = classify_change(before, after, **SCALE, better="higher")
    down = classify_change(before, after, **SCALE, better="lower")
    assert up.tolist() == ["improved", "unchanged", "deteriorated"]
    assert down.tolist() == ["deteriorated", "unchanged", "improved"]


def test_recovery_needs_a_clinical_start_and_harm_a_functional_one() -> None:
    labels = classify_change([30, 14, 30, 10, 22], [10, 4, 22, 30, 40], **SCALE, cutoff=18)
    assert labels.tolist() == ["recovered", "improved", "improved", "harmed", "deteriorated"]


def test_crossing_the_cut_off_without_reliable_change_is_no_recovery() -> None:
    assert classify_change([19], [17], **SCALE, cutoff=18).tolist() == ["unchanged"]


def test_a_score_on_the_cut_off_is_clinical() -> None:
    assert classify_change([18, 30], [8, 18], **SCALE, cutoff=18).tolist() == [
        "recovered",
        "improved",
    ]
    assert classify_change([8], [18], **SCALE, cutoff=18, better="higher").tolist() == ["improved"]


def test_every_change_says_what_it_means() -> None:
    assert set(CHANGE_MEANINGS) == set(CHANGES)
    assert CHANGE_MEANINGS["harmed"] == "reliably worse, and now in the clinical range"


def test_cut_offs_know_which_end_is_better() -> None:
    down = clinical_cutoffs((60, 7.5), (40, 7.5), better="lower")
    assert (down.a, down.b, down.c) == (45, 55, 50)
    with pytest.raises(ValueError, match="functional mean is lower"):
        clinical_cutoffs((40, 7.5), (60, 7.5), better="lower")


def test_the_minimal_difference_itself_is_enough() -> None:
    labels = classify_by_difference([20, 20], [25, 24.9], minimal_difference=5, better="higher")
    assert labels.tolist() == ["improved", "unchanged"]
    with pytest.raises(ValueError, match="positive"):
        classify_by_difference([1], [2], minimal_difference=0)


def test_the_minimal_difference_of_means_is_met_whatever_their_last_bit() -> None:
    found = classify_by_difference([2.3, 1.8], [1.8, 2.3], minimal_difference=0.5)
    assert found.tolist() == ["improved", "deteriorated"]


def test_shares_have_an_interval_even_at_zero() -> None:
    shares = {s.change: s for s in change_shares(np.array(["unchanged"] * 20))}
    assert shares["improved"].share == 0
    assert shares["improved"].interval.high == pytest.approx(0.1611, abs=1e-4)
    assert "harmed" not in shares


def test_no_clients_have_no_shares() -> None:
    with pytest.raises(ValueError, match="no client"):
        change_shares(np.array([], dtype=str))


def test_the_answer_page_counts_every_client_once() -> None:
    symptoms = ["recovered", "improved", "harmed", "deteriorated", "unchanged"]
    page = answer_page(symptoms, ["lower", "higher", "higher", "lower", "same"])
    assert page.counts == ((1, 0, 1), (0, 1, 0), (1, 0, 1))
    assert (page.n, page.rows[2], page.columns[2]) == (5, "deteriorated", "higher")


def test_an_unknown_label_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="label"):
        answer_page(["better"], ["lower"])


@given(
    before=st.lists(st.floats(0, 60), min_size=1, max_size=30),
    change=st.floats(-40, 40),
)
def test_swapping_the_two_occasions_turns_the_direction(before: list[float], change: float) -> None:
    after = [score + change for score in before]
    turned = {"lower": "higher", "same": "same", "higher": "lower"}
    forward = reliable_direction(before, after, **SCALE)
    backward = reliable_direction(after, before, **SCALE)
    assert [turned[label] for label in forward] == backward.tolist()


def test_each_criterion_of_a_sudden_gain_can_fail_alone() -> None:
    gain = [30.0, 31, 30, 18, 17, 16]
    small = [9.0, 9, 9, 5, 5, 5]  # criterion 1: four points
    shallow = [60.0, 61, 60, 52, 51, 52]  # criterion 2: a seventh
    unstable = [30.0, 12, 30, 18, 30, 29]  # criterion 3: back at once
    found = find_sudden_changes([gain, small, shallow, unstable], cutoff=7)
    assert [change.client for change in found.changes] == [0]


def test_missing_sessions_raise_the_bar_and_too_many_hide_the_gain() -> None:
    nan = float("nan")
    five = [30.0, nan, 30, 18, 17, 16]
    four = [33.0, nan, 27, 18, 16, nan]  # 13 points, and t is 4.303 on two degrees of freedom
    hidden = [nan, nan, 30, 18, 17, nan]
    found = find_sudden_changes([five, four, hidden], cutoff=7)
    assert [change.client for change in found.changes] == [0]
    assert found.n_testable == 2


def test_a_loss_is_a_gain_read_backwards_on_the_other_end() -> None:
    rise = [[10.0, 10, 11, 25, 26, 25]]
    loss = find_sudden_changes(rise, cutoff=7, kind="loss")
    gain = find_sudden_changes(rise, cutoff=7, kind="gain", better="higher")
    assert loss.changes == gain.changes
    assert len(loss.changes) == 1
    assert find_sudden_changes(rise, cutoff=7).changes == ()


def test_too_few_sessions_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="four sessions"):
        find_sudden_changes([[1.0, 2, 3]], cutoff=7)
