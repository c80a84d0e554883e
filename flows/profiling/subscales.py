"""Forms whose items go by their subscale: "cdq_need_for_contact_3"."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from flows.profiling.answers import count_answers
from flows.profiling.forms import FormProposal, name_affinity
from flows.profiling.table import UnknownExport
from instruments.catalog import Catalog
from instruments.definition import Definition


@dataclass(frozen=True)
class _Match:
    """The columns of a form, found by the names of its scales and one pattern."""

    definition: Definition
    pattern: str
    columns: tuple[str, ...]
    scales: int

    @property
    def affinity(self) -> float:
        """How far the pattern says the form's name."""
        return name_affinity(self.pattern.partition("{scale}")[0], self.definition)

    @property
    def rank(self) -> tuple[float, int, str]:
        """What the best match has most of."""
        return (-self.affinity, -self.scales, self.definition.id)


def propose_subscales(export: UnknownExport, catalog: Catalog) -> list[FormProposal]:
    """Return the forms addressed by subscale; no column belongs to two of them."""
    matches = [
        match
        for definition in catalog.values()
        if definition.addressing == "subscale"
        for match in _find(export.names, definition)
    ]
    taken: set[str] = set()
    proposals = []
    for match in sorted(matches, key=lambda match: match.rank):
        if taken.isdisjoint(match.columns):
            taken.update(match.columns)
            proposals.append(_proposal(export, match))
    return proposals


def _find(names: Sequence[str], definition: Definition) -> list[_Match]:
    """Return the patterns that at least two scales, or the name of the form, speak for."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for scale in sorted(definition.held_scales, key=lambda scale: -len(scale.id)):
        shape = re.compile(rf"(.*?){re.escape(scale.id)}(\D?)([1-9]\d?)(\D*)", re.IGNORECASE)
        for name in names:
            if match := shape.fullmatch(name):
                found[f"{match[1]}{{scale}}{match[2]}{{n}}{match[4]}"][scale.id].append(name)
    matches = [
        _Match(definition, pattern, tuple(n for own in scales.values() for n in own), len(scales))
        for pattern, scales in found.items()
    ]
    return [match for match in matches if match.affinity > 0 or match.scales > 1]


def _proposal(export: UnknownExport, match: _Match) -> FormProposal:
    answers = count_answers(export.columns[name] for name in match.columns)
    response = match.definition.response
    doubts = []
    if response.min is not None and response.max is not None:
        used = response.min, response.max
    else:
        used = answers.observed() or (1, 7)
        doubts.append("The form has no published range: check this one.")
    held = len(match.definition.held_scales)
    if match.scales < held:
        doubts.append(f"Only {match.scales} of its {held} scales are here.")
    if strays := answers.doubt_strays(*used):
        doubts.append(strays)
    reason = f"columns are named by {match.scales} of its scales"
    return FormProposal(match.definition.id, match.pattern, match.columns, used,
                        missing=answers.codes_outside(*used), reasons=(reason,),
                        doubts=tuple(doubts))  # fmt: skip
