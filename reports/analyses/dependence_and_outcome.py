"""Without groups: how dependence and independence go with the outcome. The primary analysis."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from reports.analyses._outcome_values import INTAKE, OutcomeValues
from reports.analyses._question import (
    FAMILY_CONTINUOUS,
    MIN_GROUP,
    NESTING,
    THEME_CONTRAST,
    Question,
    join_notes,
    limits,
    reason_of,
)
from reports.declarations import Comparison, PresentationRule
from reports.estimates import Estimate, PlanStatus
from reports.methods.regression import INTERCEPT, Regression, Term, dependency_regression
from reports.methods.result import Interval, NotEstimableError
from reports.presentation import PARTS
from reports.study_data import StudyData

ANALYSIS = "dependence_and_outcome"
ESTIMAND = "points per standard deviation"
METHOD = "least squares, HC3 errors"
ADJUSTED = f"{METHOD}, adjusted for the intake value"
TOO_FEW = f"fewer than {MIN_GROUP} clients for each coefficient"
ADJUSTER = "intake value"
# The method speaks of attachment; here the two scales are whatever the rule declares.
_NAMES = {
    "anxiety": "dependence",
    "avoidance": "independence",
    "anxiety:avoidance": "dependence x independence",
}


def relate_dependence(
    data: StudyData,
    rule: PresentationRule,
    presentations: pd.DataFrame,
    found: OutcomeValues,
    comparison: Comparison,
    plan_status: PlanStatus,
) -> list[Estimate]:
    """Return the regression of one outcome on dependence, independence and their product.

    All clients with both scores enter, those in the grey zone too. Where the outcome is a scale
    that was also filled in at intake, its intake value is a covariate.
    """
    question = Question(ANALYSIS, THEME_CONTRAST, found.name, plan_status)
    if found.refusal:
        return [question.refuse("dependence", ESTIMAND, METHOD, found.refusal)]
    usable = presentations[presentations["is_usable"].astype(bool)].set_index("client_id")
    frame = usable[list(PARTS)].assign(outcome=found.values)
    intake = _intake_values(data, rule, found)
    if intake is not None:
        frame[ADJUSTER] = intake
    complete = frame.dropna().sort_index()
    method = METHOD if intake is None else ADJUSTED
    counts = {"n": len(complete), "n_missing": len(frame) - len(complete),
              "n_clusters": data.count_therapists(complete.index)}  # fmt: skip
    if len(complete) < MIN_GROUP * (frame.shape[1] + 1):
        return [question.refuse("dependence", ESTIMAND, method, TOO_FEW, **counts)]
    try:
        fit = _fit(complete, comparison.ci_level)
    except NotEstimableError as error:
        return [question.refuse("dependence", ESTIMAND, method, reason_of(error), **counts)]
    return list(_rows(question, fit, found, method, counts))


def _intake_values(
    data: StudyData, rule: PresentationRule, found: OutcomeValues
) -> pd.Series | None:
    """Return the outcome's own scores at intake, where it has any and comes later."""
    outcome = found.outcome
    if outcome.scale is None or outcome.occasion in (INTAKE, rule.landmark):
        return None
    values = data.values_at(outcome.scale, INTAKE)
    return values.astype("float64") if len(values) >= MIN_GROUP else None


def _fit(complete: pd.DataFrame, level: float) -> Regression:
    covariates = complete[[ADJUSTER]] if ADJUSTER in complete else None
    return dependency_regression(
        complete["outcome"],
        complete["dependence"],
        complete["independence"],
        covariates=covariates,
        level=level,
    )


def _rows(
    question: Question,
    fit: Regression,
    found: OutcomeValues,
    method: str,
    counts: dict[str, int | None],
) -> Iterator[Estimate]:
    family = FAMILY_CONTINUOUS if found.outcome.primary else None
    note = join_notes(found.remark, NESTING if counts["n_clusters"] else None)
    for term in fit.terms:
        if term.name == INTERCEPT:
            continue
        name = _NAMES.get(term.name, term.name)
        yield question.answer(
            name, ESTIMAND if name != ADJUSTER else "points per point", method,
            estimate=term.estimate, se=term.se, statistic=term.t, df=term.df,
            p_value=term.p_value, family=family if name != ADJUSTER else None,
            note=note, caution=found.caution, **limits(term.interval), **counts,
        )  # fmt: skip
        yield question.answer(name, "standardized coefficient", method, estimate=term.beta,
                              **limits(_standardized(term)), **counts)  # fmt: skip
        yield question.answer(name, "partial R2", method, estimate=term.partial_r2, **counts)
    yield question.answer("model", "R2", method, estimate=fit.r2, **counts)


def _standardized(term: Term) -> Interval:
    """Return the interval of beta, the standard deviations being taken as known."""
    return term.interval.scaled(term.beta / term.estimate) if term.estimate else term.interval
