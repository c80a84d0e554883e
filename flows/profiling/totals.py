"""Columns that hold the export's own score of a form: by what their names add to those of items."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from flows.profiling.forms import FormProposal
from flows.profiling.table import UnknownExport
from instruments.catalog import Catalog
from instruments.definition import Definition

# Words for a score, in the languages that clinics export in.
WORDS = ("total", "totalscore", "totaal", "totaalscore", "totale", "gesamt", "gesamtwert", "sum",
         "summe", "som", "somscore", "sumscore", "suma", "somme", "somma", "mean", "meanscore",
         "gemiddelde", "gem", "mittelwert", "moyenne", "media", "average", "avg", "score",
         "punktwert", "tot")  # fmt: skip
NUMBER = re.compile(r"-?\d+([.,]\d+)?")


def propose_totals(
    export: UnknownExport, forms: Sequence[FormProposal], catalog: Catalog, taken: frozenset[str]
) -> list[FormProposal]:
    """Return the forms with the columns that are taken for their scores, which `check` compares."""
    free = [name for name in export.names if name not in taken and _are_numbers(export, name)]
    return [_with_totals(form, catalog.get_form(form.instrument), free) for form in forms]


def _are_numbers(export: UnknownExport, name: str) -> bool:
    cells = export.filled(name)
    return bool(cells) and sum(map(bool, map(NUMBER.fullmatch, cells))) > 0.9 * len(cells)


def _with_totals(form: FormProposal, definition: Definition, free: Sequence[str]) -> FormProposal:
    totals: dict[str, str] = {}
    for name in free:
        scale = _scale_of(name, form, definition)
        if scale is not None:
            totals.setdefault(scale, name)
    if not totals:
        return form
    return replace(form, totals=totals, doubts=(*form.doubts, _doubt(totals)))


def _doubt(totals: Mapping[str, str]) -> str:
    named = ", ".join(f'"{column}"' for column in totals.values())
    return (
        f"By name alone {named} is taken for a score of the export's own: interdep check compares "
        "it with the items. Leave it out if it is something else."
    )


def _scale_of(name: str, form: FormProposal, definition: Definition) -> str | None:
    """Return the scale whose score a column's name says, None where it says none."""
    stem, own = _key(form.pattern.partition("{")[0]), _key(name)
    if not stem or not own.startswith(stem):
        return None
    said = own.removeprefix(stem).removeprefix(str(definition.n_items))
    scored = [scale.id for scale in definition.scales if not scale.is_composite]
    for scale in scored:
        if said in {_key(scale), *(_key(scale) + word for word in WORDS),
                    *(word + _key(scale) for word in WORDS)}:  # fmt: skip
            return scale
    if said not in WORDS:
        return None
    return "total" if "total" in scored else scored[0] if len(scored) == 1 else None


def _key(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.casefold())
