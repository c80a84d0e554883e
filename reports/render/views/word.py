"""The report, or one table of it, as a Word document that needs no mending."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import docx
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph

from reports.render.document import (
    Block,
    Facts,
    Fold,
    Heading,
    Listing,
    Picture,
    Pieces,
    Prose,
    Section,
    find_pictures,
    without_sources,
)
from reports.render.table import Table
from reports.render.views.raster import rasterise
from reports.render.views.word_parts import (
    Bookmarks,
    bookmark_name,
    field_runs,
    run_of,
    save_document,
)
from reports.render.views.word_table import table_element

FONT = "Times New Roman"
PICTURE_MM, PICTURE_DPI = 160, 220
HANGING = Mm(8)
# Of each style: points, and points of space below.
SIZES = (("Normal", 11, 8), ("Title", 18, 12), ("Heading 1", 14, 4), ("Heading 2", 12, 4),
         ("Caption", 11, 3))  # fmt: skip
LONG = "The table is long: it is in estimates.csv, beside the report."


def report_to_word(sections: tuple[Section, ...], about: Mapping[str, str]) -> bytes:
    """Return the sections of a report as a Word document."""
    writer = _Writer(_pictures(sections))
    writer.document.add_heading(about["study_title"], level=0)
    status = about.get("plan_status", "exploratory")
    writer.document.add_paragraph(f"Run {about['run_id']}; plan status: {status}.")
    for section in sections:
        writer.document.add_heading(section.title, level=1)
        writer.write(section.blocks)
    return save_document(writer.document, about["study_title"])


def table_to_word(table: Table, about: Mapping[str, str]) -> bytes:
    """Return one table as a Word document of its own."""
    writer = _Writer({})
    writer.write((table,))
    writer.document.add_paragraph(f"Run {about['run_id']} of study {about['study_id']}.")
    return save_document(writer.document, f"{table.label}. {table.title}")


def _pictures(sections: tuple[Section, ...]) -> dict[str, bytes]:
    """Return every figure as PNG by its name."""
    drawn = tuple(find_pictures(sections))
    pngs = rasterise([one.svg for one in drawn], width_mm=PICTURE_MM, dpi=PICTURE_DPI)
    return {one.name: png for one, png in zip(drawn, pngs, strict=True)}


def _runs(pieces: Pieces) -> Iterator[Any]:
    for piece in without_sources(pieces):
        if piece.target:
            yield from field_runs(f"REF {bookmark_name(piece.text)} \\h", piece.text)
        elif piece.text:
            yield run_of(piece.text, italic=piece.is_symbol)


class _Writer:
    """Writes blocks one after another into a document."""

    def __init__(self, pictures: Mapping[str, bytes]) -> None:
        self.document = _blank()
        self._pictures = pictures
        self._bookmarks = Bookmarks()
        self._writers: Mapping[str, Callable[[Any], None]] = {
            "prose": self._prose,
            "heading": self._heading,
            "listing": self._listing,
            "facts": self._facts,
            "picture": self._picture,
            "table": self._table,
            "fold": self._fold,
        }

    def write(self, blocks: tuple[Block, ...]) -> None:
        for block in blocks:
            self._writers[block.kind](block)

    def _prose(self, prose: Prose) -> None:
        for number, pieces in enumerate(prose.pieces):
            paragraph = self.document.add_paragraph()
            paragraph._p.extend(_runs(pieces))
            if number == 0 and prose.plan_status:
                paragraph._p.append(run_of(f" ({prose.plan_status})", italic=True))

    def _heading(self, heading: Heading) -> None:
        self.document.add_heading(heading.text, level=2)

    def _listing(self, listing: Listing) -> None:
        for pieces in listing.pieces:
            style = None if listing.is_references else "List Bullet"
            paragraph = self.document.add_paragraph(style=style)
            paragraph._p.extend(_runs(pieces))
            if listing.is_references:
                form = paragraph.paragraph_format
                form.left_indent, form.first_line_indent = HANGING, -HANGING
                form.space_after = Pt(3)

    def _facts(self, facts: Facts) -> None:
        for name, value in facts.pieces:
            paragraph = self.document.add_paragraph()
            paragraph._p.extend([run_of(f"{name}: ", bold=True), *_runs(value)])
            paragraph.paragraph_format.space_after = Pt(2)

    def _fold(self, fold: Fold) -> None:
        if fold.is_long:
            self.document.add_paragraph(f"{fold.summary}. {LONG}")
        else:
            self.write(fold.unfolded)

    def _table(self, table: Table) -> None:
        title = self._caption(table.label, table.title, table.plan_status)
        title._p.addnext(table_element(table))
        self._notes(" ".join(table.all_notes))

    def _notes(self, text: str) -> None:
        """Add the notes below a table or figure; without any, what keeps the next block off."""
        notes = self.document.add_paragraph()
        if text:
            notes._p.extend([run_of("Note. ", italic=True, size=9), run_of(text, size=9)])
            notes.paragraph_format.space_before = Pt(3)
            notes.paragraph_format.keep_together = True

    def _picture(self, picture: Picture) -> None:
        self._caption(picture.label, picture.title, picture.plan_status)
        shape = self.document.add_picture(
            io.BytesIO(self._pictures[picture.name]), width=Mm(PICTURE_MM)
        )
        place = self.document.paragraphs[-1].paragraph_format
        place.keep_with_next, place.space_after = True, Pt(0)
        shape._inline.docPr.set("descr", picture.alt)
        shape._inline.docPr.set("title", picture.title)
        for side in ("distT", "distB", "distL", "distR"):
            # Without them LibreOffice keeps text off by a distance of its own.
            shape._inline.set(side, "0")
        self._notes(picture.caption)

    def _caption(self, label: str, title: str, plan_status: str | None) -> Paragraph:
        """Add a number, which is a field in a bookmark that references name, and a title below."""
        kind, _, number = label.partition(" ")
        paragraph = self.document.add_paragraph(style="Caption")
        with self._bookmarks.mark(paragraph, bookmark_name(label)):
            paragraph._p.append(run_of(f"{kind} ", bold=True))
            paragraph._p.extend(field_runs(f"SEQ {kind} \\* ARABIC", number, bold=True))
        paragraph.paragraph_format.keep_with_next = True
        paragraph.paragraph_format.space_after = Pt(3)
        below = self.document.add_paragraph()
        below._p.append(run_of(title, italic=True))
        if plan_status:
            below._p.append(run_of(f" ({plan_status})"))
        below.paragraph_format.keep_with_next = True
        below.paragraph_format.space_after = Pt(4)
        return below


def _blank() -> Document:
    """Return an empty document: A4, one serif type, black headings, numbered pages."""
    document = docx.Document()
    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin = page.right_margin = Mm(25)
    page.top_margin = page.bottom_margin = Mm(25)
    for name in ("Normal", "Title", "Heading 1", "Heading 2", "Caption", "List Bullet"):
        style = document.styles[name]
        style.font.name = FONT
        style.font.color.rgb = RGBColor(0, 0, 0)
        fonts = style.element.rPr.rFonts
        for kind in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(f"{{{fonts.nsmap['w']}}}{kind}", None)
    for name, size, after in SIZES:
        document.styles[name].font.size = Pt(size)
        document.styles[name].paragraph_format.space_after = Pt(after)
    document.styles["Title"].font.bold = True
    title = document.styles["Title"].element.pPr
    title.remove(title.find(qn("w:pBdr")))  # the template's, in blue
    foot = page.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    foot._p.extend(field_runs("PAGE", "1"))
    return document
