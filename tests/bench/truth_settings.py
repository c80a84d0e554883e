"""The worlds in which estimates are judged, and what is true of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from flows.simulation.worlds import BASE, WORLDS, World
from reports.declarations import Outcome, PresentationRule

RULE = PresentationRule(
    rule="attachment",
    dependence="ecr.anxiety",
    independence="ecr.avoidance",
    cut=(3.55, 3.05),
    grey_zone=(0.05, 0.05),
)
OUTCOME = Outcome(scale="core_10.total", occasion="end", smallest_effect=3.0)
# With the outcome, the family of which the chance of any false finding is counted.
OTHERS = (
    Outcome(scale="core_10.total", occasion="month_3", smallest_effect=3.0),
    Outcome(scale="wai_sr.bond", occasion="month_3", smallest_effect=0.3),
)

Shuffle = Literal["none", "clients", "therapists"]
Part = Literal["imputation", "course", "family", "equivalence", "invariance"]


@dataclass(frozen=True)
class Setting:
    """One world with a number of clients, and how the rule's scores were dealt out in it.

    ``clients`` deals them out anew among all clients, so that nothing goes with them; so does
    ``therapists``, but in such a way that clients of one therapist get scores that are alike.
    ``target`` names the large world whose values are true here; without one everything is 0.
    """

    name: str
    world: World = BASE
    n_clients: int = 240
    shuffle: Shuffle = "none"
    is_skewed: bool = False
    target: str | None = None
    parts: frozenset[Part] = field(default_factory=frozenset)


def _setting(name: str, *parts: Part, **facts: object) -> Setting:
    return replace(Setting(name, parts=frozenset(parts)), **facts)  # type: ignore[arg-type]


ICC_20 = WORLDS["therapist_icc_20"]
SETTINGS: Mapping[str, Setting] = {
    setting.name: setting
    for setting in (
        _setting("base", "imputation", "course", target="base"),
        _setting("null", "course", "family", "equivalence", shuffle="clients"),
        _setting("null, 10 therapists", shuffle="clients", world=WORLDS["ten_therapists"]),
        _setting("null, small groups", "course", "equivalence", shuffle="clients", n_clients=100),
        _setting("null, skewed", "equivalence", shuffle="clients", is_skewed=True),
        _setting("null, groups follow therapists", "course", shuffle="therapists",
                 world=ICC_20),
        _setting("null, groups follow 10 therapists", "imputation", "course",
                 shuffle="therapists", world=replace(ICC_20, n_therapists=10)),
        _setting("not at random", "imputation", target="not at random",
                 world=WORLDS["not_at_random"]),
        _setting("item shifted", "invariance", n_clients=1500, world=WORLDS["not_invariant"]),
        _setting("item not shifted", "invariance", n_clients=1500),
    )
}  # fmt: skip
# Large worlds: as many clients as make sampling error negligible, ten to each therapist.
LARGE = 100_000
TARGETS: Mapping[str, World] = {
    "base": replace(BASE, n_therapists=LARGE // 10),
    "not at random": replace(WORLDS["not_at_random"], n_therapists=LARGE // 10),
}
