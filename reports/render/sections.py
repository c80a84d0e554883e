"""Composing a report: the sections of ``sections.toml``, filled from one run."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
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


Draw = Callable[[Run, str], Picture]


def compose_sections(run: Run, draw: Draw) -> tuple[Section, ...]:
    """Return the sections that a run has something to say in, tables and figures numbered.

    With `outline_picture` they are composed in a moment; figures keep their numbers.
    """
    sections = [
        Section(one.id, one.title, tuple(_blocks(run, one.blocks, draw))) for one in read_outline()
    ]
    return number_blocks(section for section in sections if section.blocks)


def _blocks(run: Run, names: Iterable[str], draw: Draw) -> Iterator[Block]:
    for name in names:
        if name.startswith(FIGURE):
            yield from _pictures(run, name.removeprefix(FIGURE), draw)
        else:
            yield from BLOCKS[name](run)


def _pictures(run: Run, kind: str, draw: Draw) -> Iterator[Block]:
    """Yield the figures of one kind; a withheld one leaves its reason in its place."""
    for entry in entries_of(run):
        if entry.kind == kind:
            try:
                yield draw(run, entry.name)
            except RunError as error:
                yield Prose((f"{entry.title}: {error.what} {error.fix}",), "note")


def outline_picture(run: Run, name: str) -> Picture:
    """Return a figure as a block with its words, not drawn yet."""
    drawing = describe_figure(run, name)
    return Picture(
        name=drawing.name,
        title=drawing.title,
        caption=drawing.caption,
        alt=drawing.alt,
        plan_status=drawing.plan_status,
        drawing=drawing,
    )


def draw_for_paper(run: Run, name: str) -> Picture:
    """Return one figure of a run as a block, drawn at the width of a page."""
    picture = outline_picture(run, name)
    return replace(picture, svg=_svg(picture, DEFAULT_WIDTH_MM))


def draw_for_screens(run: Run, name: str) -> Picture:
    """Return one figure of a run as a block, drawn for wide and for narrow screens."""
    picture = draw_for_paper(run, name)
    return replace(picture, narrow_svg=_svg(picture, PHONE_WIDTH_MM))


def _svg(picture: Picture, width_mm: float) -> bytes:
    return paint(picture.drawing, ("svg",), width_mm=width_mm)["svg"]
