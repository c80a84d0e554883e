"""What a psychotherapy outcome measure is: one form of one instrument, as data."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from instruments import checks
from instruments.counts import settle_counts
from instruments.errors import DefinitionError, suggest
from instruments.scale import (
    Band,
    Cutoff,
    Frozen,
    Identifier,
    Items,
    Norm,
    Scale,
    Threshold,
    Written,
)

__all__ = [
    "Band",
    "Cutoff",
    "Definition",
    "Embedding",
    "Norm",
    "Response",
    "SafetyItem",
    "Scale",
    "Vector",
    "definition_digest",
]

Domain = Literal[
    "attachment",
    "dissociation",
    "alliance",
    "dependency",
    "shame",
    "anger",
    "needs",
    "regulation",
    "self_compassion",
    "therapist",
    "integration",
    "outcome",
]
Rater = Literal["client", "therapist", "observer", "part"]
Fill = Literal["floor", "middle", "ceiling"]


class Response(Frozen):
    """The answers a form takes.

    Without `min` and `max` the study must declare its range. `accept_ranges` are other units of
    the same answers (DES-II as 0-10 for 0-100): their scores are brought to the form's own range.
    A range that is neither (a 1-5 export of a 1-7 form) is scored in its own units.
    """

    min: int | None = None
    max: int | None = None
    step: int = Field(default=1, ge=1)
    is_continuous: bool = False
    accept_ranges: tuple[tuple[int, int], ...] = ()

    @model_validator(mode="after")
    def _bounds_are_in_order(self) -> Self:
        checks.check_response(self)
        return self

    def factor(self, low: float, high: float) -> float:
        """Return what a score of answers in this range is multiplied by, 1 where nothing is."""
        if self.min is None or self.max is None or (low, high) not in self.accept_ranges:
            return 1.0
        return (self.max - self.min) / (high - low)

    def filled(self, fill: Fill) -> int:
        """Return the answer that a test vector gives to every item; `middle` is the lower one."""
        if self.min is None or self.max is None:
            raise DefinitionError("E_RANGE_UNDECLARED", "This form has no range of its own.")
        steps = (self.max - self.min) // self.step
        return self.min + self.step * {"floor": 0, "middle": steps // 2, "ceiling": steps}[fill]


class Vector(Frozen):
    """Every item answered alike, and the scores that must come out."""

    fill: Fill
    expect: Mapping[str, float]


class SafetyItem(Threshold):
    """An item whose answer asks for a look by a clinician."""

    item: int


class Embedding(Frozen):
    """The items of a longer form that these items are, in their order here."""

    form: Identifier
    items: Items


class Definition(Frozen):
    """One form of one instrument: its key, its range and where both come from."""

    id: Identifier
    name: Written
    abbreviation: Written
    domain: Domain
    form: Written
    language: Written
    key_version: Written
    citation: Written
    doi: str | None = None
    respondents: tuple[Rater, ...] = Field(min_length=1)
    targets: tuple[Identifier, ...] = ()
    recall_days: int | None = Field(default=None, ge=1)
    timing: Literal["any", "before", "after"] = "any"
    licence: Written
    key_source: Written
    key_confidence: Literal["A", "A-", "B", "B-", "C"]
    missing_source: Written
    notes: tuple[Written, ...] = ()
    response: Response
    addressing: Literal["number", "subscale"] = "number"
    n_items: int | None = Field(default=None, ge=1)
    reverse: Items = ()
    unscored: Items = ()
    embedded_in: Embedding | None = None
    decisions: tuple[Identifier, ...] = ()
    scales: tuple[Scale, ...] = Field(min_length=1)
    vectors: tuple[Vector, ...] = ()
    safety: tuple[SafetyItem, ...] = ()

    @field_validator("scales")
    @classmethod
    def _scale_ids_differ(cls, scales: tuple[Scale, ...]) -> tuple[Scale, ...]:
        checks.check_scale_ids(scales)
        return scales

    @model_validator(mode="after")
    def _key_holds_together(self) -> Self:
        checks.check_key(self)
        return self

    @property
    def key_verified(self) -> bool:
        """Whether the key was seen in a source or proven on data."""
        return self.key_confidence in ("A", "A-")

    @property
    def default_rater(self) -> Rater:
        """Who fills the form in where an export does not say."""
        return self.respondents[0]

    @property
    def held_scales(self) -> tuple[Scale, ...]:
        """The scales that hold the items of a subscale-addressed form, in item order."""
        return tuple(s for s in self.scales if not (s.is_total or s.is_composite))

    def get_scale(self, scale_id: str) -> Scale:
        """Return a scale by its id."""
        for scale in self.scales:
            if scale.id == scale_id:
                return scale
        near = suggest(scale_id, (scale.id for scale in self.scales))
        raise DefinitionError("E_SCALE", f'"{scale_id}" is no scale of {self.id}.', fix=near)

    def item_names(self, counts: Mapping[str, int] | None = None) -> tuple[str, ...]:
        """Return the names of the items in their order: "item_1", or "need_for_contact_1".

        `counts` says how many items of each scale a subscale-addressed form has in a study; a
        scale it does not name has none there. Without it every scale must have a known number.
        """
        if self.addressing == "number":
            return tuple(f"item_{number}" for number in range(1, (self.n_items or 0) + 1))
        held = self.item_counts(counts)
        return tuple(f"{name}_{k}" for name, n in held.items() for k in range(1, n + 1))

    def item_counts(self, counts: Mapping[str, int] | None = None) -> dict[str, int]:
        """Return the number of items of each scale of a subscale-addressed form."""
        return settle_counts(self, counts)

    def positions(self, scale: Scale, counts: Mapping[str, int] | None = None) -> tuple[int, ...]:
        """Return where the items of a scale stand in `item_names`, from 0.

        A total of a subscale-addressed form has no items where one of its subscales has none.
        """
        if self.addressing == "number":
            return tuple(number - 1 for number in scale.items)
        held = self.item_counts(counts)
        if scale.is_total:
            return tuple(range(sum(held.values()))) if all(held.values()) else ()
        if scale.is_composite:
            return ()
        order = list(held)
        start = sum(held[name] for name in order[: order.index(scale.id)])
        return tuple(range(start, start + held[scale.id]))

    def scored_of(self, ready: Collection[str]) -> tuple[Scale, ...]:
        """Return the scales of which there is a score where these scores come ready-made."""
        return tuple(
            scale
            for scale in self.scales
            if scale.id in ready or (scale.is_composite and scale.terms.keys() <= set(ready))
        )

    def made_of(self, scale: Scale) -> frozenset[str]:
        """Return what a score is made of: its items, or the subscales that hold them.

        Two scales whose sets meet share answers, whether or not a study has the single items.
        """
        if scale.is_composite:
            return frozenset().union(*(self.made_of(self.get_scale(name)) for name in scale.terms))
        if self.addressing == "number":
            return frozenset(f"item_{number}" for number in scale.items)
        return (
            frozenset(s.id for s in self.held_scales) if scale.is_total else frozenset({scale.id})
        )


def definition_digest(definition: Definition) -> str:
    """Return the SHA-256 of a definition, the same for the same content however it was written."""
    content = definition.model_dump(mode="json")
    written = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(written.encode()).hexdigest()
