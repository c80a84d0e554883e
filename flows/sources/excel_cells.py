"""The cells of a workbook as text: as a person sees them, and as a form would take them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import numpy as np

from flows.sources.excel_scan import Details
from flows.sources.number_texts import number_text, texts_of_numbers

# What stands in the copy for a cell without a value of its own; no type admits it.
ERROR, NO_RESULT = "#ERROR!", "#FORMULA!"
MIDNIGHT = dt.time()


def column_texts(cells: Sequence[Any], kinds: set[type], date_format: str | None) -> list[str]:
    """Return the text of every cell of a column; `kinds` are the types of its cells."""
    if kinds == {str}:
        return list(cells)
    if kinds <= {float, int}:
        return texts_of_numbers(np.array(cells, dtype=float), number_text)
    return [cell_text(cell, date_format) for cell in cells]


def cell_text(cell: Any, date_format: str | None = None) -> str:
    """Return the text of one cell: dates as dates, whole numbers without a point."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, (int, float)):
        return number_text(float(cell))
    if isinstance(cell, dt.date):
        return _date_text(cell, date_format)
    return cell.isoformat() if isinstance(cell, dt.time) else str(cell)


def correct_texts(
    texts: list[str], cells: Sequence[Any], rows: Sequence[int], column: int, details: Details
) -> None:
    """Put errors, formulas without a result and numbers shown otherwise into a column's texts."""
    errors, formulas = details.errors.get(column, ()), details.formulas.get(column, ())
    formats = details.formats.get(column, {})
    for place, row in enumerate(rows):
        if row in errors:
            texts[place] = ERROR
        elif row in formulas and cells[place] == "":
            texts[place] = NO_RESULT
        elif row in formats and isinstance(cells[place], float):
            texts[place] = formats[row].show(cells[place])


def _date_text(cell: dt.date, date_format: str | None) -> str:
    if date_format is not None:
        return cell.strftime(date_format)
    if isinstance(cell, dt.datetime) and cell.time() != MIDNIGHT:
        return cell.isoformat(" ")
    return cell.strftime("%Y-%m-%d")
