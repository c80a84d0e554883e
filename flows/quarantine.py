"""What was held back: the rows of accepted files, and refused files. Places, never values."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

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
    """Write down why a file was refused whole: in ``quarantine/<sha256>.json``, or by its name.

    A file that cannot be read has no hash.
    """
    record = {
        "sha256": sha256,
        "file": file.path.name,
        "size": size_of(file.path),
        "source": file.source.id,
        "code": refusal.code,
        "what": refusal.what,
        "where": refusal.where,
        "fix": refusal.fix,
    }
    study.quarantine.mkdir(exist_ok=True)
    with replaced(_record_of(study, sha256, file.path.name)) as part:
        part.write_text(json.dumps(record, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def size_of(path: Path) -> int | None:
    """Return the size of a file in bytes, None where it cannot be told."""
    try:
        return path.lstat().st_size
    except OSError:
        return None


def forget_refusal(study: Study, sha256: str, name: str) -> None:
    """Remove what was written down of a file that was refused before it was accepted."""
    for known in (sha256, ""):
        _record_of(study, known, name).unlink(missing_ok=True)


def _record_of(study: Study, sha256: str, name: str) -> Path:
    named = hashlib.sha256(name.encode(errors="surrogatepass")).hexdigest()
    return study.quarantine / f"{sha256 or f'unreadable_{named[:16]}'}.json"
