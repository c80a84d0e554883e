"""A report before it has a form: sections of blocks, which templates print."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import count
from typing import ClassVar, Literal, NamedTuple

from reports.render.figures.drawing import Drawing
from reports.render.table import Table

_REFERENCE = re.compile(
    " \N{LEFT WHITE SQUARE BRACKET}(?P<target>[a-z0-9_-]+)\N{RIGHT WHITE SQUARE BRACKET}"
    "|\N{LEFT WHITE SQUARE BRACKET}(?P<estimate>[0-9]+)[|](?P<text>[^|]+?)"
    "\N{RIGHT WHITE SQUARE BRACKET}"
)
ESTIMATE = "estimate-"
# The statistics that APA style sets in italics, where a value or the degrees of freedom follow.
_STATISTIC = re.compile(r"(?<![\w-])(?:[ptgbnNFrzMd]|SD|SE|df)(?=\([\d., ]+\)\s[=<>]|\s[=<>]\s)")
Tone = Literal["plain", "lead", "note", "caution", "author"]


class Piece(NamedTuple):
    """A part of a paragraph: plain text, a reference with its target, or a statistic's symbol.

    ``parts`` are the pieces of words that lead to an estimate together.
    """

    text: str
    target: str = ""
    is_symbol: bool = False
    parts: tuple[Piece, ...] = ()


Pieces = tuple[Piece, ...]


def split_text(text: str, labels: Mapping[str, str] | None = None) -> Pieces:
    """Return a text with marks in its pieces; references are named by ``labels``."""
    return tuple(_split(text, labels or {}))


def without_sources(pieces: Iterable[Piece]) -> Pieces:
    """Return pieces for print, which has no table of all estimates to lead to."""
    return tuple(part for piece in pieces for part in piece.parts or (piece,))


def _split(text: str, labels: Mapping[str, str]) -> Iterator[Piece]:
    place = 0
    for found in _REFERENCE.finditer(text):
        yield from _mark_symbols(text[place : found.start()])
        label = labels.get(found["target"] or "")
        if found["estimate"]:
            parts = tuple(_mark_symbols(found["text"]))
            yield Piece(found["text"], f"{ESTIMATE}{found['estimate']}", parts=parts)
        elif label:
            yield from (Piece(" ("), Piece(label, found["target"]), Piece(")"))
        place = found.end()
    yield from _mark_symbols(text[place:])


@dataclass(frozen=True)
class Prose:
    """Paragraphs in one tone.

    `refer` writes references into them. They become "Table 2" when blocks are numbered, and
    vanish where the report has no such block. `source` leads from a number to its estimate.
    """

    kind: ClassVar[str] = "prose"

    paragraphs: tuple[str, ...]
    tone: Tone = "plain"
    plan_status: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def pieces(self) -> tuple[Pieces, ...]:
        """The paragraphs, each in its parts."""
        return tuple(split_text(text, self.labels) for text in self.paragraphs)


def _mark_symbols(text: str) -> Iterator[Piece]:
    """Yield a text in pieces, the symbols of statistics apart.

    >>> [piece.text for piece in _mark_symbols("distress: t(45) = 2.10, p < .001")]
    ['distress: ', 't', '(45) = 2.10, ', 'p', ' < .001']
    """
    place = 0
    for found in _STATISTIC.finditer(text):
        yield Piece(text[place : found.start()])
        yield Piece(found[0], is_symbol=True)
        place = found.end()
    yield Piece(text[place:])


def refer(kind: str, name: str) -> str:
    """Return a reference to a table or figure, to be put into a paragraph before its full stop."""
    return f" \N{LEFT WHITE SQUARE BRACKET}{kind}-{name}\N{RIGHT WHITE SQUARE BRACKET}"


def source(number: int, text: str) -> str:
    """Return a text that leads to the estimate of a number, to be put into a paragraph."""
    return f"\N{LEFT WHITE SQUARE BRACKET}{number + 1}|{text}\N{RIGHT WHITE SQUARE BRACKET}"


@dataclass(frozen=True)
class Heading:
    """A heading below a section's."""

    kind: ClassVar[str] = "heading"

    text: str


@dataclass(frozen=True)
class Listing:
    """Short items of one kind, or the entries of a list of references."""

    kind: ClassVar[str] = "listing"

    items: tuple[str, ...]
    is_references: bool = False

    @property
    def pieces(self) -> tuple[Pieces, ...]:
        """The items, each in its parts."""
        return tuple(split_text(item) for item in self.items)


@dataclass(frozen=True)
class Facts:
    """Names and what they stand for."""

    kind: ClassVar[str] = "facts"

    pairs: tuple[tuple[str, str], ...]

    @property
    def pieces(self) -> tuple[tuple[str, Pieces], ...]:
        """The names, each with the parts of what it stands for."""
        return tuple((name, split_text(value)) for name, value in self.pairs)


@dataclass(frozen=True)
class Picture:
    """One drawn figure."""

    kind: ClassVar[str] = "picture"

    name: str
    title: str
    caption: str
    alt: str
    plan_status: str | None
    drawing: Drawing
    svg: bytes = b""
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

    @property
    def unfolded(self) -> tuple[Block, ...]:
        """Its blocks where nothing can be folded; a table has a caption, all else needs a head."""
        has_caption = bool(self.blocks) and isinstance(self.blocks[0], Table)
        return self.blocks if has_caption else (Heading(self.summary), *self.blocks)


Block = Prose | Heading | Listing | Facts | Picture | Table | Fold


@dataclass(frozen=True)
class Section:
    """One section of a report."""

    id: str
    title: str
    blocks: tuple[Block, ...]


def find_tables(sections: Iterable[Section]) -> Iterator[Table]:
    """Yield every table of a report, in the order of their numbers."""
    for section in sections:
        yield from (block for block in walk(section.blocks) if isinstance(block, Table))


def find_pictures(sections: Iterable[Section]) -> Iterator[Picture]:
    """Yield every picture of a report, in the order of their numbers."""
    for section in sections:
        yield from (block for block in walk(section.blocks) if isinstance(block, Picture))


def walk(blocks: Iterable[Block]) -> Iterator[Block]:
    """Yield every block, folded ones too, in the order of reading."""
    for block in blocks:
        yield block
        if isinstance(block, Fold):
            yield from walk(block.blocks)


def number_blocks(sections: Iterable[Section]) -> tuple[Section, ...]:
    """Return the sections with tables and figures numbered through, and references resolved."""
    numbers = {"table": count(1), "picture": count(1)}
    numbered = [
        replace(section, blocks=tuple(_numbered(section.blocks, numbers))) for section in sections
    ]
    labels = {f"table-{table.name}": table.label for table in find_tables(numbered)}
    labels |= {f"figure-{picture.name}": picture.label for picture in find_pictures(numbered)}
    said: dict[str, str] = {}
    return tuple(
        replace(section, blocks=tuple(_resolved(section.blocks, labels, said)))
        for section in numbered
    )


def _numbered(blocks: Iterable[Block], numbers: dict[str, count[int]]) -> Iterator[Block]:
    for block in blocks:
        if isinstance(block, Table | Picture):
            yield replace(block, number=next(numbers[block.kind]))
        elif isinstance(block, Fold):
            yield replace(block, blocks=tuple(_numbered(block.blocks, numbers)))
        else:
            yield block


def _resolved(
    blocks: Iterable[Block], labels: Mapping[str, str], said: dict[str, str]
) -> Iterator[Block]:
    """Yield blocks with their references named; ``said`` holds the captions so far."""
    for block in blocks:
        if isinstance(block, Prose):
            yield replace(block, labels=labels)
        elif isinstance(block, Fold):
            yield replace(block, blocks=tuple(_resolved(block.blocks, labels, said)))
        elif isinstance(block, Picture):
            first = said.setdefault(block.caption, block.label)
            yield block if first == block.label else replace(block, caption=f"Read as {first}.")
        else:
            yield block
