"""What simulated answers hold by themselves that validation must tell of: it is no mistake."""

from __future__ import annotations

from collections.abc import Iterator

from flows.simulation.manifest import Mistake
from flows.simulation.tables import ExportTable

SAFETY_COLUMN = "phq_9"


def natural_findings(table: ExportTable) -> Iterator[Mistake]:
    """Yield the answers that ask for a look by a clinician."""
    if SAFETY_COLUMN in table.header:
        yield from _safety(table)


def _safety(table: ExportTable) -> Iterator[Mistake]:
    place = table.place(SAFETY_COLUMN)
    for record, row in enumerate(table.rows, start=1):
        if len(row) > place and row[place] in ("1", "2", "3"):
            yield Mistake(
                table.file,
                record,
                SAFETY_COLUMN,
                "E_SAFETY",
                "warning",
                "item 9 of the PHQ-9 is above 0",
                is_planted=False,
            )
