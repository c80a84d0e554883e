"""The expressions that turn answers into scores; they follow `instruments.scoring` exactly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from instruments.layout import Placement, ReadyScore, score_name
from instruments.scale import Scale
from instruments.scoring import NO_ITEMS, NO_SCORE, TOO_FEW
from sql.names import identifier, literal


@dataclass(frozen=True)
class Sum:
    """What a scale adds up: how many items are answered, and the sum of their keyed answers."""

    answered_name: str
    answered: str
    total_name: str
    total: str


@dataclass(frozen=True)
class ScoreExpressions:
    """One scale of one placement, as SQL over its ``parts``; they are SQL over the answers."""

    id: str
    parts: tuple[Sum, ...]
    score: str
    answered: str
    item_count: int
    is_prorated: str
    reason: str


def score_expressions(placement: Placement) -> list[ScoreExpressions]:
    """Return the expressions of every scale of a form, composites after their parts."""
    if placement.is_ready_made:
        return _ready_made(placement)
    plain = [s for s in placement.definition.scales if not s.is_composite]
    made = [_from_items(placement, scale) for scale in plain]
    # The parts of a composite keep the definition's own rule for missing answers.
    own = replace(placement, min_answered=None)
    parts = {scale.id: _from_items(own, scale) for scale in plain}
    composites = [s for s in placement.definition.scales if s.is_composite]
    return [*made, *(_from_scores(scale, parts) for scale in composites)]


def _ready_made(placement: Placement) -> list[ScoreExpressions]:
    """Return the scores that an export holds, and of them those that are made of others."""
    held = {name: _as_given(name, ready) for name, ready in placement.scores.items()}
    return [
        held[scale.id] if scale.id in held else _from_scores(scale, held)
        for scale in placement.scales
    ]


def _as_given(scale_id: str, ready: ReadyScore) -> ScoreExpressions:
    """Return a score as it was given, in the unit of its scale; it counts as one answer of one."""
    column, name = identifier(score_name(scale_id)), identifier(f"{scale_id}_total")
    answered = identifier(f"{scale_id}_answered")
    given = Sum(answered, f"CAST({column} IS NOT NULL AS SMALLINT)", name, column)
    return ScoreExpressions(
        id=scale_id,
        parts=(given,),
        score=_times(name, ready.factor),
        answered=answered,
        item_count=1,
        is_prorated="false",
        reason=f"CASE WHEN {name} IS NULL THEN {literal(NO_SCORE)} END",
    )


def _from_items(placement: Placement, scale: Scale) -> ScoreExpressions:
    items = placement.items_of(scale)
    if not items:
        none = "CAST(NULL AS DOUBLE)"
        return ScoreExpressions(scale.id, (), none, "0", 0, "false", literal(NO_ITEMS))
    part = _add_up(placement, scale, items)
    answered, total = part.answered_name, part.total_name
    enough = f"{answered} >= {required_answers(placement, scale, len(items))}"
    factor = scale.multiplier * placement.definition.response.factor(placement.low, placement.high)
    value = _times(_value(scale, total, answered, len(items)), factor)
    return ScoreExpressions(
        id=scale.id,
        parts=(part,),
        score=f"CASE WHEN {enough} THEN {value} END",
        answered=answered,
        item_count=len(items),
        is_prorated=f"{enough} AND {answered} < {len(items)}",
        reason=f"CASE WHEN NOT ({enough}) THEN {literal(TOO_FEW)} END",
    )


def required_answers(placement: Placement, scale: Scale, n_items: int) -> int:
    """Return how many items must be answered: the study's number, or the definition's rule."""
    if placement.min_answered is not None:
        return min(placement.min_answered, n_items)
    return max(scale.required(n_items), 1)


def _add_up(placement: Placement, scale: Scale, items: tuple[str, ...]) -> Sum:
    """Return count and sum of the keyed answers; whole numbers, so exact in any order."""
    flipped = placement.reversed_of(scale)
    ends = placement.low + placement.high
    wide = "DOUBLE" if placement.definition.response.is_continuous else "INTEGER"
    keyed = [
        f"coalesce({ends} - CAST({identifier(i)} AS {wide}), 0)"
        if i in flipped
        else f"coalesce(CAST({identifier(i)} AS {wide}), 0)"
        for i in items
    ]
    answered = [f"CAST({identifier(i)} IS NOT NULL AS SMALLINT)" for i in items]
    return Sum(
        answered_name=identifier(f"{scale.id}_answered"),
        answered=" + ".join(answered),
        total_name=identifier(f"{scale.id}_total"),
        total=f"CAST({' + '.join(keyed)} AS DOUBLE)",
    )


def _value(scale: Scale, total: str, answered: str, n_items: int) -> str:
    if scale.fill == "rounded_mean":
        filled = f"({total} + ({n_items} - {answered}) * floor({total} / {answered} + 0.5))"
        return f"{filled} / {n_items}" if scale.method == "mean" else filled
    mean = f"{total} / {answered}"
    if scale.method == "mean":
        return mean
    return f"CASE WHEN {answered} = {n_items} THEN {total} ELSE {mean} * {n_items} END"


def _times(value: str, factor: float) -> str:
    return value if factor == 1 else f"({value}) * {factor!r}"


def _from_scores(scale: Scale, made: Mapping[str, ScoreExpressions]) -> ScoreExpressions:
    parts = [made[name] for name in scale.terms]
    weighted = " + ".join(
        f"{weight!r} * ({made[name].score})" for name, weight in scale.terms.items()
    )
    reasons = ", ".join(part.reason for part in parts)
    prorated = " OR ".join(f"({part.is_prorated})" for part in parts)
    return ScoreExpressions(
        id=scale.id,
        parts=tuple(dict.fromkeys(sum_ for part in parts for sum_ in part.parts)),
        score=f"({weighted}) * {scale.multiplier!r}",
        answered=" + ".join(f"({part.answered})" for part in parts),
        item_count=sum(part.item_count for part in parts),
        is_prorated=f"coalesce({reasons}) IS NULL AND ({prorated})",
        reason=f"coalesce({reasons})",
    )
