"""What was held back: the rows of accepted files, and refused files. Places, never values."""

from __future__ import annotations

import json

from flows.files import replaced
from flows.inbox import InboxFile
from flows.study import Study
from instruments.errors import ExportError
from sql.gateway import Connection, value
from sql.staging import list_held_rows


def write_held_rows(study: Study, connection: Connection, sha256: str) -> None:
    """Write ``quarantine/<sha256>.csv``: record, column, rule and fix of every row held back."""
    path = study.quarantine / f"{sha256}.csv"
    if not value(connection, "SELECT count(*) FROM stage.quarantined"):
        path.unlink(missing_ok=True)
        return
    study.quarantine.mkdir(exist_ok=True)
    with replaced(path) as part:
        list_held_rows(connection, part)


def write_refusal(study: Study, sha256: str, file: InboxFile, refusal: ExportError) -> None:
    """Write ``quarantine/<sha256>.json``: why a file was refused whole."""
    record = {
        "sha256": sha256,
        "file": file.path.name,
        "source": file.source.id,
        "code": refusal.code,
        "what": refusal.what,
        "where": refusal.where,
        "fix": refusal.fix,
    }
    study.quarantine.mkdir(exist_ok=True)
    with replaced(study.quarantine / f"{sha256 or 'unreadable'}.json") as part:
        part.write_text(json.dumps(record, indent=2, sort_keys=True) + "\n", encoding="utf-8")
