"""The study's questions, one module each, answered in a fixed order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
from threadpoolctl import threadpool_limits

from instruments.errors import StudyError
from reports.analyses._blocks import Block, answer_outcome
from reports.analyses._inquiry import Inquiry
from reports.analyses._outcome_values import OutcomeValues, find_outcome
from reports.analyses._planned import adjustments, mark_planned
from reports.analyses._specifications import Specifications
from reports.analyses._verdicts import judge_comparisons
from reports.analyses.course import ANALYSIS as COURSE
from reports.analyses.course import DIFFERENCE as COURSE_DIFFERENCE
from reports.analyses.course import EQUIVALENCE as COURSE_EQUIVALENCE
from reports.analyses.endings import follow_endings
from reports.analyses.figures import FigureData, draw_plane
from reports.analyses.flow_of_clients import follow_clients
from reports.analyses.groups_at_intake import balance_groups
from reports.analyses.measures import describe_measures
from reports.analyses.overdependent_against_overindependent import ANALYSIS, PLANNED
from reports.deciding_tests import OF_GROUPS, TestPair
from reports.declarations import Comparison, Outcome, PresentationRule
from reports.estimates import Estimate, adjust_families, join_tables, to_frame
from reports.exclusions import only_included, present_clients
from reports.plan_standing import NO_PLAN, Standing
from reports.presentation import find_cuts
from reports.study_data import StudyData

__all__ = ["Analysis", "FigureData", "analyse"]

JUDGED: Mapping[str, Sequence[TestPair]] = {
    ANALYSIS: OF_GROUPS,
    PLANNED: OF_GROUPS,
    COURSE: ((COURSE_DIFFERENCE, COURSE_EQUIVALENCE),),
}


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
    standing: Standing = NO_PLAN,
) -> Analysis:
    """Answer every question of a study, always in the same order and in one thread.

    Results are exploratory, except those that a locked plan names. Where a plan is there and not
    locked, every outcome is refused with that reason. ``seed`` is for analyses that draw random
    numbers.

    Raises
    ------
    StudyError
        If the presentation rule cannot be used, or an outcome is declared twice.
    """
    rule, comparison = standing.rule(rule), standing.comparison(comparison)
    declared = standing.outcomes(outcomes)
    _check_outcomes(declared)
    # Linear algebra differs in its last bits between numbers of threads.
    with threadpool_limits(1):
        presentations = present_clients(data, rule, standing)
        inquiry = Inquiry(data, rule, presentations, comparison, seed, standing)
        found = [_find(inquiry, outcome) for outcome in declared]
        blocks = _answer(inquiry, found)
        figures = {name: figure for block in blocks for name, figure in block.figures.items()}
        return Analysis(
            estimates=_judge([*_shared(inquiry, found), *_rows(blocks)], inquiry),
            presentations=presentations,
            figures={"plane": _plane(inquiry), **figures},
            flow=follow_clients(data, rule, presentations, found),
        )


def _find(inquiry: Inquiry, outcome: Outcome) -> OutcomeValues:
    found = find_outcome(inquiry.data, inquiry.rule, outcome)
    return found.refused_for(inquiry.standing.refusal)


def _judge(rows: Sequence[Estimate], inquiry: Inquiry) -> pd.DataFrame:
    """Return the table of all rows: marked by the plan, adjusted within families, judged."""
    marked = mark_planned(rows, inquiry.standing)
    table = adjust_families(to_frame(marked), adjustments(inquiry.standing))
    verdicts = judge_comparisons(table, JUDGED, inquiry.comparison.alpha)
    return join_tables([table, to_frame(verdicts)])


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


def _answer(inquiry: Inquiry, found: Sequence[OutcomeValues]) -> list[Block]:
    specifications = Specifications(inquiry)
    return [answer_outcome(inquiry, one, found, specifications) for one in found]


def _rows(blocks: Sequence[Block]) -> list[Estimate]:
    return [row for block in blocks for row in block.rows]


def _shared(inquiry: Inquiry, found: Sequence[OutcomeValues]) -> list[Estimate]:
    """Return what is said of the study and not of one outcome."""
    withheld = [one.name for one in found] if inquiry.standing.refusal else []
    asked = [*describe_measures(inquiry), *balance_groups(inquiry, withheld)]
    return [*asked, *follow_endings(inquiry)]


def _plane(inquiry: Inquiry) -> FigureData:
    data, rule = inquiry.data, inquiry.rule
    cuts = find_cuts(only_included(data, rule, inquiry.standing), rule)
    return draw_plane(inquiry.presentations, rule, cuts, data.measures)
