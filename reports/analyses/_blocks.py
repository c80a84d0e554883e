"""The comparison block of one outcome: every question of it, in a fixed order, and its figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reports.analyses._cautions import doubt_independence
from reports.analyses._confounding import find_confounding
from reports.analyses._continuous_course import relate_course
from reports.analyses._four_courses import compare_all_courses
from reports.analyses._inquiry import Inquiry
from reports.analyses._outcome_values import OutcomeValues
from reports.analyses._planned import planned_pairs
from reports.analyses._question import THEME_CONTRAST, Question
from reports.analyses._specifications import Specifications
from reports.analyses.answer_page import cross_changes
from reports.analyses.change import classify_clients
from reports.analyses.course import ANALYSIS as COURSE
from reports.analyses.course import Course, follow_course, has_course
from reports.analyses.dependence_and_outcome import relate_dependence
from reports.analyses.figures import (
    FigureData,
    draw_answer_page,
    draw_raincloud,
    draw_specifications,
    draw_trajectory,
    name_figure,
)
from reports.analyses.four_presentations import describe_presentations
from reports.analyses.measurement_invariance import check_invariance
from reports.analyses.missing import follow_missing
from reports.analyses.overdependent_against_overindependent import compare_groups
from reports.analyses.specification import vary_specifications
from reports.analyses.u_shape import look_for_turn
from reports.estimates import Estimate


@dataclass(frozen=True)
class Block:
    """Everything that is said of one outcome, exact."""

    rows: tuple[Estimate, ...]
    figures: dict[str, FigureData]


def answer_outcome(
    inquiry: Inquiry,
    found: OutcomeValues,
    others: Sequence[OutcomeValues],
    specifications: Specifications,
) -> Block:
    """Return the block of one outcome; ``others`` are all outcomes of the study."""
    confounded = found.with_caution(find_confounding(inquiry, found))
    invariance = check_invariance(inquiry, confounded)
    compared = confounded.with_caution(invariance.of_groups)
    rows = [*invariance.rows, *_comparisons(inquiry, compared)]
    course = _course(inquiry, found.with_caution(invariance.of_course), others)
    page = cross_changes(inquiry, found)
    alone = doubt_independence(inquiry, compared)
    varied = vary_specifications(specifications, alone)
    rows += [*course.rows, *classify_clients(inquiry, compared), *page.rows]
    rows += [*follow_missing(inquiry, compared, alone), *varied.rows]
    measure = inquiry.data.measures.get(found.outcome.scale or "")
    drawn = [None if found.refusal else draw_raincloud(inquiry.presentations, found, measure)]
    if measure is not None:
        drawn.append(draw_trajectory(found, course, measure))
    dependency = inquiry.data.measures.get(page.dependency or "")
    drawn.append(draw_answer_page(found, page, dependency.label if dependency else ""))
    drawn.append(draw_specifications(found, varied))
    figures = {name_figure(found, one.kind): one for one in drawn if one is not None}
    return Block(tuple(rows), figures)


def _comparisons(inquiry: Inquiry, found: OutcomeValues) -> list[Estimate]:
    rows = [*relate_dependence(inquiry, found), *describe_presentations(inquiry, found)]
    rows += compare_groups(inquiry, found)
    for pair in planned_pairs(inquiry.standing, found.name):
        rows += compare_groups(inquiry, found, pair)
    if inquiry.standing.asked("u_shape", found.name):
        rows += look_for_turn(inquiry, found)
    return rows


def _course(inquiry: Inquiry, found: OutcomeValues, others: Sequence[OutcomeValues]) -> Course:
    """Return the course of an outcome, empty where it is told with another of the same scale."""
    if not has_course(inquiry, found, others):
        return Course(())
    course = follow_course(inquiry, found)
    if course.data is None or course.growth is None:
        return course
    question = Question(COURSE, THEME_CONTRAST, found.name)
    more = [
        *relate_course(question, inquiry, found, course.data, course.shape),
        *compare_all_courses(question, inquiry, found, course.data, course.shape),
    ]
    return Course((*course.rows, *more), course.data, course.growth, course.shape)
