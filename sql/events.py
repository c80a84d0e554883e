"""Events: what the rows of a file say happened, such as sessions, absences, ruptures, transfers."""

from __future__ import annotations

from collections.abc import Mapping

from instruments.layout import Events, Layout, StageColumn
from sql.gateway import Connection, fill
from sql.names import answer_of, identifier, literal

# What may be corrected of an event: name in the store, and the roles of which one tells it.
FACTS = {
    "day": ("event_day", "day"),
    "until_day": ("event_until",),
    "therapist_id": ("therapist",),
    "detail": ("event_detail",),
}
FRESH = "stage.fresh_event"
# What tells events of a kind apart: their session; else their day and detail; whom they assign.
SAME = """\
staged.client_id = stored.client_id
AND staged.event = stored.event
AND staged.session = stored.session
AND (
    staged.session > 0
    OR (
        staged.day IS NOT DISTINCT FROM stored.day
        AND staged.detail IS NOT DISTINCT FROM stored.detail
    )
)
AND (
    staged.event <> 'assignment'
    OR staged.therapist_id IS NOT DISTINCT FROM stored.therapist_id
)"""


def stage_events(connection: Connection, layout: Layout, keys: Mapping[str, str]) -> None:
    """Make the stage tables of events, and of those that the store does not have as they are."""
    if layout.events is None:
        return
    day = layout.event_day
    columns = {
        "event": _kind(layout, layout.events),
        "day": answer_of(day) if day else "CAST(NULL AS SMALLINT)",
        "until_day": _told(layout, "event_until", "SMALLINT"),
        "detail": _named(layout.roles.get("event_detail"), layout.events.details),
        "mark": identifier(layout.event_mark.name),
    }
    connection.execute(fill("stage_event", keys=keys, **columns))
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
    return [f"{identifier(layout.event_mark.name)} IS NOT NULL"]


def _facts(layout: Layout) -> list[str]:
    return [name for name, roles in FACTS.items() if any(role in layout.roles for role in roles)]


def _kind(layout: Layout, events: Events) -> str:
    if events.all_are is not None:
        return literal(events.all_are)
    return _named(layout.roles["event"], events.kinds)


def _named(column: StageColumn | None, names: Mapping[str, str]) -> str:
    if column is None:
        return "CAST(NULL AS VARCHAR)"
    cases = " ".join(f"WHEN {literal(code)} THEN {literal(name)}" for code, name in names.items())
    return f"CASE {identifier(column.name)} {cases} END"


def _told(layout: Layout, role: str, kind: str) -> str:
    column = layout.roles.get(role)
    return answer_of(column) if column else f"CAST(NULL AS {kind})"
