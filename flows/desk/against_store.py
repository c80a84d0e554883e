"""What an export brings that the store does not hold, and what it contradicts."""

from __future__ import annotations

from dataclasses import dataclass

from flows.intake import Intake, compare_with_earlier
from sql.comparing import count_moved_clients, count_new_clients, list_corrected_rows
from sql.gateway import value
from sql.publishing import RowCounts, count_rows, stage_forms

# So many corrected rows are named.
NAMED = 5
WITHDRAWN_ROWS = "SELECT count(*) FROM stage.fault WHERE code = 'E_WITHDRAWN'"


@dataclass(frozen=True)
class AgainstStore:
    """What a run would make of the rows of one export, and whose they are.

    ``corrected`` rows tell an answer or a fact otherwise than the store, or one that it lacks of
    what it holds; ``corrected_rows`` are the first of them. ``moved_clients`` are held under
    another clinic, ``withdrawn`` are rows of clients who withdrew consent.
    """

    new: int
    corrected: int
    corrected_rows: tuple[int, ...]
    new_clients: int
    moved_clients: int
    withdrawn: int


def compare_with_store(intake: Intake, *, is_accepted: bool) -> tuple[RowCounts, AgainstStore]:
    """Return what becomes of each row of a judged stage, beside the store that is attached.

    What a file that was not accepted yet takes back of it is added to its findings.

    Raises
    ------
    ExportError
        ``E_FORM_PARTED``, as the run would.
    """
    connection, layout = intake.connection, intake.reading.layout
    forms = stage_forms(connection, layout, intake.reading.export.sha256)
    counts = count_rows(connection, layout, forms)
    if not is_accepted:
        compare_with_earlier(intake, forms, counts)
    corrected = list_corrected_rows(connection, layout, forms)
    return counts, AgainstStore(
        new=counts.loaded - len(corrected),
        corrected=len(corrected),
        corrected_rows=corrected[:NAMED],
        new_clients=count_new_clients(connection),
        moved_clients=count_moved_clients(connection),
        withdrawn=int(value(connection, WITHDRAWN_ROWS)),
    )
