"""Answers that are written otherwise than as numbers: `A1`, or the label of an answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from flows.declarations import Source
from flows.sources.admission import declare_admission
from flows.sources.names import clean_name
from flows.sources.shape import Edit, Verdict

Codes = Mapping[str, str]


def declared_codes(source: Source, names: tuple[str, ...]) -> dict[str, Codes]:
    """Return, for every column of a form with declared codes, what each code stands for."""
    found: dict[str, Codes] = {}
    for form in source.form:
        codes = {clean_name(code): str(answer) for code, answer in
                 {**source.codes, **form.codes}.items()}  # fmt: skip
        if codes:
            own = declare_admission(source.model_copy(update={"form": (form,)}))
            found |= {name: codes for name in names if own.holds_items(name)}
    return found


def edit_codes(source: Source, names: tuple[str, ...]) -> Edit | None:
    """Return the edit that turns declared codes into answers, None where there are none."""
    codes = declared_codes(source, names)
    if not codes:
        return None
    places = [(k, codes[name]) for k, name in enumerate(names) if name in codes]
    return partial(_decode, places)


def _decode(places: Sequence[tuple[int, Codes]], row: list[str]) -> Verdict:
    for place, codes in places:
        cell = clean_name(row[place])
        row[place] = codes.get(cell, row[place])
    return None
