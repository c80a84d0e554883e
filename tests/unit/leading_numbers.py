"""Whether the numbers of a sentence lead to the estimates that they come from."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pandas as pd

OPEN, CLOSE = "\N{LEFT WHITE SQUARE BRACKET}", "\N{RIGHT WHITE SQUARE BRACKET}"
MARK = re.compile(rf"{OPEN}(?P<row>[0-9]+)[|](?P<words>[^|{CLOSE}]+){CLOSE}")
NUMBERS = ("estimate", "ci_low", "ci_high", "statistic", "df", "p_value", "p_adjusted", "ci_level",
           "n", "n_a", "n_b")  # fmt: skip


def numbers_that_lead_nowhere(text: str, *known: str) -> list[str]:
    """Return what stands around digits outside of marks and of phrases that are known."""
    left = MARK.sub("*", text)
    for phrase in known:
        left = left.replace(phrase, "*")
    return [found[0] for found in re.finditer(r"\S*\d\S*", left)]


def rows_that_numbers_are_not_of(text: str, estimates: pd.DataFrame) -> list[tuple[str, int]]:
    """Return every number within a mark that its row does not hold, in any way of writing it."""
    return [
        (number, int(mark["row"]))
        for mark in MARK.finditer(text)
        for number in re.findall(r"\d*\.?\d+", mark["words"])
        if not _holds(estimates.iloc[int(mark["row"]) - 1], number)
    ]


def _holds(row: pd.Series, number: str) -> bool:
    places = len(number.partition(".")[2])
    said = " ".join(str(row[name]) for name in ("estimand", "contrast", "note"))
    is_said = number in re.findall(r"\d*\.?\d+", said)
    return is_said or any(
        abs(value - float(number)) <= 0.5 * 10**-places + 1e-9 for value in _values(row)
    )


def _values(row: pd.Series) -> Iterator[float]:
    known = [abs(float(row[name])) for name in NUMBERS if pd.notna(row[name])]
    yield from known
    yield from (100 * value for value in known if value <= 1)
    if any(value < 0.001 or value > 0.999 for value in known):
        yield from (0.001, 0.999)
