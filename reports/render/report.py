"""The report of one run: one HTML file that needs no other, and its figures beside it."""

from __future__ import annotations

from pathlib import Path

from reports.render.document import find_pictures
from reports.render.page import print_page
from reports.render.run_view import load_run
from reports.render.sections import compose_sections
from reports.render.writing import write_together


def write_report(folder: Path) -> Path:
    """Write ``report.html`` and ``figures/*.svg`` of a run; return the report's path."""
    run = load_run(folder)
    sections = compose_sections(run)
    page = print_page(
        "report.html",
        run,
        sections=sections,
        about=run.provenance("run"),
        has_estimates=True,
    )
    pictures = {f"{picture.name}.svg": picture.svg for picture in find_pictures(sections)}
    write_together(folder / "figures", pictures)
    return write_together(folder, {"report.html": page.encode()})[0]
