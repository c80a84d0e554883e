"""Writing several files so that either all of them change or none does."""

from __future__ import annotations

import errno
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from instruments.errors import RunError


def write_together(folder: Path, files: Mapping[str, bytes]) -> tuple[Path, ...]:
    """Write files into a folder, made if need be; on failure those that were there stay.

    Raises
    ------
    RunError
        ``E_WRITE``: the folder cannot be written to.
    """
    partial = [folder / f".{name}.partial" for name in files]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _require_free(folder / name for name in files)
        for path, content in zip(partial, files.values(), strict=True):
            path.write_bytes(content)
        for path, name in zip(partial, files, strict=True):
            path.replace(folder / name)
    except OSError as error:
        for path in partial:
            with suppress(OSError):
                path.unlink()
        raise RunError(
            "E_WRITE",
            f"Nothing was written: {error.strerror or 'the folder cannot be used'}.",
            where=str(folder),
            fix="Name another folder, or mend its permissions.",
        ) from error
    return tuple(folder / name for name in files)


def _require_free(targets: Iterable[Path]) -> None:
    """Refuse a folder in the place of a file before the first file is replaced."""
    for target in targets:
        if target.is_dir():
            raise IsADirectoryError(errno.EISDIR, f"{target.name} is a folder")
