"""Without groups: does everybody's course go with how dependent, or independent, they are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from reports.analyses._course_data import CourseData, course_facts
from reports.analyses._course_shape import can_differ_between_clients, growth_in, name_time
from reports.analyses._inquiry import Inquiry
from reports.analyses._model_words import reason_of_model, remark_of
from reports.analyses._nesting import tested
from reports.analyses._outcome_values import OutcomeValues
from reports.analyses._question import MIN_GROUP, Question, join_notes
from reports.analyses.course import course_caution, course_names
from reports.declarations import CourseShape
from reports.estimates import Estimate
from reports.methods.growth import GrowthModel, fit_growth
from reports.presentation import PARTS

# A course, its tie to the scale, and the client's own slope.
LEAST = 3 * MIN_GROUP
TOO_FEW = f"fewer than {LEAST} clients with two scores or more"
PER_SD = "points per standard deviation"
NO_SPREAD = "the scale of the rule is the same for all of these clients"


def relate_course(
    question: Question, inquiry: Inquiry, found: OutcomeValues, data: CourseData, shape: CourseShape
) -> Iterator[Estimate]:
    """Yield how much more clients change per standard deviation of each scale of the rule.

    Clients in the grey zone enter too: this is the continuous question behind the comparison of
    courses.
    """
    for part in PARTS:
        yield _relate(question, inquiry, found, data, shape, part)


def _relate(
    question: Question,
    inquiry: Inquiry,
    found: OutcomeValues,
    data: CourseData,
    shape: CourseShape,
    part: str,
) -> Estimate:
    term = f"course by {part}"
    facts = course_facts(inquiry, data)
    clients = data.clients
    repeated = int((clients["scores"] > 1).sum())
    spread = float(inquiry.usable[part].reindex(clients.index).std())
    if repeated < LEAST or not spread > 0:
        reason = TOO_FEW if repeated < LEAST else NO_SPREAD
        over = f"{PER_SD} over {data.horizon} {data.unit}"
        return question.refuse(term, over, f"growth in {name_time(shape)}", reason, **facts)
    growth = _fit(inquiry, data, shape, part)
    names = course_names(term, data, shape, growth.model, PER_SD)
    slope = None if growth.is_refused else growth.difference_in_change(data.horizon)
    if slope is None or slope.status == "refused":
        return question.refuse(*names, reason_of_model(growth.model), **facts)
    per_sd = replace(slope, estimate=slope.estimate * spread, se=slope.se * spread,
                     interval=slope.interval.scaled(spread))  # fmt: skip
    doubts = course_caution(inquiry, found, inquiry.usable[[part]], growth.model)
    said = {"caution": join_notes(doubts, remark_of(slope))}
    return question.answer(*names, **(tested(per_sd) | facts | said))


def _fit(inquiry: Inquiry, data: CourseData, shape: CourseShape, part: str) -> GrowthModel:
    rows = data.rows.assign(**{part: data.of_each(inquiry.usable[part])})
    return fit_growth(
        rows,
        "score",
        time="time",
        **growth_in(shape),
        moderator=part,
        therapist="therapist_id" if rows["therapist_id"].nunique() > 1 else None,
        has_random_slope=can_differ_between_clients(data.most_scores, shape),
        level=inquiry.level,
    )
