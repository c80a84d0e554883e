"""A table as a native Word table in APA style: three rules, italic statistics, notes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from reports.render.table import Column, Row, Table
from reports.render.views.word_parts import element, run_of

RULE, THIN = "12", "6"  # eighths of a point
WIDE_TABLE = 8


def table_element(table: Table) -> Any:
    """Return a table as an element of a Word document."""
    size = 8.0 if len(table.columns) > WIDE_TABLE else 9.0
    grid = element("w:tblGrid", *(element("w:gridCol") for _ in table.columns))
    return element("w:tbl", _properties(table), grid, *_rows(table, size))


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
        element("w:tblW", w="5000", type="pct"),
        rules,
        element("w:tblLayout", type="autofit"),
        margins,
        element("w:tblLook", val="0020", firstRow="1", firstColumn="1", noVBand="1", noHBand="1"),
        element("w:tblCaption", val=f"{table.label}. {table.title}"),
        element("w:tblDescription", val=" ".join(table.all_notes) or table.title),
    )


def _rows(table: Table, size: float) -> Iterator[Any]:
    if table.heads:
        yield _row([_cell(head, size, span=n, align="center" if head else "left",
                          rule=THIN if head else "") for head, n in table.heads],
                   is_head=True)  # fmt: skip
    yield _row([_head(column, size) for column in table.columns], is_head=True)
    for group, rows in table.groups:
        if group:
            yield _row([_cell(group, size, span=len(table.columns), bold=True, keep=True)])
        for row in rows:
            yield _row(list(_cells(table, row, size)))


def _head(column: Column, size: float) -> Any:
    align = "left" if column.kind == "text" else "right"
    return _cell(column.head, size, italic=column.is_symbol, align=align, rule=THIN)


def _cells(table: Table, row: Row, size: float) -> Iterator[Any]:
    for place, (column, text) in enumerate(zip(table.columns, table.texts(row), strict=True)):
        mark = f" ({row.plan_status})" if place == 0 and row.plan_status else ""
        yield _cell(text, size, mark=mark, align="left" if column.kind == "text" else "right")


def _row(cells: list[Any], *, is_head: bool = False) -> Any:
    properties = element("w:trPr", element("w:cantSplit"))
    if is_head:
        properties.append(element("w:tblHeader"))
    return element("w:tr", properties, *cells)


def _cell(
    text: str, size: float, *, span: int = 1, bold: bool = False, italic: bool = False,
    align: str = "left", rule: str = "", mark: str = "", keep: bool = False,
) -> Any:  # fmt: skip
    properties = element("w:tcPr", element("w:tcW", w="0", type="auto"))
    if span > 1:
        properties.append(element("w:gridSpan", val=str(span)))
    if rule:
        line = element("w:bottom", val="single", sz=rule, space="0", color="auto")
        properties.append(element("w:tcBorders", line))
    paragraph = element("w:pPr")
    if keep:
        paragraph.append(element("w:keepNext"))
    paragraph.append(element("w:spacing", before="20", after="20"))
    paragraph.append(element("w:jc", val=align))
    runs = [run_of(text, bold=bold, italic=italic, size=size)]
    if mark:
        runs.append(run_of(mark, italic=True, size=size - 1.5))
    return element("w:tc", properties, element("w:p", paragraph, *runs))
