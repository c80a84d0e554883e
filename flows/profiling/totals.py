"""Columns that hold the export's own score of a form: by what their names add to those of items."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from flows.profiling.answers import TOLD
from flows.profiling.forms import FormProposal
from flows.profiling.table import UnknownExport
from instruments.catalog import Catalog
from instruments.definition import Definition, Scale

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
    free = free_numbers(export, taken)
    return [_with_totals(form, catalog.get_form(form.instrument), free) for form in forms]


def free_numbers(export: UnknownExport, taken: frozenset[str]) -> list[str]:
    """Return the columns of numbers that nothing is proposed for yet."""
    return [name for name in export.names if name not in taken and _are_numbers(export, name)]


def _are_numbers(export: UnknownExport, name: str) -> bool:
    cells = [cell for cell in export.filled(name) if cell not in TOLD]
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
    scored = [scale for scale in definition.scales if not scale.is_composite]
    return said_scale(name, form.pattern.partition("{")[0], definition, scored)


def said_scale(name: str, stem: str, definition: Definition, scales: Sequence[Scale]) -> str | None:
    """Return which of some scales a column's name says after a stem, None where it says none."""
    stem, own = letters(stem), letters(name)
    if not stem or not own.startswith(stem):
        return None
    said = own.removeprefix(stem).removeprefix(str(definition.n_items))
    for scale in scales:
        keys = {letters(scale.id), letters(scale.label)}
        if any(said in {key, *(key + word for word in WORDS), *(word + key for word in WORDS)}
               for key in keys):  # fmt: skip
            return scale.id
    if said not in WORDS:
        return None
    ids = [scale.id for scale in scales]
    return "total" if "total" in ids else ids[0] if len(ids) == 1 else None


def letters(name: str) -> str:
    """Return the letters and digits of a name, in lower case."""
    return re.sub(r"[^a-z0-9]", "", name.casefold())
