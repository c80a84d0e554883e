"""A report before it has a form: sections of blocks, which templates print."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import count
from typing import ClassVar, Literal

from reports.render.table import Table

Tone = Literal["plain", "lead", "note", "caution", "author"]


@dataclass(frozen=True)
class Prose:
    """Paragraphs in one tone."""

    kind: ClassVar[str] = "prose"

    paragraphs: tuple[str, ...]
    tone: Tone = "plain"
    plan_status: str | None = None


@dataclass(frozen=True)
class Heading:
    """A heading below a section's."""

    kind: ClassVar[str] = "heading"

    text: str


@dataclass(frozen=True)
class Listing:
    """Short items of one kind."""

    kind: ClassVar[str] = "listing"

    items: tuple[str, ...]


@dataclass(frozen=True)
class Facts:
    """Names and what they stand for."""

    kind: ClassVar[str] = "facts"

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Picture:
    """One drawn figure."""

    kind: ClassVar[str] = "picture"

    name: str
    title: str
    caption: str
    alt: str
    plan_status: str | None
    svg: bytes
    narrow_svg: bytes = b""
    number: int | None = None

    @property
    def label(self) -> str:
        """How the text refers to it: "Figure 2"."""
        return f"Figure {self.number}" if self.number else "Figure"

    @property
    def address(self) -> str:
        """The picture itself, as an address that needs no other file."""
        return _address(self.svg)

    @property
    def narrow_address(self) -> str:
        """The same figure drawn for a narrow screen, where there is one."""
        return _address(self.narrow_svg) if self.narrow_svg else ""


def _address(svg: bytes) -> str:
    return f"data:image/svg+xml;base64,{base64.b64encode(svg).decode()}"


@dataclass(frozen=True)
class Fold:
    """Blocks behind a line that opens them; long ones are not printed."""

    kind: ClassVar[str] = "fold"

    summary: str
    blocks: tuple[Block, ...]
    is_long: bool = False


Block = Prose | Heading | Listing | Facts | Picture | Table | Fold


@dataclass(frozen=True)
class Section:
    """One section of a report."""

    id: str
    title: str
    blocks: tuple[Block, ...]


def number_blocks(sections: Iterable[Section]) -> tuple[Section, ...]:
    """Return the sections with tables and figures numbered through, in the order of reading."""
    numbers = {"table": count(1), "picture": count(1)}
    return tuple(
        replace(section, blocks=tuple(_numbered(section.blocks, numbers))) for section in sections
    )


def _numbered(blocks: Iterable[Block], numbers: dict[str, count[int]]) -> Iterator[Block]:
    for block in blocks:
        if isinstance(block, Table | Picture):
            yield replace(block, number=next(numbers[block.kind]))
        elif isinstance(block, Fold):
            yield replace(block, blocks=tuple(_numbered(block.blocks, numbers)))
        else:
            yield block
