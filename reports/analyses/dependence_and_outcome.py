"""Without groups: how dependence and independence go with the outcome. The primary analysis."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from reports.analyses._covariates import known_before, name_adjustment
from reports.analyses._inquiry import Inquiry
from reports.analyses._nesting import nesting_caution
from reports.analyses._outcome_values import OutcomeValues
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
from reports.estimates import Estimate
from reports.methods.regression import INTERCEPT, Regression, Term, dependency_regression
from reports.methods.result import Interval, NotEstimableError
from reports.presentation import PARTS

ANALYSIS = "dependence_and_outcome"
ESTIMAND = "points per standard deviation"
METHOD = "least squares, HC3 errors"
TOO_FEW = f"fewer than {MIN_GROUP} clients for each coefficient"
# The method speaks of attachment; here the two scales are whatever the rule declares.
_NAMES = {
    "anxiety": "dependence",
    "avoidance": "independence",
    "anxiety:avoidance": "dependence x independence",
}


def relate_dependence(inquiry: Inquiry, found: OutcomeValues) -> list[Estimate]:
    """Return the regression of one outcome on dependence, independence and their product.

    All clients with both scores enter, those in the grey zone too. Where the outcome is a scale
    that was also filled in at intake, its intake value is a covariate, and so is what was
    declared.
    """
    question = Question(ANALYSIS, THEME_CONTRAST, found.name)
    if found.refusal:
        return [question.refuse("dependence", ESTIMAND, METHOD, found.refusal)]
    clients = inquiry.usable.index.intersection(found.values.index)
    known = known_before(inquiry, found, clients)
    frame = inquiry.usable[list(PARTS)].assign(outcome=found.values).join(known)
    complete = frame.dropna().sort_index()
    method = METHOD + name_adjustment(known)
    counts = {"n": len(complete), "n_missing": len(frame) - len(complete),
              "n_clusters": inquiry.data.count_therapists(complete.index)}  # fmt: skip
    if len(complete) < MIN_GROUP * (frame.shape[1] + 1):
        return [question.refuse("dependence", ESTIMAND, method, TOO_FEW, **counts)]
    caution = nesting_caution(inquiry, complete["outcome"], complete[list(PARTS)])
    found = found.with_caution(caution)
    try:
        fit = _fit(complete, list(known.columns), inquiry.level)
    except NotEstimableError as error:
        return [question.refuse("dependence", ESTIMAND, method, reason_of(error), **counts)]
    return list(_rows(question, fit, found, method, counts))


def _fit(complete: pd.DataFrame, covariates: list[str], level: float) -> Regression:
    return dependency_regression(
        complete["outcome"],
        complete["dependence"],
        complete["independence"],
        covariates=complete[covariates] if covariates else None,
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
        name, is_asked = _NAMES.get(term.name, term.name), term.name in _NAMES
        yield question.answer(
            name, ESTIMAND if is_asked else "points per point", method,
            estimate=term.estimate, se=term.se, statistic=term.t, df=term.df,
            p_value=term.p_value, family=family if is_asked else None,
            note=note, caution=found.caution, **limits(term.interval), **counts,
        )  # fmt: skip
        yield question.answer(name, "standardized coefficient", method, estimate=term.beta,
                              **limits(_standardized(term)), **counts)  # fmt: skip
        yield question.answer(name, "partial R2", method, estimate=term.partial_r2, **counts)
    yield question.answer("model", "R2", method, estimate=fit.r2, **counts)


def _standardized(term: Term) -> Interval:
    """Return the interval of beta, the standard deviations being taken as known."""
    return term.interval.scaled(term.beta / term.estimate) if term.estimate else term.interval
