"""How the rows of one kind of text export differ from a plain table with one header row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

# Why a row is set aside, and the column to blame; None keeps the row.
Verdict = tuple[str, str | None] | None
# Changes the cells of one row in place; they stand in the order of the header.
Edit = Callable[[list[str]], Verdict]


def _as_they_are(cells: Sequence[str]) -> Sequence[str]:
    return cells


def _no_edit(_names: tuple[str, ...]) -> Edit | None:
    return None


@dataclass(frozen=True)
class TextShape:
    """What a kind of export adds to reading delimited text.

    ``header_rows`` counts the rows above the data, of which the first holds the names. ``rename``
    turns what stands there into column names, where labels were exported. ``edit`` returns, for a
    header, what is done to every row before cells that are not admitted are blanked.
    """

    header_rows: int = 1
    rename: Callable[[Sequence[str]], Sequence[str]] = _as_they_are
    edit: Callable[[tuple[str, ...]], Edit | None] = _no_edit

    @property
    def keeps_header(self) -> bool:
        """Whether header and rows stand in the file as a plain table has them."""
        return self.header_rows == 1 and self.rename is _as_they_are


PLAIN = TextShape()


def join_edits(*edits: Edit | None) -> Edit | None:
    """Return one edit that makes several in turn and stops at the first that sets a row aside."""
    given = [edit for edit in edits if edit is not None]
    if len(given) < 2:
        return given[0] if given else None

    def edit_in_turn(row: list[str]) -> Verdict:
        return next((found for edit in given if (found := edit(row)) is not None), None)

    return edit_in_turn
