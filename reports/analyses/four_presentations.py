"""Level and spread of an outcome within each presentation, and whether they differ."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from reports.analyses._descriptives import describe_values
from reports.analyses._four_tests import compare_presentations
from reports.analyses._inquiry import Inquiry
from reports.analyses._nesting import nesting_caution
from reports.analyses._outcome_values import OutcomeValues
from reports.analyses._question import THEME_CONTRAST, Question
from reports.declarations import PRESENTATIONS, PresentationRule
from reports.estimates import Estimate
from reports.presentation import PARTS

ANALYSIS = "four_presentations"


def describe_presentations(inquiry: Inquiry, found: OutcomeValues) -> Iterator[Estimate]:
    """Yield mean, interval and standard deviation per presentation, then the tests of all."""
    question = Question(ANALYSIS, THEME_CONTRAST, found.name)
    if found.refusal:
        yield question.refuse("mean", "mean", "t interval", found.refusal)
        return
    grouped: dict[str, pd.Series] = {}
    for group in possible_presentations(inquiry.rule):
        members = inquiry.members_of(group)
        values = found.values.reindex(members).dropna()
        yield from describe_values(
            question, values, level=inquiry.level, group_a=group,
            n_missing=len(members) - len(values),
            n_clusters=inquiry.data.count_therapists(values.index),
        )  # fmt: skip
        if group != "indeterminate":
            grouped[group] = values.sort_index()
    nesting = nesting_caution(inquiry, found.values, inquiry.usable[list(PARTS)])
    cautioned = found.with_caution(nesting)
    yield from compare_presentations(question, inquiry, grouped, cautioned.caution)


def possible_presentations(rule: PresentationRule) -> tuple[str, ...]:
    """Return the presentations that a rule can give, in their order."""
    impossible = set()
    if rule.interdependence is None:
        impossible.add("interdependent")
    if max(rule.grey_zone) == 0:
        impossible.add("indeterminate")
    return tuple(name for name in PRESENTATIONS if name not in impossible)
