"""What a study file says of its exports: the `[study]` and `[[source]]` sections."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PureWindowsPath
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from instruments.checks import MisfitError

ROLES = (
    "client",
    "occasion",
    "session",
    "date",
    "intake_date",
    "day",
    "therapist",
    "clinic",
    "rater",
    "target",
)
Occasion = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,30}$")]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,40}$")]
EventKind = Literal[
    "session",
    "assignment",
    "client_absence",
    "therapist_absence",
    "contact",
    "phase",
    "rupture",
    "repair",
    "crisis",
]
Rater = Literal["client", "therapist", "observer", "part"]
Kind = Literal[
    "csv",
    "redcap",
    "redcap_labels",
    "redcap_eav",
    "qualtrics",
    "limesurvey",
    "spss",
    "excel",
]
# Kinds that say themselves which cells are dates, so that no format needs to be declared.
WITH_DATES = ("spss", "excel")


class Declaration(BaseModel):
    """A section of the study file: unknown keys are errors, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class StudyFacts(Declaration):
    """`[study]`: what the study is called and the seed of everything random in it."""

    id: Name
    title: str
    seed: int = 20260101
    language: Literal["en"] = "en"


class ScoreColumn(Declaration):
    """A column of ready-made scores, and how far they can reach where the key does not say."""

    column: str
    min: float | None = None
    max: float | None = None

    @property
    def ends(self) -> tuple[float, float] | None:
        """How far the scores reach, None where the key says it."""
        return None if self.min is None or self.max is None else (self.min, self.max)

    @model_validator(mode="after")
    def _ends_ascend(self) -> ScoreColumn:
        if (self.min is None) != (self.max is None):
            raise MisfitError("give min and max, or neither", "min" if self.max is None else "max")
        if self.ends is not None and self.ends[0] >= self.ends[1]:
            raise MisfitError("min is not below max", "min")
        return self


class FormBlock(Declaration):
    """`[[source.form]]`: which instrument form sits in which columns of an export.

    ``columns`` is a pattern (``Q{n}`` for numbered items, ``cdq_{scale}_{n}`` for items addressed
    by subscale) or the list of columns in item order. ``range`` is the range of the export where
    it differs from the form's; reverse-keying and midpoints follow it. ``missing`` adds codes to
    those of the source. ``total`` names the column with the export's own score of the form, or
    one for each of some scales; it is compared with the items. Where an export has scores and no
    items, ``scores`` names the column of each scale in place of ``columns``, with ``min`` and
    ``max`` where they are kept otherwise than the key scores them.
    """

    instrument: Name
    columns: str | tuple[str, ...] = ()
    scores: Mapping[Name, ScoreColumn] = {}
    range: tuple[int, int] | None = None
    already_reversed: bool = False
    missing: Mapping[str, str] = {}
    codes: Mapping[str, int] = {}
    rater: Rater | None = None
    target: Name | None = None
    occasion: Occasion | None = None
    min_answered: int | None = Field(default=None, ge=1)
    total: str | Mapping[Name, str] | None = None

    @property
    def score_columns(self) -> dict[str, str]:
        """The column of each ready-made score, by scale."""
        return {scale: told.column for scale, told in self.scores.items()}

    @field_validator("scores", mode="before")
    @classmethod
    def _column_alone_is_enough(cls, value: object) -> object:
        if not isinstance(value, Mapping):
            return value
        return {scale: {"column": told} if isinstance(told, str) else told
                for scale, told in value.items()}  # fmt: skip

    @model_validator(mode="after")
    def _items_or_scores(self) -> FormBlock:
        if bool(self.columns) == bool(self.scores):
            raise MisfitError(
                "give the columns of the items, or scores where the export has no items",
                "scores" if self.scores else "columns",
            )
        of_items = ("already_reversed", "codes", "min_answered", "total")
        stray = next((key for key in of_items if key in self.model_fields_set), None)
        if self.scores and stray is not None:
            raise MisfitError("this is about items, and ready-made scores have none",
                              stray)  # fmt: skip
        return self

    @property
    def total_columns(self) -> tuple[str, ...]:
        """The columns that hold the export's own scores."""
        if self.total is None:
            return ()
        return (self.total,) if isinstance(self.total, str) else tuple(self.total.values())

    @field_validator("range")
    @classmethod
    def _range_ascends(cls, value: tuple[int, int] | None) -> tuple[int, int] | None:
        if value is not None and value[0] >= value[1]:
            raise ValueError("the range needs its lower end first")
        return value


class Attribute(Declaration):
    """`[source.attributes.NAME]`: one declared fact about a client.

    A ``number`` has bounds and is set aside, with a warning, outside them; a ``code`` has either
    ``values`` (code to label) or a ``shape``, a regular expression of at most eight characters.
    """

    column: str
    type: Literal["number", "code"]
    min: float | None = None
    max: float | None = None
    values: Mapping[str, str] | None = None
    shape: str | None = None
    missing: Mapping[str, str] = {}

    @model_validator(mode="after")
    def _is_bounded(self) -> Attribute:
        if self.type == "number" and (self.min is None or self.max is None):
            raise MisfitError("a number needs min and max", "min" if self.min is None else "max")
        if self.type == "code" and (self.values is None) == (self.shape is None):
            raise MisfitError("a code needs either values or a shape", "values")
        if self.shape is not None:
            _check_shape(self.shape, "shape", longest=8)
        return self


class Columns(Declaration):
    """`[source.columns]`: the columns that say whose answers a row holds, and when."""

    client: str | None = None
    occasion: str | None = None
    session: str | None = None
    date: str | None = None
    intake_date: str | None = None
    day: str | None = None
    therapist: str | None = None
    clinic: str | None = None
    rater: str | None = None
    target: str | None = None

    @model_validator(mode="after")
    def _dates_become_days(self) -> Columns:
        # Dates are kept as days since intake only; a date alone could not become one.
        if (self.date is None) != (self.intake_date is None):
            lacking = "date" if self.date is None else "intake_date"
            raise MisfitError(
                "date and intake_date go together: days since intake are kept", lacking
            )
        if self.date is not None and self.day is not None:
            raise MisfitError("give either day, or date with intake_date", "day")
        return self

    def by_role(self) -> dict[str, str]:
        """Return the declared columns by their role, in the fixed order of `ROLES`."""
        return {role: name for role in ROLES if (name := getattr(self, role)) is not None}


class Ending(Declaration):
    """`[source.ending]`: columns that say how an episode ended."""

    reason: str
    reasons: Mapping[str, Literal["planned", "dropout", "transfer", "ongoing", "other"]]
    session: str | None = None


class Event(Declaration):
    """`[source.event]`: rows that tell of what happened: sessions, absences, contacts, transfers.

    A row tells of an event where its ``kind`` column has a code, which ``kinds`` names; or, where
    all rows are of one kind (``all_are``), where its ``day`` column is filled in, and every row
    where there is none. ``day`` and ``until`` count from intake; without ``day`` the source's own
    counts. ``detail`` holds codes that ``details`` names. ``assignment`` is the beginning of a
    therapist's work with a client.
    """

    all_are: EventKind | None = None
    kind: str | None = None
    kinds: Mapping[str, EventKind] = {}
    day: str | None = None
    until: str | None = None
    detail: str | None = None
    details: Mapping[str, Name] = {}

    @model_validator(mode="after")
    def _says_what_happened(self) -> Event:
        if (self.kind is None) == (self.all_are is None):
            raise MisfitError("give either kind, the column, or all_are, the kind of them all",
                              "kind" if self.kind else "all_are")  # fmt: skip
        for column, codes in (("kind", "kinds"), ("detail", "details")):
            if (getattr(self, column) is None) != (not getattr(self, codes)):
                raise MisfitError(f"{column} and {codes} go together", codes)
        return self

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of an export that tell of events alone."""
        named = (self.kind, self.day, self.until, self.detail)
        return tuple(name for name in named if name is not None)


class Source(Declaration):
    """`[[source]]`: one kind of export file and how to read it."""

    id: Name
    kind: Kind
    files: str
    a_row_is: Literal["administration", "person"] = "administration"
    encoding: str = "utf-8"
    delimiter: Literal[",", ";", "\t", "|"] = ","
    decimal: Literal[".", ","] = "."
    date_format: str | None = None
    dictionary: str | None = None
    sheet: str | None = None
    header_row: int = Field(default=1, ge=1, le=100)
    id_shape: str = r"[A-Za-z][A-Za-z0-9_-]{1,23}"
    ids_are_pseudonyms: bool = False
    columns: Columns = Columns()
    occasion: Occasion | None = None
    occasions: Mapping[str, Occasion] = {}
    missing: Mapping[str, str] = {}
    codes: Mapping[str, int] = {}
    ignore: tuple[str, ...] = ()
    form: tuple[FormBlock, ...] = ()
    attributes: Mapping[Name, Attribute] = {}
    ending: Ending | None = None
    event: Event | None = None

    @property
    def decimal_signs(self) -> str:
        """The signs before decimals: a file that holds numbers as such has points beside texts."""
        return f"{self.decimal}." if self.kind in WITH_DATES else self.decimal

    @field_validator("files", "dictionary")
    @classmethod
    def _pattern_stays_within_exports(cls, value: str | None) -> str | None:
        if value is not None and not _is_within(value):
            raise ValueError("the pattern names files within exports/, such as intake_*.csv")
        return value

    @field_validator("date_format")
    @classmethod
    def _format_names_a_day(cls, value: str | None) -> str | None:
        if value and not _can_read_days(value):
            raise ValueError('the format must name day, month and year, such as "%Y-%m-%d"')
        return value

    @field_validator("id_shape")
    @classmethod
    def _shape_is_safe(cls, value: str) -> str:
        return _check_shape(value, longest=24)

    @model_validator(mode="after")
    def _pseudonyms_have_a_shape(self) -> Source:
        if self.ids_are_pseudonyms and "id_shape" not in self.model_fields_set:
            raise MisfitError(
                "say how your pseudonyms are written: id_shape; others are set aside", "id_shape"
            )
        return self

    @model_validator(mode="after")
    def _client_is_known(self) -> Source:
        if self.a_row_is == "person" and self.columns.client is not None:
            raise MisfitError(
                "where a row is a person there is no client column", "columns", "client"
            )
        if self.a_row_is == "administration" and self.columns.client is None:
            raise MisfitError(
                'name the client column, or say a_row_is = "person"', "columns", "client"
            )
        if self.columns.date and not self.date_format and self.kind not in WITH_DATES:
            raise MisfitError(
                'a date column needs its date_format, such as "%Y-%m-%d"', "date_format"
            )
        return self

    @model_validator(mode="after")
    def _forms_leave_to_columns_what_they_tell(self) -> Source:
        for role in ("rater", "target"):
            own = next((k for k, form in enumerate(self.form) if getattr(form, role)), None)
            if getattr(self.columns, role) and own is not None:
                raise MisfitError(
                    f"a {role} column stands for all forms; none has a {role} of its own",
                    *("form", own, role),
                )
        return self

    @model_validator(mode="after")
    def _events_have_a_time(self) -> Source:
        told = self.columns
        if self.event is None or told.session or told.day or told.date or self.event.day:
            return self
        raise MisfitError("say when an event was: its day, or a session or day column", "event")

    @model_validator(mode="after")
    def _kind_has_its_keys(self) -> Source:
        if self.kind.startswith("redcap") and self.dictionary is None:
            raise MisfitError("a REDCap export needs its data dictionary", "dictionary")
        if self.kind != "excel" and (self.sheet is not None or self.header_row != 1):
            strange = "header_row" if self.sheet is None else "sheet"
            raise MisfitError('sheet and header_row belong to exports of kind "excel"', strange)
        return self


def _check_shape(shape: str, *place: str, longest: int) -> str:
    """Refuse a shape that is no expression, or that a phone or insurance number would fit."""
    try:
        pattern = re.compile(shape)
    except re.error as error:
        raise MisfitError("the shape is not a regular expression", *place) from error
    if not _can_match(shape):
        raise MisfitError(
            "the shape looks ahead or back or refers to itself; the store cannot", *place
        )
    if any(pattern.fullmatch("1234567890123456789012345"[:n]) for n in range(8, 26)):
        raise MisfitError("the shape would admit bare numbers of eight digits or more", *place)
    if pattern.fullmatch("a" * (longest + 1)) or pattern.fullmatch("free text here"):
        raise MisfitError(
            f"the shape would admit free text or more than {longest} characters", *place
        )
    return shape


def _is_within(pattern: str) -> bool:
    """Whether a pattern of files cannot lead out of the folder that it is looked for in."""
    as_windows = PureWindowsPath(pattern)
    parts = as_windows.parts
    return bool(parts) and not as_windows.anchor and ".." not in parts


def _can_read_days(date_format: str) -> bool:
    from sql.expressions import can_read_days

    return can_read_days(date_format)


def _can_match(shape: str) -> bool:
    from sql.expressions import can_match

    return can_match(shape)
