"""Families of tests: which were adjusted together, how many they are, and how."""

from __future__ import annotations

import pandas as pd

from reports.estimates import Adjustment

WITHHELD = "withheld"
# Families without a plan: they are adjusted by Holm's method. Those of a plan end with theirs.
DECLARED = {"primary outcomes, continuous", "primary outcomes, groups"}
METHODS: dict[Adjustment, str] = {"holm": "Holm", "benjamini_hochberg": "Benjamini-Hochberg"}


def describe_families(estimates: pd.DataFrame, rows: pd.DataFrame) -> str:
    """Return the families of some rows with their sizes: "“primary outcomes, groups” (8 tests)".

    ``estimates`` is the whole table, since a family may have tests of other analyses. Empty where
    no test among the rows was adjusted together with others.
    """
    sizes = _tests_of(estimates)["family"].value_counts()
    return " and ".join(f"“{name}” ({_tests(int(sizes[name]))})" for name in _names(rows))


def describe_adjustment(rows: pd.DataFrame) -> str:
    """Return how the tests among some rows were adjusted: "Holm-adjusted"."""
    return " or ".join(sorted({name_adjustment(family) for family in _names(rows)}))


def name_adjustment(family: object) -> str:
    """Return how the tests of a family were adjusted: "adjusted" where its name does not say.

    >>> name_adjustment("distress, plan version 2, Benjamini-Hochberg")
    'Benjamini-Hochberg-adjusted'
    """
    method = METHODS["holm"] if family in DECLARED else str(family).rpartition(", ")[2]
    return f"{method}-adjusted" if method in METHODS.values() else "adjusted"


def _names(rows: pd.DataFrame) -> list[str]:
    return sorted({str(name) for name in _tests_of(rows)["family"]})


def _tests_of(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that were adjusted: a test that the gate silenced was one of its family."""
    is_withheld = rows["note"].fillna("").str.startswith(WITHHELD)
    return rows[rows["family"].notna() & (rows["p_adjusted"].notna() | is_withheld)]


def _tests(count: int) -> str:
    return "1 test" if count == 1 else f"{count} tests"
