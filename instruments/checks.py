"""What must hold between the parts of a definition; each check raises one `MisfitError`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from instruments.errors import suggest
from instruments.items import first_repeated, written_items

if TYPE_CHECKING:
    from instruments.definition import Definition, Response
    from instruments.scale import Scale

Place = tuple[int | str, ...]


class MisfitError(ValueError):
    """Two parts of a definition that do not fit, and the place of the one to look at."""

    def __init__(self, what: str, *place: int | str) -> None:
        super().__init__(what)
        self.place: Place = place


def check_response(response: Response) -> None:
    """Check that the range has both ends in order and that other units share its zero."""
    low, high = response.min, response.max
    if (low is None) != (high is None):
        raise MisfitError("min and max are given together or not at all")
    if low is None or high is None:
        if response.accept_ranges:
            raise MisfitError("other units need min and max", "accept_ranges")
        return
    if low >= high:
        raise MisfitError(f"min {low} is not below max {high}", "min")
    if (high - low) % response.step:
        raise MisfitError(
            f"step {response.step} does not lead from min {low} to max {high}", "step"
        )
    _check_units(response, low, high)


def _check_units(response: Response, low: int, high: int) -> None:
    for other_low, other_high in response.accept_ranges:
        written = f"{other_low}-{other_high}"
        if other_low >= other_high:
            raise MisfitError(f"the range {written} runs backwards", "accept_ranges")
        if other_low * (high - low) != low * (other_high - other_low):
            raise MisfitError(f"{written} is not {low}-{high} in other units", "accept_ranges")


def check_scale_ids(scales: tuple[Scale, ...]) -> None:
    """Check that no two scales share an id."""
    seen: set[str] = set()
    for index, scale in enumerate(scales):
        if scale.id in seen:
            raise MisfitError(f'two scales are called "{scale.id}"', index, "id")
        seen.add(scale.id)


def check_key(definition: Definition) -> None:
    """Check that items, scales, vectors and safety items belong together."""
    if definition.addressing == "number":
        _check_numbered(definition)
    else:
        _check_subscales(definition)
    _check_terms(definition)
    _check_vectors(definition)


def _check_numbered(definition: Definition) -> None:
    n_items = definition.n_items
    if n_items is None:
        raise MisfitError("a form addressed by number needs n_items, its length", "n_items")
    for index, scale in enumerate(definition.scales):
        _check_numbered_scale(scale, n_items, ("scales", index))
    _check_within(definition.reverse, n_items, ("reverse",))
    _check_within(definition.unscored, n_items, ("unscored",))
    _check_within((safety.item for safety in definition.safety), n_items, ("safety",))
    _check_reverse_is_scored(definition)
    _check_partition(definition, n_items)
    _check_embedding(definition, n_items)


def _check_numbered_scale(scale: Scale, n_items: int, place: Place) -> None:
    if scale.is_total:
        raise MisfitError("a form by number names the items of its total", *place, "is_total")
    if not (scale.items or scale.is_composite):
        raise MisfitError(f'scale "{scale.id}" has no items', *place)
    _check_within(scale.items, n_items, (*place, "items"))
    stray = sorted(set(scale.reverse or ()) - set(scale.items))
    if stray:
        raise MisfitError(f"reversed item {stray[0]} is not one of the scale's", *place, "reverse")


def _check_within(numbers: Iterable[int], n_items: int, place: Place) -> None:
    outside = [number for number in numbers if not 1 <= number <= n_items]
    if outside:
        raise MisfitError(f"item {outside[0]} is not one of 1 to {n_items}", *place)


def _check_reverse_is_scored(definition: Definition) -> None:
    used = set().union(*(scale.reversed_items(definition) for scale in definition.scales))
    unused = sorted(set(definition.reverse) - used)
    if unused:
        raise MisfitError(f"item {unused[0]} is reversed in no scale", "reverse")


def _check_partition(definition: Definition, n_items: int) -> None:
    held = [number for s in definition.scales if not s.overlaps for number in s.items]
    held += definition.unscored
    repeated = first_repeated(held)
    if repeated is not None:
        raise MisfitError(f"item {repeated} is in two scales and neither says overlaps", "scales")
    absent = set(range(1, n_items + 1)) - set(held)
    if absent:
        raise MisfitError(
            f"no scale holds item {written_items(absent)}, nor does unscored", "scales"
        )


def _check_embedding(definition: Definition, n_items: int) -> None:
    embedding = definition.embedded_in
    if embedding is not None and len(embedding.items) != n_items:
        raise MisfitError(f"{len(embedding.items)} items are named, not {n_items}", "embedded_in")


def _check_subscales(definition: Definition) -> None:
    numbered = ("n_items", "reverse", "unscored", "embedded_in", "safety")
    given = [field for field in numbered if getattr(definition, field)]
    if given:
        raise MisfitError(
            f"a form by subscale has no item numbers, which {given[0]} needs", given[0]
        )
    for index, scale in enumerate(definition.scales):
        if scale.items or scale.reverse:
            raise MisfitError(
                f'scale "{scale.id}" numbers items, which a form by subscale cannot',
                *("scales", index),
            )
    if not definition.held_scales:
        raise MisfitError("a form by subscale needs a scale that holds items", "scales")


def _check_terms(definition: Definition) -> None:
    known = [scale.id for scale in definition.scales if not scale.is_composite]
    for index, scale in enumerate(definition.scales):
        _check_names(scale.terms, known, ("scales", index, "terms"))


def _check_vectors(definition: Definition) -> None:
    known = [scale.id for scale in definition.scales]
    fills = Counter(vector.fill for vector in definition.vectors)
    for index, vector in enumerate(definition.vectors):
        if fills[vector.fill] > 1:
            raise MisfitError(f'two vectors are called "{vector.fill}"', "vectors", index)
        if definition.response.min is None:
            raise MisfitError(
                "a form without a range of its own cannot be filled", "vectors", index
            )
        _check_names(vector.expect, known, ("vectors", index, "expect"))


def _check_names(names: Mapping[str, float], known: list[str], place: Place) -> None:
    for name in names:
        if name not in known:
            raise MisfitError(
                f'no scale is called "{name}". {suggest(name, known)}'.strip(), *place
            )
