"""The data behind the figures on their way to the gate: smoothed, binned, or left out.

A figure is one file, ``figures/<figure>``, and its declared facts (labels, range, cuts) another,
``figures/<figure>-facts``.
"""

from __future__ import annotations

from collections.abc import Iterator

from reports.analyses import FigureData
from reports.disclosure.cleared import ClearedTable, Withheld
from reports.disclosure.figures import gate_quantiles, gate_raincloud
from reports.disclosure.plane import gate_plane
from reports.disclosure.policy import DisclosurePolicy
from reports.disclosure.texts import gate_facts

Part = tuple[str, ClearedTable | Withheld]
# All other facts are declared.
MEASURED = ("dependence_cut", "independence_cut")


def gate_figure(
    name: str, figure: FigureData, policy: DisclosurePolicy, *, has_measured_cuts: bool
) -> Iterator[Part]:
    """Yield the publishable data and facts of one figure, by the names of their files.

    ``has_measured_cuts`` says that the rule cuts at medians: these are numbers of the clients.
    """
    yield f"figures/{name}-facts", _gate_facts(figure, policy, has_measured_cuts)
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


_GATES = {"raincloud": _gate_raincloud, "plane": _gate_plane}
GATED_KINDS = frozenset(_GATES)
