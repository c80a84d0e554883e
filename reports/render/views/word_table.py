"""A table as a native Word table in APA style: three rules, italic statistics, notes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from reports.render.table import Column, Row, Table
from reports.render.views.word_parts import element, run_of

TEXT_WIDTH = 9070  # of an A4 page with margins of 25 mm, in twentieths of a point
RULE, THIN = "12", "6"  # eighths of a point


def table_element(table: Table) -> Any:
    """Return a table as an element of a Word document."""
    size = 8.0 if table.is_wide else 9.0
    widths = _widths(table)
    grid = element("w:tblGrid", *(element("w:gridCol", w=str(width)) for width in widths))
    return element("w:tbl", _properties(table), grid, *_rows(table, size, widths))


def _widths(table: Table) -> list[int]:
    """Return the widths of the columns, in twentieths of a point."""
    weights = table.weights()
    return [round(TEXT_WIDTH * weight / sum(weights)) for weight in weights]


def _properties(table: Table) -> Any:
    rules = element(
        "w:tblBorders",
        element("w:top", val="single", sz=RULE, space="0", color="auto"),
        element("w:bottom", val="single", sz=RULE, space="0", color="auto"),
    )
    margins = element(
        "w:tblCellMar",
        element("w:left", w="60", type="dxa"),
        element("w:right", w="60", type="dxa"),
    )
    return element(
        "w:tblPr",
        element("w:tblW", w=str(TEXT_WIDTH), type="dxa"),
        rules,
        element("w:tblLayout", type="fixed"),
        margins,
        element("w:tblLook", val="0020", firstRow="1", firstColumn="1", noVBand="1", noHBand="1"),
        element("w:tblCaption", val=f"{table.label}. {table.title}"),
        element("w:tblDescription", val=" ".join(table.all_notes) or table.title),
    )


def _rows(table: Table, size: float, widths: list[int]) -> Iterator[Any]:
    if table.heads:
        yield _row(list(_spanners(table, size, widths)), is_head=True)
    yield _row(
        [_head(column, size, width) for column, width in zip(table.columns, widths, strict=True)],
        is_head=True,
    )
    last = table.rows[-1] if table.rows else None
    for group, rows in table.groups:
        if group:
            yield _row([_cell(group, size, sum(widths), span=len(widths), bold=True, keep=True)])
        for row in rows:
            keep = bool(table.all_notes) if row is last else table.is_short
            yield _row(list(_cells(table, row, size, widths, keep=keep)))


def _spanners(table: Table, size: float, widths: list[int]) -> Iterator[Any]:
    place = 0
    for head, count in table.heads:
        width = sum(widths[place : place + count])
        align, rule = ("center", THIN) if head else ("left", "")
        yield _cell(head, size, width, span=count, align=align, rule=rule, keep=True)
        place += count


def _head(column: Column, size: float, width: int) -> Any:
    align = "left" if column.kind == "text" else "right"
    return _cell(column.head, size, width, italic=column.is_symbol, align=align, rule=THIN,
                 keep=True)  # fmt: skip


def _cells(table: Table, row: Row, size: float, widths: list[int], *, keep: bool) -> Iterator[Any]:
    for place, (column, _, text) in enumerate(table.printed(row)):
        mark = f" ({row.plan_status})" if place == 0 and row.plan_status else ""
        align = "left" if column.kind == "text" else "right"
        yield _cell(text, size, widths[place], mark=mark, align=align, keep=keep)


def _row(cells: list[Any], *, is_head: bool = False) -> Any:
    properties = element("w:trPr", element("w:cantSplit"))
    if is_head:
        properties.append(element("w:tblHeader"))
    return element("w:tr", properties, *cells)


def _cell(
    text: str, size: float, width: int, *, span: int = 1, bold: bool = False, italic: bool = False,
    align: str = "left", rule: str = "", mark: str = "", keep: bool = False,
) -> Any:  # fmt: skip
    properties = element("w:tcPr", element("w:tcW", w=str(width), type="dxa"))
    if span > 1:
        properties.append(element("w:gridSpan", val=str(span)))
    if rule:
        line = element("w:bottom", val="single", sz=rule, space="0", color="auto")
        properties.append(element("w:tcBorders", line))
    paragraph = element("w:pPr")
    if keep:
        paragraph.append(element("w:keepNext"))
    paragraph.append(element("w:spacing", before="20", after="20", line="240", lineRule="auto"))
    paragraph.append(element("w:jc", val=align))
    # The mark at the end of a paragraph has a height too.
    paragraph.append(element("w:rPr", element("w:sz", val=str(round(2 * size)))))
    runs = [run_of(text, bold=bold, italic=italic, size=size)]
    if mark:
        runs.append(run_of(mark, italic=True, size=size - 1.5))
    return element("w:tc", properties, element("w:p", paragraph, *runs))
