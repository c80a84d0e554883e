"""Bring the store in line with the ledger: what was acknowledged is in it, and nothing else."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Literal

from flows.books import AcceptedFile, accepted_files
from flows.intake import replay
from flows.ledger import Ledger
from flows.study import Study
from instruments.definition import definition_digest
from instruments.errors import StoreError
from sql.gateway import Connection, open_gateway, rows, value
from sql.publishing import prepare_store

Outcome = Literal["in step", "replayed", "rebuilt", "new"]


@dataclass(frozen=True)
class Reconciliation:
    """What had to be done, and for how many files."""

    outcome: Outcome
    file_count: int


def reconcile(study: Study, ledger: Ledger, scratch: Path) -> Reconciliation:
    """Compare the store with the ledger and mend it: replay what it lacks, or rebuild it."""
    accepted = accepted_files(ledger)
    if not study.store.exists():
        rebuild(study, accepted, scratch)
        return Reconciliation("rebuilt" if accepted else "new", len(accepted))
    held = _held_batches(study)
    wanted = [(file.batch, file.sha256) for file in accepted]
    if held == wanted:
        return Reconciliation("in step", 0)
    if held is None or held != wanted[: len(held)]:
        rebuild(study, accepted, scratch)
        return Reconciliation("rebuilt", len(accepted))
    missing = accepted[len(held) :]
    with open_gateway(study.store, scratch) as connection:
        for file in missing:
            replay(study, connection, file, scratch)
    return Reconciliation("replayed", len(missing))


def rebuild(study: Study, accepted: list[AcceptedFile], scratch: Path) -> None:
    """Build the store from archive and ledger alone; then it takes the old one's place."""
    part = study.store.with_name(f".{study.store.name}.part")
    _remove_store(part)
    try:
        with open_gateway(part, scratch) as connection:
            prepare_store(connection)
            _remember_declarations(connection, study)
            for file in accepted:
                replay(study, connection, file, scratch)
            connection.execute("CHECKPOINT store")
        _write_ahead_log(study.store).unlink(missing_ok=True)
        part.replace(study.store)
    finally:
        _remove_store(part)


def _held_batches(study: Study) -> list[tuple[int, str]] | None:
    """Return the batches that the store holds; None where it must be built again."""
    try:
        with open_gateway(study.store) as connection:
            if _declarations_of(connection) != declarations_digest(study):
                return None
            found = rows(connection, "SELECT batch, sha256 FROM store.meta.source_file ORDER BY 1")
            return [(batch, sha256) for batch, sha256 in found]
    except StoreError as error:
        if error.code == "E_STORE_DAMAGED":
            return None
        raise


def _declarations_of(connection: Connection) -> str | None:
    has_state = value(
        connection,
        "SELECT count(*) FROM duckdb_tables() WHERE database_name = 'store' "
        "AND schema_name = 'meta' AND table_name = 'state'",
    )
    if not has_state:
        return None
    query = "SELECT content FROM store.meta.state WHERE name = 'declarations'"
    return value(connection, query)  # type: ignore[no-any-return]


def declarations_digest(study: Study) -> str:
    """Return a hash of all that decides how files become rows: sources and used definitions."""
    used = sorted({form.instrument for source in study.sources for form in source.form})
    content = {
        "duckdb": metadata.version("duckdb"),  # ids of forms are its hashes
        "sources": [source.model_dump(mode="json") for source in study.sources],
        "definitions": {name: definition_digest(study.catalog[name]) for name in used},
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _remember_declarations(connection: Connection, study: Study) -> None:
    connection.execute(
        "INSERT OR REPLACE INTO store.meta.state VALUES ('declarations', ?)",
        [declarations_digest(study)],
    )


def _write_ahead_log(store: Path) -> Path:
    return store.with_name(f"{store.name}.wal")


def _remove_store(path: Path) -> None:
    path.unlink(missing_ok=True)
    _write_ahead_log(path).unlink(missing_ok=True)
