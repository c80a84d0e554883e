"""Which rows a locked plan names: those alone are confirmatory, and adjusted together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from reports.analyses._contrast import EXTREMES, Pair, named
from reports.analyses._nesting import DIFFERENCE_TERM, EQUIVALENCE_TERM
from reports.analyses._question import join_notes
from reports.analyses.dependence_and_outcome import ANALYSIS as CONTINUOUS
from reports.analyses.dependence_and_outcome import ESTIMAND as SLOPE
from reports.analyses.four_presentations import ANALYSIS as FOUR
from reports.analyses.overdependent_against_overindependent import ANALYSIS as GROUPS
from reports.analyses.overdependent_against_overindependent import (
    DIFFERENCE,
    EQUIVALENCE,
    PLANNED,
)
from reports.declarations import PRESENTATIONS
from reports.estimates import Adjustment, Estimate
from reports.families import METHODS
from reports.plan import Family, Hypothesis
from reports.plan_standing import LATE, Standing

# Analysis, outcome, term, contrast (empty for any) and estimand (empty for any) of a row.
RowName = tuple[str, str, str, str, str]


def pair_of(hypothesis: Hypothesis) -> Pair:
    """Return the two groups of a hypothesis, in the order in which groups are always named."""
    first, second = sorted(hypothesis.contrast, key=PRESENTATIONS.index)
    return first, second


def planned_pairs(standing: Standing, outcome: str) -> tuple[Pair, ...]:
    """Return the contrasts that a plan asks for besides the two extreme groups."""
    pairs = (pair_of(one) for one in standing.asked("groups", outcome))
    return tuple(dict.fromkeys(pair for pair in pairs if pair != EXTREMES))


def mark_planned(rows: Iterable[Estimate], standing: Standing) -> list[Estimate]:
    """Return the rows with plan status and family: confirmatory only what a locked plan names.

    Without a plan, rows keep the family that their analysis gave them. With one, only the rows
    that it names have a family, the plan's; where the plan came too late they stay exploratory
    and say so.
    """
    if standing.plan is None:
        return list(rows)
    planned = {name: one for one in standing.hypotheses for name in rows_of(one)}
    families = {one.id: name_family(standing, one) for one in standing.plan.family}
    return [_mark(row, planned, families, standing) for row in rows]


def _mark(
    row: Estimate,
    planned: Mapping[RowName, Hypothesis],
    families: Mapping[str, str],
    standing: Standing,
) -> Estimate:
    hypothesis = next((planned[name] for name in _names_of(row) if name in planned), None)
    if hypothesis is None or not standing.is_in_force:
        return replace(row, family=None)
    family = families[hypothesis.family] if row.p_value is not None else None
    if hypothesis.id in standing.late:
        return replace(row, family=family, note=join_notes(row.note, LATE))
    return replace(row, family=family, plan_status="confirmatory")


def _names_of(row: Estimate) -> Iterator[RowName]:
    for contrast in (row.contrast or "", ""):
        for estimand in (row.estimand, ""):
            yield row.analysis, row.outcome, row.term, contrast, estimand


def name_family(standing: Standing, family: Family) -> str:
    """Return what a plan's family is called in a row: with the plan's version and its method."""
    return f"{family.id}, plan version {standing.version}, {METHODS[family.adjust]}"


def adjustments(standing: Standing) -> dict[str, Adjustment]:
    """Return how each family of a plan is adjusted."""
    if standing.plan is None:
        return {}
    return {name_family(standing, one): one.adjust for one in standing.plan.family}


def rows_of(hypothesis: Hypothesis) -> list[RowName]:
    """Return the names of the rows that answer a hypothesis."""
    analysis, terms, estimand = _ANSWERS[hypothesis.question](hypothesis)
    is_contrast = hypothesis.question == "groups"
    contrast = named(pair_of(hypothesis))["contrast"] if is_contrast else ""
    return [(analysis, hypothesis.outcome, term, contrast, estimand) for term in terms]


Answer = tuple[str, tuple[str, ...], str]


def _groups(hypothesis: Hypothesis) -> Answer:
    analysis = GROUPS if pair_of(hypothesis) == EXTREMES else PLANNED
    if hypothesis.method == "mixed_model":
        return analysis, (DIFFERENCE_TERM, EQUIVALENCE_TERM), ""
    return analysis, (DIFFERENCE[0], EQUIVALENCE[0]), ""


def _dependence(hypothesis: Hypothesis) -> Answer:
    return CONTINUOUS, (hypothesis.predictor,), SLOPE


def _four_groups(_: Hypothesis) -> Answer:
    return FOUR, ("difference between presentations",), ""


def _u_shape(_: Hypothesis) -> Answer:
    return "u_shape", ("u shape",), ""


def _course(_: Hypothesis) -> Answer:
    return "course", ("difference in course", "equivalence in course"), ""


_ANSWERS = {
    "groups": _groups,
    "dependence": _dependence,
    "four_groups": _four_groups,
    "u_shape": _u_shape,
    "course": _course,
}
