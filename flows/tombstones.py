"""What stays of a client who withdrew: a salted hash, by which they are not let in again."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from flows.ledger import Entry, Ledger
from instruments.layout import Layout
from sql.gateway import Connection, rows
from sql.names import identifier, literal

WITHDRAWN = "client_withdrawn"


@dataclass(frozen=True)
class Tombstone:
    """The salt of a study and the hash of one client's id with it."""

    salt: str
    client_sha256: str


def bury(client_id: str, salt: str) -> Tombstone:
    """Return the tombstone of a client, the same however the id is written."""
    plain = unicodedata.normalize("NFKC", client_id).strip()
    return Tombstone(salt, hashlib.sha256(f"{salt}:{plain}".encode()).hexdigest())


def salt_of(ledger: Ledger) -> str:
    """Return the salt of a study, the same for all of its tombstones."""
    entries = ledger.entries()
    known = (str(entry.facts["salt"]) for entry in entries if entry.kind == WITHDRAWN)
    first = entries[0].digest if entries else hashlib.sha256(b"no entry yet").hexdigest()
    return next(known, first[:32])


def tombstones_of(entries: Iterable[Entry]) -> tuple[Tombstone, ...]:
    """Return the tombstones of a ledger, each once."""
    found = (
        Tombstone(entry.facts["salt"], entry.facts["client_sha256"])
        for entry in entries
        if entry.kind == WITHDRAWN
    )
    return tuple(dict.fromkeys(found))


def count_removed(entries: Iterable[Entry]) -> dict[str, int]:
    """Return how many rows were taken out of each file since it was last read, by its hash."""
    removed: dict[str, dict[str, int]] = {}
    for entry in entries:
        if entry.kind == "file_accepted":
            removed.pop(entry.facts["sha256"], None)
        elif entry.kind == WITHDRAWN:
            for sha256, count in entry.facts["removed"].items():
                # One that was interrupted is written down again.
                removed.setdefault(sha256, {})[entry.facts["client_sha256"]] = count
    return {sha256: sum(counts.values()) for sha256, counts in removed.items()}


def records_of(
    connection: Connection,
    table: str,
    layout: Layout,
    sha256: str,
    tombstones: Collection[Tombstone],
) -> list[int]:
    """Return the rows of `stage.text`, or of an archive, that are withdrawn clients'.

    Where a row is a person, clients are known by the file and the row.
    """
    if not tombstones:
        return []
    if layout.a_row_is == "person":
        person = f"concat({literal(person_prefix(sha256))}, _record)"
        return _matching(connection, table, person, tombstones)
    column = identifier(layout.roles["client"].source)
    return _matching(connection, table, f"CAST({column} AS VARCHAR)", tombstones)


def person_prefix(sha256: str) -> str:
    """Return how the ids of a file begin whose rows are persons."""
    return f"p{sha256[:8]}_"


def _matching(
    connection: Connection, table: str, client: str, tombstones: Collection[Tombstone]
) -> list[int]:
    """Return the records of clients; spelling is compared here, as the store has no NFKC."""
    salt = next(iter(tombstones)).salt
    marks = {tombstone.client_sha256 for tombstone in tombstones}
    written = rows(
        connection,
        f"SELECT DISTINCT {client} AS id FROM {table} WHERE {client} IS NOT NULL",  # noqa: S608
    )
    theirs = [one for (one,) in written if bury(one, salt).client_sha256 in marks]
    if not theirs:
        return []
    query = f"SELECT _record FROM {table} WHERE list_contains(?, {client}) ORDER BY _record"  # noqa: S608
    return [record for (record,) in rows(connection, query, sorted(theirs))]
