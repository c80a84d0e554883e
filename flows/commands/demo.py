"""`interdep demo`: the demonstration study, from its simulation to its report."""

from __future__ import annotations

import shutil
from pathlib import Path

import typer

from flows.commands.run import run_served
from instruments.errors import RunError


def run_demonstration(folder: Path, seed: int) -> int:
    """Write the demonstration study afresh, run it, and print the report's path.

    Raises
    ------
    RunError
        ``E_NOT_A_DEMO`` where the folder holds something else.
    """

    def write() -> None:
        from flows.simulation import write_demonstration

        write_demonstration(folder, seed)
        typer.echo(f"wrote the demonstration study to {folder}", err=True)

    _make_room(folder)
    code = run_served(folder, prepare=write)
    # Its planted mistakes are found: warnings are what a demonstration should end with.
    return 0 if code == 4 else code


def _make_room(folder: Path) -> None:
    if not folder.exists() or not any(folder.iterdir()):
        return
    if not (folder / "mistakes.json").exists():
        raise RunError("E_NOT_A_DEMO", "This folder holds something that is no demonstration",
                       where=str(folder), fix="Name an empty folder.")  # fmt: skip
    shutil.rmtree(folder)
