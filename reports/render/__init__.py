"""From a run's folder to what people read: report, figures, tables.

Nothing here reads anything but the folder of a run. The functions are imported when they are
first asked for, since one figure needs neither templates nor tables.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple


class FigureEntry(NamedTuple):
    """One figure of a run: the name to ask for it by, its kind and its title."""

    name: str
    kind: str
    title: str


class TableEntry(NamedTuple):
    """One table of a run's report: its number, the name to ask for it by, its title."""

    number: int
    name: str
    title: str


class RunLine(NamedTuple):
    """One run as an index lists it: its id, and which of the study's runs it was."""

    run_id: str
    number: str = ""


def render_report(folder: Path) -> Path:
    """Write ``report.html`` and ``figures/*.svg`` of a run, and return the report's path."""
    from reports.render.report import write_report

    return write_report(folder, ("html",))[0]


def render_documents(folder: Path, *, formats: Sequence[str] = ("docx", "pdf")) -> tuple[Path, ...]:
    """Write the report of a run as ``docx``, ``pdf`` or ``html`` into its folder.

    Several formats at once are drawn once.
    """
    from reports.render.report import write_report

    return write_report(folder, formats)


def render_changes(folder: Path, previous: Path) -> Path:
    """Write ``changes.html`` into a run's folder: what moved since a previous run, and why."""
    from reports.render.changes import write_changes

    return write_changes(folder, previous)


def render_index(runs: Path, lines: Sequence[RunLine]) -> Path:
    """Write ``index.html`` into the folder of all runs; the lines are listed in their order."""
    from reports.render.index import write_index

    return write_index(runs, lines)


def list_figures(folder: Path) -> tuple[FigureEntry, ...]:
    """Return the figures that a run can draw, in the order of the report."""
    from reports.render.drawing import find_figures

    return find_figures(folder)


def draw_figure(
    folder: Path,
    name: str,
    *,
    formats: Sequence[str] = ("svg",),
    width_mm: float | None = None,
    dpi: int = 300,
    out: Path | None = None,
) -> tuple[Path, ...]:
    """Draw one figure of a run again and return the files written.

    Beside each picture stand the data that are drawn (``.csv``) and a note (``.json``) with run,
    parameters and alternative text. ``out`` is a folder, the working directory by default.

    Raises
    ------
    RunError
        The run or the figure is not there, a file of it is damaged, or the folder cannot be
        written to; files that were there before stay as they were.
    """
    from reports.render.drawing import write_figure

    return write_figure(folder, name, formats=formats, width_mm=width_mm, dpi=dpi, out=out)


def list_tables(folder: Path) -> tuple[TableEntry, ...]:
    """Return the tables of a run's report, in the order of their numbers."""
    from reports.render.tabling import find_entries

    return find_entries(folder)


def draw_table(
    folder: Path,
    name_or_number: str | int,
    *,
    formats: Sequence[str] = ("docx",),
    out: Path | None = None,
) -> tuple[Path, ...]:
    """Write one table of a run as ``docx``, ``html``, ``latex`` or ``csv``; return the files.

    Raises
    ------
    RunError
        The run or the table is not there, a file of it is damaged, or the folder cannot be
        written to; files that were there before stay as they were.
    """
    from reports.render.tabling import write_table

    return write_table(folder, str(name_or_number), formats=formats, out=out)
