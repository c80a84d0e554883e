"""Bring the store in line with the ledger: what was acknowledged is in it, and nothing else."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from flows.books import AcceptedFile, accepted_files, decisions_digest
from flows.declared import declarations_digest
from flows.intake import replay
from flows.ledger import Ledger
from flows.open_store import OpenStore
from flows.readmission import Originals, outdated_originals, read_again
from flows.seal import is_sealed, seal
from flows.study import Study
from flows.workbench import FileReport
from instruments.errors import StoreError
from sql.digest import read_everything
from sql.form_tables import prepare_store
from sql.gateway import Connection, EngineError, rows, share_work, transaction

Outcome = Literal["in step", "replayed", "rebuilt", "new", "read again"]


@dataclass(frozen=True)
class Reconciliation:
    """What had to be done, for how many files, and what became of those read again."""

    outcome: Outcome
    file_count: int
    reports: tuple[FileReport, ...] = ()


def reconcile(study: Study, ledger: Ledger, store: OpenStore) -> Reconciliation:
    """Compare the store with the ledger and mend it: replay what it lacks, or rebuild it."""
    accepted = accepted_files(ledger)
    originals = outdated_originals(study, accepted)
    if originals:
        reports = rebuild(study, accepted, store, Originals(ledger, originals))
        return Reconciliation("read again", len(originals), reports)
    if not study.store.exists():
        rebuild(study, accepted, store)
        return Reconciliation("rebuilt" if accepted else "new", len(accepted))
    held = _held_batches(study, store, decisions_digest(accepted))
    wanted = [(file.batch, file.sha256) for file in accepted]
    if held == wanted:
        return Reconciliation("in step", 0)
    if held is None or held != wanted[: len(held)]:
        rebuild(study, accepted, store)
        return Reconciliation("rebuilt", len(accepted))
    missing = accepted[len(held) :]
    for file in missing:
        replay(study, store.connection, file, store.scratch)
    return Reconciliation("replayed", len(missing))


def rebuild(
    study: Study,
    accepted: list[AcceptedFile],
    store: OpenStore,
    originals: Originals | None = None,
) -> tuple[FileReport, ...]:
    """Build the store from archive and ledger alone; then it takes the old one's place.

    Where ``originals`` are given, those files are read again and acknowledged anew.
    """
    reports = []
    part = study.store.with_name(f".{study.store.name}.part")
    _remove_store(part)
    try:
        with store.building(part) as connection:
            with transaction(connection):
                prepare_store(connection)
                _remember(connection, study, accepted)
            for file in accepted:
                if originals is not None and file.sha256 in originals.paths:
                    reports.append(read_again(study, connection, file, originals, store.scratch))
                else:
                    replay(study, connection, file, store.scratch)
            share_work(connection)
            connection.execute("CHECKPOINT store")
        _write_ahead_log(study.store).unlink(missing_ok=True)
        part.replace(study.store)
        seal(study.store)
    finally:
        _remove_store(part)
    return tuple(reports)


def _held_batches(study: Study, store: OpenStore, decisions: str) -> list[tuple[int, str]] | None:
    """Return the batches that the store holds; None where it must be built again."""
    made_of = {"declarations": declarations_digest(study), "decisions": decisions}
    # The file is read while the engine starts, which takes as long.
    with ThreadPoolExecutor(max_workers=1) as beside:
        is_whole = beside.submit(is_sealed, study.store)
        try:
            remembered = dict(rows(store.connection, "SELECT name, content FROM store.meta.state"))
            if not made_of.items() <= remembered.items():
                return None
            found = rows(
                store.connection, "SELECT batch, sha256 FROM store.meta.source_file ORDER BY 1"
            )
            if not is_whole.result():
                read_everything(store.connection, study.store)
            return [(batch, sha256) for batch, sha256 in found]
        except StoreError as error:
            store.drop()
            if error.code == "E_STORE_DAMAGED":
                return None
            raise
        except EngineError:  # the damage lies where the store keeps its books
            store.drop()
            return None


def _remember(connection: Connection, study: Study, accepted: list[AcceptedFile]) -> None:
    connection.execute(
        "INSERT INTO store.meta.state VALUES ('declarations', ?), ('decisions', ?)",
        [declarations_digest(study), decisions_digest(accepted)],
    )


def _write_ahead_log(store: Path) -> Path:
    return store.with_name(f"{store.name}.wal")


def _remove_store(path: Path) -> None:
    path.unlink(missing_ok=True)
    _write_ahead_log(path).unlink(missing_ok=True)
