"""Seeded mutations of a good export of every kind: each is refused with a code or counted whole.

The suite runs a few of each kind. For ten thousand: python -m tests.bench.mutations --each 10000
They share one database of one thread, as to start another takes longer than so small a file.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

import duckdb

from tests.property.export_mutations import good_exports
from tests.property.stress_reading import ENGINE_EVERY, spoil_and_check

EACH = 100


def measure(each: int = EACH, first: int = 0, kinds: list[str] | None = None) -> dict[str, float]:
    """Return how many mutations of each kind ended as none may, of all kinds, and the seconds."""
    logging.disable(logging.INFO)
    began = time.monotonic()
    with _one_database():
        broken = {kind: _count_broken(kind, first, each) for kind in kinds or good_exports()}
    return {"each": each, "broken": sum(broken.values()), "seconds": time.monotonic() - began,
            **broken}  # fmt: skip


@contextmanager
def _one_database() -> Iterator[None]:
    with (
        duckdb.connect(":memory:", config={"threads": 1}) as database,
        patch("sql.gateway.duckdb.connect", lambda *_, **__: database.cursor()),
    ):
        yield


def _count_broken(kind: str, first: int, each: int) -> int:
    export = good_exports()[kind]
    outcomes: Counter[str] = Counter()
    for seed in range(first, first + each):
        try:
            outcome = spoil_and_check(export, seed, with_engine=seed % ENGINE_EVERY == 0)
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt):
                raise
            outcome = "BROKEN"
            sys.stderr.write(f"{kind}, seed {seed}: {traceback.format_exc(limit=-4)}\n")
        outcomes[outcome] += 1
    sys.stderr.write(f"{kind:14} {dict(sorted(outcomes.items()))}\n")
    sys.stderr.flush()
    return outcomes["BROKEN"]


def main() -> None:
    """Print the counts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--each", type=int, default=EACH, help="mutations of each kind")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("kinds", nargs="*", help="kinds of exports, all without")
    asked = parser.parse_args()
    seen = measure(asked.each, asked.first, asked.kinds)
    sys.stdout.write(json.dumps(seen) + "\n")


if __name__ == "__main__":
    main()
