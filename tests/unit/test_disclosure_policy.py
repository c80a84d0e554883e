"""The rules of a data owner: what they default to, and what they may not say."""

from __future__ import annotations

import tomllib

import pytest
from pydantic import ValidationError

from reports.disclosure.policy import DisclosurePolicy


def test_the_defaults_are_strict() -> None:
    policy = DisclosurePolicy()
    assert (policy.threshold, policy.therapist_threshold, policy.round_to) == (10, 3, 5)
    assert (policy.min_group_for_statistics, policy.min_bin) == (10, 10)
    assert not policy.show_points
    assert not policy.publish_zeros


def test_every_field_is_explained_to_the_data_owner() -> None:
    for name, field in DisclosurePolicy.model_fields.items():
        assert len(field.description or "") > 60, name


@pytest.mark.parametrize(("threshold", "group"), [(3, 10), (7, 10), (10, 10), (20, 20)])
def test_other_limits_follow_a_threshold_upwards(threshold: int, group: int) -> None:
    policy = DisclosurePolicy(threshold=threshold)
    assert policy.min_group_for_statistics == group
    assert policy.min_bin == threshold
    assert policy.round_to == min(5, threshold)


def test_a_given_limit_is_kept() -> None:
    policy = DisclosurePolicy(threshold=5, min_group_for_statistics=30, min_bin=8, round_to=1)
    assert (policy.min_group_for_statistics, policy.min_bin, policy.round_to) == (30, 8, 1)


@pytest.mark.parametrize(
    "said",
    [
        {"threshold": 2},
        {"therapist_threshold": 2},
        {"round_to": 0},
        {"threshold": 5, "round_to": 6},
        {"threshold": 12, "min_group_for_statistics": 11},
        {"threshold": 12, "min_bin": 11},
        {"threshold": "10"},
        {"threshold": 10.5},
        {"threshold": True},
        {"treshold": 10},
        {"note": "x" * 501},
    ],
)
def test_rules_that_protect_nobody_are_refused(said: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        DisclosurePolicy.model_validate(said)


def test_a_section_of_the_study_file_is_read() -> None:
    text = '[disclosure]\nthreshold = 8\nround_to = 4\nnote = "set by the privacy officer"\n'
    policy = DisclosurePolicy.model_validate(tomllib.loads(text)["disclosure"])
    assert (policy.threshold, policy.round_to) == (8, 4)


def test_a_policy_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        DisclosurePolicy().threshold = 3  # type: ignore[misc]


def test_the_digest_tells_policies_apart() -> None:
    assert DisclosurePolicy().digest == DisclosurePolicy(threshold=10).digest
    assert DisclosurePolicy().digest != DisclosurePolicy(threshold=11).digest
    assert DisclosurePolicy().digest != DisclosurePolicy(note="other").digest
