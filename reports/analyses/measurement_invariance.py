"""Does the outcome's scale measure the same in both groups, and the same before and after?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from reports.analyses._cautions import doubt_independence
from reports.analyses._contrast import EXTREMES, named
from reports.analyses._inquiry import Inquiry
from reports.analyses._outcome_values import OutcomeValues
from reports.analyses._question import NESTING, THEME_CONTRAST, Question, join_notes, limits
from reports.estimates import Estimate
from reports.methods._invariance_step import InvarianceStep
from reports.methods.invariance import (
    InvarianceReport,
    check_group_invariance,
    check_occasion_invariance,
)
from reports.methods.result import FloatArray
from reports.study_data import are_among

ANALYSIS = "measurement_invariance"
GROUPS, OCCASIONS = "across groups", "over occasions"
METHOD = "multi-group maximum likelihood, one factor"
HOLDS = "highest step that holds"
NOT_GROUPS = "the scale does not measure the same in both groups: a difference may be one of items"
NOT_OCCASIONS = "the scale does not measure the same before and after: change may be one of items"
BROKEN = {GROUPS: NOT_GROUPS, OCCASIONS: NOT_OCCASIONS}
SINGLE_ITEMS = {
    GROUPS: "single items do not measure the same in both groups: the latent difference is "
    "without them",
    OCCASIONS: "single items do not measure the same before and after: the latent change is "
    "without them",
}
UNDECIDED = {
    GROUPS: "too few clients to tell whether the scale measures the same in both groups",
    OCCASIONS: "too few clients to tell whether the scale measures the same before and after",
}
POOR_FIT = "one factor does not describe these items well"
# Below this, what is held equal between groups is not a good description within them either.
LEAST_CFI = 0.90
MINIMUM = 100
FEW = f"fewer than {MINIMUM} clients of a group answered every item"
NO_ITEMS = "the scale has no items of its own here, or fewer than three"
FEW_ITEMS = "fewer than three items are answered differently enough"
FEWEST_ITEMS = 3
# The steps that means may be compared at.
COMPARABLE = ("scalar", "partial scalar")
# An item that more of a group answer alike has a loading that follows the group's mean.
MOST_ALIKE = 0.9
# With at most so many different answers, robust statistics are asked for.
FEW_CATEGORIES = 5


@dataclass(frozen=True)
class Invariance:
    """The rows of one outcome, and what they caution of its differences and of its course."""

    rows: tuple[Estimate, ...]
    of_groups: str | None = None
    of_course: str | None = None


def check_invariance(inquiry: Inquiry, found: OutcomeValues) -> Invariance:
    """Return how far one factor is the same across the two groups and from landmark to outcome.

    Clients with every item answered enter, and items that no group answers nearly all alike: the
    others are left out and named. A scale of the rule is never tested: the groups were made from
    it. Where single items differ, or the clients are too few to tell, the differences are
    cautioned as where the scale does not hold: scores hold those items too.
    """
    question = Question(ANALYSIS, THEME_CONTRAST, found.name)
    scale = found.outcome.scale
    first = (f"{HOLDS} {GROUPS}", "step", METHOD)
    if found.refusal or scale is None:
        return Invariance((question.refuse(*first, found.refusal or NO_ITEMS),))
    if len(inquiry.data.measures[scale].items) < FEWEST_ITEMS:
        return Invariance((question.refuse(*first, NO_ITEMS),))
    groups = _across_groups(inquiry, found, scale)
    rows = list(_rows(question, GROUPS, groups, named(EXTREMES)))
    if groups.has_means:
        doubts = doubt_independence(inquiry, found).caution
        rows += _latent_rows(question, GROUPS, groups, named(EXTREMES), doubts)
    over_time = _over_occasions(inquiry, found, scale)
    if over_time is not None:
        rows += _rows(question, OCCASIONS, over_time, {})
        rows += _latent_rows(question, OCCASIONS, over_time, {}, None)
    return Invariance(
        tuple(rows),
        _doubt(GROUPS, groups.report),
        None if over_time is None else _doubt(OCCASIONS, over_time.report),
    )


@dataclass(frozen=True)
class _Checked:
    """One ladder of models, the sizes of what it compares, and the items that are not in it."""

    report: InvarianceReport | None
    facts: dict[str, Any]
    alike: tuple[str, ...]

    @property
    def has_means(self) -> bool:
        """Whether latent means may be compared."""
        return self.report is not None and bool(self.report.latent_means)


def _doubt(what: str, report: InvarianceReport | None) -> str | None:
    """Return what the ladder cautions of differences of scores, None where it could not be run."""
    if report is None or report.status == "refused":
        return None
    if report.holds not in COMPARABLE:
        return BROKEN[what]
    if report.holds == "partial scalar":
        return SINGLE_ITEMS[what]
    return UNDECIDED[what] if report.is_undecided else None


def _answers(inquiry: Inquiry, scale: str, occasion: str) -> pd.DataFrame:
    items = inquiry.data.items(scale, occasion)
    return items[are_among(items.index, inquiry.usable.index)].dropna()


def _is_coarse(items: pd.DataFrame) -> bool:
    return bool(items.nunique().max() <= FEW_CATEGORIES)


def _alike(items: pd.DataFrame, parts: pd.Series) -> tuple[str, ...]:
    """Return the items that nearly everybody in one of the parts answers alike."""
    answers, part = items.to_numpy(dtype=np.float64), parts.to_numpy(dtype=object)
    found = set()
    for name in set(part):
        own = answers[part == name]
        found |= {k for k, item in enumerate(own.T) if _largest_share(item) > MOST_ALIKE}
    return tuple(str(items.columns[k]) for k in sorted(found))


def _largest_share(answers: FloatArray) -> float:
    """Return the share of those who gave the most frequent answer."""
    return float(np.unique(answers, return_counts=True)[1].max()) / len(answers)


def _across_groups(inquiry: Inquiry, found: OutcomeValues, scale: str) -> _Checked:
    items = _answers(inquiry, scale, found.outcome.occasion)
    group = inquiry.in_contrast.reindex(items.index).dropna()
    alike = _alike(items.loc[group.index], group)
    used = items.drop(columns=list(alike))
    report = None if used.shape[1] < FEWEST_ITEMS else check_group_invariance(
        used.loc[group.index].assign(presentation=group), {"scale": list(used.columns)},
        group="presentation", groups=EXTREMES[::-1], robust=_is_coarse(used), minimum=MINIMUM,
    )  # fmt: skip
    sizes = group.value_counts()
    facts = {
        "n": len(group), "n_a": int(sizes.get(EXTREMES[0], 0)),
        "n_b": int(sizes.get(EXTREMES[1], 0)), "n_missing": len(inquiry.in_contrast) - len(group),
        "n_clusters": inquiry.data.count_therapists(group.index),
    }  # fmt: skip
    return _Checked(report, facts, alike)


def _over_occasions(inquiry: Inquiry, found: OutcomeValues, scale: str) -> _Checked | None:
    """Return the ladder from landmark to outcome, None where the scale has only one of them."""
    occasions = [inquiry.rule.landmark, found.outcome.occasion]
    if occasions[0] == occasions[1] or occasions[0] not in inquiry.data.occasions_of(scale):
        return None
    parts = [_answers(inquiry, scale, name).assign(occasion=name) for name in occasions]
    both = parts[0].index.intersection(parts[1].index)
    frame = pd.concat([part.loc[both] for part in parts]).reset_index(names="client_id")
    items = [name for name in parts[0].columns if name != "occasion"]
    alike = _alike(frame[items], frame["occasion"])
    used = [name for name in items if name not in alike]
    report = None if len(used) < FEWEST_ITEMS else check_occasion_invariance(
        frame[["client_id", "occasion", *used]], {"scale": used}, client="client_id",
        occasion="occasion", occasions=occasions, robust=_is_coarse(frame[used]), minimum=MINIMUM,
    )  # fmt: skip
    facts = {
        "n": len(both), "n_missing": len(inquiry.usable) - len(both),
        "n_clusters": inquiry.data.count_therapists(both),
    }  # fmt: skip
    return _Checked(report, facts, alike)


def _rows(
    question: Question, what: str, checked: _Checked, names: dict[str, str]
) -> Iterator[Estimate]:
    report, facts = checked.report, checked.facts | names
    term = f"{HOLDS} {what}"
    if report is None or report.status == "refused":
        yield question.refuse(term, "step", METHOD, _reason(report), **facts)
        return
    is_open = report.is_undecided and report.holds in COMPARABLE
    holds = f"{report.holds}, undecided" if is_open else report.holds
    alike = f"left out, answered alike: {', '.join(checked.alike)}" if checked.alike else None
    yield question.answer(term, "step", METHOD, note=join_notes(holds, alike),
                          caution=_caution(what, report), **facts)  # fmt: skip
    for step in _last_of_each(report):
        yield from _step_rows(question, what, step, facts)


def _latent_rows(
    question: Question, what: str, checked: _Checked, names: dict[str, str], doubts: str | None
) -> Iterator[Estimate]:
    """Yield the difference of latent means, with what its ladder and its groups caution."""
    report, facts = checked.report, checked.facts | names
    if report is None or not checked.has_means:
        return
    note = NESTING if facts["n_clusters"] else None
    for mean in report.latent_means:
        yield question.answer(
            f"latent difference {what}", "standard deviations of the reference", METHOD,
            estimate=mean.estimate, se=mean.se, note=note,
            caution=join_notes(doubts, _caution(what, report)), **limits(mean.interval), **facts,
        )  # fmt: skip


def _reason(report: InvarianceReport | None) -> str:
    if report is None:
        return FEW_ITEMS
    return FEW if "fewer than" in report.note else _without_counts(report.note)


def _caution(what: str, report: InvarianceReport) -> str | None:
    is_poor = report.steps[0].fit.cfi < LEAST_CFI
    return join_notes(_doubt(what, report), POOR_FIT if is_poor else None)


def _without_counts(note: str) -> str:
    return " ".join(word for word in note.split() if not any(c.isdigit() for c in word))


def _last_of_each(report: InvarianceReport) -> list[InvarianceStep]:
    """Return the last model of each level: with partial invariance, the one that was settled on."""
    by_level = {step.level: step for step in report.steps}
    return list(by_level.values())


def _step_rows(
    question: Question, what: str, step: InvarianceStep, facts: dict[str, Any]
) -> Iterator[Estimate]:
    term = f"{step.level} {what}"
    if step.fit.status == "refused":
        yield question.refuse(term, "CFI", METHOD, _without_counts(step.fit.note), **facts)
        return
    freed = f"freed: {', '.join(f'{kind} of {item}' for kind, item in step.freed)}"
    note = freed if step.freed else None
    fit = step.fit
    yield question.answer(term, "CFI", METHOD, estimate=fit.cfi, statistic=fit.chi_square,
                          df=float(fit.df), p_value=fit.p_value, note=note, **facts)  # fmt: skip
    yield question.answer(term, "RMSEA", METHOD, estimate=fit.rmsea,
                          **limits(fit.rmsea_interval), **facts)  # fmt: skip
    if step.level == "configural":
        return
    yield question.answer(term, "change of CFI", METHOD, estimate=step.cfi_change,
                          statistic=step.chi_square_change, df=float(step.df_change),
                          p_value=_known(step.p_value), **facts)  # fmt: skip
    yield question.answer(term, "change of RMSEA", METHOD, estimate=step.rmsea_change, **facts)


def _known(value: float) -> float | None:
    return value if value == value else None
