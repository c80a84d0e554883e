"""One scale of an instrument: its items, how they become a score, what is known of it."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from instruments.items import first_repeated, parse_items

if TYPE_CHECKING:
    from instruments.definition import Definition

# Ids become SQL identifiers and column names, so nothing else is allowed in them.
Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$", max_length=48)]
Written = Annotated[str, Field(min_length=1)]


def _distinct(numbers: tuple[int, ...]) -> tuple[int, ...]:
    repeated = first_repeated(numbers)
    if repeated is not None:
        raise ValueError(f"item {repeated} is named twice")
    return numbers


Items = Annotated[tuple[int, ...], BeforeValidator(parse_items), AfterValidator(_distinct)]


class Frozen(BaseModel):
    """A model that does not change and takes no key it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Norm(Frozen):
    """Published figures of one scale in one sample, in the units of the published form."""

    sample: Written
    source: Written
    n: int | None = Field(default=None, ge=1)
    mean: float | None = None
    sd: float | None = Field(default=None, gt=0)
    alpha: float | None = Field(default=None, gt=0, lt=1)
    retest: float | None = Field(default=None, gt=0, lt=1)
    is_verified: bool = True


_COMPARE = {">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le}


class Threshold(Frozen):
    """A value and the side of it that counts."""

    value: float
    op: Literal[">", ">=", "<", "<="]
    label: Written
    source: Written

    def is_reached(self, value: float) -> bool:
        """Return whether a score or an answer lies on the side that counts."""
        return bool(_COMPARE[self.op](value, self.value))


class Cutoff(Threshold):
    """A published threshold of one scale."""

    is_verified: bool = True


class Band(Frozen):
    """One band of severity: scores at or above `value`, up to the next band."""

    value: float
    label: Written
    source: Written


class Scale(Frozen):
    """One scale: which items, in which direction, added up how.

    A scale holds numbered items (`items`), or a number of unnumbered ones (subscale-addressed
    forms), or everything the other scales of such a form hold (`is_total`), or it is made of the
    scores of other scales (`terms`, a weight for each).
    """

    id: Identifier
    label: Written
    items: Items = ()
    n_items: int | None = Field(default=None, ge=1)
    is_total: bool = False
    terms: Mapping[Identifier, float] = Field(default_factory=dict)
    overlaps: bool = False
    reverse: Items | None = None
    method: Literal["mean", "sum"]
    # What stands in for an unanswered item of a scale that is scored nonetheless.
    fill: Literal["mean", "rounded_mean"] = "mean"
    min_answered: int | None = Field(default=None, ge=1)
    multiplier: float = Field(default=1.0, gt=0)
    higher: Written
    direction: Literal["worse", "better", "neutral"]
    norms: tuple[Norm, ...] = ()
    cutoffs: tuple[Cutoff, ...] = ()
    bands: tuple[Band, ...] = ()
    reliable_change: float | None = Field(default=None, gt=0)
    reliable_change_source: Written | None = None
    minimal_important_difference: float | None = Field(default=None, gt=0)
    minimal_important_difference_source: Written | None = None

    @property
    def is_composite(self) -> bool:
        """Whether the score is made of other scores instead of items."""
        return bool(self.terms)

    def reversed_items(self, definition: Definition) -> frozenset[int]:
        """Return the items whose answers count backwards in this scale."""
        if self.reverse is not None:
            return frozenset(self.reverse)
        return frozenset(definition.reverse) & frozenset(self.items)

    def flipped_items(
        self, definition: Definition, *, already_reversed: bool = False
    ) -> frozenset[int]:
        """Return the items whose stored answers must be flipped to score this scale.

        An export that holds the reverse-keyed items of the form already flipped must have those
        flipped back that this scale takes as they were answered (subscales of the SCS-SF).
        """
        stored_flipped = definition.reverse if already_reversed else ()
        return self.reversed_items(definition) ^ (frozenset(stored_flipped) & frozenset(self.items))

    def required(self, n_items: int) -> int:
        """Return how many of the items must be answered: the published rule, or 80 %."""
        return self.min_answered or -(-4 * n_items // 5)

    @model_validator(mode="after")
    def _sources_are_named(self) -> Self:
        for field in ("reliable_change", "minimal_important_difference"):
            if (getattr(self, field) is None) != (getattr(self, f"{field}_source") is None):
                raise ValueError(
                    f"a value and its source are given together or not at all: {field}"
                )
        return self

    @model_validator(mode="after")
    def _key_is_of_one_kind(self) -> Self:
        kinds = [bool(self.items), self.n_items is not None, self.is_total, self.is_composite]
        if sum(kinds) > 1:
            raise ValueError("a scale has one of items, n_items, is_total and terms")
        if self.is_composite and self.method != "sum":
            raise ValueError("a scale made of other scales is their weighted sum")
        if self.min_answered is not None and self._too_many_required(self.min_answered):
            raise ValueError("more answers are required than the scale has items")
        return self

    def _too_many_required(self, required: int) -> bool:
        known = len(self.items) or self.n_items
        return known is not None and required > known
