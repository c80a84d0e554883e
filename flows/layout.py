"""From a declared source and a file's header to the layout of the stage."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from flows.declarations import Attribute, FormBlock, Source
from flows.sources.names import name_key
from instruments.catalog import Catalog
from instruments.definition import Definition
from instruments.errors import ExportError, StudyError, suggest
from instruments.layout import Kind, Layout, Placement, StageColumn, number_of

# Sessions are numbered from 1; days reach from a waiting list to twenty years of treatment.
BOUNDS: Mapping[str, tuple[int, int]] = {"session": (1, 5000), "day": (-365, 7300)}
ROLE_KINDS: Mapping[str, Kind] = {
    "client": "id",
    "therapist": "id",
    "clinic": "id",
    "occasion": "code",
    "rater": "code",
    "target": "code",
    "session": "whole",
    "day": "whole",
    "date": "date",
    "intake_date": "date",
}
# The number of an item in a pattern: {n}, or {n:02} and {n:03} where zeros lead.
NUMBER = re.compile(r"\{n(?::0(?P<width>[2-9]))?\}")
RATERS = ("client", "therapist", "observer", "part")


@dataclass(frozen=True)
class Header:
    """A file's column names, found again whatever their case and spaces."""

    names: tuple[str, ...]

    def find(self, wanted: str) -> str | None:
        """Return the file's own spelling of a column, None where it has no such column."""
        return next((n for n in self.names if name_key(n) == name_key(wanted)), None)

    def require(self, wanted: str, source: Source) -> str:
        """Return the file's own spelling of a column.

        Raises
        ------
        ExportError
            ``E_COLUMN_MISSING``, with the nearest name that the file has.
        """
        found = self.find(wanted)
        if found is None:
            raise ExportError(
                "E_COLUMN_MISSING",
                f'The export has no column "{wanted}"',
                where=f'source "{source.id}"',
                fix=suggest(wanted, self.names)
                or "Check the export's settings, or the names in study.toml.",
            )
        return found


def lay_out(source: Source, names: Sequence[str], catalog: Catalog) -> Layout:
    """Return what each admitted column of a file becomes in the stage."""
    header = Header(tuple(names))
    aliases = name_forms(source)
    return Layout(
        source_id=source.id,
        a_row_is=source.a_row_is,
        roles=_roles(source, header),
        attributes={
            name: _attribute(name, attribute, header.require(attribute.column, source))
            for name, attribute in sorted(source.attributes.items())
        },
        placements=tuple(
            _place(source, form, alias, header, catalog.get_form(form.instrument))
            for form, alias in zip(source.form, aliases, strict=True)
        ),
        fixed={"occasion": source.occasion} if source.occasion else {},
        occasions=dict(source.occasions),
        endings=dict(source.ending.reasons) if source.ending else {},
    )


def add_missing(layout: Layout, missing: Mapping[str, Mapping[str, str]]) -> Layout:
    """Return a layout that knows the missing codes of a file too; declared ones go first."""
    if not missing:
        return layout

    def widen(column: StageColumn) -> StageColumn:
        codes = missing.get(column.source, {})
        return replace(column, missing={**codes, **column.missing}) if codes else column

    return replace(
        layout,
        roles={
            role: widen(column) if column.kind in ("whole", "code") else column
            for role, column in layout.roles.items()
        },
        attributes={name: widen(column) for name, column in layout.attributes.items()},
        placements=tuple(
            replace(
                place,
                columns={item: widen(column) for item, column in place.columns.items()},
                totals={scale: widen(column) for scale, column in place.totals.items()},
            )
            for place in layout.placements
        ),
    )


def name_forms(source: Source) -> list[str]:
    """Name every form block once: the instrument, then its target, rater or occasion."""
    names: list[str] = []
    for form in source.form:
        parts = [form.instrument, form.target, form.rater, form.occasion]
        name = "_".join(part for part in parts if part)
        if name in names:
            raise StudyError(
                "E_STUDY_FORM_TWICE",
                f'The form "{form.instrument}" stands twice in the source "{source.id}"',
                fix="Give each its own target, rater or occasion.",
            )
        names.append(name)
    return names


def _roles(source: Source, header: Header) -> dict[str, StageColumn]:
    roles = {
        role: _role(role, source, header.require(name, source))
        for role, name in source.columns.by_role().items()
    }
    if "date" in roles:
        # Only days since intake are kept of two dates.
        low, high = BOUNDS["day"]
        roles["day"] = StageColumn("day", roles["date"].source, "whole", low, high)
    if source.ending:
        reasons = tuple(source.ending.reasons)
        column = header.require(source.ending.reason, source)
        roles["ending"] = StageColumn("ending", column, "code", values=reasons)
        if source.ending.session:
            column = header.require(source.ending.session, source)
            low, high = BOUNDS["session"]
            roles["ending_session"] = StageColumn("ending_session", column, "whole", low, high)
    return roles


def _role(role: str, source: Source, column: str) -> StageColumn:
    kind = ROLE_KINDS[role]
    low, high = BOUNDS.get(role, (None, None))
    return StageColumn(
        name=role,
        source=column,
        kind=kind,
        low=low,
        high=high,
        values=_role_values(role, source),
        shape=source.id_shape if kind == "id" else None,
        missing=source.missing if kind in ("whole", "code") else {},
        is_required=role in ("client", "occasion"),
        date_format=source.date_format if kind == "date" else None,
    )


def _role_values(role: str, source: Source) -> tuple[str, ...] | None:
    if role == "occasion":
        return tuple(source.occasions) or None
    return RATERS if role == "rater" else None


def _attribute(name: str, declared: Attribute, column: str) -> StageColumn:
    return StageColumn(
        name=f"attr__{name}",
        source=column,
        kind="number" if declared.type == "number" else "code",
        low=declared.min,
        high=declared.max,
        values=tuple(declared.values) if declared.values else None,
        shape=declared.shape,
        missing=dict(declared.missing),
    )


def _place(
    source: Source, form: FormBlock, alias: str, header: Header, definition: Definition
) -> Placement:
    low, high = _declared_range(form, definition)
    missing = {**source.missing, **form.missing}
    _refuse_answers_as_codes(source, form, low, high)
    columns = {
        item: StageColumn(
            name=f"{alias}__{item}",
            source=column,
            kind="item",
            low=low,
            high=high,
            step=_step(definition, low, high),
            missing=missing,
            is_continuous=definition.response.is_continuous,
        )
        for item, column in _item_columns(source, form, header, definition).items()
    }
    return Placement(
        definition=definition,
        alias=alias,
        columns=columns,
        low=low,
        high=high,
        already_reversed=form.already_reversed,
        rater=form.rater or definition.default_rater,
        target=form.target or "",
        occasion=form.occasion,
        min_answered=form.min_answered,
        totals={
            scale: StageColumn(
                name=f"{alias}__total_of_{scale}",
                source=header.require(column, source),
                kind="number",
                missing=missing,
            )
            for scale, column in _totals(form, definition).items()
        },
    )


def check_form(source: Source, form: FormBlock, definition: Definition) -> None:
    """Refuse a form block that no export could be read by."""
    low, high = _declared_range(form, definition)
    _refuse_answers_as_codes(source, form, low, high)
    _totals(form, definition)
    if definition.addressing == "subscale":
        _require_scale_pattern(form)
    else:
        _listed(form, definition.item_names())


def _refuse_answers_as_codes(source: Source, form: FormBlock, low: int, high: int) -> None:
    """Refuse a code of the source that is also an answer: each would be lost in silence.

    A form that names the code itself means it.

    Raises
    ------
    StudyError
        ``E_STUDY_MISSING_CODE``.
    """
    for code in sorted(source.missing.keys() - form.missing.keys()):
        number = number_of(code)
        if number is not None and low <= number <= high:
            raise StudyError(
                "E_STUDY_MISSING_CODE",
                f'The missing code "{code}" is an answer to "{form.instrument}" too, '
                f"which takes {low} to {high}",
                fix='Declare the code under "missing" of the forms that use it alone.',
            )


def _totals(form: FormBlock, definition: Definition) -> dict[str, str]:
    """Return the export's own score column of each scale; one alone is that of the total.

    Raises
    ------
    StudyError
        ``E_STUDY_TOTAL`` where it cannot be told which scale a column is the score of.
    """
    scored = [scale.id for scale in definition.scales if not scale.is_composite]
    if not isinstance(form.total, str):
        named = dict(form.total or {})
    else:
        named = {"total" if "total" in scored or len(scored) > 1 else scored[0]: form.total}
    unknown = next((scale for scale in named if scale not in scored), None)
    if unknown is not None:
        raise StudyError(
            "E_STUDY_TOTAL",
            f'The form "{form.instrument}" has no scale "{unknown}" of its own items',
            fix=f'Name one: total = {{ {scored[0]} = "..." }}; it has {", ".join(scored)}.',
        )
    return named


def _declared_range(form: FormBlock, definition: Definition) -> tuple[int, int]:
    if form.range is not None:
        return form.range
    if definition.response.min is None or definition.response.max is None:
        raise StudyError(
            "E_STUDY_RANGE",
            f'The form "{form.instrument}" has no published range of answers',
            fix="Say in its [[source.form]] which one was used, such as range = [1, 5].",
        )
    return definition.response.min, definition.response.max


def _step(definition: Definition, low: int, high: int) -> int:
    """Return the distance between answers: the form's own in its own range, else 1."""
    response = definition.response
    return response.step if (low, high) == (response.min, response.max) else 1


def _item_columns(
    source: Source, form: FormBlock, header: Header, definition: Definition
) -> dict[str, str]:
    if definition.addressing == "subscale":
        return _subscale_columns(source, form, header, definition)
    names = definition.item_names()
    wanted = _listed(form, names)
    return {
        item: header.require(column, source) for item, column in zip(names, wanted, strict=True)
    }


def _listed(form: FormBlock, names: Sequence[str]) -> list[str]:
    """Return the column of each item, from a pattern with {n} or from the list itself."""
    if isinstance(form.columns, str):
        if not NUMBER.search(form.columns):
            raise StudyError(
                "E_STUDY_PATTERN",
                f'The pattern "{form.columns}" has no {{n}}',
                fix="Write {n} where the number of the item stands.",
            )
        return [numbered(form.columns, n) for n in range(1, len(names) + 1)]
    if len(form.columns) != len(names):
        raise StudyError(
            "E_STUDY_PATTERN",
            f'"{form.instrument}" has {len(names)} items, its list names {len(form.columns)}',
            fix="Name every item's column, in the order of the form.",
        )
    return list(form.columns)


def numbered(pattern: str, number: int) -> str:
    """Return the column of an item by its number, with leading zeros where the pattern has them."""
    return NUMBER.sub(lambda place: str(number).zfill(int(place["width"] or 0)), pattern)


def _subscale_columns(
    source: Source, form: FormBlock, header: Header, definition: Definition
) -> dict[str, str]:
    """Find the columns of each subscale by the pattern: ``cdq_{scale}_{n}``."""
    pattern = _require_scale_pattern(form)
    found = {
        f"{scale.id}_{n}": column
        for scale in definition.held_scales
        for n, (_, column) in enumerate(
            _counted(pattern.replace("{scale}", scale.id), header), start=1
        )
    }
    if not found:
        raise ExportError(
            "E_COLUMN_MISSING",
            f'The pattern "{pattern}" matches no column of the export',
            where=f'source "{source.id}"',
            fix=suggest(pattern, header.names)
            or f"Its scales are {', '.join(scale.id for scale in definition.held_scales)}.",
        )
    return found


def _require_scale_pattern(form: FormBlock) -> str:
    if isinstance(form.columns, str) and "{scale}" in form.columns:
        return form.columns
    raise StudyError(
        "E_STUDY_PATTERN",
        f'"{form.instrument}" is addressed by subscale',
        fix='Write its pattern with {scale} and {n}, such as "cdq_{scale}_{n}".',
    )


def _counted(pattern: str, header: Header) -> list[tuple[int, str]]:
    key = name_key(pattern)
    place = NUMBER.search(key)
    before, after = (key[: place.start()], key[place.end() :]) if place else (key, "")
    zeros = "0*" if place and place["width"] else ""
    shape = re.compile(re.escape(before) + zeros + r"([1-9]\d?)" + re.escape(after))
    hits = [(match, name) for name in header.names if (match := shape.fullmatch(name_key(name)))]
    return sorted((int(match.group(1)), name) for match, name in hits)
