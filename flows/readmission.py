"""Reading accepted files again after the study file says something else of them.

The archive holds what was admitted then. A column that is declared now, a cell that is no longer a
mistake, are in the original only: where it still lies in the inbox it is read again, under its old
place in the ledger.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from flows.books import AcceptedFile, archive_path, write_down
from flows.declared import source_digest
from flows.inbox import hash_export, list_inbox
from flows.intake import (
    admit_step,
    open_intake,
    read_step,
    replay,
    source_of,
    stage_step,
    validate_step,
)
from flows.ledger import Ledger
from flows.study import Study
from flows.workbench import FileReport
from instruments.errors import ExportError
from sql.gateway import Connection


@dataclass(frozen=True)
class Originals:
    """The originals to be read again, by the hash of their bytes, and where to write it down."""

    ledger: Ledger
    paths: Mapping[str, Path]


def outdated_originals(study: Study, accepted: Iterable[AcceptedFile]) -> dict[str, Path]:
    """Return the originals of files that were read under other declarations, or lost their archive.

    Files whose original is gone are left to their archive.
    """
    outdated = {file.sha256 for file in accepted if _is_outdated(study, file)}
    if not outdated:
        return {}
    paths = {hash_export(file.path): file.path for file in list_inbox(study)}
    return {sha256: paths[sha256] for sha256 in sorted(outdated & paths.keys())}


def _is_outdated(study: Study, file: AcceptedFile) -> bool:
    source = source_of(study, file.source_id)
    return (
        file.declared_sha256 != source_digest(study, source)
        or not archive_path(study, file.sha256).exists()
    )


def read_again(
    study: Study, connection: Connection, file: AcceptedFile, originals: Originals, scratch: Path
) -> FileReport:
    """Take an accepted file in again, as the study file has it now.

    A file that would be refused now stays accepted, as its archive has it; the report says why.
    """
    try:
        reading = read_step(study, originals.paths[file.sha256], file.source_id, scratch)
        with open_intake(study, connection, reading, scratch, file.decisions) as intake:
            stage_step(intake, scratch)
            validation = validate_step(intake)
            admitted = admit_step(intake, originals.ledger, file.batch)
    except ExportError as refusal:
        replay(study, connection, file, scratch)
        declared = source_digest(study, source_of(study, file.source_id))
        write_down(originals.ledger, replace(file, declared_sha256=declared))
        return FileReport(file.name, file.source_id, file.counts, refusal=refusal)
    return FileReport(admitted.name, admitted.source_id, admitted.counts, validation)
