"""One way to refuse a file: a code, a sentence, a place, and what to do."""

from __future__ import annotations

from pathlib import Path

from instruments.errors import ExportError


def refuse(path: Path, code: str, what: str, *, place: str = "", fix: str = "") -> ExportError:
    """Return the error that refuses a whole file; `place` is a line, column or byte of it."""
    where = f"{path.name}, {place}" if place else path.name
    return ExportError(code, what, where=where, fix=fix)
