"""Which pair of tests, of difference and of equivalence, answers where several were made."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import pandas as pd

# An estimate by the names of its columns.
Row = Mapping[Hashable, Any]
# The terms of a test of difference and of the test of equivalence that is judged with it.
TestPair = tuple[str, str]
WELCH: TestPair = ("difference", "equivalence")
WITH_THERAPISTS: TestPair = ("difference with therapists", "equivalence with therapists")
OF_GROUPS = (WELCH, WITH_THERAPISTS)


def deciding_pair(rows: Sequence[Row], pairs: Sequence[TestPair]) -> TestPair:
    """Return the pair that answers, from the estimates of one outcome and contrast, as records.

    One that a plan named in time answers before one that it named too late, and that before one
    that no plan named; among equals the first. A planned pair that was refused is replaced by no
    other.
    """

    def rank(pair: TestPair) -> tuple[bool, bool]:
        own = [row for row in rows if row["term"] == pair[0]]
        is_confirmed = any(row["plan_status"] == "confirmatory" for row in own)
        return is_confirmed, any(pd.notna(row["family"]) for row in own)

    return max(pairs, key=rank)
