"""What a staged export would bring to the store, without bringing it."""

from __future__ import annotations

from collections.abc import Iterable

from instruments.layout import Layout
from sql.clients import has_clients
from sql.gateway import Connection, fill, rows, value
from sql.publishing import StagedForm

NEW_CLIENTS = "SELECT count(*) FROM stage.client ANTI JOIN store.core.client USING (client_id)"
MOVED_CLIENTS = (
    "SELECT count(*) FROM stage.client AS staged INNER JOIN store.core.client AS stored "
    "USING (client_id) WHERE staged.clinic_id <> stored.clinic_id"
)


def list_corrected_rows(
    connection: Connection, layout: Layout, forms: Iterable[StagedForm]
) -> tuple[int, ...]:
    """Return the records that tell a form or a fact about a client otherwise than the store."""
    if layout.a_row_is == "person" or not has_clients(connection):
        return ()
    changed = [form.incoming for form in forms if form.changed_count]
    return tuple(r for (r,) in rows(connection, fill("corrected_rows", changed=changed)))


def count_new_clients(connection: Connection) -> int:
    """Count the staged clients whom the store does not know."""
    return int(value(connection, NEW_CLIENTS))


def count_moved_clients(connection: Connection) -> int:
    """Count the staged clients whom the store knows of another clinic."""
    return int(value(connection, MOVED_CLIENTS))
