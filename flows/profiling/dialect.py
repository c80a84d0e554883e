"""Letters and delimiter of a text file that nobody declared."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from flows.sources.header import DELIMITERS, is_blank
from flows.sources.location import check_location
from flows.sources.signatures import check_is_text

# Enough letters to know a file by.
MOST_BYTES = 64_000_000
HINT_LETTERS = 8_000
SAMPLE_ROWS = 200
# Rows of equal width; single ones that differ are set aside when the file is read.
ALIKE = 0.98


@dataclass(frozen=True)
class Dialect:
    """How a text file is to be read: what was found, and what it is not sure of."""

    text: str
    encoding: str
    delimiter: str
    doubts: tuple[str, ...]


def find_dialect(path: Path) -> Dialect:
    """Return the dialect of a text file, or refuse what is no text."""
    check_location(path)
    with path.open("rb") as opened:
        content = opened.read(MOST_BYTES)
    check_is_text(path, content[:4096])
    text, encoding, doubts = _decode(content)
    delimiter, unsure = _find_delimiter(text)
    return Dialect(text, encoding, delimiter, (*doubts, *unsure))


def split_rows(text: str, delimiter: str) -> list[list[str]]:
    """Return the rows of a text that are not blank, as far as they can be read."""
    csv.field_size_limit(2**31 - 1)
    return [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
            if not is_blank(row)]  # fmt: skip


def _decode(content: bytes) -> tuple[str, str, list[str]]:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", "replace"), "utf-8", []
    try:
        return content.decode("utf-8-sig"), "utf-8", []
    except UnicodeDecodeError as error:
        doubt = (
            f"Byte {error.start} is not UTF-8. cp1252 is a guess: look at names and texts with "
            "accents, or export again as UTF-8."
        )
        return content.decode("cp1252", "replace"), "cp1252", [doubt]


def _find_delimiter(text: str) -> tuple[str, list[str]]:
    head = text[: HINT_LETTERS * 8]
    scores = {delimiter: _score(split_rows(head, delimiter)[:SAMPLE_ROWS])
              for delimiter in DELIMITERS}  # fmt: skip
    best = max(DELIMITERS, key=lambda delimiter: scores[delimiter])
    hint = _ask_clevercsv(text[:HINT_LETTERS])
    doubts = []
    if hint in DELIMITERS and hint != best and scores[hint] > (0.5, 1):
        doubts.append(f"The delimiter could also be the {DELIMITERS[hint]}.")
    if scores[best][1] < 2:
        doubts.append("Every row is one cell: no comma, semicolon, tab or bar parts it.")
    elif scores[best][0] < ALIKE:
        share = 100 * scores[best][0]
        doubts.append(f"Only {share:.0f} % of the first rows have as many cells as most.")
    return best, doubts


def _score(rows: Sequence[Sequence[str]]) -> tuple[float, int]:
    """Return how alike the rows are in width, and how wide; rows of one cell are not split."""
    widths = Counter(map(len, rows))
    if not widths:
        return 0.0, 0
    width, count = max(widths.items(), key=lambda item: (item[1], item[0]))
    return (count / len(rows), width) if width > 1 else (0.0, 1)


def _ask_clevercsv(text: str) -> str | None:
    import clevercsv

    try:
        found = clevercsv.Sniffer().sniff(text, delimiters=list(DELIMITERS))
    except clevercsv.Error:
        return None
    return found.delimiter if found is not None else None
