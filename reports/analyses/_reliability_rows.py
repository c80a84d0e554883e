"""Alpha, omega, error of measurement and the reverse-key alarm of one scale, as rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from reports.analyses._question import MIN_GROUP, TOO_FEW_AT_ALL, Question, limits, reason_of
from reports.estimates import Estimate
from reports.methods.reliability import (
    alpha_from_covariance,
    item_covariance,
    item_rest_correlations,
    mcdonald_omega,
    reverse_key_alarm,
    standard_error_of_measurement,
)
from reports.methods.result import FloatArray, NotEstimableError
from reports.study_data import Places, count_known

LOWEST = ("lowest item-rest correlation", "item-rest correlation", "corrected")
METHOD = "Cronbach's alpha, Feldt's interval"
READY_MADE = "the export holds ready-made scores of this scale, without its items"
OMEGA = ("omega", "omega total", "McDonald's omega, one factor by maximum likelihood")
WRONG_KEY = (
    "this item seems to be keyed the wrong way: check the form's version, and whether the export "
    "holds it already reversed"
)


def answers_of(items: pd.DataFrame) -> FloatArray:
    """Return answers as an array, NaN where unanswered: groups are cut from it at little cost."""
    answers: FloatArray = items.to_numpy(dtype=np.float64, na_value=np.nan)
    return answers


def reliability_rows(
    question: Question,
    items: FloatArray,
    therapists: Places,
    *,
    level: float,
    term: str = "alpha",
    **facts: Any,
) -> tuple[Estimate, Estimate]:
    """Return alpha, then omega total, of the clients who answered every item."""
    is_complete = ~np.isnan(items).any(axis=1)
    complete = items[is_complete]
    facts |= {"n": len(complete), "n_missing": len(items) - len(complete),
              "n_clusters": count_known(therapists[is_complete])}  # fmt: skip
    alpha = _alpha_row(question, complete, level, term, facts)
    return alpha, _omega_row(question, complete, level, alpha, facts)


def refuse_reliability(question: Question, *, term: str = "alpha", **facts: Any) -> Estimate:
    """Return why there is no reliability of scores that came ready-made."""
    return question.refuse(term, "alpha", METHOD, READY_MADE, **facts)


def _alpha_row(
    question: Question, complete: FloatArray, level: float, term: str, facts: dict[str, Any]
) -> Estimate:
    names = (term, "alpha", METHOD)
    if len(complete) < MIN_GROUP:
        return question.refuse(*names, TOO_FEW_AT_ALL, **_without_caution(facts))
    try:
        covariance, n = item_covariance(complete)
        alpha = alpha_from_covariance(covariance, n, level=level)
    except NotEstimableError as error:
        return question.refuse(*names, reason_of(error), **_without_caution(facts))
    return question.answer(*names, estimate=alpha.value, **limits(alpha.interval), **facts)


def _omega_row(
    question: Question, complete: FloatArray, level: float, alpha: Estimate, facts: dict[str, Any]
) -> Estimate:
    if alpha.status == "refused":
        return question.refuse(*OMEGA, alpha.note or TOO_FEW_AT_ALL, **_without_caution(facts))
    try:
        omega = mcdonald_omega(complete, level=level)
    except NotEstimableError as error:
        return question.refuse(*OMEGA, reason_of(error), **_without_caution(facts))
    return question.answer(*OMEGA, estimate=omega.value, **limits(omega.interval), **facts)


def _without_caution(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if name != "caution"}


def sem_row(question: Question, values: FloatArray, alpha: Estimate, **group: Any) -> Estimate:
    """Return the standard error of measurement that alpha implies, in scale points."""
    method, n = "sd sqrt(1 - alpha)", len(values)
    if alpha.estimate is None or not 0 <= alpha.estimate <= 1:
        reason = "there is no alpha between 0 and 1"
        return question.refuse("sem", "standard error of measurement", method, reason, n=n,
                               **group)  # fmt: skip
    sem = standard_error_of_measurement(float(np.std(values, ddof=1)), alpha.estimate)
    return question.answer("sem", "standard error of measurement", method, estimate=sem, n=n,
                           **group)  # fmt: skip


def alarm_rows(question: Question, items: pd.DataFrame) -> list[Estimate]:
    """Return the item that goes least with the rest, and each one that seems wrongly keyed."""
    answers = answers_of(items)
    complete = answers[~np.isnan(answers).any(axis=1)]
    if len(complete) < MIN_GROUP:
        return [question.refuse(*LOWEST, TOO_FEW_AT_ALL, n=len(complete))]
    try:
        covariance, n = item_covariance(complete)
        return _alarms(question, covariance, [str(name) for name in items.columns], n)
    except NotEstimableError as error:
        return [question.refuse(*LOWEST, reason_of(error), n=len(complete))]


def _alarms(question: Question, covariance: FloatArray, names: list[str], n: int) -> list[Estimate]:
    alarms = reverse_key_alarm(covariance, names)
    lowest = float(np.nanmin(item_rest_correlations(covariance)))
    rows = [question.answer(*LOWEST, estimate=lowest, n=n)]
    for alarm in alarms:
        rows += [
            question.answer(alarm.item, "item-rest correlation", "corrected",
                            estimate=alarm.item_rest, n=n, caution=WRONG_KEY),
            question.answer(alarm.item, "gain of alpha", "this item flipped",
                            estimate=alarm.flip_gain, n=n, caution=WRONG_KEY),
        ]  # fmt: skip
    return rows
