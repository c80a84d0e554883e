"""What must hold between the parts of a definition; each check raises one ValueError."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

from instruments.errors import DefinitionError, suggest
from instruments.items import first_repeated, written_items

if TYPE_CHECKING:
    from instruments.definition import Definition, Response
    from instruments.scale import Scale


def check_response(response: Response) -> None:
    """Check that the range has both ends in order and that other units share its zero."""
    low, high = response.min, response.max
    if (low is None) != (high is None):
        raise ValueError("min and max are given together or not at all")
    if low is None or high is None:
        if response.accept_ranges:
            raise ValueError("accept_ranges needs min and max")
        return
    if low >= high:
        raise ValueError(f"min {low} is not below max {high}")
    if (high - low) % response.step:
        raise ValueError(f"step {response.step} does not lead from min {low} to max {high}")
    _check_units(response, low, high)


def _check_units(response: Response, low: int, high: int) -> None:
    for other_low, other_high in response.accept_ranges:
        if other_low >= other_high:
            raise ValueError(f"accept_ranges: {other_low} is not below {other_high}")
        if other_low * (high - low) != low * (other_high - other_low):
            raise ValueError(
                f"accept_ranges: {other_low}-{other_high} is not {low}-{high} in other units"
            )


def check_scale_ids(scales: tuple[Scale, ...]) -> None:
    """Check that no two scales share an id."""
    for scale_id, times in Counter(scale.id for scale in scales).items():
        if times > 1:
            raise ValueError(f'two scales are called "{scale_id}"')


def check_key(definition: Definition) -> None:
    """Check that items, scales, vectors and safety items belong together."""
    if definition.addressing == "number":
        _check_numbered(definition)
    else:
        _check_subscales(definition)
    _check_terms(definition)
    _check_vectors(definition)


def _check_numbered(definition: Definition) -> None:
    if definition.n_items is None:
        raise ValueError("n_items is missing: a form addressed by number has a known length")
    for scale in definition.scales:
        if not (scale.items or scale.is_composite):
            raise ValueError(f'scale "{scale.id}" has no items')
        _check_within(scale.items, definition.n_items, f'scale "{scale.id}"')
        _check_reversed(scale)
    _check_within(definition.reverse, definition.n_items, "reverse")
    _check_within(definition.unscored, definition.n_items, "unscored")
    _check_within([safety.item for safety in definition.safety], definition.n_items, "safety")
    _check_reverse_is_scored(definition)
    _check_partition(definition, definition.n_items)
    _check_embedding(definition, definition.n_items)


def _check_within(numbers: tuple[int, ...] | list[int], n_items: int, what: str) -> None:
    outside = [number for number in numbers if not 1 <= number <= n_items]
    if outside:
        raise ValueError(f"{what}: item {outside[0]} is not one of 1 to {n_items}")


def _check_reversed(scale: Scale) -> None:
    stray = sorted(set(scale.reverse or ()) - set(scale.items))
    if stray:
        raise ValueError(f'scale "{scale.id}": reversed item {stray[0]} is not one of its items')


def _check_reverse_is_scored(definition: Definition) -> None:
    used = set().union(*(scale.reversed_items(definition) for scale in definition.scales))
    unused = sorted(set(definition.reverse) - used)
    if unused:
        raise ValueError(f"reverse: item {unused[0]} is reversed in no scale")


def _check_partition(definition: Definition, n_items: int) -> None:
    held = [number for s in definition.scales if not s.overlaps for number in s.items]
    held += definition.unscored
    repeated = first_repeated(held)
    if repeated is not None:
        raise ValueError(f"scales: item {repeated} is in two scales and neither says overlaps")
    absent = set(range(1, n_items + 1)) - set(held)
    if absent:
        raise ValueError(f"scales: no scale holds item {written_items(absent)}, nor does unscored")


def _check_embedding(definition: Definition, n_items: int) -> None:
    embedding = definition.embedded_in
    if embedding is not None and len(embedding.items) != n_items:
        raise ValueError(f"embedded_in: {len(embedding.items)} items are named, not {n_items}")


def _check_subscales(definition: Definition) -> None:
    numbered = ("n_items", "reverse", "unscored", "embedded_in", "safety")
    given = [field for field in numbered if getattr(definition, field)]
    if given:
        raise ValueError(f"{given[0]} needs item numbers, which a form by subscale has not")
    for scale in definition.scales:
        if scale.items or scale.reverse:
            raise ValueError(f'scale "{scale.id}" numbers items, which a form by subscale cannot')
    if not definition.held_scales:
        raise ValueError("scales: a form by subscale needs a scale that holds items")


def _check_terms(definition: Definition) -> None:
    known = [scale.id for scale in definition.scales if not scale.is_composite]
    for scale in definition.scales:
        if scale.is_total and definition.addressing == "number":
            raise ValueError(f'scale "{scale.id}": is_total is for forms by subscale; name items')
        _check_names(scale.terms, known, f'scale "{scale.id}": terms')


def _check_vectors(definition: Definition) -> None:
    known = [scale.id for scale in definition.scales]
    fills = Counter(vector.fill for vector in definition.vectors)
    doubled = [fill for fill, times in fills.items() if times > 1]
    if doubled:
        raise ValueError(f'vectors: two are called "{doubled[0]}"')
    if definition.vectors and definition.response.min is None:
        raise ValueError("vectors: a form without a range of its own cannot be filled")
    for vector in definition.vectors:
        _check_names(vector.expect, known, f'vector "{vector.fill}"')


def _check_names(names: Mapping[str, float], known: list[str], what: str) -> None:
    for name in names:
        if name not in known:
            raise ValueError(f'{what} names the unknown scale "{name}". {suggest(name, known)}')


def settle_counts(definition: Definition, counts: Mapping[str, int] | None) -> dict[str, int]:
    """Return the number of items of each scale from what the study and the definition say."""
    held = {scale.id: scale.n_items for scale in definition.held_scales}
    if counts is None:
        return {name: _known_count(definition, name, n) for name, n in held.items()}
    for name in counts:
        if name not in held:
            near = suggest(name, held)
            raise DefinitionError("E_SCALE", f'{definition.id} has no scale "{name}".', fix=near)
    return {
        name: _agreed_count(definition, name, n, counts.get(name, 0)) for name, n in held.items()
    }


def _known_count(definition: Definition, name: str, n_items: int | None) -> int:
    if n_items is None:
        raise DefinitionError(
            "E_ITEM_COUNT",
            f'The number of items of "{name}" is not published in {definition.id}.',
            fix="Let the study declare it.",
        )
    return n_items


def _agreed_count(definition: Definition, name: str, n_items: int | None, declared: int) -> int:
    if declared and n_items is not None and declared != n_items:
        raise DefinitionError(
            "E_ITEM_COUNT",
            f'"{name}" of {definition.id} has {n_items} items, and {declared} are declared.',
            fix="Check the form, or write a definition for yours.",
        )
    return declared
