"""Colours and marks: every colour has a shape or a line of its own beside it.

The colours are those of Okabe and Ito, which people with any colour vision can tell apart; in
grey, shape and hatching carry the difference.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from reports.render.numbers import write_count
from reports.wording import NO_BREAK

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

NARROW_MM = 120
MM_PER_INCH, MM_PER_POINT = 25.4, 0.3528
MEAN_CHARACTER = 0.56  # of the size, in DejaVu Sans
ABOVE = 0.31
BEHIND_TEXT: dict[str, Any] = {"facecolor": "white", "edgecolor": "none", "pad": 0.8, "alpha": 0.85}
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


def is_narrow(figure: Figure) -> bool:
    """Return whether a figure has the width of one journal column or of a phone."""
    return bool(figure.get_figwidth() * MM_PER_INCH < NARROW_MM)


def wrap(text: str, width_mm: float, size: float) -> str:
    """Break a text into lines that fit a width at a size in points."""
    characters = max(8, int(width_mm / (size * MM_PER_POINT * MEAN_CHARACTER)))
    # A number stays with its word: "month 3".
    kept = re.sub(r"(?<=\w) (?=\d)", NO_BREAK, text)
    lines = [textwrap.fill(line, characters, break_long_words=False) for line in kept.split("\n")]
    return "\n".join(lines)


def label_rows(axes: Axes, labels: Sequence[str]) -> None:
    """Write the labels of rows beside the axes, or above each row where there is no room."""
    figure = axes.figure.figure if axes.figure else None
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)
    if figure is None or not is_narrow(figure):
        axes.set_yticks(range(len(labels)), [wrap(label, 55, 7.5) for label in labels])
        return
    axes.set_yticks([])
    for place, label in enumerate(labels):
        axes.annotate(label.replace("\n", ", "), (0, place - ABOVE),
                      xycoords=("axes fraction", "data"), va="center", fontsize=7,
                      fontweight="bold", bbox=BEHIND_TEXT)  # fmt: skip
