"""The scorecard of one export: verdict first, then what to do, counts, and what changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from flows.books import AcceptedFile
from flows.desk.against_store import AgainstStore, compare_with_store
from flows.desk.problems import Offence, ToDo, list_offences, list_to_dos
from flows.desk.since_last import SinceLast, compare_with, find_last
from flows.intake import Intake
from flows.outcome import DONE, REFUSED, WARNINGS
from flows.validation import Validation
from instruments.errors import ExportError, InterdepError
from sql.publishing import RowCounts, count_staged

Verdict = Literal["accepted", "accepted with warnings", "refused"]
EXIT_CODES: dict[Verdict, int] = {
    "accepted": DONE,
    "accepted with warnings": WARNINGS,
    "refused": REFUSED,
}


@dataclass(frozen=True)
class Scorecard:
    """What is said of one export that was read, staged and judged, or refused before that.

    ``held`` compares it with the store, where one could be looked at; ``caveat`` says what to know
    of that, or why none could.
    """

    name: str
    source_id: str
    sha256: str = ""
    counts: RowCounts | None = None
    validation: Validation | None = None
    refusal: InterdepError | None = None
    to_dos: tuple[ToDo, ...] = ()
    offences: tuple[Offence, ...] = ()
    since: SinceLast | None = None
    held: AgainstStore | None = None
    caveat: str = ""
    is_accepted: bool = False

    @property
    def verdict(self) -> Verdict:
        """Whether the export may be loaded."""
        if self.refusal is not None:
            return "refused"
        has_warnings = self.validation is not None and self.validation.has_warnings
        return "accepted with warnings" if has_warnings else "accepted"

    @property
    def repeated(self) -> int:
        """Rows that equal an earlier row of the same file."""
        return 0 if self.validation is None else self.validation.known


def fill_scorecard(
    intake: Intake,
    accepted: Sequence[AcceptedFile],
    *,
    with_offences: bool,
    has_store: bool = False,
    caveat: str = "",
) -> Scorecard:
    """Return the scorecard of a file that was judged, from its stage and the store beside it."""
    reading, export = intake.reading, intake.reading.export
    is_accepted = any(file.sha256 == export.sha256 for file in accepted)
    counts, held, refusal = (
        _compare(intake, is_accepted=is_accepted) if has_store else (None, None, None)
    )
    validation = intake.validation
    if validation is None:
        raise RuntimeError("a scorecard is filled after the file was judged")
    findings = validation.findings
    offences = list_offences(intake.connection, export.path.name, findings) if with_offences else ()
    last = find_last(accepted, reading.source.id, export.sha256)
    return Scorecard(
        name=export.path.name,
        source_id=reading.source.id,
        sha256=export.sha256,
        counts=counts or count_staged(intake.connection),
        validation=validation,
        refusal=validation.refusal or refusal,
        to_dos=list_to_dos(intake.connection, findings),
        offences=offences,
        since=None if last is None else compare_with(last, findings, reading.layout),
        held=held,
        caveat=caveat,
        is_accepted=is_accepted,
    )


def _compare(
    intake: Intake, *, is_accepted: bool
) -> tuple[RowCounts | None, AgainstStore | None, InterdepError | None]:
    """Compare with the store; what a run would refuse for its sake is refused here."""
    try:
        return (*compare_with_store(intake, is_accepted=is_accepted), None)
    except ExportError as refusal:
        return None, None, refusal
