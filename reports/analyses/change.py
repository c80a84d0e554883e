"""Who changed by more than error of measurement, by presentation, and dependency beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import pandas as pd

from reports.analyses._cautions import doubt_independence
from reports.analyses._change_reference import (
    NO_REFERENCE,
    PUBLISHED,
    SAMPLE,
    ChangeReference,
    better_end,
    find_cutoff,
    find_references,
)
from reports.analyses._inquiry import Inquiry
from reports.analyses._outcome_values import OutcomeValues
from reports.analyses._question import (
    MIN_GROUP,
    THEME_CONTRAST,
    TOO_FEW_AT_ALL,
    Question,
)
from reports.analyses._shares import SHARE, share_rows
from reports.estimates import Estimate
from reports.methods.reliable_change import (
    CHANGE_MEANINGS,
    Labels,
    classify_by_difference,
    classify_change,
    reliable_direction,
    standard_error_of_difference,
)
from reports.study_data import Measure

ANALYSIS = "change"
CHANGED = "reliable change"
MINIMAL = "minimal important difference"
RELIABLE = ("smallest reliable change", "points")
CUTOFF = ("border of the clinical range", "points")
METHOD = "Jacobson and Truax"
DECLARED = "declared"
NO_FIRST = "no client has a score at the landmark and at this occasion"
SAME_TIME = "the outcome is measured at the landmark, so there is no change since then"
OWN_REFERENCE = "no published figures of this form: by the spread and reliability of this sample"
# The normal quantile of a change beyond error at the level of .95.
BEYOND_ERROR = 1.959963984540054


# What is told, and the changes that count as it.
KINDS: Mapping[str, frozenset[str]] = {
    "reliably better": frozenset({"recovered", "improved"}),
    CHANGE_MEANINGS["recovered"]: frozenset({"recovered"}),
    "reliably worse": frozenset({"deteriorated", "harmed"}),
    CHANGE_MEANINGS["harmed"]: frozenset({"harmed"}),
}
DIRECTION_KINDS: Mapping[str, frozenset[str]] = {
    "reliably lower": frozenset({"lower"}),
    "reliably higher": frozenset({"higher"}),
}
MINIMAL_KINDS: Mapping[str, frozenset[str]] = {
    "better by what matters": frozenset({"improved"}),
    "worse by what matters": frozenset({"deteriorated"}),
}


@dataclass(frozen=True)
class Changes:
    """Scores of the same clients before and after, and how each is judged to have changed."""

    before: pd.Series
    after: pd.Series
    measure: Measure

    def classify(self, reference: ChangeReference, cutoff: float | None) -> pd.Series:
        """Return each client's change; of a neutral scale, only its direction."""
        facts = {"sd_before": reference.sd, "reliability": reference.reliability}
        better = better_end(self.measure)
        if better is None:
            labels = reliable_direction(self.before, self.after, **facts)
        else:
            labels = classify_change(self.before, self.after, **facts, better=better, cutoff=cutoff)
        return self.named(labels)

    def named(self, labels: Labels) -> pd.Series:
        """Return labels by client."""
        return pd.Series(labels, index=self.before.index, dtype="str")


def classify_clients(inquiry: Inquiry, found: OutcomeValues) -> Iterator[Estimate]:
    """Yield the share of clients who changed reliably, and how the extremes differ.

    By published spread and reliability first and by this sample's beside them; where the form has
    a border of the clinical range, with those who crossed it. Every kind of change is told against
    the rest, so that a kind that is too rare to be told does not hide the others. Whether clients
    can be taken as independent is judged by how much they changed.
    """
    question = Question(ANALYSIS, THEME_CONTRAST, found.name)
    refusal = found.refusal or refuse_change(inquiry, found)
    if refusal:
        yield question.refuse(CHANGED, SHARE, METHOD, refusal)
        return
    changes = gather_changes(inquiry, found)
    n, references = len(changes.before), find_references(inquiry, changes.measure)
    if n < MIN_GROUP or not references:
        reason = TOO_FEW_AT_ALL if n < MIN_GROUP else NO_REFERENCE
        yield question.refuse(CHANGED, SHARE, METHOD, reason, n=n)
        return
    alone = doubt_independence(inquiry, replace(found, values=changes.after - changes.before))
    yield from _rows(question, inquiry, changes, references, alone.caution)


def refuse_change(inquiry: Inquiry, found: OutcomeValues) -> str | None:
    """Return why an outcome has no change, None where it has."""
    outcome, landmark = found.outcome, inquiry.rule.landmark
    if outcome.scale is None:
        return "an attribute does not change"
    if outcome.occasion == landmark:
        return SAME_TIME
    return None if landmark in inquiry.data.occasions_of(outcome.scale) else NO_FIRST


def gather_changes(inquiry: Inquiry, found: OutcomeValues) -> Changes:
    """Return the clients with a presentation and with scores at the landmark and afterwards."""
    scale = str(found.outcome.scale)
    before = inquiry.data.values_at(scale, inquiry.rule.landmark).astype("float64")
    known = inquiry.usable.index.intersection(before.index).intersection(found.values.index)
    return Changes(before[known], found.values[known], inquiry.data.measures[scale])


def _rows(
    question: Question,
    inquiry: Inquiry,
    changes: Changes,
    references: tuple[ChangeReference, ...],
    doubt: str | None,
) -> Iterator[Estimate]:
    cutoff = find_cutoff(changes.measure)
    if cutoff is not None:
        yield question.answer(*CUTOFF, DECLARED, estimate=cutoff[0], note=cutoff[1])
    caution = OWN_REFERENCE if references[0].name == SAMPLE else None
    for reference in references:
        yield _reliable_row(question, reference)
        labels = changes.classify(reference, None if cutoff is None else cutoff[0])
        method = f"{METHOD}, {reference.name}"
        kinds = _kinds(changes.measure, has_cutoff=cutoff is not None)
        yield from _kind_rows(question, inquiry, labels, kinds, method, caution, doubt)
    minimal, better = changes.measure.minimal_difference, better_end(changes.measure)
    if minimal is not None and better is not None:
        found = classify_by_difference(
            changes.before, changes.after, minimal_difference=minimal, better=better
        )
        labels = changes.named(found)
        yield from _kind_rows(question, inquiry, labels, MINIMAL_KINDS, MINIMAL, None, doubt)


def _kinds(measure: Measure, *, has_cutoff: bool) -> Mapping[str, frozenset[str]]:
    if better_end(measure) is None:
        return DIRECTION_KINDS
    crossings = {CHANGE_MEANINGS["recovered"], CHANGE_MEANINGS["harmed"]}
    return {name: kind for name, kind in KINDS.items() if has_cutoff or name not in crossings}


def _reliable_row(question: Question, reference: ChangeReference) -> Estimate:
    smallest = BEYOND_ERROR * standard_error_of_difference(reference.sd, reference.reliability)
    if reference.name == PUBLISHED:
        return question.answer(*RELIABLE, DECLARED, estimate=smallest, note=PUBLISHED)
    return question.answer(*RELIABLE, SAMPLE, estimate=smallest, n=reference.n)


def _kind_rows(
    question: Question,
    inquiry: Inquiry,
    labels: pd.Series,
    kinds: Mapping[str, frozenset[str]],
    method: str,
    caution: str | None,
    doubt: str | None,
) -> Iterator[Estimate]:
    """Yield the share of each kind, of everyone and of both extremes, and their difference."""
    told = pd.DataFrame({term: labels.isin(kind) for term, kind in kinds.items()})
    yield from share_rows(question, inquiry, told, method, caution=caution, doubt=doubt)
