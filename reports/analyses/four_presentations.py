"""Level and spread of an outcome within each presentation."""

from __future__ import annotations

from reports.analyses._descriptives import describe_values
from reports.analyses._inquiry import Inquiry
from reports.analyses._outcome_values import OutcomeValues
from reports.analyses._question import THEME_CONTRAST, Question
from reports.declarations import PRESENTATIONS, PresentationRule
from reports.estimates import Estimate

ANALYSIS = "four_presentations"


def describe_presentations(inquiry: Inquiry, found: OutcomeValues) -> list[Estimate]:
    """Return mean, interval and standard deviation of one outcome per presentation."""
    question = Question(ANALYSIS, THEME_CONTRAST, found.name)
    if found.refusal:
        return [question.refuse("mean", "mean", "t interval", found.refusal)]
    rows: list[Estimate] = []
    for group in possible_presentations(inquiry.rule):
        members = inquiry.members_of(group)
        values = found.values.reindex(members).dropna()
        rows += describe_values(question, values, level=inquiry.level, group_a=group,
                                n_missing=len(members) - len(values),
                                n_clusters=inquiry.data.count_therapists(values.index))  # fmt: skip
    return rows


def possible_presentations(rule: PresentationRule) -> tuple[str, ...]:
    """Return the presentations that a rule can give, in their order."""
    impossible = set()
    if rule.interdependence is None:
        impossible.add("interdependent")
    if max(rule.grey_zone) == 0:
        impossible.add("indeterminate")
    return tuple(name for name in PRESENTATIONS if name not in impossible)
