"""Item numbers as a definition file writes them."""

from __future__ import annotations

import re
from collections.abc import Iterable

_PIECE = re.compile(r"(\d+)(?:-(\d+))?")


def parse_items(written: object) -> object:
    """Return the item numbers of "1-28" or "1,3,5-7"; leave a list for the model to check."""
    if not isinstance(written, str):
        return written
    return tuple(number for piece in written.split(",") for number in _piece(piece.strip()))


def _piece(piece: str) -> Iterable[int]:
    found = _PIECE.fullmatch(piece)
    if found is None:
        raise ValueError(f'"{piece}" is not an item number or a range such as 1-28')
    first, last = int(found[1]), int(found[2] or found[1])
    if last < first:
        raise ValueError(f'the range "{piece}" runs backwards')
    return range(first, last + 1)


def first_repeated(numbers: Iterable[int]) -> int | None:
    """Return the first number that was there before, None where all differ."""
    seen: set[int] = set()
    for number in numbers:
        if number in seen:
            return number
        seen.add(number)
    return None


def written_items(numbers: Iterable[int]) -> str:
    """Return the numbers as a sentence can hold them: "2, 5, 9"."""
    return ", ".join(str(number) for number in sorted(numbers))
