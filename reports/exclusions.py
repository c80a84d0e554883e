"""Whom a plan leaves out, and the presentation of everyone else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from reports.declarations import PresentationRule
from reports.plan import Exclusion
from reports.plan_standing import Standing
from reports.presentation import assign_presentations
from reports.study_data import StudyData, are_among

EXCLUDED = "excluded by the plan"


def present_clients(data: StudyData, rule: PresentationRule, standing: Standing) -> pd.DataFrame:
    """Return everyone's presentation; whom the plan excludes has none, and the reason why.

    Medians that divide the groups are those of the clients who stay.
    """
    reasons = _reasons(data, rule, standing)
    found = assign_presentations(only_included(data, rule, standing), rule)
    if reasons.empty:
        return found
    excluded = found["client_id"].map(reasons)
    return found.assign(reason=found["reason"].where(excluded.isna(), excluded).astype("str"))


def only_included(data: StudyData, rule: PresentationRule, standing: Standing) -> StudyData:
    """Return the study with the scores of those clients alone whom the plan does not leave out."""
    excluded = _reasons(data, rule, standing).index
    if excluded.empty:
        return data
    return replace(data, scores=data.scores[~are_among(data.scores["client_id"], excluded)])


def _reasons(data: StudyData, rule: PresentationRule, standing: Standing) -> pd.Series:
    plan = standing.plan
    return exclusion_reasons(data, rule.landmark, () if plan is None else plan.exclusion)


def exclusion_reasons(data: StudyData, landmark: str, exclusions: Sequence[Exclusion]) -> pd.Series:
    """Return why each excluded client is left out, by the first exclusion that applies.

    A missing value excludes nobody.
    """
    reasons = pd.Series(dtype="str", index=pd.Index([], name="client_id"), name="reason")
    for exclusion in exclusions:
        hit = _hit(data, landmark, exclusion).difference(reasons.index)
        reason = f"{EXCLUDED}: {exclusion.reason}"
        reasons = pd.concat([reasons, pd.Series(reason, index=hit, dtype="str")])
    return reasons


def _hit(data: StudyData, landmark: str, exclusion: Exclusion) -> pd.Index:
    if exclusion.scale is not None:
        values = data.values_at(exclusion.scale, landmark)
    else:
        values = data.clients[str(exclusion.attribute)].dropna()
    is_hit = values.astype("str").isin(exclusion.is_one_of)
    if exclusion.below is not None:
        is_hit |= values < exclusion.below
    if exclusion.above is not None:
        is_hit |= values > exclusion.above
    clients: pd.Index = pd.Index(values.index[is_hit], name="client_id")
    return clients
