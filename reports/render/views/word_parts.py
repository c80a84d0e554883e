"""What python-docx has no words for: fields, bookmarks, and files that do not tell the time."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count
from typing import Any

from docx.document import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph

# A file says when it was made; the same content must not differ by it.
EPOCH = datetime(1980, 1, 1, tzinfo=UTC)
ZIP_TIME = (1980, 1, 1, 0, 0, 0)
UNUSED_PARTS = ("stylesWithEffects", "thumbnail")


class Bookmarks:
    """The bookmarks of one document: an id each, and a name that references use."""

    def __init__(self) -> None:
        self._ids = count(1)

    @contextmanager
    def mark(self, paragraph: Paragraph, name: str) -> Iterator[None]:
        """What is added to the paragraph meanwhile lies within the bookmark."""
        number = str(next(self._ids))
        paragraph._p.append(element("w:bookmarkStart", id=number, name=name))
        yield
        paragraph._p.append(element("w:bookmarkEnd", id=number))


def bookmark_name(label: str) -> str:
    """Return the bookmark of a caption's label: ``_Ref_Table_2``."""
    return f"_Ref_{label.replace(' ', '_')}"


def element(tag: str, *children: Any, text: str | None = None, **attributes: str) -> Any:
    """Return an element of a Word document with attributes of its namespace."""
    made = OxmlElement(tag)
    for name, value in attributes.items():
        made.set(qn(f"w:{name}"), value)
    if text is not None:
        made.text = text
        made.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    made.extend(children)
    return made


def run_of(text: str, *, bold: bool = False, italic: bool = False, size: float = 0) -> Any:
    """Return a run of text; a size of 0 is that of its paragraph."""
    properties = element("w:rPr")
    if bold:
        properties.append(element("w:b"))
    if italic:
        properties.append(element("w:i"))
    if size:
        properties.append(element("w:sz", val=str(round(2 * size))))
        properties.append(element("w:szCs", val=str(round(2 * size))))
    return element("w:r", properties, element("w:t", text=text))


def field_runs(instruction: str, result: str, *, bold: bool = False) -> Iterator[Any]:
    """Yield the runs of a field with its result, so that nobody has to update it to read it."""
    yield element("w:r", element("w:fldChar", fldCharType="begin"))
    yield element("w:r", element("w:instrText", text=f" {instruction} "))
    yield element("w:r", element("w:fldChar", fldCharType="separate"))
    yield run_of(result, bold=bold)
    yield element("w:r", element("w:fldChar", fldCharType="end"))


def save_document(document: Document, title: str) -> bytes:
    """Return a document as bytes that do not depend on when and where it was made."""
    _drop_unused(document)
    properties = document.core_properties
    properties.title, properties.author, properties.comments = title, "interdep", ""
    properties.last_modified_by, properties.revision = "interdep", 1
    properties.created = properties.modified = EPOCH
    made = io.BytesIO()
    document.save(made)
    return without_clock(made.getvalue())


def _drop_unused(document: Document) -> None:
    for relations in (document.part.rels, document.part.package.rels):
        for key, relation in list(relations.items()):
            if relation.reltype.rpartition("/")[2] in UNUSED_PARTS:
                del relations[key]


def without_clock(content: bytes) -> bytes:
    """Return a zip file written again with fixed times, its members in a fixed order."""
    again = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(again, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in _ordered(old.namelist()):
            member = zipfile.ZipInfo(name, ZIP_TIME)
            member.compress_type, member.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            new.writestr(member, old.read(name))
    return again.getvalue()


def _ordered(names: Iterable[str]) -> list[str]:
    """Return members sorted; readers expect the list of content types first."""
    return sorted(names, key=lambda name: (name != "[Content_Types].xml", name))
