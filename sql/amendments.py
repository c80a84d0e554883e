"""What corrected exports changed, and how scores were before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from sql.gateway import Connection, fill, rows


@dataclass(frozen=True)
class Amendment:
    """One changed answer, fact or score of a form, or fact about a client, and its file's batch."""

    batch: int
    client_id: str
    form_id: str | None
    occasion: str | None
    session: int | None
    kind: str
    name: str
    before: str | None
    after: str | None


def read_amendments(connection: Connection) -> tuple[Amendment, ...]:
    """Return every amendment by file, client and form."""
    found = rows(
        connection,
        "SELECT amendment.batch, amendment.client_id, form.form_id, form.occasion, "
        "nullif(form.session, 0), amendment.kind, amendment.name, amendment.before, "
        "amendment.after FROM store.core.amendment AS amendment "
        "LEFT JOIN store.core.administration AS form USING (administration_id) ORDER BY ALL",
    )
    return tuple(Amendment(*row) for row in found)


def read_scores_before(
    connection: Connection, batch: int, scales: Mapping[str, Sequence[str]]
) -> pd.DataFrame:
    """Return the scores of some scales as they were before a batch.

    ``scales`` maps ``ecr.anxiety`` to the names of its items. A form that first came with the batch
    is not among them.
    """
    items = [
        (*name.split(".", 1), item) for name, names in sorted(scales.items()) for item in names
    ]
    return connection.execute(fill("frame_scores_before", batch=batch, scale_items=items)).df()
