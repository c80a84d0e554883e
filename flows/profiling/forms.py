"""Which forms sit in the columns of an export: by names, by number of items, by how they fit."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from flows.profiling.answers import TOLD, Answers, count_answers
from flows.profiling.families import Family, find_families
from flows.profiling.key_fit import KeyFit, Matrix, fit_key
from flows.profiling.table import UnknownExport
from instruments.catalog import Catalog
from instruments.definition import Definition

# What a name must say at least to count, and by how much the first candidate must be better.
NAMED, MARGIN, GOOD_FIT = 0.5, 0.1, 0.3
# Slips and missing codes are no larger a share of the answers than this.
FEW = 0.02
# So many answers use the ends of a range, if these are its ends.
ENOUGH = 200
CODED = re.compile(r"[A-Za-z]{1,3}(\d{1,2})")
Range = tuple[int, int]


@dataclass(frozen=True)
class FormProposal:
    """One `[[source.form]]` block, with why it is proposed and what is not sure of it."""

    instrument: str
    pattern: str
    columns: tuple[str, ...]
    range: Range
    already_reversed: bool = False
    missing: Mapping[str, str] = field(default_factory=dict)
    codes: Mapping[str, int] = field(default_factory=dict)
    occasion: str | None = None
    totals: Mapping[str, str] = field(default_factory=dict)
    reasons: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Candidate:
    """A definition that a family of columns could be."""

    definition: Definition
    affinity: float
    range: Range
    range_fit: float
    fit: KeyFit | None

    @property
    def score(self) -> float:
        """How good the match is: what the name says, then how the key fits, then the range."""
        fit = self.fit.best if self.fit else 0.0
        return 2 * self.affinity + 2 * fit + self.range_fit / 2

    @property
    def has_structure(self) -> bool:
        """Whether the key says more than that all items go together."""
        return bool(self.definition.reverse) or len(self.definition.scales) > 1


def name_affinity(stem: str, definition: Definition) -> float:
    """Return from 0 to 1 how far a stem says the name of a form."""
    said = _letters(stem)
    whole = {_letters(definition.id), _letters(definition.abbreviation)}
    first = _letters(definition.id.split("_")[0])
    if said in whole:
        return 1.0
    if said == first:
        return 0.9
    if len(first) > 2 and said.endswith((*whole, first)):
        return 0.8
    return 0.6 if len(first) > 2 and first in said else 0.0


def propose_numbered(
    export: UnknownExport, family: Family, catalog: Catalog
) -> tuple[FormProposal | None, list[str]]:
    """Return the form that a family of columns most likely is, and notes on what else it may be."""
    answers = count_answers(export.columns[name] for name in family.columns)
    codes = _letter_codes(answers)
    if not answers.counts.keys() - TOLD.keys():
        return None, [f'"{family.pattern}": {family.size} columns without any answer.']
    if not codes and not answers.are_numbers:
        said = (
            f'"{family.pattern}": {family.size} columns that hold no whole numbers. If they are '
            "answers in words, list them under codes."
        )
        return None, [said]
    candidates = sorted(
        (
            _candidate(export, family, definition, answers, codes)
            for definition in catalog.values()
            if definition.addressing == "number" and definition.n_items == family.size
        ),
        key=lambda candidate: (-candidate.score, candidate.definition.id),
    )
    if not candidates or not _is_convincing(candidates):
        return None, [_say_unknown(family, answers, candidates)]
    return _proposal(family, answers, codes, candidates), []


def _candidate(
    export: UnknownExport,
    family: Family,
    definition: Definition,
    answers: Answers,
    codes: Mapping[str, int],
) -> _Candidate:
    options = _ranges(definition, answers)
    fits = {option: _range_fit(_decoded(answers, codes, option[0]), *option) for option in options}
    chosen = max(options, key=lambda option: fits[option])
    told = _told_range(_decoded(answers, codes, chosen[0]), chosen)
    matrix = _matrix(export, family.columns, told, codes)
    affinity = name_affinity(family.stem, definition)
    return _Candidate(definition, affinity, chosen, fits[chosen], fit_key(definition, matrix))


def _ranges(definition: Definition, answers: Answers) -> list[Range]:
    response = definition.response
    if response.min is None or response.max is None:
        return [answers.observed() or (1, 7)]
    own = [(response.min, response.max), *response.accept_ranges]
    return [*own, *(moved for option in own if (moved := _moved(option, answers)) is not None)]


def _moved(own: Range, answers: Answers) -> Range | None:
    """Return a form's range one up or down where answers seem to count from another number."""
    low, high = own
    lowest, highest = answers.observed() or own
    if lowest > low and highest == high + 1:
        return low + 1, high + 1
    zeros = answers.numbers.get(0, 0) / max(sum(answers.numbers.values()), 1)
    is_from_zero = low == 1 and lowest == 0 and highest < high and zeros > FEW
    return (0, high - 1) if is_from_zero else None


def _told_range(answers: Answers, chosen: Range) -> Range:
    """Return a range, wider where more than a few answers are outside: they tell of the key too."""
    codes = answers.codes_outside(*chosen)
    total = sum(answers.numbers.values())
    told = [n for n, count in answers.numbers.items() if count > FEW * total]
    kept = [n for n in told if str(n) not in codes]
    return min([chosen[0], *kept]), max([chosen[1], *kept])


def _range_fit(answers: Answers, low: int, high: int) -> float:
    """Return how much of the answers is within a range, times how much of it they use."""
    codes = answers.codes_outside(low, high)
    told = {n: count for n, count in answers.numbers.items() if str(n) not in codes}
    total = sum(told.values())
    used = [n for n, count in told.items() if low <= n <= high and count > total / 2000]
    inside = sum(count for n, count in told.items() if low <= n <= high)
    return inside / total * (max(used) - min(used)) / (high - low) if used else 0.0


def _is_convincing(candidates: Sequence[_Candidate]) -> bool:
    first = candidates[0]
    if first.affinity >= NAMED:
        return True
    second = candidates[1].score if len(candidates) > 1 else 0.0
    fit = first.fit.best if first.fit else 0.0
    return first.has_structure and fit > GOOD_FIT and first.score > second + MARGIN


def _say_unknown(family: Family, answers: Answers, candidates: Sequence[_Candidate]) -> str:
    low, high = answers.observed() or (0, 0)
    near = ", ".join(candidate.definition.id for candidate in candidates[:3])
    could = f" It could be {near}, but nothing but the number of items says so." if near else ""
    return (f'"{family.pattern}": {family.size} items, answers from {low} to {high}: no known form '
            f"fits.{could}")  # fmt: skip


def _proposal(
    family: Family,
    answers: Answers,
    codes: Mapping[str, int],
    candidates: Sequence[_Candidate],
) -> FormProposal:
    first = candidates[0]
    answers = _decoded(answers, codes, first.range[0])
    used = _used_range(first, answers)
    fit = first.fit
    return FormProposal(
        first.definition.id,
        family.pattern,
        family.columns,
        used,
        already_reversed=bool(first.definition.reverse and fit and _is_surely_reversed(fit)),
        missing=answers.codes_outside(*used),
        codes={text: number + used[0] for text, number in codes.items()},
        reasons=tuple(_reasons(family, first, answers)),
        doubts=tuple(_doubts(first, candidates, used, answers, codes)),
    )


def _is_surely_reversed(fit: KeyFit) -> bool:
    """Whether answers say so by a margin: most exports hold them as they were given."""
    return fit.as_reversed >= max(fit.as_answered, 0) + MARGIN


def _used_range(candidate: _Candidate, answers: Answers) -> Range:
    """Return the form's range, or the part that is used where very many answers use no more."""
    low, high = candidate.range
    told = {n: count for n, count in answers.numbers.items() if low <= n <= high}
    total = sum(told.values())
    used = [n for n, count in told.items() if count > total / 2000]
    is_narrower = used and max(used) < high and min(used) == low
    return (low, max(used)) if is_narrower and total > 2000 else (low, high)


def _reasons(family: Family, candidate: _Candidate, answers: Answers) -> Iterator[str]:
    named = " and so named" if candidate.affinity >= NAMED else ""
    yield f"{family.size} items{named}"
    numbers = answers.observed()
    if numbers is not None:
        yield f"answers from {numbers[0]} to {numbers[1]}"
    if candidate.fit is not None and candidate.definition.reverse:
        yield (f"item-rest correlations {candidate.fit.as_answered:.2f} as answered, "
               f"{candidate.fit.as_reversed:.2f} if already reversed")  # fmt: skip
    elif candidate.fit is not None:
        yield f"item-rest correlations {candidate.fit.best:.2f}"


def _doubts(
    first: _Candidate,
    candidates: Sequence[_Candidate],
    used: Range,
    answers: Answers,
    codes: Mapping[str, int],
) -> Iterator[str]:
    definition, fit = first.definition, first.fit
    if used != first.range:
        yield (
            f"Nobody answered above {used[1]}, so the range is taken for {used[0]} to "
            f"{used[1]}; the form's own is {first.range[0]} to {first.range[1]}."
        )
    if definition.response.min is None:
        yield "The form has no published range: check this one."
    else:
        yield from _doubt_range(definition, used, answers)
    if definition.reverse and fit is None:
        yield "Too few complete forms to tell whether items were already reversed."
    elif definition.reverse and fit and abs(fit.as_answered - fit.as_reversed) < MARGIN:
        yield "The answers hardly tell whether items were already reversed: ask."
    if first.affinity < NAMED:
        yield (
            "The columns are not named so: only the number of items and how the answers go "
            "together say it."
        )
    close = [c.definition.id for c in candidates[1:] if c.score > first.score - 0.3]
    if close:
        yield f"It could also be {', '.join(close[:3])}."
    if strays := answers.doubt_strays(*used):
        yield strays
    if codes:
        yield f"The first code is taken for {used[0]}, the next for {used[0] + 1}, and so on."


def _doubt_range(definition: Definition, used: Range, answers: Answers) -> Iterator[str]:
    """Say what speaks against a range: answers that count from another number, unused ends."""
    response = definition.response
    low, high = used
    told = [n for n in answers.numbers if low <= n <= high]
    count = sum(answers.numbers[n] for n in told)
    if low not in {response.min, *(own[0] for own in response.accept_ranges)}:
        yield (
            f"The form's own range is {response.min} to {response.max}; the answers seem to count "
            f"from {low}, so scores are not in its units. Recode them if that is so."
        )
    elif count >= ENOUGH and min(told) > low:
        yield f"Nobody answered {low}: do the answers count from {min(told)}?"
    if "0" in answers.codes_outside(*used):
        yield "0 is taken for a missing code: make sure that it is no answer."
    turns = definition.reverse or any(scale.reverse for scale in definition.scales)
    if turns and count >= ENOUGH and max(told) < high:
        yield (
            f"Nobody answered {high}: if {max(told)} is the highest, the range must say so, or "
            "items are reversed wrongly."
        )


def _letter_codes(answers: Answers) -> dict[str, int]:
    """Return codes such as A1 to A5 with their places from 0; empty where there are none."""
    found = {text: int(match[1]) for text in answers.texts if (match := CODED.fullmatch(text))}
    told = sum(count for text, count in answers.texts.items() if text in found)
    if not found or told < 0.8 * sum(answers.counts.values()):
        return {}
    low = min(found.values())
    return {text: number - min(low, 1) for text, number in sorted(found.items())}


def _decoded(answers: Answers, codes: Mapping[str, int], low: int) -> Answers:
    """Return answers with letter codes turned to numbers, of which the first is the lowest."""
    if not codes:
        return answers
    numbers = {text: str(place + low) for text, place in codes.items()}
    return Answers({numbers.get(text, text): count for text, count in answers.counts.items()})


def _matrix(
    export: UnknownExport, columns: Sequence[str], within: Range, codes: Mapping[str, int]
) -> Matrix:
    """Return the answers as numbers, NaN where a cell is none of the range."""
    allowed = {str(n): float(n) for n in range(within[0], within[1] + 1)}
    allowed |= {f"{n}.0": number for n, number in allowed.items()}
    allowed |= {text: float(place + within[0]) for text, place in codes.items()}
    return np.array(
        [[allowed.get(cell, np.nan) for cell in export.columns[name]] for name in columns]
    ).T


def _letters(text: str) -> str:
    return re.sub(r"[^a-z]", "", text.lower())


def find_numbered(export: UnknownExport, taken: frozenset[str]) -> list[Family]:
    """Return the numbered families among the columns that are neither taken nor boxes.

    Nor are those that the program added: a legacy export of Qualtrics calls them V1 to V10.
    """
    none = {
        name for name, found in export.fields.items() if found.block is not None or found.is_known
    }
    return find_families(name for name in export.names if name not in taken | none)
