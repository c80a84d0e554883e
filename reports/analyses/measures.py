"""Do the measures measure: level, spread and reliability of each scale, and its key."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd

from instruments.scale import Norm
from reports.analyses._descriptives import describe_values
from reports.analyses._inquiry import Inquiry
from reports.analyses._question import (
    MIN_GROUP,
    THEME_MEASURES,
    TOO_FEW_AT_ALL,
    Question,
    limits,
    reason_of,
)
from reports.analyses._reliability_rows import alarm_rows, alpha_row, sem_row
from reports.declarations import PRESENTATIONS
from reports.estimates import Estimate
from reports.methods.correlation import pearson
from reports.methods.norms import check_norms
from reports.methods.result import NotEstimableError
from reports.presentation import PARTS
from reports.study_data import Measure, StudyData

ANALYSIS = "measures"
UNVERIFIED = "the key of this form was not seen in a source"
RESTRICTED = "the rule cut this scale, so its range within the group is restricted"


def describe_measures(inquiry: Inquiry) -> list[Estimate]:
    """Return the figures of every scale at every occasion, of all clients and per presentation.

    Groups stay undescribed while outcomes may not be shown by group.
    """
    rows: list[Estimate] = []
    presentation = inquiry.presentations.set_index("client_id")["presentation"]
    shown = presentation.iloc[:0] if inquiry.standing.refusal else presentation
    for scale in sorted(inquiry.data.measures):
        for occasion in inquiry.data.occasions_of(scale):
            rows += _describe_scale(inquiry, scale, occasion, shown)
    return [*rows, _correlate_rule_scales(inquiry)]


def _describe_scale(
    inquiry: Inquiry, scale: str, occasion: str, presentation: pd.Series
) -> list[Estimate]:
    question = Question(ANALYSIS, THEME_MEASURES, f"{scale}@{occasion}")
    data, level = inquiry.data, inquiry.level
    measure, scores = data.measures[scale], data.scores_at(scale, occasion)
    items = data.items(scale, occasion) if measure.items else None
    caution = None if measure.is_verified else UNVERIFIED
    facts = _group(data, scores, None)
    rows = _describe_group(question, scores, items, level, caution=caution, **facts)
    rows += _check_key(question, measure, items, rows)
    caution = RESTRICTED if scale in inquiry.rule.scales else caution
    group_of = presentation.reindex(scores.index)
    group_of_items = presentation.reindex(scores.index if items is None else items.index)
    present = set(presentation.dropna())
    for group in (name for name in PRESENTATIONS if name in present):
        own = scores[group_of == group]
        answers = items if items is None else items.loc[group_of_items == group]
        facts = _group(data, own, group)
        rows += _describe_group(question, own, answers, level, caution=caution, **facts)
    return rows


def _group(data: StudyData, scores: pd.DataFrame, group: str | None) -> dict[str, Any]:
    """Return the columns that say whose figures they are."""
    return {"group_a": group, "n_clusters": data.count_therapists(scores.index)}


def _describe_group(
    question: Question,
    scores: pd.DataFrame,
    items: pd.DataFrame | None,
    level: float,
    *,
    caution: str | None,
    **group: Any,
) -> list[Estimate]:
    values = scores["value"].dropna().astype("float64")
    missing = len(scores) - len(values)
    rows = describe_values(question, values, level=level, n_missing=missing, **group)
    rows.append(_prorated_row(question, scores[scores["value"].notna()], **group))
    if items is None:
        return rows
    alpha = alpha_row(question, items, level=level, caution=caution, **group)
    return [*rows, alpha, sem_row(question, values, alpha, **group)]


def _prorated_row(question: Question, scored: pd.DataFrame, **group: Any) -> Estimate:
    """Return the share of scores with unanswered items; ``n_a`` of them, ``n_b`` complete."""
    term, estimand, method = "prorated", "share", "scores with unanswered items"
    if scored.empty:
        return question.refuse(term, estimand, method, TOO_FEW_AT_ALL, n=0, **group)
    prorated = int(scored["is_prorated"].eq(True).sum())
    return question.answer(term, estimand, method, estimate=prorated / len(scored), **group,
                           n=len(scored), n_a=prorated, n_b=len(scored) - prorated)  # fmt: skip


def _check_key(
    question: Question, measure: Measure, items: pd.DataFrame | None, rows: Sequence[Estimate]
) -> Iterator[Estimate]:
    """Yield the reverse-key alarm and the figures beside published ones."""
    if items is not None:
        yield from alarm_rows(question, items)
    found = {row.term: row for row in rows if row.status != "refused"}
    if "mean" not in found:
        return
    figures = {name: found[name].estimate for name in ("mean", "sd", "alpha") if name in found}
    mean, sd, alpha = (figures.get(name) for name in ("mean", "sd", "alpha"))
    for check in check_norms(_comparable(measure), mean=mean or 0.0, sd=sd or 0.0, alpha=alpha):
        bounds = f"{check.low:.4g} to {check.high:.4g}"
        note = f"published samples, widened: {bounds}"
        caution = "outside what was published: check key, range and unit"
        yield question.answer(
            f"norm check: {check.statistic}", check.statistic, "published norms",
            estimate=check.value, n=found[check.statistic].n, note=note,
            caution=caution if check.is_outside else None,
        )  # fmt: skip


def _comparable(measure: Measure) -> tuple[Norm, ...]:
    """Return the norms in the units of this study: of another range only alpha is comparable."""
    if measure.has_published_range:
        return measure.norms
    return tuple(norm.model_copy(update={"mean": None, "sd": None}) for norm in measure.norms)


def _correlate_rule_scales(inquiry: Inquiry) -> Estimate:
    """Return how the two scales of the rule go together, among all clients with both."""
    rule = inquiry.rule
    question = Question(ANALYSIS, THEME_MEASURES, f"presentation@{rule.landmark}")
    term, estimand, method = f"{rule.dependence} with {rule.independence}", "correlation", "Pearson"
    both = inquiry.usable[list(PARTS)]
    if len(both) < MIN_GROUP:
        return question.refuse(term, estimand, method, TOO_FEW_AT_ALL, n=len(both))
    try:
        found = pearson(both["dependence"], both["independence"], level=inquiry.level)
    except NotEstimableError as error:
        return question.refuse(term, estimand, method, reason_of(error), n=len(both))
    return question.answer(
        term, estimand, method, estimate=found.r, statistic=found.t, df=found.df,
        p_value=found.p_value, n=found.n, **limits(found.interval),
    )  # fmt: skip
