"""Columns that belong together by their names: the numbered items of a form."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

# The last number of a name is the item's: "t1_core_10" is item 10.
NUMBERED = re.compile(r"(?P<stem>.*?)(?P<number>(?<!\d)\d+)(?P<after>\D*)", re.DOTALL)
# Fewer numbered columns than these are no form.
FEWEST = 3
Key = tuple[str, str]


@dataclass(frozen=True)
class Family:
    """Columns that are numbered from 1, in order, with the pattern that names them all."""

    pattern: str
    columns: tuple[str, ...]

    @property
    def stem(self) -> str:
        """What stands before the number."""
        return self.pattern.partition("{n")[0]

    @property
    def size(self) -> int:
        """How many items there are."""
        return len(self.columns)


def find_families(names: Iterable[str]) -> list[Family]:
    """Return the numbered families of columns, in the order of their first columns."""
    found: dict[Key, dict[str, str]] = defaultdict(dict)
    for name in names:
        match = NUMBERED.fullmatch(name)
        if match is not None:
            found[match["stem"], match["after"]][match["number"]] = name
    families = (_family(key, numbers) for key, numbers in found.items())
    return [family for family in families if family is not None]


def _family(key: Key, numbers: Mapping[str, str]) -> Family | None:
    """Return the columns numbered 1, 2, 3, ..., without a gap; None where there are too few."""
    width = max(map(len, numbers), default=0) if any(n.startswith("0") for n in numbers) else 0
    columns: list[str] = []
    while (name := numbers.get(str(len(columns) + 1).zfill(width))) is not None:
        columns.append(name)
    place = f"{{n:0{width}}}" if width else "{n}"
    stem, after = key
    return Family(f"{stem}{place}{after}", tuple(columns)) if len(columns) >= FEWEST else None
