"""Writing a file that was not there before."""

from __future__ import annotations

from pathlib import Path

from flows.files import replaced, require_writable
from instruments.errors import RunError


def write_new(path: Path, text: str) -> None:
    """Write a text; a file that is there already is left as it is.

    Raises
    ------
    RunError
        ``E_FILE_EXISTS``.
    """
    if path.exists():
        raise RunError("E_FILE_EXISTS", "There is a file of this name already", where=str(path),
                       fix="Name another one, or remove it.")  # fmt: skip
    require_writable(path.parent)
    with replaced(path) as part:
        part.write_text(text, encoding="utf-8", newline="\n")
