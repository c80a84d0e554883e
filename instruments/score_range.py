"""How far the scores of a scale can reach, in its own unit and in the others that exports hold."""

from __future__ import annotations

from collections.abc import Callable

from instruments.definition import Definition, Scale

Ends = tuple[float, float]


def range_of(
    definition: Definition,
    scale: Scale,
    answers: tuple[float, float],
    count_of: Callable[[Scale], int | None],
) -> Ends | None:
    """Return the lowest and the highest score of a scale for a range of answers.

    ``count_of`` says how many items a scale has; where it does not know that of a sum, how far the
    scores reach is not known either.
    """
    if scale.is_composite:
        return _composite_range(definition, scale, answers, count_of)
    factor = scale.multiplier * definition.response.factor(*answers)
    if scale.method == "sum":
        count = count_of(scale)
        if count is None:
            return None
        factor *= count
    return answers[0] * factor, answers[1] * factor


def _composite_range(
    definition: Definition,
    scale: Scale,
    answers: tuple[float, float],
    count_of: Callable[[Scale], int | None],
) -> Ends | None:
    low = high = 0.0
    for name, weight in scale.terms.items():
        ends = range_of(definition, definition.get_scale(name), answers, count_of)
        if ends is None:
            return None
        weighted = sorted(weight * end for end in ends)
        low, high = low + weighted[0], high + weighted[1]
    return low * scale.multiplier, high * scale.multiplier


def count_by_key(definition: Definition) -> Callable[[Scale], int | None]:
    """Return what says how many items the key gives a scale, None where it does not say."""

    def count(scale: Scale) -> int | None:
        if not scale.is_total:
            return len(scale.items) or scale.n_items
        parts = [part.n_items for part in definition.held_scales]
        return None if None in parts else sum(n or 0 for n in parts)

    return count


def units_of(
    definition: Definition, scale: Scale, answers: tuple[float, float]
) -> dict[float, Ends]:
    """Return the units that an export may hold scores of a scale in: how far they reach.

    By what a score is multiplied by to come in the scale's own unit, which is 1 and goes first.
    Means are kept as sums and sums as means, and neither need be brought to the unit of a
    published form. A scale of scores has its own unit alone. Empty where the key does not say how
    far its scores reach.
    """
    count_of = count_by_key(definition)
    own = range_of(definition, scale, answers, count_of)
    if own is None:
        return {}
    if scale.is_composite:
        return {1.0: own}
    unit = scale.multiplier * definition.response.factor(*answers)
    count = count_of(scale) or 1
    whole = unit * count if scale.method == "sum" else unit
    of_one_answer = (whole, unit * count, unit, float(count), 1.0)
    return {whole / k: (answers[0] * k, answers[1] * k) for k in of_one_answer}
