"""Does the rule matter: the same difference under every usable rule, cut and way of scoring."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from reports.analyses._contrast import EXTREMES, gather_contrast, named
from reports.analyses._outcome_values import OutcomeValues
from reports.analyses._question import MIN_GROUP, THEME_CONTRAST, TOO_FEW, Question, limits
from reports.analyses._specifications import (
    ANY_SCORE,
    COMPLETE,
    CUTS,
    DECLARED_CUT,
    SCORINGS,
    Specifications,
)
from reports.estimates import Estimate
from reports.methods.specification_curve import (
    Specification,
    SpecificationCurve,
    trace_specifications,
)

ANALYSIS = "specification"
ONE = "specification"
ESTIMAND = "mean difference"
SUMMARY = "over all usable specifications"
NONE_USABLE = "no rule, cut and way of scoring makes two groups that are large enough"
COLUMNS = ("rank", "rule", "cut", "scoring", "is_declared", "estimate", "ci_low", "ci_high", "n_a",
           "n_b", "note")  # fmt: skip


@dataclass(frozen=True)
class SpecificationRows:
    """The rows of one outcome's curve, and its specifications in the order of their estimates."""

    rows: tuple[Estimate, ...]
    curve: pd.DataFrame | None = None


def vary_specifications(specifications: Specifications, found: OutcomeValues) -> SpecificationRows:
    """Return the difference under every specification, and how far they agree.

    Rules are the declared one and every other that the study's forms allow; cuts the declared
    one, one error of measurement below and above it, and medians; scores prorated or of complete
    forms only. All take clients as independent: ``found`` is what `doubt_independence` returned.
    """
    question = Question(ANALYSIS, THEME_CONTRAST, found.name)
    if found.refusal:
        return SpecificationRows((question.refuse(ONE, ESTIMAND, SUMMARY, found.refusal),))
    choices = {"rule": list(specifications.rules), "cut": list(CUTS), "scoring": list(SCORINGS)}
    curve = trace_specifications(choices, lambda choice: specifications.difference(found, choice))
    frame = _frame(specifications, found, curve)
    rows = [_row(question, specifications, found, one) for one in curve.specifications]
    rows += _summary(question, specifications, found, curve)
    return SpecificationRows(tuple(rows), frame if curve.n_usable else None)


def _facts(
    specifications: Specifications, found: OutcomeValues, one: Specification
) -> dict[str, Any]:
    """Return the sizes of the groups that a specification makes."""
    if one.estimate is None:
        return {}
    split = specifications.split(found, dict(one.choice))
    n_a, n_b = len(split.a), len(split.b)
    return {"n": n_a + n_b, "n_a": n_a, "n_b": n_b, "n_clusters": split.n_clusters}


def describe_choice(one: Specification) -> str:
    """Say one specification: "attachment; cut as declared; complete forms only"."""
    choice = dict(one.choice)
    return f"{choice['rule']}; cut {choice['cut']}; {choice['scoring']}"


def _row(
    question: Question,
    specifications: Specifications,
    found: OutcomeValues,
    one: Specification,
) -> Estimate:
    names = (ONE, ESTIMAND, describe_choice(one))
    if one.estimate is None or one.interval is None:
        return question.refuse(*names, one.note, **named(EXTREMES))
    facts = named(EXTREMES) | _facts(specifications, found, one)
    return question.answer(*names, estimate=one.estimate, caution=found.caution,
                           **limits(one.interval), **facts)  # fmt: skip


def _summary(
    question: Question,
    specifications: Specifications,
    found: OutcomeValues,
    curve: SpecificationCurve,
) -> Iterator[Estimate]:
    contrast = gather_contrast(specifications.inquiry, found)
    facts = contrast.facts
    if not curve.n_usable or contrast.smaller < MIN_GROUP:
        reason = TOO_FEW if curve.n_usable else NONE_USABLE
        yield question.refuse("median", ESTIMAND, SUMMARY, reason, **facts)
        return
    estimates = {"median": curve.median, "lowest": curve.lowest, "highest": curve.highest}
    for term, value in estimates.items():
        yield question.answer(term, ESTIMAND, SUMMARY, estimate=value, caution=found.caution,
                              **facts)  # fmt: skip
    agreeing = {
        "same sign as the median": curve.share_same_sign,
        "beyond zero on its side": curve.share_beyond_zero,
    }
    for term, value in agreeing.items():
        yield question.answer(term, "part of specifications", SUMMARY, estimate=value,
                              caution=found.caution, **facts)  # fmt: skip
    yield question.answer("usable", "number of specifications", SUMMARY,
                          estimate=float(curve.n_usable), **facts)  # fmt: skip


def _frame(
    specifications: Specifications, found: OutcomeValues, curve: SpecificationCurve
) -> pd.DataFrame:
    """Return one line per specification, with `COLUMNS`; refused ones come last."""
    rule = specifications.inquiry.rule
    scoring = COMPLETE if rule.complete_only else ANY_SCORE
    declared = {"rule": rule.rule, "cut": DECLARED_CUT, "scoring": scoring}
    lines = []
    for rank, one in enumerate(curve.specifications, start=1):
        choice, facts = dict(one.choice), _facts(specifications, found, one)
        low, high = (None, None) if one.interval is None else (one.interval.low, one.interval.high)
        lines.append(
            {
                "rank": rank, **choice, "is_declared": choice == declared,
                "estimate": one.estimate, "ci_low": low, "ci_high": high,
                "n_a": facts.get("n_a"), "n_b": facts.get("n_b"), "note": one.note or None,
            }
        )  # fmt: skip
    numbers = dict.fromkeys(("estimate", "ci_low", "ci_high"), "float64")
    texts = dict.fromkeys(("rule", "cut", "scoring", "note"), "str")
    frame = pd.DataFrame(lines, columns=list(COLUMNS))
    return frame.astype(numbers | texts | {"n_a": "Int64", "n_b": "Int64"})
