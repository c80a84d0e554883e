"""Releasing and rejecting rows that are held back."""

from __future__ import annotations

import getpass
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from flows.books import AcceptedFile, require_archive
from flows.decisions import Decision, Kind, decide
from flows.desk.held_rows import HeldFile, find_held, list_held
from flows.freeing import carry_on
from flows.intake import judge_archive
from flows.ledger import Ledger
from flows.open_store import OpenStore
from flows.reconcile import reconcile
from flows.study import Study
from instruments.errors import RunError
from sql.gateway import open_gateway, rows

# So many rows are named in one sentence.
NAMED = 5
_PIECE = re.compile(r"(\d+)(?:-(\d+))?")


@dataclass(frozen=True)
class Request:
    """What somebody wants to be decided about rows of one file."""

    kind: Kind
    file: str
    records: tuple[int, ...]
    why: str
    by: str = ""
    despite: tuple[str, ...] = ()


@dataclass(frozen=True)
class Trouble:
    """One rule that a row breaks when it is judged again."""

    record: int
    code: str
    column: str | None
    is_error: bool

    def __str__(self) -> str:
        return f"row {self.record} {self.code}" + (f" in {self.column}" if self.column else "")


def parse_records(written: str) -> tuple[int, ...]:
    """Return the record numbers of "12", "12,15" or "12-17".

    Raises
    ------
    RunError
        ``E_USAGE``.
    """
    found: set[int] = set()
    for piece in written.split(","):
        match = _PIECE.fullmatch(piece.strip())
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (1, 0)
        if first > last:
            raise RunError("E_USAGE", "These are no record numbers", where=written,
                           fix="Write them as 12 or 12,15-17.")  # fmt: skip
        found.update(range(first, min(last, first + 1_000_000) + 1))
    return tuple(sorted(found))


def carry_out(study: Study, ledger: Ledger, store: OpenStore, request: Request) -> HeldFile:
    """Judge the rows again where they are to be released; decide; bring the store in line.

    Raises
    ------
    RunError
        Where the rows are not held back, still break a rule, or nobody says why.
    """
    reconcile(study, ledger, store)
    if not request.why.strip():
        raise RunError("E_USAGE", "A decision needs its reason", fix='Say it: --why "..."')
    held = find_held(list_held(study, ledger), request.file)
    decision = _decision(held.file, request)
    _require_rows(study, held.file, request.records, store.scratch)
    if request.kind == "rows_released":
        _require_held(held, request.records)
        _require_passing(_judge_again(study, held.file, decision, store.scratch), request)
    decide(ledger, decision)
    if not carry_on(study, ledger, store):
        reconcile(study, ledger, store)
    return held


def _decision(file: AcceptedFile, request: Request) -> Decision:
    by = request.by.strip() or getpass.getuser()
    why = request.why.strip()
    return Decision(request.kind, file.sha256, request.records, by, why, request.despite)


def _require_rows(study: Study, file: AcceptedFile, records: Iterable[int], scratch: Path) -> None:
    with open_gateway(scratch=scratch) as connection:
        archive = str(require_archive(study, file))
        found = rows(connection, "SELECT _record FROM read_parquet(?)", archive)
    broken = {fault.record for fault in file.faults}
    unknown = sorted(set(records) - {record for (record,) in found} - broken)
    if unknown:
        raise RunError(
            "E_NO_ROW",
            f"The file has no such rows: {_listed(unknown)}",
            where=file.name,
            fix="Rows are counted from 1, below the header.",
        )


def _require_held(held: HeldFile, records: Iterable[int]) -> None:
    others = sorted(set(records) - held.records)
    if others:
        raise RunError(
            "E_NOT_HELD",
            f"These rows are not held back: {_listed(others)}",
            where=held.file.name,
            fix=f"See: interdep quarantine show DIR {held.file.name}",
        )


def _judge_again(
    study: Study, file: AcceptedFile, decision: Decision, scratch: Path
) -> list[Trouble]:
    """Return what the rows would break if they were released."""
    after = replace(file, decisions=file.decisions.and_then(decision))
    with (
        open_gateway(scratch=scratch) as connection,
        judge_archive(study, connection, after, scratch),
    ):
        found = rows(
            connection,
            "SELECT DISTINCT _record, code, column_name, severity = 'error' FROM stage.finding "
            "WHERE severity IN ('error', 'warning') AND list_contains(?, _record) ORDER BY ALL",
            list(decision.records),
        )
    return [Trouble(*row) for row in found]


def _require_passing(troubles: Sequence[Trouble], request: Request) -> None:
    errors = [trouble for trouble in troubles if trouble.is_error]
    if errors:
        raise RunError(
            "E_STILL_BROKEN",
            f"Judged again, rows still break a rule: {_listed(errors)}",
            where=request.file,
            fix="Correct them at their source and export again, or change the study file.",
        )
    doubts = [trouble for trouble in troubles if trouble.code not in request.despite]
    if doubts:
        codes = " ".join(f"--despite {code}" for code in sorted({one.code for one in doubts}))
        raise RunError(
            "E_DOUBTS",
            f"Judged again, rows are doubtful: {_listed(doubts)}",
            where=request.file,
            fix=f"Look at them; if they are right nonetheless, add {codes}.",
        )


def _listed(things: Sequence[object]) -> str:
    more = f" and {len(things) - NAMED} more" if len(things) > NAMED else ""
    return ", ".join(map(str, things[:NAMED])) + more
