"""The estimate table as CSV, for people who open it in a spreadsheet."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from reports.disclosure.cleared import ClearedTable
from reports.estimates import COUNT_COLUMNS

# A spreadsheet takes a cell that begins like this for a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def write_estimate_csv(path: Path, estimates: ClearedTable) -> Path:
    """Write cleared estimates as UTF-8 text with ``\\n``, counts as whole numbers."""
    written = as_csv(estimates.frame)
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(written)
    return path


def as_csv(frame: pd.DataFrame) -> str:
    """Return a frame as CSV text in which no cell is a formula."""
    safe = frame.copy()
    for name in frame.columns:
        if name in COUNT_COLUMNS:
            safe[name] = frame[name].astype("Int64")
        elif not pd.api.types.is_numeric_dtype(frame[name]):
            safe[name] = frame[name].map(neutralise)
    return safe.to_csv(index=False, lineterminator="\n")


def neutralise(value: object) -> object:
    """Return a text with an apostrophe before what would make it a formula.

    >>> neutralise("=1+1"), neutralise("anxiety")
    ("'=1+1", 'anxiety')
    """
    is_formula = isinstance(value, str) and value.startswith(FORMULA_STARTS)
    return f"'{value}" if is_formula else value
