"""From a declared source and a file's header to the layout of the stage."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from flows.declarations import Attribute, FormBlock, Source
from flows.event_columns import event_roles, lay_out_events
from flows.item_columns import Header, item_columns, listed_columns, require_scale_pattern
from flows.missing_codes import codes_beside, refuse_codes_within
from flows.ready_scores import answer_range, check_scores, place_scores
from instruments.catalog import Catalog
from instruments.definition import Definition
from instruments.errors import StudyError
from instruments.layout import Kind, Layout, Placement, StageColumn

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
RATERS = ("client", "therapist", "observer", "part")


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
        events=lay_out_events(source.event) if source.event else None,
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
    if source.event:
        roles |= event_roles(source.event, header, source, BOUNDS["day"])
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
        missing=_missing_of(role, source) if kind in ("whole", "code") else {},
        is_required=role in ("client", "occasion"),
        date_format=source.date_format if kind == "date" else None,
    )


def _missing_of(role: str, source: Source) -> dict[str, str]:
    first = {"session": 1, "day": 0}.get(role, math.inf)
    return codes_beside(source, values=_role_values(role, source) or (), first=first)


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
    if form.scores:
        return place_scores(source, form, alias, header, definition)
    low, high = _declared_range(form, definition)
    missing = {**source.missing, **form.missing}
    meaning = f'an answer to "{form.instrument}" too, which takes'
    refuse_codes_within(source, form, (low, high), meaning)
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
        for item, column in item_columns(source, form, header, definition).items()
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
    if form.scores:
        check_scores(source, form, definition)
        return
    low, high = _declared_range(form, definition)
    meaning = f'an answer to "{form.instrument}" too, which takes'
    refuse_codes_within(source, form, (low, high), meaning)
    _totals(form, definition)
    if definition.addressing == "subscale":
        require_scale_pattern(form)
    else:
        listed_columns(form, definition.item_names())


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
    declared = answer_range(form, definition)
    if declared is None:
        raise StudyError(
            "E_STUDY_RANGE",
            f'The form "{form.instrument}" has no published range of answers',
            fix="Say in its [[source.form]] which one was used, such as range = [1, 5].",
        )
    return declared


def _step(definition: Definition, low: int, high: int) -> int:
    """Return the distance between answers: the form's own in its own range, else 1."""
    response = definition.response
    return response.step if (low, high) == (response.min, response.max) else 1
