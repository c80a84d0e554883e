"""From the stage to the store: what is new, what changed, and one transaction for all of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from instruments.errors import ExportError, StoreError
from instruments.layout import Layout, Placement
from sql.clients import has_clients, has_met, publish_clients, stage_clients
from sql.events import FRESH, event_mark, publish_events, stage_events
from sql.form_tables import form_table_of, held_items, items_of, make_room, response_view
from sql.gateway import Connection, fill, merge_files, rows, value
from sql.names import answer_of, identifier, literal
from sql.scoring import score_expressions

# What an export may tell of a form: role, name in the stage, name in core.administration.
FACTS = (
    ("day", "day_number", "day"),
    ("therapist", "therapist_id", "therapist_id"),
    ("clinic", "clinic_id", "clinic_id"),
)


@dataclass(frozen=True)
class RowCounts:
    """What became of the rows of one file; ``rows_in`` is the sum of the others."""

    rows_in: int
    loaded: int
    quarantined: int
    known: int


@dataclass(frozen=True)
class StagedForm:
    """One placement in the stage, and how many of its forms the store does not have as they are."""

    placement: Placement
    incoming: str  # the stage table of the forms to be written
    fresh_count: int
    changed_count: int


@dataclass(frozen=True)
class BatchFacts:
    """What the book-keeping says of one accepted file."""

    sha256: str
    name: str
    source_id: str
    kind: str
    batch: int
    counts: RowCounts


def stage_forms(connection: Connection, layout: Layout, sha256: str) -> list[StagedForm]:
    """Make the stage tables of clients, events and placements; compare them with the store."""
    keys = row_keys(layout, sha256)
    stage_clients(connection, layout, keys)
    stage_events(connection, layout, keys)
    return [_stage_form(connection, layout, placement, sha256) for placement in layout.placements]


def _stage_form(
    connection: Connection, layout: Layout, placement: Placement, sha256: str
) -> StagedForm:
    table = f"form__{placement.alias}"
    keys = row_keys(layout, sha256, placement)
    connection.execute(
        fill(
            "stage_form",
            table=table,
            keys=keys,
            form_id=placement.definition.id,
            items=items_of(placement),
            given=_given_filter(connection, placement, layout),
            has_quarantined=bool(value(connection, "SELECT count(*) FROM stage.quarantined")),
        )
    )
    once = _keep_first(connection, _staged(placement), placement)
    return _compare(connection, layout, placement, once)


def _keep_first(connection: Connection, staged: str, placement: Placement) -> tuple[str, int]:
    """Return where each form stands once, and how many there are.

    Of several the first stands. Counting is cheap, sorting is not.
    """
    ((all_, distinct),) = rows(
        connection, f"SELECT count(*), count(DISTINCT administration_id) FROM {staged}"
    )
    if all_ == distinct:
        return staged, distinct
    once = f"stage.{identifier(f'once__{placement.alias}')}"
    _check_ids(connection, staged, placement)
    connection.execute(fill("stage_form_once", once=once, staged=staged))
    return once, distinct


def _check_ids(connection: Connection, staged: str, placement: Placement) -> None:
    """Refuse two forms of one id: in a million forms the chance is one in thirty million."""
    if value(connection, fill("clashing_ids", staged=staged, form_id=placement.definition.id)):
        raise StoreError(
            "E_ID_CLASH",
            "Two forms have got the same id",
            where=placement.definition.id,
            fix="Please report this; nothing was stored.",
        )


def row_keys(layout: Layout, sha256: str, placement: Placement | None = None) -> Mapping[str, str]:
    """Return the SQL of the columns that say whose form a row holds, and when it was filled in."""
    person = f"concat({literal('p' + sha256[:8] + '_')}, _record)"
    return {
        "client": person if layout.a_row_is == "person" else identifier("client"),
        "occasion": _occasion(layout, placement),
        "session": _role(layout, "session", "CAST(0 AS SMALLINT)", coalesce=True),
        "rater": _role(layout, "rater", literal(placement.rater if placement else "")),
        "target": _role(layout, "target", literal(placement.target if placement else "")),
        "day": _role(layout, "day", "CAST(NULL AS SMALLINT)"),
        "therapist": _role(layout, "therapist", "CAST(NULL AS VARCHAR)"),
        "clinic": _role(layout, "clinic", "CAST(NULL AS VARCHAR)"),
    }


def _role(layout: Layout, role: str, otherwise: str, *, coalesce: bool = False) -> str:
    column = layout.roles.get(role)
    if column is None:
        return otherwise
    answer = answer_of(column)
    fallback = role in ("rater", "target") or coalesce
    return f"coalesce({answer}, {otherwise})" if fallback else answer


def _occasion(layout: Layout, placement: Placement | None) -> str:
    fixed = (placement.occasion if placement else None) or layout.fixed.get("occasion")
    if fixed:
        return literal(fixed)
    if "occasion" not in layout.roles:
        return "''"
    cases = " ".join(
        f"WHEN {literal(label)} THEN {literal(occasion)}"
        for label, occasion in layout.occasions.items()
    )
    name = identifier("occasion")
    return f"CASE {name} {cases} ELSE {name} END" if cases else name


def _given_filter(connection: Connection, placement: Placement, layout: Layout) -> str:
    """Return the test of whether a form was given; true where the export has no empty form."""
    given = _given(placement, layout)
    empty = f"SELECT count(*) FROM (SELECT 1 FROM stage.rows WHERE NOT ({given}) LIMIT 1)"
    return given if value(connection, empty) else "true"


def _given(placement: Placement, layout: Layout) -> str:
    cells = ", ".join(identifier(column.name) for column in placement.columns.values())
    return "true" if layout.a_row_is == "person" else f"coalesce({cells}) IS NOT NULL"


def _compare(
    connection: Connection, layout: Layout, placement: Placement, staged: tuple[str, int]
) -> StagedForm:
    """Split a stage table into forms that are new, changed and known; keep the first two."""
    table, count = staged
    form_table = form_table_of(placement.definition)
    held = held_items(connection, form_table)
    met = (
        held
        and has_met(connection, layout)
        and value(
            connection,
            f"SELECT count(*) FROM {table} SEMI JOIN store.core.{identifier(form_table)} AS f "
            "USING (administration_id)",
        )
    )
    if not met:
        return StagedForm(placement, table, count, 0)
    incoming = f"stage.{identifier(f'incoming__{placement.alias}')}"
    _check_ids(connection, table, placement)
    connection.execute(
        fill(
            "stage_incoming",
            incoming=incoming,
            staged=table,
            form_table=form_table,
            items=list(placement.columns),
            held=held,
            told=[(name, stored) for role, name, stored in FACTS if role in layout.roles],
            absent=[(name, stored) for role, name, stored in FACTS if role not in layout.roles],
        )
    )
    _refuse_parts(connection, placement, incoming, held)
    changed = value(connection, f"SELECT count(*) FROM {incoming} WHERE is_changed")
    if changed:
        connection.execute(_scored_anew(placement, incoming))
    return StagedForm(placement, incoming, _count(connection, incoming) - changed, changed)


def _refuse_parts(
    connection: Connection, placement: Placement, incoming: str, held: list[str]
) -> None:
    """Refuse forms whose other parts came from another file: neither file holds all of it."""
    others = [identifier(item) for item in held if item not in placement.columns]
    if not others:
        return
    table = identifier(form_table_of(placement.definition))
    parted = value(
        connection,
        f"SELECT count(*) FROM {incoming} AS staged "
        f"INNER JOIN store.core.{table} AS stored USING (administration_id) "
        f"WHERE coalesce({', '.join(f'stored.{name}' for name in others)}) IS NOT NULL",
    )
    if parted:
        raise ExportError(
            "E_FORM_PARTED",
            f'{parted} forms of "{placement.definition.id}" have other parts in another file',
            fix="Export all items of a form, or all its ready-made scores, in one file.",
        )


def _scored_anew(placement: Placement, incoming: str) -> str:
    return fill(
        "score_insert",
        target=new_scores_of(placement),
        makes_table=True,
        fresh=f"{incoming} WHERE is_changed",
        scales=score_expressions(placement),
        key_version=placement.definition.key_version,
    )


def new_scores_of(placement: Placement) -> str:
    """Return the stage table of the scores of changed forms."""
    return f"stage.{identifier(f'new_score__{placement.alias}')}"


def _count(connection: Connection, table: str) -> int:
    return int(value(connection, f"SELECT count(*) FROM {table}"))


def count_staged(connection: Connection) -> RowCounts:
    """Return what becomes of each row of the stage when no store is asked what it knows."""
    ((rows_in, quarantined),) = rows(
        connection,
        "SELECT (SELECT count(*) FROM stage.rows) + (SELECT count(*) FROM stage.fault), "
        "(SELECT count(*) FROM stage.quarantined)",
    )
    return RowCounts(rows_in, rows_in - quarantined, quarantined, 0)


def count_rows(connection: Connection, layout: Layout, forms: Iterable[StagedForm]) -> RowCounts:
    """Return what becomes of each row: it is known when its forms and its client's facts are."""
    staged = count_staged(connection)
    known = _count_known(connection, layout, list(forms))
    return replace(staged, loaded=staged.loaded - known, known=known)


def _count_known(connection: Connection, layout: Layout, forms: list[StagedForm]) -> int:
    if layout.a_row_is == "person" or _are_all_new(connection, layout, forms):
        return 0
    context = {
        "given": [_given_any(form.placement) for form in forms] + event_mark(layout),
        "incoming": [form.incoming for form in forms] + [FRESH] * (layout.events is not None),
        "has_clients": has_clients(connection),
    }
    return int(value(connection, fill("known_rows", **context)))


def _are_all_new(connection: Connection, layout: Layout, forms: list[StagedForm]) -> bool:
    """Whether no row can be known: nothing tells of a client in the store, no form comes twice."""
    if layout.events is not None or any(form.incoming != _staged(form.placement) for form in forms):
        return False
    return not has_met(connection, layout)


def _staged(placement: Placement) -> str:
    """Return the stage table of a placement's forms, all that the file has."""
    return f"stage.{identifier(f'form__{placement.alias}')}"


def _given_any(placement: Placement) -> str:
    cells = ", ".join(identifier(column.name) for column in placement.columns.values())
    return f"coalesce({cells}) IS NOT NULL"


def publish(
    connection: Connection, layout: Layout, forms: Sequence[StagedForm], facts: BatchFacts
) -> None:
    """Write one staged file to the store; the caller holds the transaction."""
    merge_files(connection, facts.batch)
    counts = facts.counts
    connection.execute(
        "INSERT INTO store.meta.source_file VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'accepted')",
        [facts.sha256, facts.name, facts.source_id, facts.kind, facts.batch,
         counts.rows_in, counts.loaded, counts.quarantined, counts.known],
    )  # fmt: skip
    _publish_rows(connection, layout, forms, facts)


def publish_more(
    connection: Connection, layout: Layout, forms: Sequence[StagedForm], facts: BatchFacts
) -> None:
    """Write what the store lacks of a file that it has; the caller holds the transaction."""
    connection.execute(
        "UPDATE store.meta.source_file SET rows_loaded_count = ?, rows_quarantined_count = ?, "
        "rows_known_count = ? WHERE sha256 = ?",
        [facts.counts.loaded, facts.counts.quarantined, facts.counts.known, facts.sha256],
    )
    connection.execute("DELETE FROM store.meta.finding WHERE sha256 = ?", [facts.sha256])
    _publish_rows(connection, layout, forms, facts)


def _publish_rows(
    connection: Connection, layout: Layout, forms: Sequence[StagedForm], facts: BatchFacts
) -> None:
    connection.execute(
        "INSERT INTO store.meta.finding SELECT ?, rule, code, category, severity, _record, "
        "column_name, fix FROM stage.finding ORDER BY ALL",
        [facts.sha256],
    )
    has_grown = [make_room(connection, form.placement) for form in forms]
    if any(has_grown):
        connection.execute(response_view(connection))
    for form in forms:
        _publish_form(connection, form, facts.batch)
    publish_clients(connection, layout, facts.batch)
    publish_events(connection, layout, facts.batch)


def _publish_form(connection: Connection, form: StagedForm, batch: int) -> None:
    placement = form.placement
    table = form_table_of(placement.definition)
    context = {
        "form_id": placement.definition.id,
        "form_table": table,
        "items": items_of(placement),
        "fresh": form.incoming,
        "range": ("NULL", "NULL") if placement.is_ready_made else (placement.low, placement.high),
        "already_reversed": str(placement.already_reversed).lower(),
        "batch": batch,
        "key_version": placement.definition.key_version,
        "scales": score_expressions(placement),
    }
    if form.changed_count:
        new_scores = new_scores_of(placement)
        connection.execute(fill("amendment", new_scores=new_scores, **context))
    connection.execute(fill("form_insert", **context))
    connection.execute(fill("missing_insert", **context))
    connection.execute(
        fill("score_insert", target="store.core.score", makes_table=False, **context)
    )
