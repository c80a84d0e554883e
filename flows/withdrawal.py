"""Withdrawal: everything of one client goes, and a tombstone stays.

The ledger says first what is to be done: the tombstone, and the hash that each archive has without
the client. Then the archives are replaced, and the store and its lists are built again from them.
Killed in between, the next one who opens the study finishes it: the tombstone says whose rows are
to go.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from flows.books import AcceptedFile, accepted_files, archive_path
from flows.files import flush
from flows.inbox import hash_export, hash_file, list_inbox
from flows.intake import archived_layout_of
from flows.ledger import Ledger
from flows.study import Study
from flows.tombstones import WITHDRAWN, Tombstone, bury, records_of, salt_of, tombstones_of
from instruments.errors import RunError, StoreError
from sql.archiving import rewrite_archive, scan_archive
from sql.gateway import open_gateway

FINISHED = "withdrawal_finished"


@dataclass(frozen=True)
class Withdrawal:
    """What a withdrawal found: rows per file, runs that held the client, originals with them."""

    tombstone: Tombstone
    removed: tuple[tuple[str, int], ...]
    runs: tuple[str, ...]
    originals: tuple[str, ...]
    is_new: bool


def withdraw(
    study: Study, ledger: Ledger, client_id: str, by: str, *, anyway: bool = False
) -> Withdrawal:
    """Take a client out of every archive; the store is brought in line afterwards.

    Raises
    ------
    RunError
        ``E_CLIENT_UNKNOWN`` where no accepted file holds the client, unless ``anyway``.
    """
    tombstone = bury(client_id, salt_of(ledger))
    is_known = tombstone in tombstones_of(ledger.entries())
    parts = prepare_archives(study, ledger, (tombstone,))
    if not (parts or anyway or is_known):
        raise RunError(
            "E_CLIENT_UNKNOWN",
            "No accepted file holds this client",
            fix="Check how the id is written; with --anyway only a tombstone is kept.",
        )
    runs = _runs_with(ledger, {part.file.sha256 for part in parts})
    if parts or not is_known:
        _write_down(ledger, tombstone, parts, by=by, runs=runs)
        put_in_place(study, ledger, parts)
    return Withdrawal(
        tombstone,
        tuple((part.file.name, part.removed) for part in parts),
        runs,
        _originals_with(study, {part.file.sha256 for part in parts}),
        is_new=bool(parts) or not is_known,
    )


@dataclass(frozen=True)
class Part:
    """The archive of one file without a client, ready to take its place."""

    file: AcceptedFile
    path: Path
    sha256: str
    removed: int


def prepare_archives(study: Study, ledger: Ledger, tombstones: Iterable[Tombstone]) -> list[Part]:
    """Write, beside every archive that holds withdrawn clients, what is to take its place."""
    wanted = tuple(tombstones)
    prepared = (_prepare(study, file, wanted) for file in accepted_files(ledger))
    return [part for part in prepared if part is not None]


def _prepare(study: Study, file: AcceptedFile, tombstones: tuple[Tombstone, ...]) -> Part | None:
    path = archive_path(study, file.sha256)
    if not path.exists():
        return None
    layout = archived_layout_of(study, file)
    with open_gateway() as connection:
        archive = scan_archive(path)
        records = records_of(connection, archive, layout, file.sha256, tombstones)
        if not records:
            return None
        part = path.with_name(f".{path.name}.part")
        rewrite_archive(connection, path, part, records)
    flush(part)
    return Part(file, part, hash_file(part), len(records))


def _write_down(
    ledger: Ledger, tombstone: Tombstone, parts: Iterable[Part], *, by: str, runs: tuple[str, ...]
) -> None:
    parts = list(parts)
    ledger.append(
        WITHDRAWN,
        salt=tombstone.salt,
        client_sha256=tombstone.client_sha256,
        archives={part.file.sha256: part.sha256 for part in parts},
        removed={part.file.sha256: part.removed for part in parts},
        by=by,
        runs=list(runs),
    )


def put_in_place(study: Study, ledger: Ledger, parts: Iterable[Part]) -> None:
    """Let prepared archives take their places and write down that they did."""
    for part in parts:
        part.path.replace(archive_path(study, part.file.sha256))
    ledger.append(FINISHED)


def finish_withdrawals(study: Study, ledger: Ledger) -> bool:
    """Finish what a killed withdrawal began; return whether there was anything.

    Raises
    ------
    StoreError
        ``E_ARCHIVE_CHANGED`` where an archive is neither what it was nor what it is to be.
    """
    entries = ledger.entries()
    marks = [entry for entry in entries if entry.kind in (WITHDRAWN, FINISHED)]
    if not marks or marks[-1].kind == FINISHED:
        return False
    facts = marks[-1].facts
    _require_known(study, ledger, facts["archives"])
    tombstone = Tombstone(facts["salt"], facts["client_sha256"])
    parts = prepare_archives(study, ledger, (tombstone,))
    if any(facts["archives"].get(part.file.sha256) != part.sha256 for part in parts):
        _write_down(ledger, tombstone, parts, by=facts["by"], runs=tuple(facts["runs"]))
    put_in_place(study, ledger, parts)
    return True


def _require_known(study: Study, ledger: Ledger, archives: Mapping[str, str]) -> None:
    """Refuse archives that somebody else changed meanwhile."""
    before: dict[str, set[str]] = {sha256: {new} for sha256, new in archives.items()}
    for entry in ledger.entries("file_accepted"):
        before.get(entry.facts["sha256"], set()).add(entry.facts["archive_sha256"])
    for entry in ledger.entries(WITHDRAWN):
        for sha256, new in entry.facts["archives"].items():
            before.get(sha256, set()).add(new)
    for sha256, known in before.items():
        path = archive_path(study, sha256)
        if path.exists() and hash_file(path) not in known:
            raise StoreError(
                "E_ARCHIVE_CHANGED",
                "The archive of an accepted file was changed",
                where=path.name,
                fix="Bring it back from a backup.",
            )


def _runs_with(ledger: Ledger, files: set[str]) -> tuple[str, ...]:
    """Return the runs that were published after one of the files was accepted."""
    held, runs = False, []
    for entry in ledger.entries():
        held = held or (entry.kind == "file_accepted" and entry.facts["sha256"] in files)
        if held and entry.kind == "run_finished":
            runs.append(str(entry.facts["run_id"]))
    return tuple(dict.fromkeys(runs))


def _originals_with(study: Study, files: set[str]) -> tuple[str, ...]:
    """Return the names of originals in the inbox that hold the client still."""
    return tuple(file.path.name for file in list_inbox(study) if hash_export(file.path) in files)
