"""`interdep table`: one table of a published run, from its folder alone."""

from __future__ import annotations

from pathlib import Path

import typer

from flows.commands.figure import find_run
from flows.files import require_writable


def write_table(name: str, study: Path, run: str, out: Path, formats: str) -> int:
    """Write a table again and print the paths of what was written."""
    from reports.render import draw_table, list_tables

    folder = find_run(study, run)
    if name == "list":
        for entry in list_tables(folder):
            typer.echo(" ".join(str(part) for part in entry))
        return 0
    require_writable(out)
    wanted = tuple(part.strip() for part in formats.split(","))
    for path in draw_table(folder, int(name) if name.isdigit() else name, formats=wanted, out=out):
        typer.echo(path)
    return 0
