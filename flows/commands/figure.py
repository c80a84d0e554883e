"""`interdep figure`: one figure of a published run, from its folder alone."""

from __future__ import annotations

import re
from pathlib import Path

import typer

from flows.files import require_writable
from instruments.errors import RunError

LATEST = "latest"


def draw(name: str, study: Path, run: str, out: Path, formats: str, width: str, dpi: int) -> int:
    """Draw a figure again and print the paths of what was written."""
    from reports.render import draw_figure, list_figures

    folder = find_run(study, run)
    if name == "list":
        entries = list_figures(folder)
        widths = [max((len(one[place]) for one in entries), default=0) for place in (0, 1)]
        for entry in entries:
            typer.echo(f"{entry.name:{widths[0]}}  {entry.kind:{widths[1]}}  {entry.title}")
        return 0
    require_writable(out)
    wanted = tuple(part.strip() for part in formats.split(","))
    for path in draw_figure(
        folder, name, formats=wanted, width_mm=millimetres(width), dpi=dpi, out=out
    ):
        typer.echo(path)
    return 0


def find_run(study: Path, run: str) -> Path:
    """Return the folder of a published run; study.toml is not needed for it.

    Raises
    ------
    RunError
        ``E_RUN_MISSING``.
    """
    runs = study / "runs"
    pointer = runs / LATEST
    run_id = (
        pointer.read_text(encoding="ascii").strip() if run == LATEST and pointer.exists() else run
    )
    folder = runs / run_id
    if not re.fullmatch(r"[0-9a-f]{16}", run_id) or not folder.is_dir():
        known = sorted(path.name for path in runs.glob("*") if path.is_dir())
        raise RunError(
            "E_RUN_MISSING",
            "No run was published here" if run == LATEST else f'There is no run "{run}" here',
            where=str(runs),
            fix=f"Known: {', '.join(known)}." if known else "Make one with: interdep run DIR",
        )
    return folder


def millimetres(width: str) -> float:
    """Return a width such as ``90mm``, ``9cm`` or ``90``.

    Raises
    ------
    RunError
        ``E_WIDTH`` for anything else; which widths can be drawn is for the figure to say.
    """
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(mm|cm)?", width.strip())
    if match is None:
        raise RunError("E_WIDTH", "This is no width of a figure", fix="Write it as 90mm or 9cm.")
    return float(match[1]) * (10 if match[2] == "cm" else 1)
