"""Reading a REDCap export with one line per answer (kind ``redcap_eav``), pivoted to rows.

Its columns are record, event, repeat instrument and instance (where the project has them),
field_name and value; a ticked box is a line with the field's name and the code of the box. A line
that cannot be read would be an answer lost from a row, so such a file is refused whole.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from flows.declarations import Source
from flows.sources.admission import REDCAP_KEYS, Admission, declare_admission
from flows.sources.border import refuse_identifiers
from flows.sources.export import RECORD, Export, Fault, Note
from flows.sources.header import check_names
from flows.sources.names import name_key
from flows.sources.reading import read_delimited
from flows.sources.redcap import require_codes
from flows.sources.redcap_checkboxes import edit_checkboxes
from flows.sources.redcap_dictionary import find_dictionary, read_dictionary
from flows.sources.redcap_pivot import Key, Pivot, iterate_rows
from flows.sources.redcap_reading import Project, attach_fields, check_is_described
from flows.sources.refusal import refuse
from flows.sources.rewriting import create_copy
from flows.sources.shape import Edit, TextShape, Verdict

RECORD_NAME, FIELD, VALUE = "record", "field_name", "value"
FIX = "Make the export again, or export it in rows (flat)."


def read(path: Path, source: Source, scratch: Path, *, force_rewrite: bool = False) -> Export:
    """Read a REDCap export of one answer a line; it is always rewritten, in rows."""
    del force_rewrite
    dictionary = read_dictionary(find_dictionary(path, source), source.encoding)
    project = Project(path, source, declare_admission(source), dictionary)
    pivot = Pivot(project)
    lines = _read_lines(pivot, scratch)
    try:
        _refuse_broken_lines(lines)
        for key, name, value in _answers(lines, pivot.id_field):
            pivot.add(key, name, value)
    finally:
        lines.readable.unlink(missing_ok=True)
    export = _write_rows(pivot, lines, scratch / f"{lines.sha256[:16]}_rows.csv")
    return require_codes(export, project.admission)


def _read_lines(pivot: Pivot, scratch: Path) -> Export:
    """Read the lines; the values of fields that are not admitted are blank in their copy."""
    project = pivot.project
    kept = (RECORD_NAME, pivot.id_field, *REDCAP_KEYS)

    def check_header(header: tuple[str, ...]) -> None:
        _check_columns(project, pivot.header())
        if not _record_columns(header, pivot.id_field):
            raise refuse(project.path, "E_COLUMN_MISSING", 'The header lacks the column "record".',
                         place="line 1", fix=FIX)  # fmt: skip

    def edit(header: tuple[str, ...]) -> Edit:
        keys = [name_key(name) for name in header]
        at_field, at_value = keys.index(FIELD), keys.index(VALUE)

        def blank_value(row: list[str]) -> Verdict:
            name = row[at_field]
            if name not in project.dictionary.fields:
                row[at_field] = name = name_key(name)
            if not pivot.is_read(name):
                row[at_value] = ""
            return None

        return blank_value

    shape = TextShape(edit=edit)
    source = project.source.model_copy(update={"form": (), "codes": {}})
    admission = Admission((FIELD, VALUE), (), (), (), kept)
    return read_delimited(project.path, source, admission, scratch, check_header, lambda _: shape)


def _check_columns(project: Project, columns: tuple[str, ...]) -> None:
    """Refuse declared columns that the dictionary lacks, or that point to a person."""
    header = (next(iter(project.dictionary.fields)), *REDCAP_KEYS, *columns)
    fields = project.describe(header)
    check_names(project.path, "line 1", header, project.admission)
    check_is_described(project, header, fields)
    refuse_identifiers(project.path, header, project.admission, fields)


def _record_columns(header: tuple[str, ...], id_field: str) -> list[str]:
    return [name for name in header if name_key(name) in (RECORD_NAME, id_field)]


def _refuse_broken_lines(lines: Export) -> None:
    if lines.faults:
        first = lines.faults[0]
        raise refuse(
            lines.path,
            first.code,
            f"{len(lines.faults)} lines cannot be read, and each is an answer.",
            place=f"line {first.line}",
            fix=FIX,
        )


def _answers(lines: Export, id_field: str) -> Iterator[tuple[Key, str, str]]:
    places = {name_key(name): place for place, name in enumerate(lines.header, 1)}
    record = next(name_key(name) for name in _record_columns(lines.header, id_field))
    keys = [places[name] for name in (record, *REDCAP_KEYS) if name in places]
    with lines.readable.open(encoding="utf-8", newline="") as opened:
        rows = csv.reader(opened, strict=True)
        next(rows)
        for row in rows:
            yield tuple(row[k].strip() for k in keys), row[places[FIELD]], row[places[VALUE]]


def _write_rows(pivot: Pivot, lines: Export, copy: Path) -> Export:
    present = {name_key(name) for name in lines.header}
    keys = (pivot.id_field, *(name for name in REDCAP_KEYS if name in present))
    columns = pivot.header()
    header = (*keys, *columns)
    project = pivot.project
    check_names(project.path, "line 1", header, project.admission)
    edit = edit_checkboxes(project.source, project.admission, header, project.describe(header))
    faults = []
    with create_copy(copy) as opened:
        writer = csv.writer(opened, lineterminator="\n")
        writer.writerow((RECORD, *header))
        for record, key, row in iterate_rows(pivot):
            if key in pivot.conflicts:
                faults.append(Fault(record, "E_DUP_CONFLICT", pivot.conflicts[key]))
                continue
            cells = [*key, *pivot.cells(row, columns)]
            if edit is not None:
                edit(cells)
            writer.writerow((str(record), *cells))
    export = replace(lines, readable=copy, header=header, rows=len(pivot.rows),
                     faults=tuple(faults), notes=(*lines.notes, *_note_unknown(pivot)))  # fmt: skip
    return attach_fields(project, export)


def _note_unknown(pivot: Pivot) -> Iterator[Note]:
    if pivot.unknown:
        text = f"Lines about fields that the dictionary does not describe: {pivot.unknown}."
        yield Note("N_UNKNOWN_FIELDS", text)
