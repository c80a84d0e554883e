"""The analysis plan: what it refuses, and how it says what changed."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from instruments.errors import PlanError
from reports.plan import Plan, describe_changes, substance_of
from reports.plan_check import check_plan
from tests.unit.plans import KNOWN, a_hypothesis, a_plan, plan_content

OUTCOME = {"scale": "core_10.total", "occasion": "end", "smallest_effect": 3.0}
RULE = {"rule": "attachment", "dependence": "ecr.anxiety", "independence": "ecr.avoidance"}


def test_a_valid_plan_passes() -> None:
    check_plan(a_plan(), KNOWN)
    covariates = {**OUTCOME, "covariates": ["age", "modality", "phq_9.total@intake"]}
    check_plan(a_plan(outcome=[covariates]), KNOWN)


BROKEN: list[tuple[str, dict[str, Any], str, str]] = [
    ("a scale that is not there", {"outcome": [{**OUTCOME, "scale": "core_10.totall"}]},
     "E_PLAN_SCALE", 'Did you mean "core_10.total"?'),
    ("an occasion that is not there", {"outcome": [{**OUTCOME, "occasion": "ende"}]},
     "E_PLAN_OCCASION", 'Did you mean "end"?'),
    ("a group that is not there",
     {"hypothesis": [a_hypothesis(contrast=["overdependant", "overindependent"])]},
     "E_PLAN_GROUP", 'Did you mean "overdependent"?'),
    ("a group that the rule cannot give",
     {"hypothesis": [a_hypothesis(contrast=["interdependent", "neither"])]},
     "E_PLAN_GROUP", "overdependent"),
    ("a group against itself", {"hypothesis": [a_hypothesis(contrast=["mixed", "mixed"])]},
     "E_PLAN_GROUP", "Name two groups."),
    ("a bound as wide as the scale", {"outcome": [{**OUTCOME, "smallest_effect": 40}]},
     "E_PLAN_BOUND", "Scores go from 0 to 40 here."),
    ("a cut outside the scale", {"presentation": {**RULE, "cut": [9, 3]}},
     "E_PLAN_BOUND", "Scores go from 1 to 7 here."),
    ("a family without members", {"family": [{"id": "distress"}, {"id": "alliance"}]},
     "E_PLAN_FAMILY", "Name it in a hypothesis, or remove it."),
    ("a family that is not there", {"hypothesis": [a_hypothesis(family="distres")]},
     "E_PLAN_FAMILY", 'Did you mean "distress"?'),
    ("an outcome that is not declared",
     {"hypothesis": [a_hypothesis(outcome="core_10.total@intake")]},
     "E_PLAN_OUTCOME", 'Did you mean "core_10.total@end"?'),
    ("an outcome twice", {"outcome": [OUTCOME, OUTCOME]}, "E_PLAN_TWICE", "Keep one."),
    ("a hypothesis twice", {"hypothesis": [a_hypothesis(), a_hypothesis()]},
     "E_PLAN_TWICE", "Keep one."),
    ("one question in two families",
     {"family": [{"id": "distress"}, {"id": "second"}],
      "hypothesis": [a_hypothesis(), a_hypothesis(id="again", family="second",
                                                  contrast=["overindependent", "overdependent"])]},
     "E_PLAN_TWICE", "Keep one."),
    ("two shapes of one course",
     {"hypothesis": [a_hypothesis(question="course"),
                     a_hypothesis(id="line", question="course", shape="linear")]},
     "E_PLAN_TWICE", "An outcome has one course, in one shape."),
    ("an outcome that made the groups",
     {"outcome": [{**OUTCOME, "scale": "ecr.anxiety"}],
      "hypothesis": [a_hypothesis(outcome="ecr.anxiety@end")]},
     "E_PLAN_CIRCULAR", "Choose an outcome that the groups were not made from."),
    ("an outcome before the landmark",
     {"presentation": {**RULE, "landmark": "end"},
      "outcome": [{**OUTCOME, "occasion": "intake"}],
      "hypothesis": [a_hypothesis(outcome="core_10.total@intake")]},
     "E_PLAN_LANDMARK", "Choose a later occasion, or an earlier landmark."),
    ("an attribute that is not there",
     {"outcome": [{**OUTCOME, "covariates": ["ages"]}]}, "E_PLAN_ATTRIBUTE", '"age"'),
    ("a code as an outcome",
     {"outcome": [{"attribute": "modality", "smallest_effect": 1}],
      "hypothesis": [a_hypothesis(outcome="modality")]},
     "E_PLAN_ATTRIBUTE", "Known here: age."),
    ("a covariate that comes later",
     {"outcome": [{**OUTCOME, "covariates": ["core_10.total@end"]}]}, "E_PLAN_COVARIATE",
     "Adjust for what was known at the landmark and did not make the groups."),
    ("a covariate that made the groups",
     {"outcome": [{**OUTCOME, "covariates": ["ecr.anxiety@intake"]}]}, "E_PLAN_COVARIATE",
     "Adjust for what was known at the landmark and did not make the groups."),
    ("a course of what is measured once",
     {"outcome": [{"scale": "wai_sr.bond", "occasion": "month_3", "smallest_effect": 0.3}],
      "hypothesis": [a_hypothesis(outcome="wai_sr.bond@month_3", question="course")]},
     "E_PLAN_OCCASION", "Choose an outcome with two occasions or more."),
    ("a rule whose scale is not there", {"presentation": {**RULE, "dependence": "ecr.anxous"}},
     "E_PLAN_RULE", 'Did you mean "ecr.anxiety"?'),
    ("an exclusion of nobody and everybody",
     {"exclusion": [{"reason": "age", "attribute": "age", "below": 60, "above": 20}]},
     "E_PLAN_BOUND", "Clients from below to above are kept."),
    ("an exclusion by the values of a number",
     {"exclusion": [{"reason": "age", "attribute": "age", "is_one_of": ["60"]}]},
     "E_PLAN_EXCLUSION", "Write below or above and nothing else."),
]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "code", "fix"), [case[1:] for case in BROKEN], ids=[case[0] for case in BROKEN]
)
def test_a_plan_that_cannot_be_carried_out_is_refused(
    changes: dict[str, Any], code: str, fix: str
) -> None:
    with pytest.raises(PlanError) as caught:
        check_plan(a_plan(**changes), KNOWN)
    assert caught.value.code == code
    assert fix in caught.value.fix
    assert caught.value.where.startswith("plan.toml, ")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"shape": "piecewise"}, "when its two pieces meet"),
        ({"knot": 8}, "a log course has no knot"),
    ],
)
def test_a_knot_belongs_to_a_piecewise_course(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        a_plan(hypothesis=[a_hypothesis(question="course", **changes)])


def test_a_plan_without_a_knot_says_what_it_said_before_there_were_knots() -> None:
    """Else a plan that was locked then would count as edited."""
    (told,) = a_plan().content["hypothesis"]
    assert "knot" not in told
    bent = a_hypothesis(question="course", shape="piecewise", knot=8)
    assert a_plan(hypothesis=[bent]).content["hypothesis"][0]["knot"] == 8


def test_two_hypotheses_with_one_answer_are_both_named() -> None:
    twice = [a_hypothesis(), a_hypothesis(id="again")]
    with pytest.raises(PlanError) as caught:
        check_plan(a_plan(hypothesis=twice), KNOWN)
    assert '"end"' in caught.value.what
    assert '"again"' in caught.value.what


def test_different_questions_of_one_outcome_are_no_repetition() -> None:
    changes: list[dict[str, Any]] = [
        {},
        {"method": "mixed_model"},
        {"contrast": ["mixed", "neither"]},
        {"question": "dependence"},
        {"question": "dependence", "predictor": "independence"},
        {"question": "four_groups"},
        {"question": "course"},
        {"question": "u_shape"},
    ]
    asked = [a_hypothesis(id=f"h{k}", **each) for k, each in enumerate(changes)]
    check_plan(a_plan(hypothesis=asked), KNOWN)


@pytest.mark.parametrize(
    "changes",
    [
        {"outcome": [{**OUTCOME, "smallest_effect": 0}]},
        {"plan": {"title": "x", "alpha": 0.7}},
        {"hypothesis": []},
        {"family": [{"id": "distress", "adjust": "bonferoni"}]},
        {"exclusion": [{"reason": "nobody", "attribute": "age"}]},
        {"exclusion": [{"reason": "two", "attribute": "age", "scale": "ecr.anxiety", "above": 3}]},
        {"hypotheses": []},
    ],
)
def test_a_plan_with_impossible_values_is_no_plan(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        a_plan(**changes)


def test_what_changed_is_said_by_section_name_and_key() -> None:
    before = a_plan().content
    after = a_plan(
        plan={"title": "Dependency", "alpha": 0.01},
        outcome=[{**OUTCOME, "smallest_effect": 5.0}],
        hypothesis=[a_hypothesis(), a_hypothesis(id="slope", question="dependence")],
    ).content
    assert describe_changes(before, after) == (
        "plan: alpha was 0.05, is 0.01",
        'outcome "core_10.total@end": smallest_effect was 3.0, is 5.0',
        'hypothesis "slope" is new',
    )
    assert describe_changes(after, before)[-1] == 'hypothesis "slope" is gone'
    assert describe_changes(before, before) == ()


def test_the_digest_is_that_of_the_content() -> None:
    turned = dict(reversed(plan_content().items()))
    assert Plan.model_validate(turned).digest == a_plan().digest
    assert a_plan(plan={"title": "Else"}).digest != a_plan().digest


@pytest.mark.parametrize(
    ("changes", "is_same"),
    [
        ({}, True),
        ({"plan": {"title": "Another title"}}, True),
        ({"hypothesis": [a_hypothesis(), a_hypothesis(id="second")]}, True),
        ({"hypothesis": [a_hypothesis(method="mixed_model")]}, False),
        ({"outcome": [{**OUTCOME, "smallest_effect": 2.0}]}, False),
        ({"presentation": {**RULE, "grey_zone": [0.3, 0.3]}}, False),
        ({"exclusion": [{"reason": "old", "attribute": "age", "above": 70}]}, False),
        ({"plan": {"title": "Dependency", "alpha": 0.01}}, False),
        ({"family": [{"id": "distress", "adjust": "benjamini_hochberg"}]}, False),
    ],
)
def test_a_hypothesis_means_the_same_only_where_all_it_rests_on_is_the_same(
    changes: dict[str, Any], is_same: bool
) -> None:
    before, after = a_plan().content, a_plan(**changes).content
    assert (substance_of(before, "end") == substance_of(after, "end")) is is_same


def test_an_unknown_hypothesis_has_no_substance() -> None:
    assert substance_of(a_plan().content, "other") is None
