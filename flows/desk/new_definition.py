"""A definition to begin with, from the columns of an export; the key is for a person to fill in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any, get_args

import numpy as np

from flows.profiling.answers import Answers, count_answers
from flows.profiling.families import Family
from flows.profiling.forms import find_numbered
from flows.profiling.proposal import propose_sources
from flows.profiling.table import UnknownExport
from instruments.catalog import Catalog
from instruments.definition import Domain
from instruments.errors import RunError, suggest

TEMPLATE = Path(__file__).resolve().parent / "templates" / "definition.toml"
TO_DO = "TO BE FILLED IN"
# Fewer complete forms say nothing about the direction of an item.
FEWEST, CLEAR = 50, 0.2


@dataclass(frozen=True)
class Draft:
    """The columns that a new definition is made for, and what stands in them."""

    export: UnknownExport
    family: Family
    answers: Answers
    others: tuple[Family, ...]

    @property
    def range(self) -> tuple[int, int]:
        """The lowest and the highest answer that the export holds."""
        return self.answers.observed() or (1, 5)


def draft_definition(path: Path, pattern: str | None, catalog: Catalog) -> str:
    """Return a commented definition file for numbered columns of an export.

    Raises
    ------
    RunError
        ``E_NO_ITEMS`` where there are no such columns, or every one is of a known form.
    """
    (proposal,) = propose_sources([path], catalog)
    export = proposal.export
    known = frozenset(column for form in proposal.forms for column in form.columns)
    chosen, others = _choose(export, known, pattern)
    answers = count_answers(export.columns[name] for name in chosen.columns)
    template = Template(TEMPLATE.read_text(encoding="utf-8"))
    return template.substitute(_fill(Draft(export, chosen, answers, others), catalog))


def _choose(
    export: UnknownExport, known: frozenset[str], pattern: str | None
) -> tuple[Family, tuple[Family, ...]]:
    """Return the columns that are named, or the largest group that no known form claims."""
    families = find_numbered(export, frozenset())
    if pattern is not None:
        named = [family for family in families if family.pattern == pattern]
        patterns = [family.pattern for family in families]
        fix = suggest(pattern, patterns) or f"It has {_listed(families)}."
        return _require(named, f'The export has no columns "{pattern}"', export, fix)[0], ()
    unknown = _require(
        find_numbered(export, known),
        "No columns of the export are the numbered items of an unknown form",
        export,
        f'Name the columns: --columns "item_{{n}}"; it has {_listed(families)}.',
    )
    largest = max(unknown, key=lambda family: family.size)
    return largest, tuple(family for family in unknown if family is not largest)


def _require(
    families: Sequence[Family], what: str, export: UnknownExport, fix: str
) -> Sequence[Family]:
    if not families:
        raise RunError("E_NO_ITEMS", what, where=export.path.name, fix=fix)
    return families


def _listed(families: Sequence[Family]) -> str:
    return ", ".join(f'"{family.pattern}"' for family in families) or "no numbered columns"


def _fill(draft: Draft, catalog: Catalog) -> dict[str, object]:
    """Return what stands in the places of the template."""
    low, high = draft.range
    return {
        "file": draft.export.path.name,
        "size": draft.family.size,
        "first": draft.family.columns[0],
        "to_do": TO_DO,
        "others": "\n".join(_others(draft)),
        "id": _free_identifier(draft.family.stem, catalog),
        "abbreviation": _identifier(draft.family.stem).upper(),
        "domains": ", ".join(get_args(Domain)),
        "reverse": "\n".join(_reverse(draft)),
        "low": low,
        "high": high,
        "codes": "\n".join(_codes(draft)),
        "floor": low,
        "middle": low + (high - low) // 2,
        "ceiling": high,
    }


def _others(draft: Draft) -> Iterator[str]:
    for other in draft.others:
        yield f'# Another unknown form here: --columns "{other.pattern}" ({other.size} columns).'


def _identifier(stem: str) -> str:
    plain = re.sub(r"[^a-z0-9]+", "_", stem.lower()).strip("_")
    return plain if re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", plain) else "new_form"


def _free_identifier(stem: str, catalog: Catalog) -> str:
    """Return an id that no form has yet: two of one id would stop the whole study."""
    name = _identifier(stem)
    while name in catalog:
        name = f"{name}_own"
    return name


def _reverse(draft: Draft) -> Iterator[str]:
    against = _against_the_rest(draft)
    if against:
        listed = ", ".join(map(str, against))
        yield f"# In this export items {listed} go against the others: are they reverse-keyed?"


def _codes(draft: Draft) -> Iterator[str]:
    codes = draft.answers.codes_outside(*draft.range)
    if codes:
        yield f"# {', '.join(codes)} look like missing codes: they belong into the study file."


def _against_the_rest(draft: Draft) -> list[int]:
    """Return the items of the smaller side of what most of the answers have in common."""
    low, high = draft.range
    cells = [draft.export.columns[name] for name in draft.family.columns]
    rows = [row for row in zip(*cells, strict=True) if all(_is_within(c, low, high) for c in row)]
    answers: Any = np.array([[float(cell) for cell in row] for row in rows[:5000]])
    if len(answers) < FEWEST or not np.all(answers.std(axis=0) > 0):
        return []
    loadings = np.linalg.eigh(np.corrcoef(answers, rowvar=False))[1][:, -1]
    sides = loadings * (1 if (loadings > 0).sum() * 2 >= len(loadings) else -1)
    limit = CLEAR * float(np.abs(sides).max())
    return [k for k, side in enumerate(sides.tolist(), start=1) if side < -limit]


def _is_within(cell: str, low: int, high: int) -> bool:
    return bool(re.fullmatch(r"\d{1,6}(\.0+)?", cell)) and low <= float(cell) <= high
