"""Ledger and archive of accepted files: what the store can be rebuilt from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from flows.decisions import NONE, Decisions, decisions_by_file, hash_decisions
from flows.declared import source_digest
from flows.inbox import hash_file
from flows.ledger import Entry, Ledger
from flows.reading import Reading
from flows.sources.export import Fault, Note
from flows.sources.identifiers import UnknownColumn
from flows.study import Study
from flows.tombstones import WITHDRAWN
from flows.validation import Finding
from instruments.errors import StoreError
from instruments.rule import Severity
from sql.publishing import RowCounts


@dataclass(frozen=True)
class RuleCount:
    """How often a file broke one rule."""

    rule: str
    code: str
    severity: Severity
    count: int


@dataclass(frozen=True)
class AcceptedFile:
    """What the ledger says of one accepted file."""

    batch: int
    sha256: str
    name: str
    source_id: str
    kind: str
    header: tuple[str, ...]
    counts: RowCounts
    faults: tuple[Fault, ...]
    notes: tuple[Note, ...]
    left_out: tuple[UnknownColumn, ...]
    archive_sha256: str
    declared_sha256: str
    missing: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    findings: tuple[RuleCount, ...] = ()
    # Taken from later entries of the ledger, not from the one that accepted the file: what was
    # decided about its rows, and whether clients who withdrew were taken out of its archive.
    decisions: Decisions = NONE
    is_rewritten: bool = False


def acknowledge(
    study: Study,
    ledger: Ledger,
    reading: Reading,
    counts: RowCounts,
    batch: int,
    findings: Iterable[Finding] = (),
) -> AcceptedFile:
    """Write an accepted file to the ledger; from here on it belongs to the study."""
    export = reading.export
    accepted = AcceptedFile(
        batch=batch,
        sha256=export.sha256,
        name=export.path.name,
        source_id=reading.source.id,
        kind=reading.source.kind,
        header=tuple(dict.fromkeys(column.source for column in reading.layout)),
        counts=counts,
        faults=export.faults,
        notes=export.notes,
        left_out=reading.left_out,
        archive_sha256=hash_file(archive_path(study, export.sha256)),
        declared_sha256=source_digest(study, reading.source),
        missing={name: dict(codes) for name, codes in sorted(export.missing.items())},
        findings=tuple(RuleCount(f.rule, f.code, f.severity, f.count) for f in findings),
    )
    write_down(ledger, accepted)
    return accepted


def write_down(ledger: Ledger, accepted: AcceptedFile) -> None:
    """Write what is known of an accepted file to the ledger; the last word counts."""
    ledger.append("file_accepted", **_as_facts(accepted))


def _as_facts(accepted: AcceptedFile) -> Mapping[str, Any]:
    facts = asdict(replace(accepted, decisions=NONE))
    del facts["decisions"], facts["is_rewritten"]
    # One short list per broken row: a file may have thousands.
    facts["faults"] = [[f.record, f.code, f.column] for f in accepted.faults]
    facts["findings"] = [list(asdict(count).values()) for count in accepted.findings]
    return facts


def accepted_files(ledger: Ledger) -> list[AcceptedFile]:
    """Return every accepted file, in the order of acceptance; one that was read again once."""
    entries = ledger.entries()
    found: dict[str, AcceptedFile] = {}
    rewritten: set[str] = set()
    for entry in entries:
        if entry.kind == "file_accepted":
            found[entry.facts["sha256"]] = _from_entry(entry)
        elif entry.kind == WITHDRAWN:
            for sha256, archive_sha256 in entry.facts["archives"].items():
                found[sha256] = replace(found[sha256], archive_sha256=archive_sha256)
                rewritten.add(sha256)
    decided = decisions_by_file(entries)
    return [
        replace(file, decisions=decided.get(name, NONE), is_rewritten=name in rewritten)
        for name, file in found.items()
    ]


def decisions_digest(accepted: Iterable[AcceptedFile]) -> str:
    """Return a hash of all that was decided about accepted files."""
    return hash_decisions(
        [
            [
                file.sha256,
                sorted(file.decisions.released),
                sorted(file.decisions.rejected),
                file.archive_sha256 if file.is_rewritten else "",
            ]
            for file in accepted
            if file.decisions != NONE or file.is_rewritten
        ]
    )


def _from_entry(entry: Entry) -> AcceptedFile:
    facts = dict(entry.facts)
    return AcceptedFile(
        **facts
        | {
            "header": tuple(facts["header"]),
            "counts": RowCounts(**facts["counts"]),
            "faults": tuple(Fault(*fault) for fault in facts["faults"]),
            "notes": tuple(Note(**note) for note in facts["notes"]),
            "left_out": tuple(UnknownColumn(**column) for column in facts["left_out"]),
            "findings": tuple(RuleCount(*count) for count in facts.get("findings", ())),
        }
    )


def archive_path(study: Study, sha256: str) -> Path:
    """Return where the admitted columns of a file lie."""
    return study.archive / f"{sha256}.parquet"


def require_archive(study: Study, accepted: AcceptedFile) -> Path:
    """Return the archive of an accepted file, unchanged.

    Raises
    ------
    StoreError
        ``E_ARCHIVE_LOST`` or ``E_ARCHIVE_CHANGED``.
    """
    path = archive_path(study, accepted.sha256)
    found = hash_file(path)
    if found == accepted.archive_sha256:
        return path
    code, what = (
        ("E_ARCHIVE_CHANGED", "The archive of an accepted file was changed")
        if found
        else ("E_ARCHIVE_LOST", "The archive of an accepted file is missing")
    )
    raise StoreError(code, what, where=path.name, fix="Bring it back from a backup.")
