"""Events: what the rows of a file say happened, such as sessions, absences, ruptures, transfers."""

from __future__ import annotations

from collections.abc import Mapping

from instruments.layout import Events, Layout
from sql.gateway import Connection, fill
from sql.names import answer_of, literal, named_by

# What may be corrected of an event: name in the store, and the roles of which one tells it.
FACTS = {
    "day": ("event_day", "day"),
    "until_day": ("event_until",),
    "therapist_id": ("therapist",),
    "detail": ("event_detail",),
}
FRESH = "stage.fresh_event"
# What tells events of a kind apart: their session; else their day and detail; whom they assign.
_KEY = (
    "{0}client_id",
    "{0}event",
    "{0}session",
    "CASE WHEN {0}session = 0 THEN {0}day END",
    "CASE WHEN {0}session = 0 THEN {0}detail END",
    "CASE WHEN {0}event = 'assignment' THEN {0}therapist_id END",
)
ONE_EVENT = ", ".join(part.format("") for part in _KEY)
SAME = " AND ".join(
    f"{part.format('staged.')} IS NOT DISTINCT FROM {part.format('stored.')}" for part in _KEY
)


def stage_events(connection: Connection, layout: Layout, keys: Mapping[str, str]) -> None:
    """Make the stage tables of events, and of those that the store does not have as they are."""
    if layout.events is None:
        return
    day = layout.event_day
    columns = {
        "event": _kind(layout, layout.events),
        "day": answer_of(day) if day else "CAST(NULL AS SMALLINT)",
        "until_day": _told(layout, "event_until", "SMALLINT"),
        "detail": _detail(layout, layout.events),
        "mark": answer_of(layout.event_mark),
    }
    connection.execute(fill("stage_event", keys=keys, one_event=ONE_EVENT, **columns))
    connection.execute(fill("stage_fresh_event", fresh=FRESH, same=SAME, facts=_facts(layout)))


def publish_events(connection: Connection, layout: Layout, batch: int) -> None:
    """Add the staged events; what a later file says of one wins and is an amendment."""
    if layout.events is not None:
        connection.execute(
            fill("event_merge", fresh=FRESH, same=SAME, facts=_facts(layout), batch=batch)
        )


def event_mark(layout: Layout) -> list[str]:
    """Return the test of whether a row tells of an event, in a list; empty where none can."""
    if layout.events is None:
        return []
    return [f"{answer_of(layout.event_mark)} IS NOT NULL"]


def _facts(layout: Layout) -> list[str]:
    return [name for name, roles in FACTS.items() if any(role in layout.roles for role in roles)]


def _kind(layout: Layout, events: Events) -> str:
    if events.all_are is not None:
        return literal(events.all_are)
    return named_by("event", events.kinds)


def _detail(layout: Layout, events: Events) -> str:
    if "event_detail" not in layout.roles:
        return "CAST(NULL AS VARCHAR)"
    return named_by("event_detail", events.details)


def _told(layout: Layout, role: str, kind: str) -> str:
    column = layout.roles.get(role)
    return answer_of(column) if column else f"CAST(NULL AS {kind})"
