"""The rules that rows of one file must keep among each other."""

from __future__ import annotations

from collections.abc import Iterator

from instruments.event_rules import event_rules
from instruments.layout import Layout, Placement, StageColumn
from instruments.rule import Category, Check, Rule, Severity

Labels = tuple[tuple[str, str], ...]
Ranks = tuple[tuple[str, int], ...]
# A mean answer that moves by more than this part of the range between two forms of one client.
JUMP_PART = 0.75
# What tells one submission from another, as the store does; the rest are facts about it.
KEYS = ("client", "occasion", "session", "rater", "target")
FACTS = ("day", "therapist", "clinic")


def file_rules(layout: Layout) -> Iterator[Rule]:
    """Yield what must hold between the rows of a file."""
    if "intake_date" in layout.roles:
        yield _intake_unknown(layout)
    if layout.a_row_is == "person":
        yield _same_person(layout)
        return
    yield from _unplaced(layout)
    yield _known_row(layout)
    for placement in layout.placements:
        yield _conflict(layout, placement)
        yield from _jump(layout, placement)
    yield _alike_ids(layout)
    if layout.events is not None:
        yield from event_rules(layout, layout.events)
    for name, column in layout.attributes.items():
        yield _two_values(layout, name, column)
    if "clinic" in layout.roles:
        yield _two_clinics(layout)
    if layout.occasions and "occasion" in layout.roles:
        yield _skipped_occasion(layout)


def _rule(
    name: str,
    code: str,
    columns: tuple[StageColumn, ...],
    check: Check,
    *,
    says: str,
    fix: str,
    severity: Severity = "error",
    category: Category = "conformance",
) -> Rule:
    return Rule(name, code, category, severity, columns, check, says, fix)


def _answers(layout: Layout) -> tuple[StageColumn, ...]:
    return tuple(column for place in layout.placements for column in place.columns.values())


def _present(layout: Layout, roles: tuple[str, ...]) -> tuple[StageColumn, ...]:
    return tuple(layout.roles[role] for role in roles if role in layout.roles)


def _intake_unknown(layout: Layout) -> Rule:
    return _rule(
        "file.intake_unknown",
        "E_DAY",
        (layout.roles["intake_date"], layout.roles["date"]),
        Check("intake_unknown"),
        severity="warning",
        category="completeness",
        says="The row has a date and its client no single date of intake, so its day is not known.",
        fix="Export one date of intake in a row of each client; the answers are kept.",
    )


def _same_person(layout: Layout) -> Rule:
    return _rule(
        "file.same_person",
        "E_DUP_ROW",
        (*layout.attributes.values(), *_answers(layout)),
        Check("same_person", {"items": _answers(layout)}),
        severity="warning",
        category="plausibility",
        says="A row is equal to an earlier one in every answer.",
        fix="Check whether the same person was exported twice; both rows are kept.",
    )


def _unplaced(layout: Layout) -> Iterator[Rule]:
    is_placed = "occasion" in layout.fixed or "occasion" in layout.roles
    session = layout.roles.get("session")
    if session and not is_placed and not all(place.occasion for place in layout.placements):
        yield _rule(
            "file.unplaced",
            "E_OCCASION",
            (session,),
            Check("absent", {"codes": tuple(session.staged_codes.values())}),
            says="The row does not say in which session the form was filled in.",
            fix="Fill in the session at its source and export again.",
        )


def _known_row(layout: Layout) -> Rule:
    return _rule(
        "file.known_row",
        "E_DUP_ROW",
        # Of dates only the days since intake are kept, so that an archive is judged alike.
        tuple(column for column in layout if column.kind != "date"),
        Check(
            "known_row",
            {
                "client": layout.roles["client"].name,
                "items": _answers(layout),
                "mark": layout.event_mark if layout.events else None,
            },
        ),
        severity="note",
        says="The same submission stands in the file twice.",
        fix="Nothing to do: it is kept once.",
    )


def _conflict(layout: Layout, placement: Placement) -> Rule:
    keys = tuple(_keys(layout, placement))
    return _rule(
        f"{placement.alias}.conflict",
        "E_DUP_CONFLICT",
        tuple(placement.columns.values()),
        Check("conflict", {"keys": keys, "facts": _present(layout, FACTS)}),
        says=f"Two rows hold {placement.called} of one client and time with other answers.",
        fix="Keep the right one at its source; if both are right, declare what tells them apart.",
    )


def _keys(layout: Layout, placement: Placement) -> Iterator[tuple[StageColumn, Labels]]:
    """Yield the key columns with the names that their labels stand for."""
    has_occasion = placement.occasion or layout.fixed.get("occasion")
    for role in KEYS:
        if role in layout.roles and not (role == "occasion" and has_occasion):
            labels = tuple(layout.occasions.items()) if role == "occasion" else ()
            yield layout.roles[role], labels


def _jump(layout: Layout, placement: Placement) -> Iterator[Rule]:
    if placement.is_ready_made:
        for scale, ready in placement.scores.items():
            low, high = ready.column.low or 0.0, ready.column.high or 0.0
            yield from _jump_rule(layout, placement, f"jump_{scale}", (ready.column,), (low, high))
        return
    columns = tuple(placement.columns.values())
    yield from _jump_rule(layout, placement, "jump", columns, (placement.low, placement.high))


def _jump_rule(
    layout: Layout,
    placement: Placement,
    name: str,
    columns: tuple[StageColumn, ...],
    ends: tuple[float, float],
) -> Iterator[Rule]:
    moments = tuple(_moments(layout, placement))
    if not moments:
        return
    given = {
        "flipped": tuple(_reversed(placement)),
        "mirror": sum(ends),
        "who": _present(layout, ("client", "rater", "target")),
        "moments": moments,
        "limit": JUMP_PART * (ends[1] - ends[0]),
    }
    told = "scores of" if placement.is_ready_made else "answers to"
    yield _rule(
        f"{placement.alias}.{name}",
        "E_JUMP",
        columns,
        Check("jump", given),
        severity="warning",
        category="plausibility",
        says=f"A client's {told} {placement.called} went from one end to the other.",
        fix="Check whether the later form was exported mirrored, or is another client's.",
    )


def _moments(layout: Layout, placement: Placement) -> Iterator[tuple[StageColumn, Ranks]]:
    """Yield the columns that say which form of a client came first."""
    for role in ("session", "day"):
        if role in layout.roles:
            yield layout.roles[role], ()
    if "occasion" in layout.roles and layout.occasions and not placement.occasion:
        yield layout.roles["occasion"], _ranks(layout)


def _reversed(placement: Placement) -> Iterator[str]:
    """Yield the stage columns of the items that are reverse-keyed and stand as answered."""
    if not (placement.already_reversed or placement.is_ready_made):
        for number in placement.definition.reverse:
            yield placement.columns[f"item_{number}"].name


def _ranks(layout: Layout) -> Ranks:
    """Return the place in time of every label: the order in which the study file names them."""
    order = list(dict.fromkeys(layout.occasions.values()))
    return tuple((label, order.index(name)) for label, name in layout.occasions.items())


def _alike_ids(layout: Layout) -> Rule:
    return _rule(
        "file.alike_ids",
        "E_ID_ALIKE",
        (layout.roles["client"],),
        Check("alike_ids"),
        severity="warning",
        category="plausibility",
        says="Two ids differ in upper and lower case alone, so they count as two clients.",
        fix="Write the id alike in every export if it is one client.",
    )


def _two_values(layout: Layout, name: str, column: StageColumn) -> Rule:
    return _rule(
        f"{column.name}.two_values",
        "E_TWO_VALUES",
        (column, layout.roles["client"]),
        Check("two_values", {"codes": tuple(column.staged_codes.values())}),
        severity="warning",
        category="plausibility",
        says=f'Rows of one client differ in "{name}"; the last one counts.',
        fix="Correct it at its source; what may change belongs into a form, not into attributes.",
    )


def _two_clinics(layout: Layout) -> Rule:
    return _rule(
        "file.two_clinics",
        "E_TWO_CLINICS",
        (layout.roles["clinic"], layout.roles["client"]),
        Check("two_clinics"),
        severity="warning",
        category="plausibility",
        says="The same client id stands in two clinics, in this file or in an earlier one.",
        fix="Check whether it is one client who moved; clinics that number alike need other ids.",
    )


def _skipped_occasion(layout: Layout) -> Rule:
    return _rule(
        "file.skipped_occasion",
        "E_WAVE_SKIPPED",
        (layout.roles["occasion"], layout.roles["client"]),
        Check("skipped_occasion", {"ranks": _ranks(layout)}),
        severity="note",
        category="completeness",
        says="A client has answers at this occasion and none at an earlier one of this file.",
        fix="Nothing to do if the form was not filled in then.",
    )
