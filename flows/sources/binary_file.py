"""The bytes of a file that is no text: where it lies, how long it is, its digest."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flows.sources.location import check_location, check_unchanged, explain_unreadable
from flows.sources.refusal import refuse

HEAD = 4096


@dataclass(frozen=True)
class BinaryFile:
    """The facts of a file's bytes."""

    path: Path
    size: int
    modified_ns: int
    sha256: str
    head: bytes


def examine_file(path: Path) -> BinaryFile:
    """Return the facts of a file, or refuse it by its place."""
    state = check_location(path)
    if state.st_size == 0:
        raise refuse(path, "E_EMPTY", "The file is empty.", fix="Make the export again.")
    try:
        with path.open("rb") as opened:
            sha256 = hashlib.file_digest(opened, "sha256").hexdigest()
            opened.seek(0)
            head = opened.read(HEAD)
    except OSError as error:
        raise explain_unreadable(path, error) from None
    check_unchanged(path, state.st_size, state.st_mtime_ns)
    return BinaryFile(path, state.st_size, state.st_mtime_ns, sha256, head)


@contextmanager
def held_still(file: BinaryFile) -> Iterator[None]:
    """Refuse a file that another program takes away or writes on while it is read."""
    yield
    check_unchanged(file.path, file.size, file.modified_ns)
