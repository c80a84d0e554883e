"""Numbers of binary files as text, as they would be typed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

# Columns of whole numbers within so few different values are written by a table.
WIDEST_TABLE = 4096
Write = Callable[[float], str]


def number_text(value: float) -> str:
    """Return a number as it would be typed: 3, 2.5."""
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def texts_of_numbers(values: np.ndarray[Any, Any], write: Write) -> list[str]:
    """Return the text of every number, blank where there is none; `write` is asked once for each.

    Answers are few different whole numbers, and are looked up by numpy; a loop takes ten times as
    long.
    """
    is_missing = np.isnan(values)
    if is_missing.all():
        return [""] * len(values)
    filled = np.where(is_missing, values[~is_missing][0], values)
    table = _looked_up(filled, write) or _written(filled, write)
    for place in np.flatnonzero(is_missing).tolist():
        table[place] = ""
    return table


def _looked_up(values: np.ndarray[Any, Any], write: Write) -> list[str] | None:
    low, high = float(values.min()), float(values.max())
    if not (abs(low) < 1e15 and high - low < WIDEST_TABLE):
        return None
    places = (values - low).astype(np.intp)
    if not np.array_equal(places + low, values) or not low.is_integer():
        return None
    is_present = np.bincount(places) > 0
    table = np.array(
        [write(low + k) if found else "" for k, found in enumerate(is_present.tolist())],
        dtype=object,
    )
    looked_up: list[str] = table[places].tolist()
    return looked_up


def _written(values: np.ndarray[Any, Any], write: Write) -> list[str]:
    cells = values.tolist()
    known = {value: write(value) for value in sorted(set(cells))}
    return [known[cell] for cell in cells]
