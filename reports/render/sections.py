"""Composing a report: the sections of ``sections.toml``, filled from one run."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from instruments.errors import RunError
from reports.render.blocks import BLOCKS
from reports.render.document import Block, Picture, Prose, Section, number_blocks
from reports.render.drawing import DEFAULT_WIDTH_MM, describe_figure, entries_of
from reports.render.figures.paint import paint
from reports.render.run_view import Run

ORDER = Path(__file__).resolve().parent.parent / "sections.toml"
FIGURE = "figure."
PHONE_WIDTH_MM = 90.0


class Outline(NamedTuple):
    """One declared section: its id, its title and the names of its blocks."""

    id: str
    title: str
    blocks: tuple[str, ...]


@cache
def read_outline() -> tuple[Outline, ...]:
    """Return the declared sections in their order."""
    declared = tomllib.loads(ORDER.read_text(encoding="utf-8"))["section"]
    return tuple(Outline(one["id"], one["title"], tuple(one["blocks"])) for one in declared)


def compose_sections(run: Run) -> tuple[Section, ...]:
    """Return the sections that a run has something to say in, tables and figures numbered."""
    sections = [
        Section(
            one.id, one.title, tuple(block for name in one.blocks for block in _fill(run, name))
        )
        for one in read_outline()
    ]
    return number_blocks(section for section in sections if section.blocks)


def _fill(run: Run, name: str) -> Iterator[Block]:
    if name.startswith(FIGURE):
        yield from _pictures(run, name.removeprefix(FIGURE))
    else:
        yield from BLOCKS[name](run)


def _pictures(run: Run, kind: str) -> Iterator[Block]:
    """Yield the figures of one kind; a withheld one leaves its reason in its place."""
    for entry in entries_of(run):
        if entry.kind == kind:
            try:
                yield draw_picture(run, entry.name)
            except RunError as error:
                yield Prose((f"{entry.title}: {error.what} {error.fix}",), "note")


def draw_picture(run: Run, name: str) -> Picture:
    """Return one figure of a run as a block of its report."""
    drawing = describe_figure(run, name)
    return Picture(
        name=drawing.name,
        title=drawing.title,
        caption=drawing.caption,
        alt=drawing.alt,
        plan_status=drawing.plan_status,
        svg=paint(drawing, "svg", width_mm=DEFAULT_WIDTH_MM),
        narrow_svg=paint(drawing, "svg", width_mm=PHONE_WIDTH_MM),
    )
