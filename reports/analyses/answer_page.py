"""The answer page: reliable change of symptoms beside reliable change of dependency."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from instruments.scale_names import without_perspective
from reports.analyses._change_reference import NO_REFERENCE, better_end, find_references
from reports.analyses._contrast import EXTREMES
from reports.analyses._inquiry import Inquiry
from reports.analyses._outcome_values import OutcomeValues, find_circle
from reports.analyses._question import MIN_GROUP, THEME_CONTRAST, Question
from reports.analyses.change import Changes, gather_changes, refuse_change
from reports.estimates import Estimate
from reports.methods.reliable_change import DIRECTIONS, SYMPTOM_CHANGES, reliable_direction
from reports.study_data import count_known

ANALYSIS = "answer_page"
NAMES = ("symptoms by dependency", "count")
NO_SCALE = (
    "no dependency scale outside the presentation rule was filled in at the landmark and again"
)
# Nine cells that can hold enough clients to be told.
LEAST_FOR_PAGE = 9 * MIN_GROUP
TOO_FEW_FOR_PAGE = f"fewer than {LEAST_FOR_PAGE} clients for nine cells"
NOT_SYMPTOMS = "neither end of this scale is better, so it has no better and worse"
# Scales that measure dependency itself, in the order in which one is chosen where none is declared.
DEPENDENCY = ("rpt.destructive_overdependence", "cdq.total", "cdq.submissive_dependency",
              "cdq_r12.total", "ecr.anxiety", "ecr_r.anxiety", "ecr_s.anxiety",
              "ecr_rs.anxiety")  # fmt: skip


@dataclass(frozen=True)
class AnswerPageRows:
    """The rows of one outcome's page, and each client's two changes for its figure."""

    rows: tuple[Estimate, ...]
    clients: pd.DataFrame | None = None
    dependency: str | None = None


def cross_changes(inquiry: Inquiry, found: OutcomeValues) -> AnswerPageRows:
    """Return counts of clients by both changes, of all clients and of the two extreme groups.

    Falling dependency is not in itself success. A scale of the rule cannot stand here: clients
    chosen for extreme scores return to the mean without having changed.
    """
    question = Question(ANALYSIS, THEME_CONTRAST, found.name)
    scale = dependency_scale(inquiry, found)
    refusal = found.refusal or refuse_change(inquiry, found) or (NO_SCALE if not scale else None)
    if refusal or scale is None:
        return AnswerPageRows((question.refuse(*NAMES, "answer page", str(refusal)),))
    method = f"answer page: {scale}"
    changes = gather_changes(inquiry, found)
    if better_end(changes.measure) is None:
        return AnswerPageRows((question.refuse(*NAMES, method, NOT_SYMPTOMS),))
    clients = _classify(inquiry, changes, _dependency_changes(inquiry, found, scale))
    if clients is None or len(clients) < LEAST_FOR_PAGE:
        reason = TOO_FEW_FOR_PAGE if clients is not None else NO_REFERENCE
        return AnswerPageRows((question.refuse(*NAMES, method, reason),))
    return AnswerPageRows(tuple(_counts(question, inquiry, clients, method)), clients, scale)


def dependency_scale(inquiry: Inquiry, found: OutcomeValues) -> str | None:
    """Return the declared dependency scale, else the first known one that was filled in twice."""
    declared = inquiry.comparison.dependency
    candidates = _of_dependency(inquiry) if declared is None else (declared,)
    needed = {inquiry.rule.landmark, found.outcome.occasion}
    usable = (
        name
        for name in candidates
        if name in inquiry.data.measures
        and name != found.outcome.scale
        and needed <= set(inquiry.data.occasions_of(name))
        and find_circle(inquiry.data, inquiry.rule, name) is None
    )
    return next(usable, None)


def _of_dependency(inquiry: Inquiry) -> list[str]:
    """Return the scales of dependency, of one about several people those about each by name."""
    known = sorted(inquiry.data.measures)
    return [own for name in DEPENDENCY for own in known if without_perspective(own) == name]


def _dependency_changes(inquiry: Inquiry, found: OutcomeValues, scale: str) -> Changes:
    before, after = (
        inquiry.data.values_at(scale, occasion).astype("float64")
        for occasion in (inquiry.rule.landmark, found.outcome.occasion)
    )
    known = before.index.intersection(after.index)
    return Changes(before[known], after[known], inquiry.data.measures[scale])


def _classify(inquiry: Inquiry, symptoms: Changes, dependency: Changes) -> pd.DataFrame | None:
    """Return both changes and the presentation of every client with all four scores."""
    references = [find_references(inquiry, one.measure) for one in (symptoms, dependency)]
    if not all(references):
        return None
    of_symptoms, of_dependency = (found[0] for found in references)
    directions = reliable_direction(
        dependency.before, dependency.after, sd_before=of_dependency.sd,
        reliability=of_dependency.reliability,
    )  # fmt: skip
    frame = pd.DataFrame(
        {
            "presentation": inquiry.usable["presentation"],
            "symptoms": symptoms.classify(of_symptoms, None),
            "dependency": dependency.named(directions),
        }
    )
    return frame.dropna().sort_index()


def _counts(
    question: Question, inquiry: Inquiry, clients: pd.DataFrame, method: str
) -> Iterator[Estimate]:
    therapists = inquiry.data.therapists[inquiry.data.places_of(clients.index)]
    told = {str(name): column.to_numpy(dtype=object) for name, column in clients.items()}
    everyone = np.ones(len(clients), dtype=bool)
    for group in (None, *EXTREMES):
        own = everyone if group is None else told["presentation"] == group
        if own.sum() < LEAST_FOR_PAGE:
            yield question.refuse(*NAMES, method, TOO_FEW_FOR_PAGE, group_a=group, n=int(own.sum()))
            continue
        for symptoms in ("all", *SYMPTOM_CHANGES):
            for dependency in (None, *DIRECTIONS):
                cell = own if symptoms == "all" else own & (told["symptoms"] == symptoms)
                cell = cell if dependency is None else cell & (told["dependency"] == dependency)
                yield question.answer(
                    symptoms, "count", method, group_a=group, n=int(cell.sum()),
                    contrast=None if dependency is None else f"dependency {dependency}",
                    n_clusters=count_known(therapists[cell]) or 0,
                )  # fmt: skip
