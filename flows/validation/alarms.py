"""Alarms: items that go against their scale, and figures outside what was published.

The methods are those of the report (`reports.methods`); here they look at one file before it is
loaded, at each of its occasions.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np
from threadpoolctl import ThreadpoolController

from instruments.alarm_rules import (
    alarm_id,
    alarm_rules,
    keyed_scales,
    occasions_of,
    perspective_rules,
    unseen_rule,
)
from instruments.layout import Layout, Placement, StageColumn
from instruments.rule import Rule
from instruments.scale import Scale
from sql.gateway import Connection, value
from sql.names import answer_of, identifier, literal

# Fewer complete forms say nothing about a key; more than so many say no more.
MIN_FORMS, MOST_FORMS = 50, 20_000
# An item goes against its scale below this correlation, or below what chance gives one in 200.
AGAINST, CHANCE = -0.1, 2.6

Found = tuple[str, str | None]


def find_alarms(connection: Connection, layout: Layout) -> Iterator[tuple[Rule, str | None]]:
    """Yield each alarm that the staged rows raise, with the column of the item that it names."""
    rules = {rule.id: rule for rule in alarm_rules(layout)}
    for rule in perspective_rules(layout):
        if _are_several(connection, *rule.columns):
            yield rule, None
    for placement in layout.placements:
        if (unseen := unseen_rule(placement)) is not None:
            yield unseen, None
        for occasion in occasions_of(layout, placement):
            answers = _complete_answers(connection, layout, placement, occasion)
            if len(answers) >= MIN_FORMS:
                with _threads().limit(limits=1):  # small matrices: they only wait for each other
                    found = list(_judge(placement, answers))
                if _is_shifted(connection, layout, placement, occasion, answers):
                    found.insert(0, ("other_range", None))
                for name, column in found:
                    yield rules[alarm_id(layout, placement, name, occasion)], column


def _are_several(connection: Connection, column: StageColumn) -> bool:
    """Whether a column has more than one value, none and its missing codes being one."""
    query = (
        f"SELECT count(DISTINCT coalesce({answer_of(column)}, '')) FROM stage.rows "  # noqa: S608
        "WHERE _record NOT IN (SELECT _record FROM stage.quarantined)"
    )
    return int(value(connection, query)) > 1


@cache
def _threads() -> ThreadpoolController:
    """Return what holds the threads of linear algebra; to look for them takes a while."""
    return ThreadpoolController()


def _complete_answers(
    connection: Connection, layout: Layout, placement: Placement, occasion: str
) -> Any:
    """Return the first complete forms of an occasion as a matrix, an item a column."""
    columns = tuple(placement.columns.values())
    answered = " AND ".join(map(_is_answer, columns))
    query = (
        f"SELECT {', '.join(identifier(c.name) for c in columns)} FROM stage.rows "  # noqa: S608
        f"WHERE {answered} AND {_is_at(layout, placement, occasion)} "
        f"AND _record NOT IN (SELECT _record FROM stage.quarantined) LIMIT {MOST_FORMS}"
    )
    found = connection.execute(query).fetchnumpy()
    return np.column_stack([np.asarray(found[c.name], dtype=np.float64) for c in columns])


def _is_shifted(
    connection: Connection, layout: Layout, placement: Placement, occasion: str, answers: Any
) -> bool:
    """Whether answers look like those of a range one point lower or higher than the declared one.

    Few clients tick the lowest answer of some forms, so most rows of such a file would be let in.
    """
    beyond = {placement.low - 1: answers.max() < placement.high,
              placement.high + 1: answers.min() > placement.low}  # fmt: skip
    return not placement.is_ready_made and any(
        is_unused and _has_answer(connection, layout, placement, occasion, number)
        for number, is_unused in beyond.items()
    )


def _has_answer(
    connection: Connection, layout: Layout, placement: Placement, occasion: str, number: float
) -> bool:
    """Whether a number that is no missing code stands among the answers of an occasion."""
    found = " OR ".join(
        f"{identifier(column.name)} = {number!r}"
        for column in placement.columns.values()
        if number not in map(float, column.staged_codes.values())
    )
    query = f"SELECT count(*) FROM stage.rows WHERE ({found or 'false'})"  # noqa: S608
    return bool(value(connection, f"{query} AND {_is_at(layout, placement, occasion)}"))


def _is_answer(column: StageColumn) -> str:
    name = identifier(column.name)
    within = f"{name} BETWEEN {column.low!r} AND {column.high!r}"
    codes = ", ".join(map(literal, column.staged_codes.values()))
    return f"{within} AND {name} NOT IN ({codes})" if codes else within


def _is_at(layout: Layout, placement: Placement, occasion: str) -> str:
    if len(occasions_of(layout, placement)) == 1 or "occasion" not in layout.roles:
        return "true"
    labels = [label for label, name in layout.occasions.items() if name == occasion]
    listed = ", ".join(map(literal, [*labels, occasion]))
    return f"{identifier('occasion')} IN ({listed})"


def _judge(placement: Placement, answers: Any) -> Iterator[Found]:
    if placement.is_ready_made:
        yield from _judge_scores(placement, answers)
        return
    if _looks_otherwise_reversed(placement, answers):
        # Every figure below would be wrong for the same reason.
        yield "looks_reversed", None
        return
    against = (
        item for scale in keyed_scales(placement) for item in _against(placement, scale, answers)
    )
    for item in dict.fromkeys(against):
        yield "item_key", placement.columns[item].source
    for scale in placement.definition.scales:
        for statistic in _outside_norms(placement, scale, answers):
            yield f"norm_{scale.id}_{statistic}", None


def _judge_scores(placement: Placement, scores: Any) -> Iterator[Found]:
    for place, (name, ready) in enumerate(placement.scores.items()):
        scale = placement.definition.get_scale(name)
        for statistic in _unlike_norms(placement, scale, ready.factor * scores[:, place]):
            yield f"norm_{name}_{statistic}", None


def _keyed(
    placement: Placement, scale: Scale, answers: Any, *, already_reversed: bool | None = None
) -> Any:
    """Return the answers to a scale in its direction, under what is declared or the opposite."""
    reversed_ = placement.already_reversed if already_reversed is None else already_reversed
    flipped = scale.flipped_items(placement.definition, already_reversed=reversed_)
    order = list(placement.columns)
    keyed = answers[:, [order.index(item) for item in placement.items_of(scale)]].copy()
    for place, item in enumerate(placement.items_of(scale)):
        if item in {f"item_{number}" for number in flipped}:
            keyed[:, place] = placement.low + placement.high - keyed[:, place]
    return keyed


def _looks_otherwise_reversed(placement: Placement, answers: Any) -> bool:
    """Whether reliability says the opposite of what is declared, and nowhere agrees with it."""
    from reports.methods.item_keys import FLIP_GAIN

    if not placement.definition.reverse:
        return False
    gains = [
        _alpha(_keyed(placement, scale, answers, already_reversed=not placement.already_reversed))
        - _alpha(_keyed(placement, scale, answers))
        for scale in keyed_scales(placement)
    ]
    known = [gain for gain in gains if np.isfinite(gain)]
    return bool(known) and max(known) >= FLIP_GAIN and min(known) > -FLIP_GAIN


def _alpha(keyed: Any) -> float:
    """Return alpha, NaN where the sum does not vary."""
    from reports.methods.item_covariance import coefficient_alpha, item_covariance
    from reports.methods.result import NotEstimableError

    try:
        return float(coefficient_alpha(item_covariance(keyed)[0]))
    except NotEstimableError:
        return float("nan")


def _against(placement: Placement, scale: Scale, answers: Any) -> Iterator[str]:
    from reports.methods.item_covariance import item_covariance
    from reports.methods.item_keys import reverse_key_alarm
    from reports.methods.result import NotEstimableError

    limit = min(AGAINST, -CHANCE / np.sqrt(len(answers)))
    covariance, _ = item_covariance(_keyed(placement, scale, answers))
    try:
        alarms = reverse_key_alarm(covariance, placement.items_of(scale))
    except NotEstimableError:
        return
    yield from (alarm.item for alarm in alarms if alarm.item_rest < limit)


def _outside_norms(placement: Placement, scale: Scale, answers: Any) -> Iterator[str]:
    items = () if scale.is_composite else placement.items_of(scale)
    if not items or not scale.norms:
        return
    keyed = _keyed(placement, scale, answers)
    factor = scale.multiplier * placement.definition.response.factor(placement.low, placement.high)
    scores = factor * (keyed.sum(axis=1) if scale.method == "sum" else keyed.mean(axis=1))
    alpha = _alpha(keyed) if len(items) >= 2 else float("nan")
    yield from _unlike_norms(placement, scale, scores, alpha)


def _unlike_norms(
    placement: Placement, scale: Scale, scores: Any, alpha: float = float("nan")
) -> Iterator[str]:
    """Yield which figures of a scale's scores lie outside what was published."""
    from reports.methods.norms import check_norms
    from reports.study_data import measure_of

    measure = measure_of(placement, scale)
    checks = check_norms(
        scale.norms,
        mean=float(scores.mean()),
        sd=float(scores.std(ddof=1)),
        alpha=alpha if np.isfinite(alpha) else None,
    )
    for check in checks:
        is_alarm = check.statistic in ("mean", "alpha") and check.is_outside
        if is_alarm and (check.statistic == "alpha" or measure.has_published_range):
            yield check.statistic
