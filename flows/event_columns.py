"""Which columns of a source tell of events, and what their codes stand for."""

from __future__ import annotations

import math
from collections.abc import Collection

from flows.declarations import Event, Source
from flows.item_columns import Header
from instruments.layout import Events, StageColumn, number_of


def event_roles(
    event: Event, header: Header, source: Source, days: tuple[int, int]
) -> dict[str, StageColumn]:
    """Return the stage columns that tell of events, by their role; ``days`` bounds their days."""
    low, high = days
    named = {"event": event.kind, "event_day": event.day, "event_until": event.until,
             "event_detail": event.detail}  # fmt: skip
    codes = {"event": event.kinds, "event_detail": event.details}
    found = {role: header.require(name, source) for role, name in named.items() if name is not None}
    return {
        role: StageColumn(role, column, "code", values=tuple(codes[role]),
                          missing=codes_beside(source, values=codes[role]))
        if role in codes
        else StageColumn(role, column, "whole", low, high, missing=codes_beside(source, first=0))
        for role, column in found.items()
    }  # fmt: skip


def codes_beside(
    source: Source, *, values: Collection[str] = (), first: float = math.inf
) -> dict[str, str]:
    """Return a source's missing codes that a column with these values cannot mean otherwise.

    Codes are declared for answers: 99 may be a session, and the 99th day of a treatment, so numbers
    from the ``first`` on are none. That many days before intake are rarer than the code.
    """
    numbers = {code: number_of(code) for code in source.missing}
    return {
        code: source.missing[code]
        for code, number in numbers.items()
        if code not in values and (number is None or number < first)
    }


def lay_out_events(event: Event) -> Events:
    """Return what the codes of events stand for."""
    return Events(event.all_are, dict(event.kinds), dict(event.details))
