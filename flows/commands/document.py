"""`interdep document`: the report of a published run as Word or PDF."""

from __future__ import annotations

from pathlib import Path

import typer

from flows.commands.figure import find_run


def write_documents(study: Path, run: str, formats: str) -> int:
    """Write the report in other formats into the folder of its run and print their paths."""
    from reports.render import render_documents

    wanted = tuple(part.strip() for part in formats.split(","))
    for path in render_documents(find_run(study, run), formats=wanted):
        typer.echo(path)
    return 0
