"""What a staged export would take back: rows that an earlier one had, and corrections."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from instruments.layout import Layout
from sql.archiving import scan_archive
from sql.clients import has_clients
from sql.form_tables import form_table_of, held_items
from sql.gateway import Connection, columns_of, fill, rows
from sql.publishing import FACTS, StagedForm

# What tells rows of an export apart; a day is a fact that may be corrected.
KEYS = ("client", "occasion", "session", "rater", "target")


@dataclass(frozen=True)
class AbsentRows:
    """Of so many rows of an earlier export, how many a staged one lacks, and the first of them."""

    before: int
    absent: int
    records: tuple[int, ...]


@dataclass(frozen=True)
class ChangedValues:
    """How many staged values differ from the store's, how many are older, and in which records."""

    changed: int
    older: int
    records: tuple[int, ...]


@dataclass(frozen=True)
class Contradicted:
    """In how many rows forms are held with other answers; of items that both answer, the others."""

    records: int
    answered: int
    otherwise: int


def find_absent_rows(
    connection: Connection, layout: Layout, archive: Path, named: int
) -> AbsentRows:
    """Compare the rows of an archived export with those of the stage."""
    scan = scan_archive(archive)
    held = set(columns_of(connection, scan))
    keys = _told_apart_by(layout)
    if not keys or not set(keys) <= held:
        return AbsentRows(0, 0, ())
    ((before, absent, records),) = rows(
        connection, fill("absent_rows", archive=scan, keys=keys, named=named)
    )
    return AbsentRows(before, absent, tuple(sorted(records or ())))


def _told_apart_by(layout: Layout) -> list[str]:
    """Return the columns that tell rows apart: of persons without ids their answers."""
    if layout.a_row_is == "person":
        answers = (c for placement in layout.placements for c in placement.columns.values())
        return [column.source for column in (*layout.attributes.values(), *answers)]
    return [layout.roles[role].source for role in KEYS if role in layout.roles]


def count_contradicted(connection: Connection, forms: Iterable[StagedForm]) -> Contradicted:
    """Compare the answers of staged forms that the store holds otherwise with those held."""
    changed = [
        {**form, "shared": [item for item in form["answers"] if item in form["held"]]}
        for form in _changed(connection, forms)
    ]
    filled = fill("contradicted", forms=[form for form in changed if form["shared"]])
    ((records, answered, otherwise),) = rows(connection, filled)
    return Contradicted(records, int(answered), int(otherwise))


def find_older_values(
    connection: Connection, layout: Layout, forms: Iterable[StagedForm]
) -> ChangedValues:
    """Compare the staged values that differ from the store's with those before a correction."""
    changed = _changed(connection, forms)
    attributes = _held_attributes(connection, layout)
    query = fill("older_values", forms=changed, facts=FACTS, attributes=attributes)
    found = rows(connection, query)
    records = dict.fromkeys(record for record, _ in found if record is not None)
    return ChangedValues(len(found), sum(is_older for _, is_older in found), tuple(records))


def _changed(connection: Connection, forms: Iterable[StagedForm]) -> list[dict[str, Any]]:
    """Return where the staged forms are that the store holds otherwise, and their items."""
    return [
        {
            "incoming": f"(SELECT * FROM {form.incoming} WHERE is_changed)",
            "table": form_table_of(form.placement.definition),
            "answers": list(form.placement.columns),
            "held": held_items(connection, form_table_of(form.placement.definition)),
        }
        for form in forms
        if form.changed_count
    ]


def _held_attributes(connection: Connection, layout: Layout) -> list[str]:
    if not has_clients(connection):
        return []
    held = columns_of(connection, "store.core.client")
    return [name for name in layout.attributes if name in held]
