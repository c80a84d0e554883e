"""Row counts of files and findings on their way to the gate: a row may be a person."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from reports.disclosure.cleared import ClearedTable, Withheld
from reports.disclosure.counts import gate_counts
from reports.disclosure.estimates import gate_estimates
from reports.disclosure.policy import DisclosurePolicy
from reports.estimates import Estimate, to_frame
from reports.publishing.context import RunContext
from reports.publishing.facts import number_findings

MOST_FILES = 60
FATES = ("loaded", "quarantined", "known")


def gate_row_counts(context: RunContext, policy: DisclosurePolicy) -> ClearedTable | Withheld:
    """Return rows by file and what became of them, with sums.

    That a file lost no row is nobody's trait, so zeros are shown; small numbers of lost rows are
    not. Of many files the rows are counted by source: what protects few rows among hundreds of
    files takes minutes to find, and nobody reads it.
    """
    sources = context.sources
    if sources["name"].nunique() > MOST_FILES:
        sources = sources.assign(name=sources["source_id"])
    long = sources.melt(id_vars="name", value_vars=list(FATES), var_name="fate", value_name="n")
    sums = long.groupby(["name", "fate"], sort=True)["n"].sum().reset_index()
    empty = sums.loc[sums["n"] == 0, ["name", "fate"]].itertuples(index=False, name=None)
    return gate_counts(
        sums,
        policy,
        by=("name", "fate"),
        levels={"fate": FATES},
        within=("name",),
        impossible=_with_margins(set(empty), sums),
    )


def _with_margins(empty: set[tuple[str, ...]], sums: pd.DataFrame) -> set[tuple[str, ...]]:
    """Return the empty cells and the sums that are empty with them."""
    totals = {(str(name), "all") for name, n in sums.groupby("name")["n"].sum().items() if n == 0}
    by_fate = {("all", str(name)) for name, n in sums.groupby("fate")["n"].sum().items() if not n}
    return empty | totals | by_fate


def gate_finding_counts(context: RunContext, policy: DisclosurePolicy) -> ClearedTable:
    """Return how many rows each finding is about; they overlap, so each is gated for itself."""
    counted = number_findings(context.findings).dropna(subset="count")
    counts = zip(counted["finding"], counted["count"], strict=True)
    return _gate_each("findings", "rows", counts, policy, context)


def gate_corrections(context: RunContext, policy: DisclosurePolicy) -> ClearedTable:
    """Return of how many clients each file corrected something; a client may be in several."""
    files = context.sources[context.sources["corrected"] > 0]
    counts = zip(files["sha256"], files["corrected"], strict=True)
    return _gate_each("corrections", "clients", counts, policy, context)


def _gate_each(
    what: str,
    of: str,
    counts: Iterable[tuple[Any, Any]],
    policy: DisclosurePolicy,
    context: RunContext,
) -> ClearedTable:
    """Return counts by name, each an outcome of its own: they overlap, and nobody knows a sum."""
    rows = [
        Estimate(
            analysis=what,
            outcome=str(name),
            term=of,
            estimand="count",
            method="count",
            n=int(count),
            plan_status="exploratory",
            status="ok",
        )
        for name, count in counts
    ]
    return gate_estimates(to_frame(rows, run_id=context.run_id), policy)
