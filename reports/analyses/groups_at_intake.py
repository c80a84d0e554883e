"""Who is compared: how overly dependent and overly independent clients differ at intake."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import pandas as pd

from reports.analyses._inquiry import Inquiry
from reports.analyses._outcome_values import INTAKE, find_circle
from reports.analyses._question import (
    CONTRAST,
    GROUP_A,
    GROUP_B,
    MIN_GROUP,
    THEME_CONTRAST,
    TOO_FEW,
    Question,
    reason_of,
)
from reports.declarations import PresentationRule
from reports.estimates import Estimate
from reports.methods.balance import standardized_difference, standardized_difference_of_shares
from reports.methods.result import NotEstimableError
from reports.study_data import StudyData

ANALYSIS = "groups_at_intake"
ESTIMAND = "standardized difference"
NUMERIC, CATEGORIES = "Austin", "Yang and Dalton, without a sign"


def balance_groups(inquiry: Inquiry, withheld: Collection[str] = ()) -> list[Estimate]:
    """Return the standardized difference of each attribute and of each scale filled in at intake.

    Scales of the rule are left out: the groups differ in them by definition. ``withheld`` are
    outcomes that may not be shown by group yet.
    """
    question = Question(ANALYSIS, THEME_CONTRAST, INTAKE)
    members = [inquiry.members_of(group) for group in (GROUP_A, GROUP_B)]
    return [
        _balance(question, inquiry.data, name, column, members)
        for name, column in _columns(inquiry.data, inquiry.rule)
        if not {name, f"{name}@{INTAKE}"} & set(withheld)
    ]


def _columns(data: StudyData, rule: PresentationRule) -> Iterator[tuple[str, pd.Series]]:
    for name in data.attributes:
        yield name, data.clients[name]
    for scale in sorted(data.measures):
        if INTAKE in data.occasions_of(scale) and find_circle(data, rule, scale) is None:
            yield scale, data.values_at(scale, INTAKE)


def _balance(
    question: Question, data: StudyData, name: str, column: pd.Series, members: list[pd.Index]
) -> Estimate:
    known = [column.reindex(group).dropna() for group in members]
    a, b = known
    is_number = pd.api.types.is_numeric_dtype(column) and column.dtype != bool
    method = NUMERIC if is_number else CATEGORIES
    facts = {
        "contrast": CONTRAST, "group_a": GROUP_A, "group_b": GROUP_B, "n": len(a) + len(b),
        "n_a": len(a), "n_b": len(b), "n_missing": sum(map(len, members)) - len(a) - len(b),
        "n_clusters": data.count_therapists(a.index.append(b.index)),
    }  # fmt: skip
    if min(len(a), len(b)) < MIN_GROUP:
        return question.refuse(name, ESTIMAND, method, TOO_FEW, **facts)
    try:
        value = _difference(a, b, is_number=is_number)
    except NotEstimableError as error:
        return question.refuse(name, ESTIMAND, method, reason_of(error), **facts)
    return question.answer(name, ESTIMAND, method, estimate=value, **facts)


def _difference(a: pd.Series, b: pd.Series, *, is_number: bool) -> float:
    if is_number:
        return standardized_difference(a.astype("float64"), b.astype("float64"))
    return standardized_difference_of_shares(a.astype(str).tolist(), b.astype(str).tolist())
