"""By what a change is judged: spread, reliability and the border of the clinical range."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pandas as pd

from instruments.scale import Norm
from reports.analyses._inquiry import Inquiry
from reports.analyses._question import MIN_GROUP
from reports.exclusions import only_included
from reports.methods.reliability import alpha_from_covariance, item_covariance
from reports.methods.reliable_change import clinical_cutoffs
from reports.methods.result import NotEstimableError
from reports.study_data import Measure, StudyData, are_among

PUBLISHED: Literal["published reference"] = "published reference"
SAMPLE: Literal["this sample"] = "this sample"
NO_REFERENCE = "neither published figures nor this sample tell how reliable the scale is"
CLINICAL = "clinical range"


@dataclass(frozen=True)
class ChangeReference:
    """Standard deviation and reliability in one population; ``n`` where it is this sample."""

    sd: float
    reliability: float
    name: Literal["published reference", "this sample"]
    n: int | None = None


def better_end(measure: Measure) -> Literal["lower", "higher"] | None:
    """Return which end of a scale is better, None where neither is."""
    ends: dict[str, Literal["lower", "higher"]] = {"worse": "lower", "better": "higher"}
    return ends.get(measure.direction)


def find_references(inquiry: Inquiry, measure: Measure) -> tuple[ChangeReference, ...]:
    """Return the published reference and that of this sample, as far as there are any."""
    both = (_published(measure), _of_sample(inquiry, measure))
    return tuple(reference for reference in both if reference is not None)


def _published(measure: Measure) -> ChangeReference | None:
    """Return spread and reliability of the most clinical of the published samples."""
    spread, alpha = clinical_norm(measure), _published_alpha(measure)
    if spread is None or spread.sd is None:
        return None
    reliability = spread.alpha or alpha
    if reliability is None:
        return None
    return ChangeReference(spread.sd, reliability, PUBLISHED)


def _published_alpha(measure: Measure) -> float | None:
    """Return the first alpha that the definition gives: it lists its main sample first."""
    known = [norm for norm in measure.norms if norm.alpha is not None]
    first = min(known, key=lambda norm: not norm.is_verified, default=None)
    return None if first is None else first.alpha


def clinical_norm(measure: Measure) -> Norm | None:
    """Return the published sample that is worst off; of a neutral scale, the first with a spread.

    None where the export's range is not the published one.
    """
    ordered = _by_level(measure)
    return ordered[-1] if ordered else None


def _by_level(measure: Measure) -> list[Norm]:
    """Return the published samples with mean and spread, best off first."""
    if not measure.has_published_range:
        return []
    known = [norm for norm in measure.norms if norm.sd is not None and norm.mean is not None]
    if better_end(measure) is None:
        return known[:1]
    sign = -1 if measure.direction == "better" else 1
    return sorted(known, key=lambda norm: sign * (norm.mean or 0.0))


def _of_sample(inquiry: Inquiry, measure: Measure) -> ChangeReference | None:
    """Return spread and reliability at the landmark, of clients whom no plan leaves out."""
    data = only_included(inquiry.data, inquiry.rule, inquiry.standing)
    values = data.values_at(measure.scale, inquiry.rule.landmark)
    alpha = _sample_alpha(data, measure, inquiry.rule.landmark)
    if alpha is None or len(values) < MIN_GROUP or float(values.std()) <= 0:
        return None
    return ChangeReference(float(values.std()), alpha, SAMPLE, len(values))


def _sample_alpha(data: StudyData, measure: Measure, occasion: str) -> float | None:
    if not measure.items or occasion not in data.occasions_of(measure.scale):
        return None
    complete = complete_answers(data, measure.scale, occasion)
    if len(complete) < MIN_GROUP:
        return None
    try:
        covariance, n = item_covariance(complete)
        alpha = alpha_from_covariance(covariance, n).value
    except NotEstimableError:
        return None
    return alpha if 0 <= alpha < 1 else None


def complete_answers(data: StudyData, scale: str, occasion: str) -> pd.DataFrame:
    """Return the items of those who answered all of them and have a score in these data."""
    items: pd.DataFrame = data.items(scale, occasion).dropna()
    return items[are_among(items.index, data.values_at(scale, occasion).index)]


def find_cutoff(measure: Measure) -> tuple[float, str] | None:
    """Return the border of the clinical range and its source, None where none is known.

    The form's published one; else Jacobson and Truax's c between its best and its worst off
    published sample.
    """
    better = better_end(measure)
    for cutoff in measure.cutoffs:
        if cutoff.label == CLINICAL and cutoff.is_verified:
            return cutoff.value, f"published: {cutoff.source}"
    ordered = _by_level(measure)
    if better is None or len(ordered) < 2:
        return None
    functional, clinical = ordered[0], ordered[-1]
    ends = [(norm.mean or 0.0, norm.sd or 0.0) for norm in (clinical, functional)]
    try:
        return clinical_cutoffs(*ends, better=better).c, "Jacobson and Truax's c, published norms"
    except ValueError:
        return None
