"""The reference scorer: what a score is, in plain Python, one scale of one answered form at a time.

The store scores in SQL; this is what its results are compared with.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from instruments.definition import Definition
from instruments.scale import Scale

TOO_FEW = "too few answered"
NO_ITEMS = "no items in this study"
NO_SCORE = "no score in the export"

Answers = Sequence[float | None]


@dataclass(frozen=True)
class ScoreResult:
    """One score, or the reason why there is none."""

    value: float | None
    answered: int
    is_prorated: bool
    reason: str | None


def score(
    definition: Definition,
    scale: Scale,
    answers: Answers,
    *,
    low: float,
    high: float,
    already_reversed: bool = False,
    min_answered: int | None = None,
    counts: Mapping[str, int] | None = None,
) -> ScoreResult:
    """Score one scale of one answered form.

    Parameters
    ----------
    definition, scale : Definition, Scale
        The form and one of its scales.
    answers : sequence of float or None
        The answers to the whole form in the order of ``definition.item_names(counts)``; None for
        an unanswered item.
    low, high : float
        The range that the export declares; reverse-keying is ``low + high - answer``.
    already_reversed : bool
        Whether the export holds the reverse-keyed items of the form already flipped.
    min_answered : int, optional
        Items that must be answered, where the study overrides the definition; of a scale that has
        fewer items, all. A scale made of other scales has no items of its own: its parts keep
        their own rule.
    counts : mapping of str to int, optional
        Number of items of each scale of a subscale-addressed form.

    Returns
    -------
    ScoreResult
        A mean is the mean of the answered items, a sum that mean times the number of items, so
        both are prorated alike. With fewer answers than required there is no value and a reason.
        Scores of an accepted other unit (DES-II on 0-10) come out in the form's own range.

    Raises
    ------
    ValueError
        If ``answers`` is not as long as the form.

    Examples
    --------
    >>> from instruments.catalog import load_catalog
    >>> core = load_catalog()["core_10"]
    >>> score(core, core.get_scale("total"), [0] * 9 + [None], low=0, high=4).value
    8.88888888888889
    """
    if scale.is_composite:
        score_part = partial(
            score,
            definition,
            answers=answers,
            low=low,
            high=high,
            already_reversed=already_reversed,
            counts=counts,
        )
        return _composed(
            scale, {name: score_part(definition.get_scale(name)) for name in scale.terms}
        )
    taken = _taken(definition, scale, answers, counts)
    flipped = scale.flipped_items(definition, already_reversed=already_reversed)
    keyed = [
        low + high - answer if number in flipped else answer
        for number, answer in taken
        if answer is not None
    ]
    factor = scale.multiplier * definition.response.factor(low, high)
    required = min(min_answered or scale.required(len(taken)), len(taken))
    return _scored(scale, keyed, len(taken), required, factor)


def _taken(
    definition: Definition, scale: Scale, answers: Answers, counts: Mapping[str, int] | None
) -> list[tuple[int, float | None]]:
    """Return the number and the answer of each item of the scale."""
    expected = len(definition.item_names(counts))
    if len(answers) != expected:
        raise ValueError(f"{definition.id} has {expected} items, not {len(answers)}")
    return [(place + 1, answers[place]) for place in definition.positions(scale, counts)]


def _scored(
    scale: Scale, keyed: list[float], n_items: int, required: int, factor: float
) -> ScoreResult:
    answered = len(keyed)
    if n_items == 0:
        return ScoreResult(None, 0, is_prorated=False, reason=NO_ITEMS)
    if answered < max(required, 1):
        return ScoreResult(None, answered, is_prorated=False, reason=TOO_FEW)
    value = _value(scale, keyed, n_items) * factor
    return ScoreResult(value, answered, is_prorated=answered < n_items, reason=None)


def _value(scale: Scale, keyed: list[float], n_items: int) -> float:
    total = math.fsum(keyed)
    missing = n_items - len(keyed)
    if scale.fill == "rounded_mean":
        # Half goes up, as one rounds by hand.
        total += missing * math.floor(total / len(keyed) + 0.5)
        return total / n_items if scale.method == "mean" else total
    mean = total / len(keyed)
    if scale.method == "mean":
        return mean
    return total if missing == 0 else mean * n_items


def _composed(scale: Scale, parts: Mapping[str, ScoreResult]) -> ScoreResult:
    answered = sum(part.answered for part in parts.values())
    reasons = [part.reason for part in parts.values() if part.reason is not None]
    if reasons:
        return ScoreResult(None, answered, is_prorated=False, reason=reasons[0])
    weighted = [weight * (parts[name].value or 0.0) for name, weight in scale.terms.items()]
    prorated = any(part.is_prorated for part in parts.values())
    return ScoreResult(
        math.fsum(weighted) * scale.multiplier, answered, is_prorated=prorated, reason=None
    )
