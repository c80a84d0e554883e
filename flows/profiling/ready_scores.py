"""Scores that stand in an export without the items that they were made of, by their names."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from flows.profiling.answers import FAR, TOLD, UNTOLD
from flows.profiling.table import UnknownExport
from flows.profiling.totals import NUMBER, free_numbers, letters, said_scale
from instruments.catalog import Catalog
from instruments.definition import Definition, Scale
from instruments.score_range import Ends, units_of


@dataclass(frozen=True)
class ScoresProposal:
    """One `[[source.form]]` block of ready-made scores, with why, and what is not sure of it.

    ``columns`` are by scale; so are ``ends``, where the study file has to say how far they reach.
    Those of the scales in ``seen`` are what the file reaches, since no key says it.
    """

    instrument: str
    columns: Mapping[str, str]
    ends: Mapping[str, Ends] = field(default_factory=dict)
    seen: frozenset[str] = frozenset()
    missing: Mapping[str, str] = field(default_factory=dict)
    reasons: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Unit:
    """How a column keeps the scores of a scale, and what is not sure of that."""

    ends: Ends | None
    codes: Mapping[str, str]
    doubt: str = ""
    is_seen: bool = False


def propose_scores(
    export: UnknownExport, catalog: Catalog, taken: frozenset[str], itemized: set[str]
) -> list[ScoresProposal]:
    """Return the forms of which columns seem to hold scores; forms with items have totals."""
    found: dict[str, dict[str, str]] = {}
    for name in free_numbers(export, taken):
        said = _said(name, catalog)
        if said is not None and said[0] not in itemized:
            found.setdefault(said[0], {}).setdefault(said[1], name)
    return [_proposal(export, catalog.get_form(form), columns) for form, columns in found.items()]


def _said(name: str, catalog: Catalog) -> tuple[str, str] | None:
    """Return form and scale that a name says; of several forms the one whose name is longest."""
    said = [
        (len(letters(stem)), form, scale)
        for form, definition in catalog.items()
        for stem in (form, definition.abbreviation)
        if (scale := said_scale(name, stem, definition, definition.scales)) is not None
    ]
    return max(said)[1:] if said else None


def _proposal(
    export: UnknownExport, definition: Definition, columns: Mapping[str, str]
) -> ScoresProposal:
    units = {
        scale: _unit(definition, definition.get_scale(scale), export.filled(name))
        for scale, name in columns.items()
    }
    named = ", ".join(f'"{name}"' for name in columns.values())
    return ScoresProposal(
        definition.id,
        columns,
        ends={scale: unit.ends for scale, unit in units.items() if unit.ends is not None},
        seen=frozenset(scale for scale, unit in units.items() if unit.is_seen),
        missing={code: says for unit in units.values() for code, says in unit.codes.items()},
        reasons=(f"scores without items: {definition.abbreviation}",),
        doubts=(
            (
                f"By name alone these are taken for scores: {named}. There is no item to compare "
                "them with, so make sure that form, key and direction are these."
            ),
            *(unit.doubt for unit in units.values() if unit.doubt),
        ),
    )


def _unit(definition: Definition, scale: Scale, cells: Sequence[str]) -> _Unit:
    """Return the narrowest unit that holds all scores: means are within the reach of sums too."""
    response = definition.response
    known = {} if response.min is None or response.max is None else units_of(
        definition, scale, (response.min, response.max))  # fmt: skip
    numbers = {float(cell.replace(",", ".")) for cell in set(cells) if NUMBER.fullmatch(cell)}
    texts = {cell: TOLD[cell] for cell in sorted(set(cells) & TOLD.keys())}
    if not known:
        return _observed(numbers, texts, scale)
    coded = {number for number in numbers if _is_code(number, known.values())}
    kept, codes = numbers - coded, texts | {f"{number:g}": UNTOLD for number in sorted(coded)}
    fitting = list(_fitting(known, kept))
    if not fitting:
        doubt = f'Scores of "{scale.id}" reach further than its key: say min and max, and range.'
        return _Unit(None, codes, doubt)
    ends = min(fitting, key=lambda ends: ends[1] - ends[0])
    own = known[1.0]
    if own in fitting and all(number.is_integer() for number in kept):
        ends = own
    doubt = "" if ends == own else (
        f'"{scale.id}" is taken for scores from {ends[0]:g} to {ends[1]:g}; by its key they go '
        f"from {own[0]:g} to {own[1]:g}, which they are brought to.")  # fmt: skip
    return _Unit(None if ends == own else ends, codes, doubt)


def _fitting(units: Mapping[float, Ends], numbers: Collection[float]) -> Iterator[Ends]:
    for low, high in units.values():
        if all(low <= number <= high for number in numbers):
            yield low, high


def _is_code(number: float, reach: Collection[Ends]) -> bool:
    """Whether a number beyond every reach looks like a code for missing."""
    outside = not any(low <= number <= high for low, high in reach)
    return outside and bool(FAR.fullmatch(f"{number:g}"))


def _observed(numbers: Collection[float], texts: Mapping[str, str], scale: Scale) -> _Unit:
    """Return the reach that is seen, where the key says none."""
    coded = {number for number in numbers if FAR.fullmatch(f"{number:g}")}
    kept = set(numbers) - coded or {0.0}
    codes = dict(texts) | {f"{number:g}": UNTOLD for number in sorted(coded)}
    low, high = math.floor(min(kept)), math.ceil(max(kept))
    doubt = f'Nothing says how far scores of "{scale.id}" reach: {low} to {high} is what is seen.'
    return _Unit((low, max(high, low + 1)), codes, doubt, is_seen=True)


def agree(proposals: Sequence[ScoresProposal]) -> list[ScoresProposal]:
    """Return proposals of one study: what no key says reaches as far in all of its files."""
    reach: dict[tuple[str, str], Ends] = {}
    for form in proposals:
        for scale in form.seen:
            low, high = form.ends[scale]
            known = reach.get((form.instrument, scale), (low, high))
            reach[form.instrument, scale] = min(low, known[0]), max(high, known[1])
    return [
        replace(form, ends={scale: reach.get((form.instrument, scale), ends)
                            for scale, ends in form.ends.items()})
        for form in proposals
    ]  # fmt: skip
