"""How many identifying values are found, and how many clean ones are taken for such.

Exports are made of clean columns. In some a column without a telling name holds identifying
values, in some such values stand between clean cells, and some have columns whose name is all
that tells. Run it with: python -m tests.bench.identifiers
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from flows.sources.identifiers import judge_name
from flows.sources.identifying_values import telling_cells
from tests.bench.identifier_columns import CLEAN, LANGUAGES, NAMED
from tests.bench.identifier_values import VALUES

ROWS = 40
CLEAN_CELLS = 100_000
# Columns that hold nothing but one kind, and columns that hold a few cells of it.
WHOLE, SCATTERED, NAMED_ROWS = 24, 4, 6
NEUTRAL = ("v17", "Q41_extra", "field_3", "contact_between_sessions", "veld", "Spalte7")


@dataclass(frozen=True)
class Column:
    """One column of an export: what it is called and holds, and which of its cells were planted."""

    name: str
    cells: tuple[str, ...]
    planted: frozenset[int] = frozenset()
    kind: str = "clean"


def make_columns(seed: int) -> Iterator[Column]:
    """Yield the columns of all exports."""
    draw = Random(seed)  # noqa: S311 -- repeatable on purpose
    for kind, make in VALUES.items():
        cells = tuple(make(draw) for _ in range(WHOLE))
        yield Column(draw.choice(NEUTRAL), cells, frozenset(range(WHOLE)), kind)
        for host in (CLEAN[0], CLEAN[8], draw.choice(CLEAN[20:])):
            written = [host[1](draw) for _ in range(ROWS)]
            places = draw.sample(range(ROWS), SCATTERED)
            for place in places:
                written[place] = make(draw)
            yield Column(host[0], tuple(written), frozenset(places), f"{kind}, scattered")
    for meant, (make, names) in NAMED.items():
        for language, name in zip(LANGUAGES, names, strict=True):
            cells = tuple(make(draw) for _ in range(NAMED_ROWS))
            yield Column(name, cells, frozenset(range(NAMED_ROWS)), f"{meant} by name, {language}")
    made = 0
    while made < CLEAN_CELLS:
        for name, make in CLEAN:
            yield Column(name, tuple(make(draw) for _ in range(ROWS)))
            made += ROWS


def find(column: Column) -> set[int]:
    """Return the places of the cells that are found to point to a person."""
    if judge_name(column.name) == "E_IDENTIFIER":
        return set(range(len(column.cells)))
    telling = telling_cells(column.cells, are_ids="_id" in column.name)
    return {place for place, cell in enumerate(column.cells) if cell in telling}


def measure(seed: int = 1, *, missed: Counter[str] | None = None) -> dict[str, float]:
    """Return recall and false alarms in percent, and how many cells they are of."""
    planted = found = clean = alarms = 0
    for column in make_columns(seed):
        places = find(column)
        planted += len(column.planted)
        found += len(column.planted & places)
        clean += len(column.cells) - len(column.planted)
        alarms += len(places - column.planted)
        if missed is not None:
            missed[column.kind] += len(column.planted - places)
            missed[f"false: {column.name}"] += len(places - column.planted)
    return {"planted": planted, "recall": 100 * found / planted, "clean": clean,
            "alarms": 100 * alarms / clean}  # fmt: skip


def main() -> None:
    """Print what was measured; with --missed also what was not found, kind by kind."""
    missed: Counter[str] = Counter()
    seen = measure(missed=missed)
    if "--missed" in sys.argv:
        for kind, count in missed.most_common():
            if count:
                sys.stdout.write(f"{count:6} {kind}\n")
    sys.stdout.write(json.dumps(seen) + "\n")


if __name__ == "__main__":
    main()
