"""From all clients to those compared: every exclusion with its reason and its number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from reports.analyses._outcome_values import OutcomeValues
from reports.analyses._question import GROUP_A, GROUP_B
from reports.analyses.four_presentations import possible_presentations
from reports.declarations import PresentationRule
from reports.study_data import StudyData, are_among

FLOW_COLUMNS = ("outcome", "step", "reason", "n", "n_a", "n_b")
ALL, SCORED, IN_CONTRAST, COMPARED = (
    "all clients",
    "with both scores",
    "in the contrast",
    "compared",
)
LOST = "lost before the landmark"
MISSING = "outcome missing"


@dataclass(frozen=True)
class _Row:
    """Clients who remain at a step (no reason), or who were lost on the way to it."""

    step: str
    reason: str | None
    n: int
    n_a: int | None = None
    n_b: int | None = None


def follow_clients(
    data: StudyData,
    rule: PresentationRule,
    presentations: pd.DataFrame,
    outcomes: Sequence[OutcomeValues],
) -> pd.DataFrame:
    """Return the flow of clients of each outcome, one row per outcome, step and reason, in order.

    A row without a reason holds the clients who remain at its step; the rows before it hold those
    who were lost on the way, by reason. Each lost client counts once, at the first reason that
    applies, so that a step minus its losses equals the next. ``n_a`` and ``n_b`` are the
    overdependent and the overindependent ones among them, once those are known. A refused outcome
    keeps nobody, and its reason says why.
    """
    shared = [*_to_scores(data, rule, presentations), *_to_groups(rule, presentations)]
    rows = [
        {"outcome": found.name, **vars(row)}
        for found in outcomes
        for row in [*shared, *_to_compared(presentations, found)]
    ]
    counts = {"n": "int64", "n_a": "Int64", "n_b": "Int64"}
    kinds = counts | dict.fromkeys(("outcome", "step", "reason"), "str")
    return pd.DataFrame(rows, columns=list(FLOW_COLUMNS)).astype(kinds)


def _to_scores(data: StudyData, rule: PresentationRule, presentations: pd.DataFrame) -> list[_Row]:
    unusable = presentations.loc[~presentations["is_usable"].astype(bool)]
    is_lost = are_among(unusable["client_id"], _lost_before(data, rule.landmark))
    reasons = unusable["reason"].mask(is_lost, LOST).value_counts().sort_index()
    lost = [_Row(SCORED, str(reason), int(n)) for reason, n in reasons.items()]
    everyone = len(data.clients)
    return [_Row(ALL, None, everyone), *lost, _Row(SCORED, None, everyone - len(unusable))]


def _lost_before(data: StudyData, landmark: str) -> pd.Index:
    """Return the clients of whom nothing is known at the landmark or after it.

    At the first occasion nobody is lost yet: there the form is merely missing.
    """
    place = data.place_in_time(landmark)
    if place == 0:
        return data.clients.index[:0]
    from_then_on = [name for name in data.occasions if data.place_in_time(name) >= place]
    seen = data.scores.loc[data.scores["occasion"].isin([landmark, *from_then_on]), "client_id"]
    lost: pd.Index = data.clients.index.difference(pd.Index(seen.unique()))
    return lost


def _to_groups(rule: PresentationRule, presentations: pd.DataFrame) -> list[_Row]:
    found = presentations["presentation"].value_counts()
    others = [name for name in possible_presentations(rule) if name not in (GROUP_A, GROUP_B)]
    lost = [_Row(IN_CONTRAST, name, int(found.get(name, 0))) for name in others]
    a, b = int(found.get(GROUP_A, 0)), int(found.get(GROUP_B, 0))
    return [*lost, _Row(IN_CONTRAST, None, a + b, a, b)]


def _to_compared(presentations: pd.DataFrame, found: OutcomeValues) -> list[_Row]:
    in_contrast = presentations[presentations["presentation"].isin([GROUP_A, GROUP_B])]
    has_value = are_among(in_contrast["client_id"], found.values.index)
    reason = f"refused: {found.refusal}" if found.refusal else MISSING
    lost, kept = in_contrast[~has_value], in_contrast[has_value]
    return [_Row(COMPARED, reason, *_counts(lost)), _Row(COMPARED, None, *_counts(kept))]


def _counts(members: pd.DataFrame) -> tuple[int, int, int]:
    a = int((members["presentation"] == GROUP_A).sum())
    return len(members), a, len(members) - a
