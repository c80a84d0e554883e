"""The comparison block: overly dependent against overly independent clients, one outcome."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from reports.analyses._contrast import (
    EXTREMES,
    Contrast,
    Pair,
    ancova,
    contrast_row,
    equivalence,
    gather_contrast,
    hedges,
    named,
    ranks,
    superiority,
    welch,
    yuen,
)
from reports.analyses._covariates import known_before, name_adjustment
from reports.analyses._inquiry import Inquiry
from reports.analyses._nesting import find_nesting, nested_rows
from reports.analyses._outcome_values import OutcomeValues
from reports.analyses._question import (
    FAMILY_GROUPS,
    MIN_GROUP,
    NESTING,
    THEME_CONTRAST,
    TOO_FEW,
    Question,
    join_notes,
)
from reports.analyses._reliability_rows import answers_of, refuse_reliability, reliability_rows
from reports.declarations import PresentationRule
from reports.estimates import Estimate
from reports.presentation import describe_presentation
from reports.study_data import StudyData, are_among

ANALYSIS = "overdependent_against_overindependent"
# Contrasts of other groups, which only a plan asks for.
PLANNED = "planned_contrasts"
EXTREME = (
    "groups cut from a scale are extreme groups: this is larger than it would be among all clients"
)
DIFFERENCE = ("difference", "mean difference", "Welch")
EQUIVALENCE = ("equivalence", "mean difference", "two one-sided Welch tests")
ADJUSTED = ("adjusted difference", "mean difference")
ADJUSTED_METHOD = "least squares, HC3 errors"
ROBUST = (
    (("standardized difference", "Hedges' g", "exact interval"), hedges, EXTREME),
    (("superiority", "probability of superiority", "Brunner and Munzel"), superiority, None),
    (("trimmed difference", "difference of trimmed means", "Yuen, 20 % trimmed"), yuen, None),
)
RANKS = ("rank test", "rank-biserial correlation", "Mann-Whitney")


def compare_groups(
    inquiry: Inquiry, found: OutcomeValues, pair: Pair = EXTREMES
) -> Iterator[Estimate]:
    """Yield the comparison block of one outcome; its verdict follows once all are adjusted."""
    analysis = ANALYSIS if pair == EXTREMES else PLANNED
    question = Question(analysis, THEME_CONTRAST, found.name)
    if found.refusal:
        yield question.refuse(*DIFFERENCE, found.refusal, **named(pair))
        return
    contrast = gather_contrast(inquiry, found, pair)
    yield from _count_rows(question, inquiry, contrast)
    if contrast.smaller < MIN_GROUP:
        yield question.refuse(*DIFFERENCE, TOO_FEW, **contrast.facts)
        return
    nesting = find_nesting(inquiry, contrast)
    alone = found.with_caution(nesting.caution if nesting else None)
    yield from _difference_rows(question, inquiry.rule, alone, contrast)
    yield from _equivalence_rows(question, alone, contrast, inquiry.comparison.alpha)
    yield from _adjusted_rows(question, inquiry, alone, contrast)
    yield from nested_rows(question, inquiry, found, contrast, nesting)
    yield from _reliability_rows(question, inquiry.data, found, contrast)


def _of_pair(contrast: Contrast) -> dict[str, str]:
    """Return the contrast that a row about one group belongs to, where a plan asks for several."""
    return {} if contrast.pair == EXTREMES else {"contrast": named(contrast.pair)["contrast"]}


def _count_rows(question: Question, inquiry: Inquiry, contrast: Contrast) -> Iterator[Estimate]:
    for group, values in contrast.groups:
        missing = len(inquiry.members_of(group)) - len(values)
        yield question.answer("clients", "count", "count", group_a=group, n=len(values),
                              n_missing=missing, **_of_pair(contrast),
                              n_clusters=inquiry.data.count_therapists(values.index))  # fmt: skip


def _reliability_rows(
    question: Question, data: StudyData, found: OutcomeValues, contrast: Contrast
) -> Iterator[Estimate]:
    scale = found.outcome.scale
    if scale is None:
        return
    if data.measures[scale].is_ready_made:
        for group, _ in contrast.groups:
            yield refuse_reliability(question, term="reliability", group_a=group,
                                     **_of_pair(contrast))  # fmt: skip
    if not data.measures[scale].items:
        return
    items = data.items(scale, found.outcome.occasion)
    for group, values in contrast.groups:
        own = items[are_among(items.index, values.index)]
        yield from reliability_rows(
            question, answers_of(own), data.therapists[data.places_of(own.index)],
            level=contrast.level, term="reliability", group_a=group, **_of_pair(contrast),
        )  # fmt: skip


def _difference_rows(
    question: Question, rule: PresentationRule, found: OutcomeValues, contrast: Contrast
) -> Iterator[Estimate]:
    who = [f"{group}: {describe_presentation(rule.rule, group)}" for group in contrast.pair]
    note = join_notes(*who, found.remark, NESTING if contrast.n_clusters else None)
    family = FAMILY_GROUPS if found.outcome.primary else None
    yield contrast_row(question, DIFFERENCE, contrast, welch, family=family, note=note,
                       caution=found.caution)  # fmt: skip
    for names, method, remark in ROBUST:
        yield contrast_row(question, names, contrast, method, note=remark, caution=found.caution)
    yield contrast_row(question, RANKS, contrast, ranks, caution=found.caution)


def _equivalence_rows(
    question: Question, found: OutcomeValues, contrast: Contrast, alpha: float
) -> Iterator[Estimate]:
    smallest = found.outcome.smallest_effect
    family = FAMILY_GROUPS if found.outcome.primary else None
    yield question.answer("smallest effect of interest", "mean difference", "declared",
                          estimate=smallest, contrast=named(contrast.pair)["contrast"])  # fmt: skip
    yield contrast_row(
        question, EQUIVALENCE, contrast, partial(equivalence, smallest=smallest, alpha=alpha),
        family=family, note=f"bounds -{smallest:g} and {smallest:g} in points of the outcome",
        caution=found.caution,
    )  # fmt: skip


def _adjusted_rows(
    question: Question, inquiry: Inquiry, found: OutcomeValues, contrast: Contrast
) -> Iterator[Estimate]:
    """Yield the difference at equal intake values and covariates, where there are any."""
    clients = contrast.a.index.append(contrast.b.index)
    known = known_before(inquiry, found, clients).dropna()
    if known.empty or not len(known.columns):
        return
    names = (*ADJUSTED, ADJUSTED_METHOD + name_adjustment(known))
    both = contrast.only(known.index)
    if both.smaller < MIN_GROUP:
        yield question.refuse(*names, TOO_FEW, **both.facts)
    else:
        yield contrast_row(question, names, both, partial(ancova, before=known),
                           caution=found.caution)  # fmt: skip
