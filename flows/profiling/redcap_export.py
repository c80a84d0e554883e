"""Whether a text is an export of the REDCap project that a data dictionary describes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from flows.declarations import Kind
from flows.profiling.table import UnknownExport, any_source, as_columns
from flows.sources.admission import REDCAP_KEYS, Admission
from flows.sources.export import DictionaryField
from flows.sources.names import clean_name, name_key
from flows.sources.redcap_dictionary import Dictionary
from flows.sources.redcap_label_header import is_labelled, label_key, name_columns
from flows.sources.redcap_pivot import Pivot
from flows.sources.redcap_reading import Project

BOXES: Mapping[str, str] = {"checked": "1", "unchecked": "0"}
# Of the columns of an export its dictionary describes nearly all.
DESCRIBED = 0.8
REASONS: Mapping[Kind, str] = {
    "redcap": "its columns are fields of the data dictionary, and hold codes",
    "redcap_labels": "its columns are fields of the data dictionary, and hold labels",
    "redcap_eav": "it has one line per answer to a field of the data dictionary",
}


def find_redcap_export(
    path: Path, rows: Sequence[Sequence[str]], dictionary: Dictionary
) -> UnknownExport | None:
    """Return an export of the project, None where the dictionary does not describe it."""
    cells = [clean_name(cell) for cell in rows[0]] if rows else []
    if {"field_name", "value"} <= set(map(name_key, cells)):
        columns = _pivot(path, cells, rows[1:], dictionary)
        return _export(path, "redcap_eav", columns, dictionary) if columns else None
    has_labels = is_labelled(cells, dictionary)
    names = name_columns(cells, dictionary, {}) if has_labels else cells
    described = [name for name in names if dictionary.describe(name) is not None]
    has_id = next(iter(dictionary.fields)) in map(name_key, names)
    if not has_id or len(described) < DESCRIBED * len(names):
        return None
    columns = as_columns(names, rows[1:])
    kind: Kind = "redcap_labels" if has_labels or _holds_labels(columns, dictionary) else "redcap"
    return _export(path, kind, columns, dictionary)


def _export(
    path: Path, kind: Kind, columns: Mapping[str, list[str]], dictionary: Dictionary
) -> UnknownExport:
    fields = {name: field for name in columns if (field := dictionary.describe(name)) is not None}
    if kind == "redcap_labels":
        columns = {name: _decode(cells, fields.get(name)) for name, cells in columns.items()}
    return UnknownExport(path, kind, columns, reasons=(REASONS[kind],), fields=fields)


def _holds_labels(columns: Mapping[str, list[str]], dictionary: Dictionary) -> bool:
    labels = codes = 0
    for name, cells in columns.items():
        field = dictionary.describe(name)
        if field is not None and field.choices and field.type != "status":
            found = {label_key(cell) for cell in cells[:1000]} - {""}
            codes += len(found & set(map(label_key, _codes(field))))
            labels += len(found & set(map(label_key, _labels(field))))
    return labels > codes


def _codes(field: DictionaryField) -> Sequence[str]:
    return ("0", "1") if field.block is not None else tuple(field.choices)


def _labels(field: DictionaryField) -> Sequence[str]:
    return tuple(BOXES) if field.block is not None else tuple(field.choices.values())


def _decode(cells: list[str], field: DictionaryField | None) -> list[str]:
    if field is None or not field.choices:
        return cells
    codes = {label_key(label): code for code, label in field.choices.items()}
    known = BOXES if field.block is not None else codes
    return [known.get(label_key(cell), cell) for cell in cells]


def _pivot(
    path: Path, cells: Sequence[str], lines: Sequence[Sequence[str]], dictionary: Dictionary
) -> dict[str, list[str]]:
    """Return the answers in rows; empty where the lines are of another project."""
    keys = [name_key(cell) for cell in cells]
    own = tuple(dictionary.fields)
    source = any_source("redcap_eav", dictionary="*")
    columns = (*own, *REDCAP_KEYS)
    pivot = Pivot(Project(path, source, Admission(columns, (), ("{any}",), ()), dictionary))
    kept = [place for place, key in enumerate(keys) if key not in ("field_name", "value")]
    at_field, at_value = keys.index("field_name"), keys.index("value")
    for line in lines:
        if len(line) == len(cells):
            key = tuple(line[place].strip() for place in kept)
            pivot.add(key, name_key(line[at_field]), line[at_value])
    if not pivot.seen:
        return {}
    header = tuple(name for name in pivot.header() if dictionary.describe(name) is not None)
    names = [own[0] if keys[place] in ("record", own[0]) else cells[place] for place in kept]
    rows = [[*key, *pivot.cells(row, header)] for key, row in pivot.rows.items()]
    return as_columns([*names, *header], rows)
