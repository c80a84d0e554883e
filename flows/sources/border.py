"""What stops a file whose declared columns point to a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from flows.sources.admission import Admission
from flows.sources.export import DictionaryField
from flows.sources.identifiers import NameCode, is_direct_identifier, judge_admitted_field
from flows.sources.names import name_key
from flows.sources.refusal import refuse

SAYS: Mapping[NameCode, str] = {
    "E_IDENTIFIER": "points to a person",
    "E_FREE_TEXT": "holds free text",
}


def refuse_identifiers(
    path: Path,
    header: Sequence[str],
    admission: Admission,
    fields: Mapping[str, DictionaryField] | None = None,
) -> None:
    """Refuse a file where the study file declares a column that may never be read.

    A role, attribute or ending may not have the name of a direct identifier. Items may be called
    anything: their cells are numbers within a range.
    """
    facts = {name_key(name) for name in admission.facts}
    for position, name in enumerate(header, 1):
        field = (fields or {}).get(name)
        code = judge_admitted_field(field) if field and admission.admits(name) else None
        if code is None and name_key(name) in facts and is_direct_identifier(name):
            code = "E_IDENTIFIER"
        if code is not None:
            raise refuse(
                path,
                code,
                f'The declared column "{name}" {SAYS[code]}.',
                place=f"column {position}",
                fix="Take it out of the study file, and out of the export at the source.",
            )
