"""How the columns of one export become the columns of the stage.

A `Layout` is what validation rules, staging and scoring are derived from. It names every admitted
column once: where it stands in the file, what the stage calls it, and which values it may hold.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

from instruments.definition import Definition, Scale

Kind = Literal["item", "id", "code", "whole", "number", "date"]

# The largest whole number that a column of whole numbers takes; below its negative lie the codes.
MOST_WHOLE = 32000
# A missing code that is no number, or one too large or too fine for its column, is staged as a
# number far outside every range.
FIRST_TEXT_CODE = -32001
SQL_TYPES: Mapping[Kind, str] = {
    "item": "SMALLINT",
    "id": "VARCHAR",
    "code": "VARCHAR",
    "whole": "SMALLINT",
    "number": "DOUBLE",
    "date": "VARCHAR",
}


@dataclass(frozen=True)
class StageColumn:
    """One admitted column: its name in the stage, its header in the file, its declared type.

    ``missing`` maps the export's missing codes, as written, to their reasons.
    """

    name: str
    source: str
    kind: Kind
    low: float | None = None
    high: float | None = None
    step: int = 1
    values: tuple[str, ...] | None = None
    shape: str | None = None
    missing: Mapping[str, str] = field(default_factory=dict)
    is_required: bool = False
    is_continuous: bool = False
    date_format: str | None = None

    @property
    def sql_type(self) -> str:
        """The column's type in ``stage.rows``."""
        return "DOUBLE" if self.is_continuous else SQL_TYPES[self.kind]

    @property
    def is_numeric(self) -> bool:
        """Whether the stage holds numbers here."""
        return self.kind in ("item", "whole", "number")

    @cached_property
    def staged_codes(self) -> dict[str, int | float | str]:
        """Every missing code as the stage holds it."""
        if not self.is_numeric:
            return {code: code for code in self.missing}
        numbers = {code: self._number(code) for code in self.missing}
        texts = [code for code, number in numbers.items() if number is None]
        return {
            code: FIRST_TEXT_CODE - texts.index(code) if number is None else number
            for code, number in numbers.items()
        }

    def _number(self, code: str) -> int | float | None:
        """Return a code as a number where the column's type can hold it, else None."""
        number = number_of(code)
        if number is None or self.sql_type == "DOUBLE":
            return number
        return number if isinstance(number, int) and abs(number) <= MOST_WHOLE else None

    @property
    def allowed(self) -> tuple[int, ...] | None:
        """The whole numbers that an item may hold; None for other kinds and marks on a line."""
        if self.kind != "item" or self.is_continuous or self.low is None or self.high is None:
            return None
        return tuple(range(int(self.low), int(self.high) + 1, self.step))


@dataclass(frozen=True)
class ReadyScore:
    """The score of one scale as an export holds it, without the items that it was made of.

    ``factor`` is what it is multiplied by to come in the scale's own unit.
    """

    column: StageColumn
    factor: float = 1.0

    @property
    def ends(self) -> tuple[float, float]:
        """The lowest and the highest score, in the scale's own unit."""
        return (self.column.low or 0.0) * self.factor, (self.column.high or 0.0) * self.factor


def score_name(scale_id: str) -> str:
    """Return the name under which a form keeps the ready-made score of a scale."""
    return f"score_of_{scale_id}"


@dataclass(frozen=True)
class Placement:
    """One form block of a study file, set on the columns of one export.

    ``columns`` maps item names (``item_1`` or ``need_for_contact_1``) to stage columns;
    ``low`` and ``high`` are the declared range of the export. ``totals`` maps scales to the columns
    that hold the export's own score of them; they are compared and not stored. A form that comes as
    ready-made scores has no items: ``scores`` maps its scales to them, and its ``columns`` are
    theirs (``score_of_need_for_contact``).
    """

    definition: Definition
    alias: str
    columns: Mapping[str, StageColumn]
    low: int
    high: int
    already_reversed: bool
    rater: str
    target: str
    occasion: str | None
    min_answered: int | None = None
    totals: Mapping[str, StageColumn] = field(default_factory=dict)
    scores: Mapping[str, ReadyScore] = field(default_factory=dict)

    @property
    def is_ready_made(self) -> bool:
        """Whether the export holds scores of this form in place of its items."""
        return bool(self.scores)

    @property
    def scales(self) -> tuple[Scale, ...]:
        """The scales that are scored here."""
        definition = self.definition
        return definition.scored_of(self.scores) if self.scores else definition.scales

    @property
    def called(self) -> str:
        """The form in words, with what tells it from others of its kind: "ECR-RS (mother)"."""
        rater = self.rater if self.rater != self.definition.default_rater else ""
        details = [detail for detail in (self.target, rater, self.occasion) if detail]
        name = self.definition.abbreviation
        return f"{name} ({', '.join(details)})" if details else name

    @cached_property
    def counts(self) -> dict[str, int] | None:
        """How many items of each scale a subscale-addressed form has here; None for others."""
        if self.definition.addressing == "number":
            return None
        scales = [scale.id for scale in self.definition.held_scales]
        return {
            scale: sum(1 for name in self.columns if name.rpartition("_")[0] == scale)
            for scale in scales
        }

    def items_of(self, scale: Scale) -> tuple[str, ...]:
        """Return the names of a scale's items, in order; a form of ready-made scores has none."""
        if self.is_ready_made:
            return ()
        names = self.definition.item_names(self.counts)
        return tuple(names[k] for k in self.definition.positions(scale, self.counts))

    def reversed_of(self, scale: Scale) -> frozenset[str]:
        """Return the names of the items whose staged answers must be flipped for a scale."""
        flipped = scale.flipped_items(self.definition, already_reversed=self.already_reversed)
        return frozenset(f"item_{number}" for number in flipped)


@dataclass(frozen=True)
class Events:
    """What the rows of an export that tell of events say: kinds and details by their codes.

    ``all_are`` is the kind of all of them, where no column holds it.
    """

    all_are: str | None
    kinds: Mapping[str, str]
    details: Mapping[str, str]


@dataclass(frozen=True)
class Layout:
    """Every admitted column of one export.

    ``roles`` maps client, occasion, session, date, intake_date, day, therapist, clinic, rater and
    target, and what is told of endings and events, to stage columns, as far as the export has
    them. ``fixed`` holds what the study file says of every row instead (``occasion``). ``skipped``
    counts the file's other columns.
    """

    source_id: str
    a_row_is: Literal["administration", "person"]
    roles: Mapping[str, StageColumn]
    attributes: Mapping[str, StageColumn]
    placements: tuple[Placement, ...]
    fixed: Mapping[str, str] = field(default_factory=dict)
    occasions: Mapping[str, str] = field(default_factory=dict)
    endings: Mapping[str, str] = field(default_factory=dict)
    events: Events | None = None

    @property
    def event_mark(self) -> StageColumn:
        """The column that is filled in where a row tells of an event.

        A code for missing in place of a kind tells of none; in place of a day, of one whose day is
        not known.
        """
        if "event" in self.roles:
            return self.roles["event"]
        return replace(self.roles.get("event_day", self.roles["client"]), missing={})

    @property
    def event_day(self) -> StageColumn | None:
        """The column with the day of an event: its own, else that of the row."""
        return self.roles.get("event_day") or self.roles.get("day")

    def __iter__(self) -> Iterator[StageColumn]:
        """Yield every column once: roles, attributes, then items and totals of each form."""
        yield from self.roles.values()
        yield from self.attributes.values()
        for placement in self.placements:
            yield from placement.columns.values()
            yield from placement.totals.values()


def number_of(code: str) -> int | float | None:
    """Return the finite number that a missing code is written as, None where it is none."""
    try:
        value = float(code)
    except ValueError:
        return None
    if not math.isfinite(value):
        return None
    return int(value) if value.is_integer() else value
