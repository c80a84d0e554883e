"""The comparison block: overly dependent against overly independent clients, one outcome."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pandas as pd

from reports.analyses._contrast import (
    NAMED,
    Contrast,
    ancova,
    contrast_row,
    equivalence,
    gather_contrast,
    hedges,
    members_of,
    ranks,
    superiority,
    welch,
    yuen,
)
from reports.analyses._outcome_values import INTAKE, OutcomeValues
from reports.analyses._question import (
    CONTRAST,
    FAMILY_GROUPS,
    GROUP_A,
    GROUP_B,
    MIN_GROUP,
    NESTING,
    THEME_CONTRAST,
    TOO_FEW,
    Question,
    join_notes,
)
from reports.analyses._reliability_rows import alpha_row
from reports.declarations import Comparison, PresentationRule
from reports.estimates import Estimate, PlanStatus
from reports.presentation import describe_presentation
from reports.study_data import StudyData

ANALYSIS = "overdependent_against_overindependent"
EXTREME = (
    "groups cut from a scale are extreme groups: this is larger than it would be among all clients"
)
DIFFERENCE = ("difference", "mean difference", "Welch")
EQUIVALENCE = ("equivalence", "mean difference", "two one-sided Welch tests")
ADJUSTED = (
    "adjusted difference",
    "mean difference",
    "least squares, HC3 errors, adjusted for the intake value",
)
ROBUST = (
    (("standardized difference", "Hedges' g", "exact interval"), hedges, EXTREME),
    (("superiority", "probability of superiority", "Brunner and Munzel"), superiority, None),
    (("trimmed difference", "difference of trimmed means", "Yuen, 20 % trimmed"), yuen, None),
)
RANKS = ("rank test", "rank-biserial correlation", "Mann-Whitney")


def compare_groups(
    data: StudyData,
    rule: PresentationRule,
    presentations: pd.DataFrame,
    found: OutcomeValues,
    comparison: Comparison,
    plan_status: PlanStatus,
) -> list[Estimate]:
    """Return the comparison block of one outcome; its verdict follows once all are adjusted."""
    question = Question(ANALYSIS, THEME_CONTRAST, found.name, plan_status)
    if found.refusal:
        return [question.refuse(*DIFFERENCE, found.refusal, **NAMED)]
    contrast = gather_contrast(data, presentations, found, comparison.ci_level)
    rows = list(_count_rows(question, data, presentations, contrast))
    if contrast.smaller < MIN_GROUP:
        return [*rows, question.refuse(*DIFFERENCE, TOO_FEW, **contrast.facts)]
    rows += _reliability_rows(question, data, found, contrast)
    rows += _difference_rows(question, rule, found, contrast)
    rows += _equivalence_rows(question, found, contrast, comparison.alpha)
    return [*rows, *_adjusted_rows(question, data, rule, found, contrast)]


def _count_rows(
    question: Question, data: StudyData, presentations: pd.DataFrame, contrast: Contrast
) -> Iterator[Estimate]:
    for group, values in ((GROUP_A, contrast.a), (GROUP_B, contrast.b)):
        missing = len(members_of(presentations, group)) - len(values)
        yield question.answer("clients", "count", "count", group_a=group, n=len(values),
                              n_missing=missing,
                              n_clusters=data.count_therapists(values.index))  # fmt: skip


def _reliability_rows(
    question: Question, data: StudyData, found: OutcomeValues, contrast: Contrast
) -> Iterator[Estimate]:
    scale = found.outcome.scale
    if scale is None or not data.measures[scale].items:
        return
    items = data.items(scale, found.outcome.occasion)
    for group, values in ((GROUP_A, contrast.a), (GROUP_B, contrast.b)):
        own = items[items.index.isin(values.index)]
        yield alpha_row(question, own, level=contrast.level, term="reliability", group_a=group,
                        n_clusters=data.count_therapists(own.index))  # fmt: skip


def _difference_rows(
    question: Question, rule: PresentationRule, found: OutcomeValues, contrast: Contrast
) -> Iterator[Estimate]:
    who = [f"{group}: {describe_presentation(rule.rule, group)}" for group in (GROUP_A, GROUP_B)]
    note = join_notes(*who, found.remark, NESTING if contrast.n_clusters else None)
    family = FAMILY_GROUPS if found.outcome.primary else None
    yield contrast_row(question, DIFFERENCE, contrast, welch, family=family, note=note,
                       caution=found.caution)  # fmt: skip
    for names, method, remark in ROBUST:
        yield contrast_row(question, names, contrast, method, note=remark)
    yield contrast_row(question, RANKS, contrast, ranks)


def _equivalence_rows(
    question: Question, found: OutcomeValues, contrast: Contrast, alpha: float
) -> Iterator[Estimate]:
    smallest = found.outcome.smallest_effect
    family = FAMILY_GROUPS if found.outcome.primary else None
    yield question.answer("smallest effect of interest", "mean difference", "declared",
                          estimate=smallest, contrast=CONTRAST)  # fmt: skip
    yield contrast_row(
        question, EQUIVALENCE, contrast, partial(equivalence, smallest=smallest, alpha=alpha),
        family=family, note=f"bounds -{smallest:g} and {smallest:g} in points of the outcome",
    )  # fmt: skip


def _adjusted_rows(
    question: Question,
    data: StudyData,
    rule: PresentationRule,
    found: OutcomeValues,
    contrast: Contrast,
) -> Iterator[Estimate]:
    """Yield the difference at equal intake values, where the outcome was measured at intake."""
    outcome = found.outcome
    if outcome.scale is None or outcome.occasion in (INTAKE, rule.landmark):
        return
    before = data.values_at(outcome.scale, INTAKE).astype("float64").rename(INTAKE)
    if before.empty:
        return
    known = contrast.only(before.index)
    if known.smaller < MIN_GROUP:
        yield question.refuse(*ADJUSTED, TOO_FEW, **known.facts)
    else:
        yield contrast_row(question, ADJUSTED, known, partial(ancova, before=before))
