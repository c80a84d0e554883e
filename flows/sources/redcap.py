"""Reading a raw CSV export of REDCap with its data dictionary (kind ``redcap``)."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from flows.declarations import Source
from flows.sources.admission import Admission, declare_admission
from flows.sources.bytes_check import check_bytes
from flows.sources.encoding import open_text
from flows.sources.export import Export
from flows.sources.header import read_head, split_head
from flows.sources.names import clean_name
from flows.sources.redcap_checkboxes import edit_checkboxes
from flows.sources.redcap_dictionary import Dictionary, find_dictionary, read_dictionary
from flows.sources.redcap_reading import Project, read_described
from flows.sources.refusal import refuse
from flows.sources.shape import Edit, TextShape
from instruments.errors import ExportError

# Raw or labelled is a choice for the whole export, so its first rows tell.
LABEL_ROWS = 1000
BOXES: Mapping[str, str] = {"0": "Unchecked", "1": "Checked"}
LABEL_FIX = 'Export raw data (codes) instead, or declare kind = "redcap_labels".'


def read(path: Path, source: Source, scratch: Path, *, force_rewrite: bool = False) -> Export:
    """Read a REDCap export: raw codes, one header row, described by its data dictionary."""
    dictionary = read_dictionary(find_dictionary(path, source), source.encoding)
    project = Project(path, source, declare_admission(source), dictionary)

    def edit(header: tuple[str, ...]) -> Edit | None:
        return edit_checkboxes(source, project.admission, header, project.describe(header))

    shape = TextShape(edit=edit)
    try:
        export = read_described(project, scratch, lambda _: shape, force=force_rewrite)
    except ExportError as error:
        if error.code == "E_HEADER":
            _check_header_is_raw(path, source, dictionary)
        raise
    return require_codes(export, project.admission)


def require_codes(export: Export, admission: Admission) -> Export:
    """Return an export that holds codes; refuse one that holds labels and take its copy away."""
    try:
        _check_holds_codes(export, admission)
    except ExportError:
        if not export.is_plain:
            export.readable.unlink(missing_ok=True)
        raise
    return export


def _check_header_is_raw(path: Path, source: Source, dictionary: Dictionary) -> None:
    labels = {field.label.casefold() for field in dictionary.fields.values() if field.label}
    names = {name.casefold() for name in dictionary.fields}
    encoding = check_bytes(path, source.encoding).encoding
    first = split_head(read_head(path, encoding), source.delimiter)[0]
    cells = [clean_name(cell).casefold() for cell in first.cells]
    labelled = sum(cell in labels and cell not in names for cell in cells)
    if 2 * labelled > len(cells):
        raise refuse(
            path,
            "E_LABELS",
            "The header holds the labels of the fields, not their names.",
            place=f"line {first.line}",
            fix=LABEL_FIX,
        )


@dataclass(frozen=True)
class _Coded:
    """A column of codes: where it stands, and what its codes and labels look like."""

    name: str
    position: int
    codes: frozenset[str]
    labels: frozenset[str]


def _check_holds_codes(export: Export, admission: Admission) -> None:
    """Refuse an export whose item columns hold labels; stop as soon as the rows have told."""
    coded = list(_coded_columns(export, admission))
    has_codes = not coded
    for record, row in enumerate(_rows(export), 1):
        for column in coded:
            cell = row[column.position].strip().casefold()
            if cell in column.labels:
                raise _labelled(export, column.name, record)
            has_codes = has_codes or cell in column.codes
        if has_codes and record >= LABEL_ROWS:
            return


def _coded_columns(export: Export, admission: Admission) -> Iterator[_Coded]:
    shift = 0 if export.is_plain else 1
    for position, name in enumerate(export.header, shift):
        field = export.fields.get(name)
        if field is not None and admission.holds_items(name):
            choices = BOXES if field.block is not None else field.choices
            codes = frozenset(code.casefold() for code in choices)
            labels = frozenset(label.casefold() for label in choices.values()) - codes - {""}
            if labels:
                yield _Coded(name, position, codes - labels, labels)


def _rows(export: Export) -> Iterator[list[str]]:
    width = len(export.header) + (not export.is_plain)
    with open_text(export.readable, "utf-8") as opened:
        rows = csv.reader(opened, delimiter=export.delimiter, strict=True)
        next(rows)
        # Ragged rows of a plain file are set aside later, when the stage rejects them.
        yield from (row if len(row) >= width else row + [""] * width for row in rows)


def _labelled(export: Export, column: str, record: int) -> ExportError:
    return refuse(
        export.path,
        "E_LABELS",
        "The column holds the labels of the answers, not their codes.",
        place=f'column "{column}", record {record}',
        fix=LABEL_FIX,
    )
