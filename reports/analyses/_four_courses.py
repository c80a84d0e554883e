"""The courses of all presentations in one model, and whether they differ at all."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from reports.analyses._contrast import EXTREMES
from reports.analyses._course_data import CourseData, course_facts
from reports.analyses._course_shape import can_differ_between_clients, growth_in
from reports.analyses._inquiry import Inquiry
from reports.analyses._model_words import explain_model, reason_of_model, remark_of
from reports.analyses._nesting import tested
from reports.analyses._outcome_values import OutcomeValues
from reports.analyses._question import MIN_GROUP, Question, join_notes
from reports.analyses.course import COURSE, course_caution, course_names
from reports.analyses.four_presentations import possible_presentations
from reports.declarations import CourseShape
from reports.estimates import Estimate
from reports.methods.growth import fit_with_therapists, has_own_courses
from reports.methods.mixed_model import MixedModel, linear_contrast
from reports.methods.model_comparison import compare_mixed_models
from reports.methods.time_shape import time_columns, time_spans
from reports.presentation import PARTS

DIFFER = "difference between courses"


def compare_all_courses(
    question: Question, inquiry: Inquiry, found: OutcomeValues, data: CourseData, shape: CourseShape
) -> Iterator[Estimate]:
    """Yield the course of each further presentation, and one test that all are the same."""
    groups = [
        name
        for name in possible_presentations(inquiry.rule)
        if name != "indeterminate" and data.repeated(name) >= MIN_GROUP
    ]
    others = [name for name in groups if name not in EXTREMES]
    if not others:
        return
    frame, times = _frame(data, groups, shape)
    has_therapists = frame["therapist_id"].nunique() > 1
    time, has_own = " + ".join(times), can_differ_between_clients(data.most_scores, shape)
    clients = f"({time if has_own else 1} | client_id)"
    model = fit_with_therapists(
        frame,
        f"score ~ {_different(times)} + {clients}",
        times,
        therapist="therapist_id" if has_therapists else None,
        level=inquiry.level,
    )
    for name in others:
        yield _course_row(question, inquiry, found, data, shape, model, times, name, groups[0])
    own = time if has_own_courses(model) else "1"
    random = f"{clients} + ({own} | therapist_id)" if has_therapists else clients
    yield _test_row(question, inquiry, found, data, shape, frame, model, times, random)


def _different(times: list[str]) -> str:
    """Return the courses of all presentations as terms of a formula, each its own."""
    return " + ".join(f"{time} * presentation" for time in times)


def _frame(
    data: CourseData, groups: list[str], shape: CourseShape
) -> tuple[pd.DataFrame, list[str]]:
    """Return the scores of these presentations, and the names of the columns that carry time."""
    rows = data.rows[data.rows["presentation"].isin(groups)]
    timed = time_columns(rows["time"], **growth_in(shape)).add_prefix("t_")
    ordered = pd.Categorical(rows["presentation"], groups)
    return rows.assign(presentation=ordered, **timed), [*timed.columns]


def _course_row(
    question: Question,
    inquiry: Inquiry,
    found: OutcomeValues,
    data: CourseData,
    shape: CourseShape,
    model: MixedModel,
    times: list[str],
    name: str,
    reference: str,
) -> Estimate:
    names = course_names(COURSE, data, shape, model)
    facts = course_facts(inquiry, data, name) | {"group_a": name}
    if model.status == "refused":
        return question.refuse(*names, reason_of_model(model), **facts)
    spans = dict(zip(times, time_spans(0.0, data.horizon, **growth_in(shape)), strict=True))
    own = (
        {}
        if name == reference
        else {_interaction(model, time, name): span for time, span in spans.items()}
    )
    term = linear_contrast(model, spans | own, name=name)
    if term.status == "refused":
        return question.refuse(*names, term.note, **facts)
    said = {"caution": join_notes(found.caution, remark_of(term))}
    return question.answer(*names, **(tested(term) | facts | said))


def _interaction(model: MixedModel, time: str, name: str) -> str:
    wanted = {time, f"presentation{name}"}
    return next(term.name for term in model.terms if set(term.name.split(":")) == wanted)


def _test_row(
    question: Question,
    inquiry: Inquiry,
    found: OutcomeValues,
    data: CourseData,
    shape: CourseShape,
    frame: pd.DataFrame,
    model: MixedModel,
    times: list[str],
    random: str,
) -> Estimate:
    *_, method = course_names(DIFFER, data, shape, model)
    names = (DIFFER, "likelihood ratio", f"{method}, all presentations")
    facts = course_facts(inquiry, data, *frame["presentation"].cat.categories)
    same = f"{' + '.join(times)} + presentation"
    test = compare_mixed_models(
        frame, f"score ~ {same} + {random}", f"score ~ {_different(times)} + {random}"
    )
    if test.status == "refused":
        return question.refuse(*names, explain_model(test.note) or test.note, **facts)
    doubts = course_caution(inquiry, found, inquiry.usable[list(PARTS)], model)
    return question.answer(
        *names, statistic=test.chi_square, df=test.df, p_value=test.p_value,
        caution=join_notes(doubts, explain_model(test.note)), **facts,
    )  # fmt: skip
