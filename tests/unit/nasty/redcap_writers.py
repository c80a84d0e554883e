"""Writes a raw REDCap export again as REDCap writes labels, and one line per answer."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence

from flows.sources.redcap_dictionary import STATUS, Dictionary
from flows.sources.redcap_label_header import ADDED

Table = Sequence[Mapping[str, str]]
KEYS = ("redcap_event_name", "redcap_repeat_instrument", "redcap_repeat_instance")


def read_table(text: str) -> Table:
    """Return the rows of a raw export."""
    return list(csv.DictReader(io.StringIO(text)))


def write_table(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return CSV text as REDCap quotes it: where it must."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()


def as_labels(
    table: Table, dictionary: Dictionary, *, header: bool = True, reasons: Mapping[str, str] = {}
) -> str:
    """Return the labelled export of a raw one."""
    names = list(table[0])
    labels = [_header(name, dictionary) for name in names] if header else names
    rows = [[_label(name, row[name], dictionary, reasons) for name in names] for row in table]
    return write_table(labels, rows)


def as_lines(table: Table, dictionary: Dictionary) -> str:
    """Return the export with one line per answer; boxes without a tick have no line."""
    first = next(iter(dictionary.fields))
    keys = [name for name in KEYS if name in table[0]]
    lines = []
    for row in table:
        for name, cell in row.items():
            field = dictionary.describe(name)
            is_box = field is not None and field.block is not None
            if name in keys or not cell or (is_box and cell == "0"):
                continue
            said = (field.block, field.choice) if field and field.block else (name, cell)
            lines.append([row[first], *(row[key] for key in keys), *map(str, said)])
    return write_table(["record", *keys, "field_name", "value"], lines)


def _header(name: str, dictionary: Dictionary) -> str:
    field = dictionary.describe(name)
    if field is None or name in ADDED:
        return ADDED.get(name, name)
    if field.type == "status":
        return "Complete?"
    if field.block is not None:
        return f"{field.label} (choice={field.choices[field.choice or '']})"
    return field.label


def _label(name: str, cell: str, dictionary: Dictionary, reasons: Mapping[str, str]) -> str:
    field = dictionary.describe(name)
    if field is None or cell in reasons:
        return reasons.get(cell, cell)
    if field.block is not None:
        return {"0": "Unchecked", "1": "Checked"}.get(cell, cell)
    choices = STATUS if field.type == "status" else field.choices
    return choices.get(cell, cell)
