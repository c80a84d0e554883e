"""The rules of rows that tell of events: each has a time, and no two tell one event otherwise."""

from __future__ import annotations

from collections.abc import Iterator

from instruments.layout import Events, Layout
from instruments.rule import Check, Rule


def event_rules(layout: Layout, events: Events) -> Iterator[Rule]:
    """Yield what must hold of the events that the rows of a file tell of."""
    columns = {
        "mark": layout.event_mark,
        "day": layout.event_day,
        **{name: layout.roles.get(role) for name, role in
           (("client", "client"), ("session", "session"), ("kind", "event"),
            ("detail", "event_detail"), ("until", "event_until"), ("therapist", "therapist"))},
    }  # fmt: skip
    used = tuple({c.name: c for c in columns.values() if c is not None}.values())
    kinds = tuple(events.kinds.items())
    yield Rule(
        "file.event_unplaced", "E_OCCASION", "conformance", "error", used,
        Check("event_unplaced", columns),
        "The row tells of an event and neither of its session nor of its day.",
        "Fill in one of them at its source and export again.",
    )  # fmt: skip
    yield Rule(
        "file.event_conflict", "E_DUP_CONFLICT", "conformance", "error", used,
        Check("event_conflict", columns | {"all_are": events.all_are, "kinds": kinds}),
        "Two rows tell of one event of a client with other facts.",
        "Keep the right one at its source; several events of a day differ in kind, detail or "
        "session.",
    )  # fmt: skip
