"""What lies in quarantine: rows of accepted files that were held back, and refused files."""

from __future__ import annotations

import csv
import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from flows.books import AcceptedFile, accepted_files
from flows.decisions import KINDS, Decision, as_decision
from flows.inbox import hash_export, list_inbox
from flows.ledger import Entry, Ledger
from flows.quarantine import size_of
from flows.sources.names import show_file
from flows.study import Study
from instruments.errors import RunError, suggest

# So much of a hash names a file.
PREFIX = 6


@dataclass(frozen=True)
class HeldRow:
    """One reason why one row is held back; never a value."""

    record: int
    column: str | None
    code: str
    rule: str
    fix: str


@dataclass(frozen=True)
class HeldFile:
    """An accepted file, the rows of it that are held back, and what was decided about them."""

    file: AcceptedFile
    rows: tuple[HeldRow, ...]
    decided: tuple[tuple[str, Decision], ...]

    @property
    def records(self) -> frozenset[int]:
        """The records that are held back."""
        return frozenset(row.record for row in self.rows)

    @property
    def is_of_interest(self) -> bool:
        """Whether rows are held back or were decided about."""
        return bool(self.rows or self.decided)


@dataclass(frozen=True)
class RefusedFile:
    """A file that was refused whole, and whether it still lies in the inbox."""

    name: str
    sha256: str
    source_id: str
    code: str
    what: str
    fix: str
    is_waiting: bool


def list_held(study: Study, ledger: Ledger) -> list[HeldFile]:
    """Return every accepted file with its rows in quarantine."""
    decided = [entry for entry in ledger.entries() if entry.kind in KINDS]
    return [_held(study, file, decided) for file in accepted_files(ledger)]


def _held(study: Study, file: AcceptedFile, decided: Iterable[Entry]) -> HeldFile:
    path = study.quarantine / f"{file.sha256}.csv"
    rows: tuple[HeldRow, ...] = ()
    if path.exists():
        with path.open(encoding="utf-8", newline="") as opened:
            rows = tuple(_row(cells) for cells in csv.DictReader(opened))
    own = ((entry.at, as_decision(entry)) for entry in decided)
    return HeldFile(file, rows, tuple((at, one) for at, one in own if one.sha256 == file.sha256))


def _row(cells: dict[str, str]) -> HeldRow:
    return HeldRow(
        int(cells["record"]), cells["column_name"] or None, cells["code"], cells["rule"],
        cells["fix"],
    )  # fmt: skip


def list_refused(study: Study) -> list[RefusedFile]:
    """Return the files that were refused whole, by name."""
    written = sorted(study.quarantine.glob("*.json"))
    records = [json.loads(path.read_text(encoding="utf-8")) for path in written]
    waiting = _waiting(study, {facts.get("size") for facts in records})
    hashes = {sha256 for sha256, _ in waiting}
    refused = []
    for facts in records:
        sha256, name = facts["sha256"], facts["file"]
        is_waiting = sha256 in hashes if sha256 else ("", name) in waiting
        refused.append(
            RefusedFile(
                show_file(name), sha256, facts["source"], facts["code"], facts["what"],
                facts["fix"], is_waiting,
            )
        )  # fmt: skip
    return sorted(refused, key=lambda file: (file.name, file.sha256))


def _waiting(study: Study, sizes: Collection[int | None]) -> set[tuple[str, str]]:
    """Return hash and name of the files of the inbox that may have been refused, by their size."""
    alike = (f.path for f in list_inbox(study) if None in sizes or size_of(f.path) in sizes)
    return {(hash_export(path), path.name) for path in alike}


def is_named(wanted: str, name: str, sha256: str) -> bool:
    """Whether a file is meant by its name, or by the beginning of its hash."""
    return name == wanted or (len(wanted) >= PREFIX and sha256.startswith(wanted))


def find_held(held: Sequence[HeldFile], wanted: str) -> HeldFile:
    """Return the one file of a name, or whose hash begins so.

    Raises
    ------
    RunError
        ``E_QUARANTINE_FILE`` where none or several are meant.
    """
    named = [one for one in held if is_named(wanted, one.file.name, one.file.sha256)]
    if len(named) == 1:
        return named[0]
    if named:
        hashes = ", ".join(one.file.sha256[:12] for one in named)
        what, fix = "Several accepted files have this name", f"Name one by its hash: {hashes}."
    else:
        what = "No accepted file has this name"
        known = [one.file.name for one in held]
        fix = suggest(wanted, known) or "See: interdep quarantine list DIR"
    raise RunError("E_QUARANTINE_FILE", what, where=wanted, fix=fix)
