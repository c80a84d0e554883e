"""Which pair of tests, of difference and of equivalence, answers where several were made."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

# The terms of a test of difference and of the test of equivalence that is judged with it.
TestPair = tuple[str, str]
WELCH: TestPair = ("difference", "equivalence")
WITH_THERAPISTS: TestPair = ("difference with therapists", "equivalence with therapists")
OF_GROUPS = (WELCH, WITH_THERAPISTS)


def deciding_pair(rows: pd.DataFrame, pairs: Sequence[TestPair]) -> TestPair:
    """Return the pair that answers, from the estimates of one outcome and contrast.

    One that a plan named in time answers before one that it named too late, and that before one
    that no plan named; among equals the first. A planned pair that was refused is replaced by no
    other.
    """

    tests = list(zip(rows["term"], rows["plan_status"], rows["family"].notna(), strict=True))

    def rank(pair: TestPair) -> tuple[bool, bool]:
        own = [
            (status == "confirmatory", named) for term, status, named in tests if term == pair[0]
        ]
        return any(is_so for is_so, _ in own), any(named for _, named in own)

    return max(pairs, key=rank)
