"""Writing files so that a reader sees the old one or the new one, never half of one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from instruments.errors import RunError


@contextmanager
def replaced(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside a file; afterwards it is flushed and takes the file's place.

    Where a folder can be flushed (not on Windows), so is this one: else a loss of power may bring
    the old file back.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        yield part
        flush(part)
        part.replace(path)
        _flush_folder(path.parent)
    finally:
        part.unlink(missing_ok=True)


def flush(path: Path) -> None:
    """Return once the content of a file is on the disk."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _flush_folder(folder: Path) -> None:
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def require_writable(folder: Path) -> None:
    """Make a folder, or say in one sentence why it cannot be written.

    Raises
    ------
    RunError
        ``E_UNWRITABLE``.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".interdep-probe"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError:
        raise unwritable(folder) from None


def unwritable(folder: Path) -> RunError:
    """Return the error of a folder that cannot be written."""
    return RunError(
        "E_UNWRITABLE",
        "This folder cannot be written",
        where=str(folder),
        fix="Change its permissions, or name another folder.",
    )
