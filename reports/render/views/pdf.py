"""The report as a tagged PDF (PDF/UA-1), set by typst."""

from __future__ import annotations

import io
import json
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

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

TEMPLATE = Path(__file__).resolve().parent.parent / "templates" / "report.typ"
LONG = "The table is long: it is in estimates.csv, beside the report."
STANDARD: Final = "ua-1"


def report_to_pdf(sections: tuple[Section, ...], about: Mapping[str, str]) -> bytes:
    """Return the sections of a report as a PDF: the same bytes each time."""
    import typst

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "report.typ").write_bytes(TEMPLATE.read_bytes())
        (folder / "data.json").write_text(json.dumps(_data(sections, about)), encoding="utf-8")
        for picture in find_pictures(sections):
            (folder / _file_of(picture)).write_bytes(picture.svg)
        made = typst.compile(
            str(folder / "report.typ"),
            root=name,
            format="pdf",
            pdf_standards=[STANDARD],
            ignore_system_fonts=True,
            timestamp=0,
        )
    return with_row_heads(bytes(made))


def _data(sections: tuple[Section, ...], about: Mapping[str, str]) -> dict[str, Any]:
    return {
        "title": about["study_title"],
        "run_id": about["run_id"],
        "plan_status": about.get("plan_status", "exploratory"),
        "sections": [
            {"title": section.title, "blocks": list(_blocks(section.blocks))}
            for section in sections
        ],
    }


def _blocks(blocks: tuple[Block, ...]) -> Iterator[dict[str, Any]]:
    for block in blocks:
        if isinstance(block, Fold):
            yield from _folded(block)
        else:
            yield {"kind": block.kind, **_CONTENT[block.kind](block)}


def _folded(fold: Fold) -> Iterator[dict[str, Any]]:
    if fold.is_long:
        yield {"kind": "prose", **_prose(Prose((f"{fold.summary}. {LONG}",)))}
    else:
        yield from _blocks(fold.unfolded)


def _prose(prose: Prose) -> dict[str, Any]:
    return {
        "paragraphs": [_printed(pieces) for pieces in prose.pieces],
        "tone": prose.tone,
        "status": prose.plan_status or "",
    }


def _printed(pieces: Pieces) -> list[dict[str, Any]]:
    return [
        {"text": piece.text, "target": piece.target, "is_symbol": piece.is_symbol}
        for piece in without_sources(pieces)
    ]


def _heading(heading: Heading) -> dict[str, Any]:
    return {"text": heading.text}


def _listing(listing: Listing) -> dict[str, Any]:
    items = [_printed(pieces) for pieces in listing.pieces]
    return {"items": items, "references": listing.is_references}


def _facts(facts: Facts) -> dict[str, Any]:
    return {"pairs": [[name, _printed(pieces)] for name, pieces in facts.pieces]}


def _picture(picture: Picture) -> dict[str, Any]:
    return {
        "label": picture.label,
        "title": picture.title,
        "caption": picture.caption,
        "alt": picture.alt,
        "status": picture.plan_status or "",
        "file": _file_of(picture),
        "target": f"figure-{picture.name}",
    }


def _file_of(picture: Picture) -> str:
    return f"figure-{picture.number}.svg"


def _table(table: Table) -> dict[str, Any]:
    return {
        "label": table.label,
        "title": table.title,
        "status": table.plan_status or "",
        "notes": list(table.all_notes),
        "target": f"table-{table.name}",
        "widths": list(table.weights()),
        "short": table.is_short,
        "heads": [{"text": text, "count": count} for text, count in table.heads],
        "columns": [
            {"head": column.head, "text": column.kind == "text", "symbol": column.is_symbol}
            for column in table.columns
        ],
        "rows": list(_rows(table)),
    }


def _rows(table: Table) -> Iterator[dict[str, Any]]:
    for group, rows in table.groups:
        if group:
            yield {"group": True, "cells": [group], "status": ""}
        for row in rows:
            cells = list(table.texts(row))
            yield {"group": False, "cells": cells, "status": row.plan_status or ""}


_CONTENT: Mapping[str, Any] = {
    "prose": _prose,
    "heading": _heading,
    "listing": _listing,
    "facts": _facts,
    "picture": _picture,
    "table": _table,
}


def with_row_heads(content: bytes) -> bytes:
    """Return a tagged PDF in which the first cell of each row heads its row.

    typst marks the cells of a table's header only, so a reader of the table would hear numbers
    without what they are about.
    """
    import pikepdf

    with pikepdf.open(io.BytesIO(content)) as document:
        for row in _body_rows(document.Root.StructTreeRoot):
            cells = [kid for kid in _kids(row) if kid.get("/S") in ("/TD", "/TH")]
            if cells and cells[0].S == "/TD":
                cells[0].S = pikepdf.Name.TH
                scope = pikepdf.Dictionary(O=pikepdf.Name.Table, Scope=pikepdf.Name.Row)
                cells[0].A = _with_scope(cells[0].get("/A"), scope)
        made = io.BytesIO()
        document.save(made, deterministic_id=True)
    return made.getvalue()


def _with_scope(attributes: Any, scope: Any) -> Any:
    import pikepdf

    if attributes is None:
        return scope
    kept = list(attributes) if isinstance(attributes, pikepdf.Array) else [attributes]
    return pikepdf.Array([*kept, scope])


def _body_rows(node: Any) -> Iterator[Any]:
    """Yield the rows of all table bodies below a node of the structure tree."""
    for kid in _kids(node):
        kind = kid.get("/S")
        if kind == "/TR" and node.get("/S") == "/TBody":
            yield kid
        elif kind != "/THead":
            yield from _body_rows(kid)


def _kids(node: Any) -> list[Any]:
    import pikepdf

    kids = node.get("/K")
    found = list(kids) if isinstance(kids, pikepdf.Array) else [kids]
    return [kid for kid in found if isinstance(kid, pikepdf.Dictionary) and "/S" in kid]
