"""How an outcome changes over treatment, and whether it changes differently by presentation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from reports.analyses._contrast import EXTREMES, named
from reports.analyses._course_data import CourseData, course_facts, gather_course
from reports.analyses._course_shape import (
    can_differ_between_clients,
    growth_in,
    name_time,
    other_shape,
)
from reports.analyses._inquiry import Inquiry
from reports.analyses._missing_data import NO_THERAPIST
from reports.analyses._model_words import reason_of_model, remark_of, therapists_in
from reports.analyses._nesting import equivalence_of, nesting_caution, tested
from reports.analyses._outcome_values import OutcomeValues
from reports.analyses._question import (
    GROUP_A,
    GROUP_B,
    MIN_GROUP,
    THEME_CONTRAST,
    TOO_FEW,
    TOO_FEW_AT_ALL,
    Question,
    join_notes,
)
from reports.declarations import SLOWING, CourseShape
from reports.estimates import Estimate
from reports.methods.growth import ALL, GrowthModel, fit_growth, has_own_courses
from reports.methods.mixed_model import MixedModel, MixedTerm

ANALYSIS = "course"
COURSE, DIFFERENCE, EQUIVALENCE = "course", "difference in course", "equivalence in course"
ONCE = "measured once, so nothing can be said of change"
NO_TIME = "the exports do not say when the scores were taken"
BEYOND = "half of the clients were not followed for long enough beyond the knot at {knot:g} {unit}"
PIECES = "until the knot", "after the knot"
NOT_BEFORE = (
    f"fewer than {MIN_GROUP} clients of a group have a score between the start and the knot: where "
    "the course bends would be drawn from what came later"
)
SAME_SLOPE = (
    "clients' own courses could not be told apart from chance, so this is surer than it should be"
)
CIRCULAR = "circular"


@dataclass(frozen=True)
class Course:
    """The rows of one outcome's course, and the fitted model that its figure is drawn from."""

    rows: tuple[Estimate, ...]
    data: CourseData | None = None
    growth: GrowthModel | None = None
    shape: CourseShape = SLOWING


def has_course(inquiry: Inquiry, found: OutcomeValues, others: Sequence[OutcomeValues]) -> bool:
    """Tell whether the course of a scale is told with this outcome: its latest, or as planned."""
    if found.outcome.scale is None:
        return False
    if inquiry.standing.asked("course", found.name):
        return True
    same = [one.outcome.occasion for one in others if one.outcome.scale == found.outcome.scale]
    return found.outcome.occasion == max(same, key=inquiry.data.place_in_time)


def follow_course(inquiry: Inquiry, found: OutcomeValues) -> Course:
    """Return growth in each group, their difference and its equivalence, in points.

    Slopes are told as change over a round number of weeks, so that both shapes of time can be
    compared. A scale of the rule has only one course, that of all clients: chosen for extreme
    scores, groups return to the mean without having changed.
    """
    question = Question(ANALYSIS, THEME_CONTRAST, found.name)
    shape = shape_of(inquiry, found)
    names = (DIFFERENCE, "points", f"growth in {name_time(shape)}")
    is_circular = bool(found.refusal) and str(found.refusal).startswith(CIRCULAR)
    if found.refusal and not is_circular:
        return Course((question.refuse(*names, found.refusal, **named(EXTREMES)),))
    data = gather_course(inquiry, str(found.outcome.scale))
    reason = _unfit(data, shape, is_circular=is_circular)
    if data is None or reason:
        lost = NO_THERAPIST if data is not None and len(data.left_out) else None
        return Course((question.refuse(*names, reason, note=lost, **named(EXTREMES)),))
    if is_circular:
        refused = question.refuse(*names, str(found.refusal), **named(EXTREMES))
        return Course((refused, *_everyone(question, inquiry, found, data, shape)))
    return _compare(question, inquiry, found, data, shape)


def shape_of(inquiry: Inquiry, found: OutcomeValues) -> CourseShape:
    """Return the shape of time that answers: the plan's, else that of the study file."""
    planned = inquiry.standing.asked("course", found.name)
    return (planned[0] if planned else inquiry.comparison).course_shape


def _unfit(data: CourseData | None, shape: CourseShape, *, is_circular: bool) -> str:
    if data is None:
        return NO_TIME
    if data.most_scores < 2:
        return ONCE
    if shape.knot is not None and shape.knot >= data.horizon:
        return BEYOND.format(knot=shape.knot, unit=data.unit)
    if is_circular:
        return "" if data.rows["client_id"].nunique() >= MIN_GROUP else TOO_FEW_AT_ALL
    return TOO_FEW if min(map(data.repeated, EXTREMES)) < MIN_GROUP else ""


def _compare(
    question: Question, inquiry: Inquiry, found: OutcomeValues, data: CourseData, shape: CourseShape
) -> Course:
    growth, caution = fit_course(inquiry, data, shape)
    rows = list(_headline(question, inquiry, found, data, growth, caution, shape))
    rows.append(_sensitivity(question, inquiry, found, data, other_shape(shape)))
    if shape.knot is not None and not growth.is_refused:
        rows += _pieces(question, inquiry, found, data, growth, caution, shape)
    return Course(tuple(rows), data, None if growth.is_refused else growth, shape)


def fit_course(
    inquiry: Inquiry, data: CourseData, shape: CourseShape, *, has_groups: bool = True
) -> tuple[GrowthModel, str | None]:
    """Return the growth model, and a caution where clients could not have slopes of their own."""
    rows = data.in_contrast if has_groups else data.rows
    has_therapists = rows["therapist_id"].nunique() > 1

    def fit(*, has_random_slope: bool) -> GrowthModel:
        return fit_growth(
            rows,
            "score",
            time="time",
            **growth_in(shape),
            therapist="therapist_id" if has_therapists else None,
            groups=("presentation", GROUP_A, GROUP_B) if has_groups else None,
            has_random_slope=has_random_slope,
            level=inquiry.level,
        )

    if not can_differ_between_clients(data.most_scores, shape):
        return fit(has_random_slope=False), None
    growth = fit(has_random_slope=True)
    if not growth.is_refused:
        return growth, None
    return fit(has_random_slope=False), SAME_SLOPE


def course_caution(
    inquiry: Inquiry, found: OutcomeValues, compared: pd.DataFrame, model: MixedModel
) -> str | None:
    """Return the reasons to doubt a comparison of courses.

    Its nesting is one where the model does not tell the courses of therapists' clients apart.
    """
    if has_own_courses(model):
        return found.caution
    return join_notes(found.caution, nesting_caution(inquiry, found.values, compared))


def _contrast_caution(
    inquiry: Inquiry, found: OutcomeValues, data: CourseData, growth: GrowthModel
) -> str | None:
    first, second = (data.members_of(group) for group in EXTREMES)
    halves = np.repeat([0.5, -0.5], [len(first), len(second)])
    compared = pd.DataFrame({"contrast": halves}, index=first.append(second))
    return course_caution(inquiry, found, compared, growth.model)


def course_names(
    term: str, data: CourseData, shape: CourseShape, model: MixedModel, estimand: str = "points"
) -> tuple[str, str, str]:
    """Return term, estimand and method of a row: the method says what therapists have in it."""
    method = f"growth in {name_time(shape)}{therapists_in(model)}"
    return term, f"{estimand} over {data.horizon} {data.unit}", method


def _headline(
    question: Question,
    inquiry: Inquiry,
    found: OutcomeValues,
    data: CourseData,
    growth: GrowthModel,
    caution: str | None,
    shape: CourseShape,
) -> Iterator[Estimate]:
    both = course_facts(inquiry, data, *EXTREMES) | named(EXTREMES)
    names = course_names(DIFFERENCE, data, shape, growth.model)
    if growth.is_refused:
        yield question.refuse(*names, reason_of_model(growth.model), **both)
        return
    changes, own_caution = growth.change(data.horizon), join_notes(found.caution, caution)
    yield from _of_each(question, inquiry, data, (COURSE, *names[1:]), changes, own_caution)
    difference = growth.difference_in_change(data.horizon)
    caution = join_notes(_contrast_caution(inquiry, found, data, growth), caution)
    yield _term_row(question, names, difference, caution, both)
    if difference.status == "refused":
        return
    smallest, alpha = found.outcome.smallest_effect, inquiry.comparison.alpha
    answer = both | equivalence_of(difference, smallest, alpha)
    answer["note"] = join_notes(answer["note"], both["note"])
    yield question.answer(
        EQUIVALENCE, names[1], f"two one-sided tests, {names[2]}", **answer,
        caution=join_notes(caution, remark_of(difference)),
    )  # fmt: skip


def _of_each(
    question: Question,
    inquiry: Inquiry,
    data: CourseData,
    names: tuple[str, str, str],
    changes: Mapping[str, MixedTerm],
    caution: str | None,
) -> Iterator[Estimate]:
    """Yield the change of each of the two groups."""
    for group in EXTREMES:
        own = course_facts(inquiry, data, group) | {"group_a": group}
        yield _term_row(question, names, changes[group], caution, own)


def _term_row(
    question: Question,
    names: tuple[str, str, str],
    term: MixedTerm,
    caution: str | None,
    facts: dict[str, Any],
) -> Estimate:
    if term.status == "refused":
        return question.refuse(*names, term.note, **facts)
    said = {"caution": join_notes(caution, remark_of(term))}
    return question.answer(*names, **(tested(term) | facts | said))


def _sensitivity(
    question: Question, inquiry: Inquiry, found: OutcomeValues, data: CourseData, shape: CourseShape
) -> Estimate:
    """Return the difference in course with the other shape of time."""
    growth, caution = fit_course(inquiry, data, shape)
    both = course_facts(inquiry, data, *EXTREMES) | named(EXTREMES)
    names = course_names(f"{DIFFERENCE}, {name_time(shape)}", data, shape, growth.model)
    if growth.is_refused:
        return question.refuse(*names, reason_of_model(growth.model), **both)
    difference = growth.difference_in_change(data.horizon)
    caution = join_notes(_contrast_caution(inquiry, found, data, growth), caution)
    return _term_row(question, names, difference, caution, both)


def _pieces(
    question: Question,
    inquiry: Inquiry,
    found: OutcomeValues,
    data: CourseData,
    growth: GrowthModel,
    caution: str | None,
    shape: CourseShape,
) -> Iterator[Estimate]:
    """Yield the change of both groups, and its difference, before and after the knot.

    Without scores up to the knot its level is that of the line after it, drawn backwards.
    """
    both = course_facts(inquiry, data, *EXTREMES) | named(EXTREMES)
    *_, method = course_names(COURSE, data, shape, growth.model)
    own_caution = join_notes(found.caution, caution)
    doubts = join_notes(_contrast_caution(inquiry, found, data, growth), caution)
    knot, end = float(shape.knot or 0.0), float(data.horizon)
    for piece, (since, until) in zip(PIECES, ((0.0, knot), (knot, end)), strict=True):
        estimand = f"points from {since:g} to {until:g} {data.unit}"
        names = (f"{DIFFERENCE} {piece}", estimand, method)
        if min(data.scored_within(group, knot) for group in EXTREMES) < MIN_GROUP:
            yield question.refuse(*names, NOT_BEFORE, **both)
            continue
        changes, own_names = growth.change(until, since=since), (f"{COURSE} {piece}", *names[1:])
        yield from _of_each(question, inquiry, data, own_names, changes, own_caution)
        apart = growth.difference_in_change(until, since=since)
        yield _term_row(question, names, apart, doubts, both)


def _everyone(
    question: Question, inquiry: Inquiry, found: OutcomeValues, data: CourseData, shape: CourseShape
) -> Iterator[Estimate]:
    """Yield the course of all clients together."""
    growth, caution = fit_course(inquiry, data, shape, has_groups=False)
    facts, names = course_facts(inquiry, data), course_names(COURSE, data, shape, growth.model)
    if growth.is_refused:
        yield question.refuse(*names, reason_of_model(growth.model), **facts)
        return
    caution = join_notes(found.caution, caution)
    yield _term_row(question, names, growth.change(data.horizon)[ALL], caution, facts)
