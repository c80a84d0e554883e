"""Reading a CSV export of responses of LimeSurvey (kind ``limesurvey``).

The header must hold question codes (``ecr[SQ001]``, or ``ecr_SQ001``). Answers are codes such as
``A1`` or texts, which the study file maps under ``codes``; a question that was not shown is
``N/A`` in exports of full answers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from flows.declarations import Source
from flows.sources.admission import declare_admission
from flows.sources.border import refuse_identifiers
from flows.sources.export import DictionaryField, Export
from flows.sources.names import name_key
from flows.sources.reading import read_delimited
from flows.sources.rewriting import explain_no_rows
from flows.sources.shape import Edit, TextShape
from flows.sources.survey_reading import ResponseWatch, system_field

OWN = ("id", "submitdate", "lastpage", "startlanguage", "seed", "startdate", "datestamp",
       "interviewtime")  # fmt: skip
TIMING = re.compile(r"(group|question)time.*")
IDENTIFYING = ("ipaddr", "refurl")
NOT_SHOWN: Mapping[str, str] = {"N/A": "not shown"}
SUBMITTED = "submitdate"


def read(path: Path, source: Source, scratch: Path, *, force_rewrite: bool = False) -> Export:
    """Read an export of LimeSurvey; responses in progress are read as far as they go."""
    admission = declare_admission(source)
    watches: list[ResponseWatch] = []

    def check_header(header: tuple[str, ...]) -> None:
        refuse_identifiers(path, header, admission, _fields(header))

    def edit(header: tuple[str, ...]) -> Edit:
        keys = [name_key(name) for name in header]
        place = keys.index(SUBMITTED) if SUBMITTED in keys else None
        watches.append(ResponseWatch(place, frozenset(("",))))
        return watches[0]

    shape = TextShape(edit=edit)
    export = read_delimited(
        path, source, admission, scratch, check_header, lambda _: shape, force=force_rewrite
    )
    if watches[0].counts["empty"] == export.rows:
        # The program writes one row of blanks where there are no responses.
        export.readable.unlink(missing_ok=True)
        raise explain_no_rows(path)
    missing = dict.fromkeys(admission.admitted_in(export.header), NOT_SHOWN)
    notes = (*export.notes, *watches[0].notes())
    return replace(export, fields=_fields(export.header), notes=notes, missing=missing)


def _fields(header: tuple[str, ...]) -> dict[str, DictionaryField]:
    fields = {}
    for name in header:
        key = name_key(name)
        if key in OWN or key in IDENTIFYING or TIMING.fullmatch(key):
            fields[name] = system_field(name, is_identifier=key in IDENTIFYING)
    return fields
