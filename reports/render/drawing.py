"""Drawing the figures of a run: which there are, one of them again, or all for the report."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from instruments.errors import RunError, suggest
from reports.render import FigureEntry
from reports.render.figures import BUILDERS
from reports.render.figures.drawing import Drawing
from reports.render.figures.paint import FORMATS, paint
from reports.render.run_view import Run, load_run
from reports.render.writing import write_together

DEFAULT_WIDTH_MM = 160.0
WIDTHS_MM = (80.0, 400.0)
DPIS = (50, 2400)


def find_figures(folder: Path) -> tuple[FigureEntry, ...]:
    """Return the figures that a run can draw, in the order of its report."""
    return entries_of(load_run(folder))


def entries_of(run: Run) -> tuple[FigureEntry, ...]:
    """Return the figures listed in a loaded run."""
    frame = run.frame("tables/figures")
    return tuple(
        FigureEntry(str(row["name"]), str(row["kind"]), str(row["title"]))
        for row in frame.to_dict("records")
    )


def describe_figure(run: Run, name: str) -> Drawing:
    """Return one figure of a run, ready to be painted.

    Raises
    ------
    RunError
        ``E_FIGURE_UNKNOWN`` with the nearest name, ``E_FIGURE_WITHHELD`` where the disclosure
        rules leave nothing to draw.
    """
    entries = {entry.name: entry for entry in entries_of(run)}
    if name not in entries:
        raise RunError(
            "E_FIGURE_UNKNOWN",
            f'This run has no figure "{name}".',
            fix=suggest(name, entries) or _known(entries),
        )
    return BUILDERS[entries[name].kind](run, entries[name])


def _known(names: Sequence[str] | dict[str, FigureEntry]) -> str:
    listed = ", ".join(names)
    return f"There are: {listed}." if listed else "The study file asks for no comparison."


def write_figure(
    folder: Path,
    name: str,
    *,
    formats: Sequence[str] = ("svg",),
    width_mm: float | None = None,
    dpi: int = 300,
    out: Path | None = None,
) -> tuple[Path, ...]:
    """Draw one figure of a run into files, all of them or none."""
    width = DEFAULT_WIDTH_MM if width_mm is None else width_mm
    _check_request(formats, width, dpi)
    run = load_run(folder)
    drawing = describe_figure(run, name)
    painted = paint(drawing, formats, width_mm=width, dpi=dpi)
    files = {f"{name}.{fmt}": picture for fmt, picture in painted.items()}
    files[f"{name}.csv"] = drawn_data(drawing.data).encode()
    files[f"{name}.json"] = _note(run, drawing, formats, width, dpi).encode()
    return write_together(Path.cwd() if out is None else out, files)


def _check_request(formats: Sequence[str], width_mm: float, dpi: int) -> None:
    unknown = [fmt for fmt in formats if fmt not in FORMATS]
    if unknown or not formats:
        near = suggest(unknown[0], FORMATS) if unknown else ""
        raise RunError(
            "E_FIGURE_FORMAT",
            "A figure is written in one or more known formats.",
            fix=near or f"There are: {', '.join(FORMATS)}.",
        )
    if not WIDTHS_MM[0] <= width_mm <= WIDTHS_MM[1] or not DPIS[0] <= dpi <= DPIS[1]:
        raise RunError(
            "E_FIGURE_SIZE",
            "A figure is 80 to 400 mm wide and has 50 to 2400 dots per inch.",
            fix="Journals ask for 80 to 180 mm, and 300 to 600 dots per inch.",
        )


def drawn_data(data: pd.DataFrame) -> str:
    """Return what is drawn as CSV, numbers as they are in the run."""
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\n")
    writer.writerow(data.columns)
    writer.writerows(["" if pd.isna(x) else x for x in row] for row in data.itertuples(index=False))
    return lines.getvalue()


def _note(run: Run, drawing: Drawing, formats: Sequence[str], width_mm: float, dpi: int) -> str:
    note = {
        "figure": drawing.name,
        "title": drawing.title,
        "caption": drawing.caption,
        "alternative_text": drawing.alt,
        "plan_status": drawing.plan_status,
        "run_id": run.provenance("run").get("run_id", ""),
        "parameters": {"formats": list(formats), "width_mm": width_mm, "dpi": dpi},
    }
    return json.dumps(note, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
