"""The study's questions, one module each, answered in a fixed order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from instruments.errors import StudyError
from reports.analyses._outcome_values import OutcomeValues, find_outcome
from reports.analyses._verdicts import judge_comparisons
from reports.analyses.dependence_and_outcome import relate_dependence
from reports.analyses.figures import FigureData, draw_plane, draw_raincloud, name_figure
from reports.analyses.flow_of_clients import follow_clients
from reports.analyses.four_presentations import describe_presentations
from reports.analyses.groups_at_intake import balance_groups
from reports.analyses.measures import describe_measures
from reports.analyses.overdependent_against_overindependent import (
    ANALYSIS,
    DIFFERENCE,
    EQUIVALENCE,
    compare_groups,
)
from reports.declarations import Comparison, Outcome, PresentationRule
from reports.estimates import Estimate, PlanStatus, adjust_families, to_frame
from reports.presentation import assign_presentations, find_cuts
from reports.study_data import StudyData

__all__ = ["Analysis", "FigureData", "analyse"]


@dataclass(frozen=True)
class Analysis:
    """Everything that a study's data say, exact: nothing of it has passed the gate."""

    estimates: pd.DataFrame
    presentations: pd.DataFrame
    figures: Mapping[str, FigureData]
    flow: pd.DataFrame


def analyse(
    data: StudyData,
    rule: PresentationRule,
    outcomes: Sequence[Outcome],
    comparison: Comparison,
    seed: int,
    *,
    plan_status: PlanStatus = "exploratory",
) -> Analysis:
    """Answer every question of a study, always in the same order and in one thread.

    Results are exploratory unless a plan was locked before. ``seed`` is for analyses that draw
    random numbers; none of the present ones does.

    Raises
    ------
    StudyError
        If the presentation rule cannot be used, or an outcome is declared twice.
    """
    _check_outcomes(outcomes)
    # Linear algebra differs in its last bits between numbers of threads.
    with threadpool_limits(1):
        presentations = assign_presentations(data.scores, rule, data.measures, data.clients.index)
        found = [find_outcome(data, rule, outcome) for outcome in outcomes]
        rows = _answer(data, rule, presentations, found, comparison, plan_status)
        tested = adjust_families(to_frame(rows))
        verdicts = judge_comparisons(
            tested, ANALYSIS, (DIFFERENCE[0], EQUIVALENCE[0]), comparison.alpha, plan_status
        )
        return Analysis(
            estimates=adjust_families(to_frame([*rows, *verdicts])),
            presentations=presentations,
            figures=_draw(data, rule, presentations, found),
            flow=follow_clients(data, rule, presentations, found),
        )


def _check_outcomes(outcomes: Sequence[Outcome]) -> None:
    names = [outcome.name for outcome in outcomes]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise StudyError(
            "E_OUTCOME_TWICE",
            f'The outcome "{repeated[0]}" is declared twice.',
            where="[[outcome]]",
            fix="Keep one, with the smallest effect that matters.",
        )


def _answer(
    data: StudyData,
    rule: PresentationRule,
    presentations: pd.DataFrame,
    found: Sequence[OutcomeValues],
    comparison: Comparison,
    plan_status: PlanStatus,
) -> list[Estimate]:
    rows = describe_measures(data, rule, presentations, comparison, plan_status)
    rows += balance_groups(data, rule, presentations, plan_status)
    for one in found:
        rows += relate_dependence(data, rule, presentations, one, comparison, plan_status)
        rows += describe_presentations(data, rule, presentations, one, comparison, plan_status)
        rows += compare_groups(data, rule, presentations, one, comparison, plan_status)
    return rows


def _draw(
    data: StudyData,
    rule: PresentationRule,
    presentations: pd.DataFrame,
    found: Sequence[OutcomeValues],
) -> dict[str, FigureData]:
    cuts = find_cuts(data.scores, rule, data.measures)
    figures = {"plane": draw_plane(presentations, rule, cuts, data.measures)}
    for one in found:
        if one.refusal is None:
            measure = data.measures.get(one.outcome.scale or "")
            figures[name_figure(one)] = draw_raincloud(presentations, one, measure)
    return figures
