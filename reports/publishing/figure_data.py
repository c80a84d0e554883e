"""The data behind the figures on their way to the gate: smoothed, binned, or left out.

A figure is one file, ``figures/<figure>``, and its declared facts (labels, range, cuts) another,
``figures/<figure>-facts``.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from typing import Any

import pandas as pd

from reports.analyses import FigureData
from reports.disclosure.cleared import ClearedTable, Withheld
from reports.disclosure.estimates import gate_estimates
from reports.disclosure.figures import gate_quantiles, gate_raincloud
from reports.disclosure.plane import gate_plane
from reports.disclosure.policy import DisclosurePolicy
from reports.disclosure.texts import gate_facts
from reports.estimates import Estimate, to_frame

Part = tuple[str, ClearedTable | Withheld]
# All other facts are declared.
MEANS = ("mean", "ci_low", "ci_high")
MEASURED = ("dependence_cut", "independence_cut")


def gate_figure(
    name: str, figure: FigureData, policy: DisclosurePolicy, *, has_measured_cuts: bool
) -> Iterator[Part]:
    """Yield the publishable data and facts of one figure, by the names of their files.

    ``has_measured_cuts`` says that the rule cuts at medians: these are numbers of the clients.
    """
    yield f"figures/{name}-facts", _gate_facts(figure, policy, has_measured_cuts)
    if figure.kind in _GATES:
        yield f"figures/{name}", _GATES[figure.kind](figure, policy)


def _gate_facts(
    figure: FigureData, policy: DisclosurePolicy, has_measured_cuts: bool
) -> ClearedTable:
    facts = {"kind": figure.kind, "title": figure.title, **figure.facts}
    measured = set(MEASURED) & set(facts) if has_measured_cuts else set()
    clients = len(figure.frame)
    if clients < 2 * policy.min_bin:
        facts = {key: fact for key, fact in facts.items() if key not in measured}
    ordered = {key: facts[key] for key in sorted(facts)}
    declared = {fact for key, fact in ordered.items() if key not in measured}
    return gate_facts(ordered, policy, declared=declared, clients=clients)


def _gate_raincloud(figure: FigureData, policy: DisclosurePolicy) -> ClearedTable | Withheld:
    frame = figure.frame.rename(columns={"presentation": "group"})
    low, high = (figure.facts.get(end) for end in ("low", "high"))
    if low is None or high is None:
        # Without a declared range there is no grid that does not come from the clients' values.
        return gate_quantiles(frame, policy)
    return gate_raincloud(frame, policy, low=float(low), high=float(high))


def _gate_plane(figure: FigureData, policy: DisclosurePolicy) -> ClearedTable | Withheld:
    frame = figure.frame.rename(
        columns={"presentation": "group", "dependence": "x", "independence": "y"}
    )
    return gate_plane(
        frame,
        policy,
        x_range=_range_of(figure, "dependence"),
        y_range=_range_of(figure, "independence"),
    )


def _range_of(figure: FigureData, part: str) -> tuple[float, float]:
    return float(figure.facts[f"{part}_low"]), float(figure.facts[f"{part}_high"])


def _gate_trajectory(figure: FigureData, policy: DisclosurePolicy) -> ClearedTable:
    """Return means over time as estimates: each has its own number of clients behind it."""
    rows = [_mean_at(figure, row) for row in figure.frame.to_dict("records")]
    return gate_estimates(to_frame(rows), policy)


def _mean_at(figure: FigureData, row: Mapping[Hashable, Any]) -> Estimate:
    facts = {name: None if pd.isna(row[name]) else float(row[name]) for name in MEANS}
    return Estimate(
        analysis=figure.kind,
        outcome=str(figure.facts["outcome"]),
        term=f"{row['time']:.6g}",
        group_a=str(row["presentation"]),
        estimand="mean",
        method=str(row["source"]),
        estimate=facts["mean"],
        ci_low=facts["ci_low"],
        ci_high=facts["ci_high"],
        n=int(row["n"]),
        plan_status="exploratory",
        status="ok",
    )


_GATES = {"raincloud": _gate_raincloud, "plane": _gate_plane, "trajectory": _gate_trajectory}
# What these draw are estimates, gated with all others.
FROM_ESTIMATES = ("answer_page", "specification_curve")
GATED_KINDS = frozenset((*_GATES, *FROM_ESTIMATES))
