"""How many items each scale of a subscale-addressed form has in a study."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from instruments.errors import DefinitionError, suggest

if TYPE_CHECKING:
    from instruments.definition import Definition


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
