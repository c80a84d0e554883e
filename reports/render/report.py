"""The report of one run: one HTML file that needs no other, and its figures beside it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from reports.render.document import Block, Fold, Picture, Section
from reports.render.page import print_page
from reports.render.run_view import load_run
from reports.render.sections import compose_sections
from reports.render.writing import write_together


def write_report(folder: Path) -> Path:
    """Write ``report.html`` and ``figures/*.svg`` of a run; return the report's path."""
    run = load_run(folder)
    sections = compose_sections(run)
    page = print_page("report.html", run, sections=sections, about=run.provenance("run"))
    pictures = {f"{picture.name}.svg": picture.svg for picture in find_pictures(sections)}
    write_together(folder / "figures", pictures)
    return write_together(folder, {"report.html": page.encode()})[0]


def find_pictures(sections: tuple[Section, ...]) -> Iterator[Picture]:
    """Yield every picture of a report, in the order of reading."""
    for section in sections:
        yield from _pictures_in(section.blocks)


def _pictures_in(blocks: tuple[Block, ...]) -> Iterator[Picture]:
    for block in blocks:
        if isinstance(block, Picture):
            yield block
        elif isinstance(block, Fold):
            yield from _pictures_in(block.blocks)
