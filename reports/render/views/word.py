"""The report, or one table of it, as a Word document that needs no mending."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from typing import Any

import docx
from docx.document import Document
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph

from reports.render.document import (
    Block,
    Facts,
    Fold,
    Heading,
    Listing,
    Picture,
    Prose,
    Section,
    find_pictures,
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
            for piece in pieces:
                if piece.target:
                    name = bookmark_name(piece.text)
                    paragraph._p.extend(field_runs(f"REF {name} \\h", piece.text))
                elif piece.text:
                    paragraph._p.append(run_of(piece.text))
            if number == 0 and prose.plan_status:
                paragraph._p.append(run_of(f" ({prose.plan_status})", italic=True))

    def _heading(self, heading: Heading) -> None:
        self.document.add_heading(heading.text, level=2)

    def _listing(self, listing: Listing) -> None:
        for item in listing.items:
            self.document.add_paragraph(item, style="List Bullet")

    def _facts(self, facts: Facts) -> None:
        for name, value in facts.pairs:
            paragraph = self.document.add_paragraph()
            paragraph._p.extend([run_of(f"{name}: ", bold=True), run_of(value)])
            paragraph.paragraph_format.space_after = Pt(2)

    def _fold(self, fold: Fold) -> None:
        if fold.is_long:
            self.document.add_paragraph(f"{fold.summary}. {LONG}")
        else:
            self.write(fold.blocks)

    def _table(self, table: Table) -> None:
        self._caption(table.label)
        title = self.document.add_paragraph()
        title._p.append(run_of(table.title, italic=True))
        if table.plan_status:
            title._p.append(run_of(f" ({table.plan_status})"))
        title.paragraph_format.keep_with_next = True
        title._p.addnext(table_element(table))
        self._notes(table)

    def _notes(self, table: Table) -> None:
        notes = self.document.add_paragraph()
        if table.all_notes:
            notes._p.extend(
                [run_of("Note. ", italic=True, size=9), run_of(" ".join(table.all_notes), size=9)]
            )

    def _picture(self, picture: Picture) -> None:
        caption = self._caption(picture.label)
        caption._p.append(run_of(f". {picture.title}.", italic=True))
        shape = self.document.add_picture(
            io.BytesIO(self._pictures[picture.name]), width=Mm(PICTURE_MM)
        )
        self.document.paragraphs[-1].paragraph_format.keep_with_next = True
        shape._inline.docPr.set("descr", picture.alt)
        shape._inline.docPr.set("title", picture.title)
        status = f" ({picture.plan_status})" if picture.plan_status else ""
        notes = self.document.add_paragraph()
        notes._p.extend(
            [run_of("Note. ", italic=True, size=9), run_of(f"{picture.caption}{status}", size=9)]
        )

    def _caption(self, label: str) -> Paragraph:
        """Add a caption whose number is a field, within a bookmark that references name."""
        kind, _, number = label.partition(" ")
        paragraph = self.document.add_paragraph(style="Caption")
        with self._bookmarks.mark(paragraph, bookmark_name(label)):
            paragraph._p.append(run_of(f"{kind} ", bold=True))
            paragraph._p.extend(field_runs(f"SEQ {kind} \\* ARABIC", number, bold=True))
        paragraph.paragraph_format.keep_with_next = True
        return paragraph


def _blank() -> Document:
    """Return an empty document: A4, one serif type, black headings."""
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
    document.styles["Normal"].font.size = Pt(11)
    document.styles["Caption"].font.size = Pt(11)
    return document
