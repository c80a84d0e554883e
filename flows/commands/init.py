"""`interdep init`: a study folder with a study file that explains itself."""

from __future__ import annotations

from pathlib import Path

import typer

from flows.files import replaced, require_writable
from flows.study import STUDY_FILE
from instruments.errors import RunError

TEMPLATE = Path(__file__).with_name("study_template.toml")


def init_study(folder: Path) -> int:
    """Write study.toml and the inbox; an existing study is left as it is.

    Raises
    ------
    RunError
        ``E_STUDY_EXISTS``.
    """
    path = folder / STUDY_FILE
    if path.exists():
        raise RunError("E_STUDY_EXISTS", "There is a study here already", where=str(path),
                       fix="Edit its study.toml, or name another folder.")  # fmt: skip
    require_writable(folder / "exports")
    with replaced(path) as part:
        part.write_text(TEMPLATE.read_text(encoding="utf-8"), encoding="utf-8")
    typer.echo(f"wrote {path}; put exports into {folder / 'exports'}, then: interdep run {folder}")
    return 0
