"""Reading a CSV or TSV export of Qualtrics (kind ``qualtrics``).

A modern export has three rows above the responses: names, questions, and what the program calls
each column; a legacy one has two, and calls its own columns V1 to V10.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from flows.declarations import Source
from flows.sources.admission import declare_admission
from flows.sources.border import refuse_identifiers
from flows.sources.export import DictionaryField, Export
from flows.sources.header import HeadRow
from flows.sources.names import clean_name, name_key
from flows.sources.reading import read_delimited
from flows.sources.refusal import refuse
from flows.sources.shape import Edit, TextShape
from flows.sources.survey_reading import ResponseWatch, system_field

IMPORT_ID = re.compile(r'\s*\{\s*"ImportId"\s*:')
LEGACY_NAME = re.compile(r"V\d+")
# What the program calls its own columns, in either kind of export; names are compared in small
# letters. An external reference is the study's, and may be a client's code.
OWN = {
    "startdate", "enddate", "status", "progress", "duration", "finished", "recordeddate",
    "_recordid", "responseid", "responseset", "distributionchannel", "userlanguage",
    "locationaccuracy",
}  # fmt: skip
IDENTIFYING = {
    "ipaddress", "recipientlastname", "recipientfirstname", "recipientemail", "locationlatitude",
    "locationlongitude", "name", "emailaddress",
}  # fmt: skip
FREE_TEXT = re.compile(r".*_TEXT(_.*)?", re.IGNORECASE)
# Survey Preview and Survey Test, alone, as spam and offline.
PREVIEWS = frozenset(("1", "2", "9", "17", "survey preview", "survey test"))
UNFINISHED = frozenset(("0", "false"))


def read(path: Path, source: Source, scratch: Path, *, force_rewrite: bool = False) -> Export:
    """Read an export of Qualtrics, modern or legacy; previews of the survey are set aside."""
    admission = declare_admission(source)
    found: list[QualtricsHead] = []
    watches: list[ResponseWatch] = []

    def shape_of(rows: Sequence[HeadRow]) -> TextShape:
        found.append(find_head(path, rows))
        return TextShape(header_rows=found[0].rows, edit=edit)

    def edit(_header: tuple[str, ...]) -> Edit:
        watches.append(found[0].watch())
        return watches[0]

    def check_header(header: tuple[str, ...]) -> None:
        refuse_identifiers(path, header, admission, found[0].fields())

    export = read_delimited(
        path, source, admission, scratch, check_header, shape_of, force=force_rewrite
    )
    notes = (*export.notes, *watches[0].notes())
    return replace(export, fields=found[0].fields(), notes=notes)


@dataclass(frozen=True)
class QualtricsHead:
    """The rows above the responses: names, questions, and the program's own word for a column."""

    rows: int
    names: tuple[str, ...]
    questions: tuple[str, ...]
    ids: tuple[str, ...]

    def fields(self) -> Mapping[str, DictionaryField]:
        """Return what is known of each column."""
        return dict(self._fields())

    def _fields(self) -> Iterator[tuple[str, DictionaryField]]:
        for name, question, own in zip(self.names, self.questions, self.ids, strict=True):
            key = name_key(own)
            if key in OWN or key in IDENTIFYING:
                yield name, system_field(name, is_identifier=key in IDENTIFYING)
            elif name:
                kind = "text" if FREE_TEXT.fullmatch(own) or FREE_TEXT.fullmatch(name) else "choice"
                yield name, DictionaryField(name, "", kind, question)

    def watch(self) -> ResponseWatch:
        """Return the watch over responses."""
        keys = [name_key(own) for own in self.ids]
        places = {key: keys.index(key) for key in ("finished", "status") if key in keys}
        return ResponseWatch(places.get("finished"), UNFINISHED, places.get("status"), PREVIEWS)


def find_head(path: Path, rows: Sequence[HeadRow]) -> QualtricsHead:
    """Return the rows above the responses, or refuse a file that has none."""
    if len(rows) > 2 and sum(map(_is_import_id, rows[2].cells)) * 2 > len(rows[2].cells):
        ids = [_import_id(cell) for cell in rows[2].cells]
        return _head(3, rows, ids)
    is_legacy = len(rows) > 1 and LEGACY_NAME.fullmatch(clean_name(rows[0].cells[0]))
    if is_legacy and name_key(rows[1].cells[0]) == "responseid":
        return _head(2, rows, rows[1].cells)
    raise refuse(
        path,
        "E_HEADER",
        "These are not the two or three header rows of a Qualtrics export.",
        place=f"lines {rows[0].line} to {rows[min(2, len(rows) - 1)].line}" if rows else "line 1",
        fix='Export it again as CSV, or declare kind = "csv" where its rows were removed.',
    )


def _head(count: int, rows: Sequence[HeadRow], ids: Sequence[str]) -> QualtricsHead:
    names = tuple(clean_name(cell) for cell in rows[0].cells)
    width = len(names)
    questions = [clean_name(cell) for cell in rows[1].cells]
    return QualtricsHead(count, names, _padded(questions, width), _padded(ids, width))


def _padded(cells: Sequence[str], width: int) -> tuple[str, ...]:
    return tuple([*cells, *[""] * width][:width])


def _is_import_id(cell: str) -> bool:
    return IMPORT_ID.match(cell) is not None


def _import_id(cell: str) -> str:
    try:
        told = json.loads(cell)
    except ValueError:
        return ""
    return str(told.get("ImportId", "")) if isinstance(told, dict) else ""
