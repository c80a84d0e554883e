"""Rows of the last file that a decision lets in, added to what the store holds of that file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from instruments.layout import Layout
from sql.clients import has_clients
from sql.events import FRESH
from sql.gateway import Connection, rows
from sql.publishing import RowCounts, StagedForm, count_rows

# What is said of a client whom the store knows is said against the files before this one, which
# the store can no longer tell from it.
AGAINST_EARLIER = ("E_ID_ALIKE", "E_TWO_CLINICS")
HELD = (
    "SELECT record FROM store.meta.finding "
    "WHERE sha256 = $sha256 AND severity = 'error' AND record IS NOT NULL"
)
NEWLY_HELD = f"SELECT count(*) FROM stage.quarantined WHERE _record NOT IN ({HELD})"
SAID = (
    "SELECT EXISTS (FROM stage.finding WHERE list_contains($codes, code)) OR EXISTS "
    "(FROM store.meta.finding WHERE sha256 = $sha256 AND list_contains($codes, code))"
)
COUNTS = (
    "SELECT rows_in_count, rows_loaded_count, rows_quarantined_count, rows_known_count "
    "FROM store.meta.source_file WHERE sha256 = ?"
)


def count_freed(
    connection: Connection, layout: Layout, forms: Sequence[StagedForm], sha256: str
) -> RowCounts | None:
    """Return what becomes of the rows of the last file, judged again with the store attached.

    None where more changes than that rows which were held back bring forms that the store has not:
    then only a store that is built again is what it must be.
    """
    if _changes_more(connection, layout, forms, sha256):
        return None
    (counted,) = rows(connection, COUNTS, sha256)
    before, now = RowCounts(*counted), count_rows(connection, layout, forms)
    is_known_again = now.known - before.loaded - before.known
    if layout.a_row_is == "administration" and is_known_again:
        return None
    freed = before.quarantined - now.quarantined
    return replace(before, loaded=before.loaded + freed, quarantined=now.quarantined)


def _changes_more(
    connection: Connection, layout: Layout, forms: Sequence[StagedForm], sha256: str
) -> bool:
    given = {"sha256": sha256}
    return (
        any(form.changed_count for form in forms)
        or _is_any(connection, NEWLY_HELD, **given)
        or _is_any(connection, SAID, codes=list(AGAINST_EARLIER), **given)
        or (layout.a_row_is == "administration" and _changes_clients(connection))
        or (
            layout.events is not None
            and _is_any(connection, f"SELECT bool_or(is_held) FROM {FRESH}")
        )
    )


def _changes_clients(connection: Connection) -> bool:
    return has_clients(connection) and _is_any(
        connection, "SELECT bool_or(is_changed) FROM stage.met_client"
    )


def _is_any(connection: Connection, query: str, **given: object) -> bool:
    found = connection.execute(query, given or None).fetchone()
    return bool(found and found[0])
