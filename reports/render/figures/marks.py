"""Colours and marks: every colour has a shape or a line of its own beside it.

The colours are those of Okabe and Ito, which people with any colour vision can tell apart; in
grey, shape and hatching carry the difference.
"""

from __future__ import annotations

from typing import NamedTuple

from reports.render.numbers import write_count

INK, MUTED, FAINT = "#1b1f24", "#57606a", "#d0d7de"


class Mark(NamedTuple):
    """How one thing is drawn everywhere."""

    colour: str
    marker: str
    line: str
    hatch: str


MARKS = {
    "overdependent": Mark("#d55e00", "o", "-", "////"),
    "overindependent": Mark("#0072b2", "s", "--", "\\\\\\\\"),
    "mixed": Mark("#aa4499", "D", "-.", "xx"),
    "interdependent": Mark("#009e73", "^", ":", ".."),
    "neither": Mark("#6e7781", "v", (0, (5, 1)), ""),  # type: ignore[arg-type]
    "indeterminate": Mark("#8c959f", "X", (0, (1, 1)), ""),  # type: ignore[arg-type]
}
DEPENDENCE, INDEPENDENCE = MARKS["overdependent"], MARKS["overindependent"]


def n_equals(count: float | None) -> str:
    """Write a number of clients as figures do: "n = 75", or that it was left out."""
    written = write_count(count)
    return "n left out" if written == "[c]" else f"n = {written}"
