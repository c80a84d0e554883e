"""The parts of an Excel workbook: its sheets, the formats of their numbers, their bytes."""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from xml.etree import ElementTree

from flows.sources.names import show_name
from flows.sources.number_formats import DisplayFormat, find_format
from flows.sources.refusal import refuse
from instruments.errors import ExportError, suggest

BOOK, STRINGS, STYLES = "xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml"
# What a sheet and the texts of a book may unpack to; more is no export of answers.
MOST_BYTES = 250_000_000
PIECE = 1 << 18
BROKEN = (zipfile.BadZipFile, zlib.error, ElementTree.ParseError, EOFError, KeyError,
          NotImplementedError, RuntimeError, UnicodeDecodeError, ValueError, struct.error,
          OSError)  # fmt: skip
SAVE = "Open it in Excel and save it as .xlsx."
OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True)
class Book:
    """One workbook: the sheets by their names, in order, with the part that holds each."""

    path: Path
    sheets: Mapping[str, str]

    def choose(self, declared: str | None) -> str:
        """Return the name of the sheet to read, or refuse the book where it is not clear."""
        names = list(self.sheets)
        if declared in self.sheets:
            return str(declared)
        if declared is None and len(names) == 1:
            return names[0]
        what = "does not have the declared sheet" if declared else "has more than one sheet"
        near = suggest(declared, filter(show_name, names)) if declared else ""
        raise refuse(self.path, "E_SHEET", f"The workbook {what}: it has {len(names)}.",
                     fix=near or "Declare the name of the sheet in the study file, such as "
                     'sheet = "Data".')  # fmt: skip

    def pieces(self, sheet: str) -> Iterator[bytes]:
        """Yield the XML of a sheet, piece by piece."""
        with (
            guarded(self.path),
            zipfile.ZipFile(self.path) as archive,
            archive.open(self.sheets[sheet]) as opened,
        ):
            while piece := opened.read(PIECE):
                yield piece

    @cached_property
    def formats(self) -> tuple[DisplayFormat | None, ...]:
        """By the style of a cell: how its number is shown, where that is not as the number."""
        root = _read_part(self.path, STYLES)
        if root is None:
            return ()
        own = {part.get("numFmtId", ""): part.get("formatCode", "") for part in
               root.iterfind(".//{*}numFmts/{*}numFmt")}  # fmt: skip
        styles = root.iterfind("./{*}cellXfs/{*}xf")
        return tuple(find_format(style.get("numFmtId", ""), own) for style in styles)


def open_book(path: Path, head: bytes) -> Book:
    """Return the workbook in a file, or refuse the file."""
    if not head.startswith(b"PK"):
        old = "an old Excel file or one with a password" if head.startswith(OLD) else "no workbook"
        raise refuse(path, "E_NOT_WORKBOOK", f"The file is {old}.", place="byte 0", fix=SAVE)
    with guarded(path), zipfile.ZipFile(path) as archive:
        sizes = {part.filename: part.file_size for part in archive.infolist()}
    if BOOK not in sizes:
        raise refuse(path, "E_NOT_WORKBOOK", "The archive holds no .xlsx workbook.", place="byte 0",
                     fix=SAVE)  # fmt: skip
    sheets = {name: part for name, part in _find_sheets(path) if part in sizes}
    if not sheets:
        raise damaged(path)
    largest = max(sizes.get(part, 0) for part in (*sheets.values(), STRINGS))
    if largest > MOST_BYTES:
        raise refuse(path, "E_SIZE", "The workbook unpacks to more than any export of answers.",
                     fix="Export the table as CSV.")  # fmt: skip
    return Book(path, sheets)


def damaged(path: Path) -> ExportError:
    """Return the refusal of a workbook whose parts cannot be read."""
    return refuse(path, "E_DAMAGED", "The workbook is damaged: parts of it cannot be read.",
                  fix=SAVE)  # fmt: skip


@contextmanager
def guarded(path: Path) -> Iterator[None]:
    """Refuse a workbook whose archive or XML is broken."""
    try:
        yield
    except BROKEN:
        raise damaged(path) from None


def _find_sheets(path: Path) -> Iterator[tuple[str, str]]:
    book, links = _read_part(path, BOOK), _read_part(path, "xl/_rels/workbook.xml.rels")
    if book is None or links is None:
        return
    targets = {link.get("Id"): link.get("Target", "") for link in links.iterfind("{*}Relationship")
               if link.get("Type", "").endswith("/worksheet")}  # fmt: skip
    for sheet in book.iterfind("./{*}sheets/{*}sheet"):
        own = next((value for name, value in sheet.items() if re.fullmatch(r"\{.*\}id", name)), "")
        if target := targets.get(own):
            part = target.lstrip("/") if target.startswith("/") else PurePosixPath("xl", target)
            yield sheet.get("name", ""), str(part)


def _read_part(path: Path, name: str) -> ElementTree.Element | None:
    with guarded(path), zipfile.ZipFile(path) as archive:
        if name not in archive.namelist():
            return None
        content = archive.read(name)
        if b"<!DOCTYPE" in content:
            raise damaged(path)
        return ElementTree.fromstring(content)  # noqa: S314 -- no document type, so no entities
    return None
