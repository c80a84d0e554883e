"""A plan in words: what will be done, for whom, and what it can detect."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reports.analyses._course_shape import name_time
from reports.analyses._nesting import USUAL_SHARE
from reports.declarations import Outcome
from reports.plan import Hypothesis, Plan
from reports.plan_power import Detection
from reports.plan_standing import Standing
from reports.presentation import describe_presentation
from reports.wording import decimals

_ADJUSTED = {"holm": "Holm", "benjamini_hochberg": "Benjamini and Hochberg"}
_LATE = (
    "Outcomes had been shown before this and its family were locked as they stand: it is "
    "exploratory."
)
_METHODS = {
    "welch": "Welch's test (clients of one therapist are taken as independent)",
    "mixed_model": "a mixed model with therapists and clinics",
}


def describe_plan(
    plan: Plan, standing: Standing, detections: Sequence[Detection], threshold: int
) -> list[str]:
    """Return a plan as lines of plain text; without data ``detections`` are empty.

    Groups below ``threshold`` clients are not counted out.
    """
    by_name = {one.hypothesis: one for one in detections}
    lines = [*_heading(plan, standing), *_rule(plan)]
    for hypothesis in plan.hypothesis:
        lines += _hypothesis(plan, hypothesis)
        if hypothesis.id in by_name:
            outcome = plan.outcome_of(hypothesis)
            lines.append(f"    {_detection(plan, outcome, by_name[hypothesis.id], threshold)}")
        if hypothesis.id in standing.late:
            lines.append(f"    {_LATE}")
    if not detections:
        lines.append("No export was accepted yet, so nothing can be said of what it can detect.")
    return [*lines, "Everything else that a run computes is exploratory."]


def _heading(plan: Plan, standing: Standing) -> Iterator[str]:
    if standing.is_in_force:
        yield f'Plan "{plan.plan.title}", locked as version {standing.version}.'
    elif standing.version:
        yield f'Plan "{plan.plan.title}", changed since version {standing.version} was locked:'
        yield from (f"  {change}" for change in standing.changes)
        yield "  No outcome is shown by group until it is locked again."
    else:
        yield f'Plan "{plan.plan.title}", not locked: no outcome is shown by group until it is.'


def _rule(plan: Plan) -> Iterator[str]:
    rule = plan.presentation
    cut = rule.cut if isinstance(rule.cut, str) else " and ".join(f"{x:g}" for x in rule.cut)
    grey = " and ".join(f"{x:g}" for x in rule.grey_zone)
    yield (
        f"Groups: rule {rule.rule} on {rule.dependence} and {rule.independence}, known at "
        f"{rule.landmark}; cut {cut}, grey zone {grey}."
    )
    for group in ("overdependent", "overindependent"):
        yield f"  {group}: {describe_presentation(rule.rule, group)}"
    yield from (f"Left out: {one.reason}." for one in plan.exclusion)


def _hypothesis(plan: Plan, one: Hypothesis) -> Iterator[str]:
    outcome = plan.outcome_of(one)
    yield f"{one.id}: {one.says}"
    yield f"    {_QUESTIONS[one.question](plan, one, outcome)}"
    yield f"    {_family(plan, one)}"


def _of_two(_: Plan, one: Hypothesis, outcome: Outcome) -> str:
    a, b = one.contrast
    return (
        f"Compares {a} with {b} clients on {outcome.name}, by {_METHODS[one.method]}"
        f"{_covariates(one, outcome)}. A difference of less than {_points(outcome)} counts as none "
        "where it is shown to be so."
    )


def _covariates(one: Hypothesis, outcome: Outcome) -> str:
    if one.method != "mixed_model" or not outcome.covariates:
        return ""
    return f", at equal values of {', '.join(outcome.covariates)}"


def _of_slope(plan: Plan, one: Hypothesis, outcome: Outcome) -> str:
    scale = {"dependence": plan.presentation.dependence, "independence":
             plan.presentation.independence}.get(one.predictor, one.predictor)  # fmt: skip
    return f"Relates {scale}, as a continuous score of all clients, to {outcome.name}."


def _of_all(_: Plan, one: Hypothesis, outcome: Outcome) -> str:
    return f"Compares all presentations on {outcome.name}, by Welch's analysis of variance."


def _of_course(_: Plan, one: Hypothesis, outcome: Outcome) -> str:
    return (
        f"Compares how {outcome.scale} changes over treatment in overdependent and overindependent "
        f"clients: growth in {name_time(one.course_shape)}, with all their scores, clients' own "
        "courses and therapists. "
        f"A difference of less than {_points(outcome)} counts as none where it is shown to be so."
    )


def _of_u(plan: Plan, one: Hypothesis, outcome: Outcome) -> str:
    return (
        f"Asks whether {outcome.name} falls and rises again (or rises and falls) over "
        f"{plan.presentation.dependence}: both ends must show it."
    )


_QUESTIONS = {
    "groups": _of_two,
    "dependence": _of_slope,
    "four_groups": _of_all,
    "course": _of_course,
    "u_shape": _of_u,
}


def _points(outcome: Outcome) -> str:
    return f"{outcome.smallest_effect:g}" + (" points" if outcome.scale else "")


def _family(plan: Plan, one: Hypothesis) -> str:
    family = next(family for family in plan.family if family.id == one.family)
    tests = plan.count_tests(family.id)
    if tests == 1:
        return f'Family "{family.id}": one test at {plan.plan.alpha:g}.'
    return (
        f'Family "{family.id}": {tests} tests at {plan.plan.alpha:g} together, adjusted by '
        f"{_ADJUSTED[family.adjust]}."
    )


def _detection(plan: Plan, outcome: Outcome, found: Detection, threshold: int) -> str:
    sizes = (f"{n:,}" if n >= threshold else f"fewer than {threshold}" for n in found.sizes)
    therapists = f", of {found.therapists} therapists" if found.therapists else ""
    there = f"Clients with this outcome by now: {' and '.join(sizes)}{therapists}."
    if found.detectable is None or found.power is None:
        return f"{there} What they can detect cannot be said before outcomes are seen."
    return (
        f"{there} They find a true difference of {decimals(found.detectable)} or more with "
        f"probability {plan.plan.power:.2f} (therapists taken to make {USUAL_SHARE:.0%} of the "
        f"differences), and the smallest effect of interest, {_points(outcome)}, with "
        f"{found.power:.2f}{_judgement(plan, found.power)}"
    )


def _judgement(plan: Plan, chance: float) -> str:
    if chance >= plan.plan.power:
        return "."
    return ": too few clients to count on finding it, so an undecided answer is likely."
