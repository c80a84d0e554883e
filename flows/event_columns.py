"""Which columns of a source tell of events, and what their codes stand for."""

from __future__ import annotations

from flows.declarations import Event, Source
from flows.item_columns import Header
from flows.missing_codes import codes_beside
from instruments.layout import Events, StageColumn


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


def lay_out_events(event: Event) -> Events:
    """Return what the codes of events stand for."""
    return Events(event.all_are, dict(event.kinds), dict(event.details))
