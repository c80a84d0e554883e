"""Do the measures measure: level, spread and reliability of each scale, and its key."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
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
from reports.analyses._reliability_rows import (
    alarm_rows,
    answers_of,
    refuse_reliability,
    reliability_rows,
    sem_row,
)
from reports.declarations import PRESENTATIONS
from reports.estimates import Estimate
from reports.methods.correlation import pearson
from reports.methods.norms import check_norms
from reports.methods.result import FloatArray, NotEstimableError
from reports.presentation import PARTS
from reports.study_data import Measure, Places, count_known

BoolArray = npt.NDArray[np.bool_]
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
    by_place = shown.reindex(inquiry.data.clients.index).to_numpy(dtype=object)
    groups = np.array([*by_place, None])  # the last of a client who is not in that table
    for scale in sorted(inquiry.data.measures):
        for occasion in inquiry.data.occasions_of(scale):
            rows += _describe_scale(inquiry, scale, occasion, groups)
    return [*rows, _correlate_rule_scales(inquiry)]


@dataclass(frozen=True)
class _Forms:
    """Scores and answers of one scale at one occasion, as arrays; NaN where there is none.

    Of scores that came ready-made nobody knows which had unanswered items (`is_known`).
    """

    therapists: Places
    values: FloatArray
    is_prorated: BoolArray
    is_known: BoolArray
    answers: FloatArray | None
    therapists_of_answers: Places

    def of(self, own: BoolArray, own_answers: BoolArray) -> _Forms:
        """Return those of one group."""
        answers = None if self.answers is None else self.answers[own_answers]
        return replace(self, therapists=self.therapists[own], values=self.values[own],
                       is_prorated=self.is_prorated[own], is_known=self.is_known[own],
                       answers=answers,
                       therapists_of_answers=self.therapists_of_answers[own_answers])  # fmt: skip


def _describe_scale(
    inquiry: Inquiry, scale: str, occasion: str, groups: npt.NDArray[np.object_]
) -> list[Estimate]:
    question = Question(ANALYSIS, THEME_MEASURES, f"{scale}@{occasion}")
    data, level = inquiry.data, inquiry.level
    measure, rows_at = data.measures[scale], data.rows_at(scale, occasion)
    items = data.items(scale, occasion) if measure.items else None
    places = data.clients_of_rows[rows_at]
    places_of_items = places if items is None else data.places_of(items.index)
    value, is_prorated = (data.scores[name].array[rows_at] for name in ("value", "is_prorated"))
    everyone = _Forms(
        data.therapists[places], value.to_numpy(dtype=np.float64, na_value=np.nan),
        is_prorated.to_numpy(dtype=bool, na_value=False), ~is_prorated.isna(),
        None if items is None else answers_of(items),
        data.therapists[places_of_items],
    )  # fmt: skip
    caution = None if measure.is_verified else UNVERIFIED
    rows = _describe_group(question, everyone, level, caution=caution, group_a=None)
    rows += _check_key(question, measure, items, rows)
    caution = RESTRICTED if scale in inquiry.rule.scales else caution
    group_of, group_of_items = groups[places], groups[places_of_items]
    for group in (name for name in PRESENTATIONS if name in groups):
        own = everyone.of(group_of == group, group_of_items == group)
        rows += _describe_group(question, own, level, caution=caution, group_a=group)
    return rows


def _describe_group(
    question: Question, forms: _Forms, level: float, *, caution: str | None, group_a: str | None
) -> list[Estimate]:
    is_scored = ~np.isnan(forms.values)
    scored_by = count_known(forms.therapists[is_scored])
    group: dict[str, Any] = {"group_a": group_a, "n_clusters": scored_by}
    values = forms.values[is_scored]
    missing = len(is_scored) - len(values)
    rows = describe_values(question, values, level=level, n_missing=missing, **group)
    is_known = is_scored & forms.is_known
    if is_scored.any() and not is_known.any():
        return [*rows, refuse_reliability(question, **group)]
    rows.append(_prorated_row(question, forms.is_prorated[is_known], **group))
    if forms.answers is None:
        return rows
    alpha, omega = reliability_rows(
        question, forms.answers, forms.therapists_of_answers, level=level, caution=caution,
        group_a=group_a,
    )  # fmt: skip
    return [*rows, alpha, omega, sem_row(question, values, alpha, **group)]


def _prorated_row(question: Question, is_prorated: BoolArray, **group: Any) -> Estimate:
    """Return the share of scores with unanswered items; ``n_a`` of them, ``n_b`` complete."""
    term, estimand, method = "prorated", "share", "scores with unanswered items"
    n, prorated = len(is_prorated), int(is_prorated.sum())
    if not n:
        return question.refuse(term, estimand, method, TOO_FEW_AT_ALL, n=0, **group)
    return question.answer(term, estimand, method, estimate=prorated / n, **group,
                           n=n, n_a=prorated, n_b=n - prorated)  # fmt: skip


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
