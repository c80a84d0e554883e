"""Families of tests: which were adjusted together, how many they are, and how."""

from __future__ import annotations

import pandas as pd

WITHHELD = "withheld"
SUFFIX = "-adjusted tests"
# Families without a plan; what a plan names says in its verdicts how it is adjusted.
DECLARED = {"primary outcomes, continuous", "primary outcomes, groups"}


def describe_families(estimates: pd.DataFrame, rows: pd.DataFrame) -> str:
    """Return the families of some rows with their sizes: "“primary outcomes, groups” (8 tests)".

    ``estimates`` is the whole table, since a family may have tests of other analyses. Empty where
    no test among the rows was adjusted together with others.
    """
    sizes = _tests_of(estimates)["family"].value_counts()
    return " and ".join(f"“{name}” ({_tests(int(sizes[name]))})" for name in _names(rows))


def describe_adjustment(rows: pd.DataFrame) -> str:
    """Return how tests were adjusted: "Holm-adjusted"; "adjusted" where rows do not say how."""
    methods = rows.loc[rows["term"] == "verdict", "method"].dropna().astype(str)
    named = sorted({method.removesuffix(" tests") for method in methods if SUFFIX in method})
    if named:
        return " or ".join(named)
    return "Holm-adjusted" if set(_names(rows)) <= DECLARED else "adjusted"


def _names(rows: pd.DataFrame) -> list[str]:
    return sorted({str(name) for name in _tests_of(rows)["family"]})


def _tests_of(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that were adjusted: a test that the gate silenced was one of its family."""
    is_withheld = rows["note"].fillna("").str.startswith(WITHHELD)
    return rows[rows["family"].notna() & (rows["p_adjusted"].notna() | is_withheld)]


def _tests(count: int) -> str:
    return "1 test" if count == 1 else f"{count} tests"
