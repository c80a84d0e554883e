"""REDCap data dictionaries: what each column of an export holds."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from flows.declarations import Source
from flows.sources.bytes_check import check_bytes
from flows.sources.encoding import open_text
from flows.sources.export import DictionaryField
from flows.sources.names import clean_name, name_key
from flows.sources.refusal import refuse
from instruments.errors import ExportError

# The dictionary's columns as the designer downloads them and as the interface names them.
COLUMNS: Mapping[str, tuple[str, str]] = {
    "name": ("Variable / Field Name", "field_name"),
    "form": ("Form Name", "form_name"),
    "type": ("Field Type", "field_type"),
    "label": ("Field Label", "field_label"),
    "choices": ("Choices, Calculations, OR Slider Labels", "select_choices_or_calculations"),
    "validation": (
        "Text Validation Type OR Show Slider Number",
        "text_validation_type_or_show_slider_number",
    ),
    "identifier": ("Identifier?", "identifier"),
}
WITH_CHOICES = ("radio", "dropdown", "checkbox")
FIXED_CHOICES: Mapping[str, Mapping[str, str]] = {
    "yesno": {"1": "Yes", "0": "No"},
    "truefalse": {"1": "True", "0": "False"},
}
STATUS = {"0": "Incomplete", "1": "Unverified", "2": "Complete"}
SYSTEM = (
    "redcap_event_name",
    "redcap_repeat_instrument",
    "redcap_repeat_instance",
    "redcap_data_access_group",
    "redcap_survey_identifier",
)
# Of the columns that REDCap adds, the one that holds what the invitation called the person.
SYSTEM_IDENTIFIER = "redcap_survey_identifier"
CHECKBOX = re.compile(r"(?P<block>.+?)___(?P<choice>.+)")
MARKUP = re.compile(r"</?[A-Za-z][^<>]*>")  # "<5" in a label is no markup
FIX = "Download the data dictionary from the same REDCap project and put it beside the export."


@dataclass(frozen=True)
class Dictionary:
    """A data dictionary: its fields by name, its forms, its digest."""

    path: Path
    sha256: str
    fields: Mapping[str, DictionaryField]

    def describe(self, column: str) -> DictionaryField | None:
        """Return what the dictionary says of one column of the export, or None."""
        key = name_key(column)
        field = self.fields.get(key)
        if field is not None and field.type not in ("checkbox", "descriptive"):
            return field
        return self._describe_checkbox(column) or self._describe_added(key)

    def _describe_checkbox(self, column: str) -> DictionaryField | None:
        match = CHECKBOX.fullmatch(name_key(column))
        field = self.fields.get(match["block"]) if match else None
        if match is None or field is None or field.type != "checkbox":
            return None
        return DictionaryField(column, field.form, field.type, field.label, field.choices,
                               field.validation, field.is_identifier, match["block"],
                               _as_written(match["choice"], field.choices))  # fmt: skip

    def _describe_added(self, key: str) -> DictionaryField | None:
        forms = {field.form for field in self.fields.values()}
        if key in SYSTEM:
            return DictionaryField(key, "", "system", is_identifier=key == SYSTEM_IDENTIFIER)
        if key.removesuffix("_complete") in forms and key.endswith("_complete"):
            return DictionaryField(key, key.removesuffix("_complete"), "status", choices=STATUS)
        if key.removesuffix("_timestamp") in forms and key.endswith("_timestamp"):
            return DictionaryField(key, key.removesuffix("_timestamp"), "system")
        return None


def find_dictionary(path: Path, source: Source) -> Path:
    """Return the one dictionary beside an export, by the pattern that the source declares."""
    pattern = source.dictionary or ""
    if not pattern or "/" in pattern or "\\" in pattern or ".." in pattern:
        raise refuse(path, "E_DICTIONARY", "The pattern of the data dictionary is no file name.",
                     fix="Give the name of a file beside the export.")  # fmt: skip
    found = sorted(other for other in path.parent.glob(pattern) if other != path)
    if len(found) != 1:
        count = f"{len(found)} data dictionaries lie" if found else "No data dictionary lies"
        raise refuse(path, "E_DICTIONARY", f'{count} beside the export by the pattern "{pattern}".',
                     fix=FIX)  # fmt: skip
    return found[0]


def read_dictionary(path: Path, encoding: str) -> Dictionary:
    """Read a data dictionary, or refuse it with its own place."""
    facts = check_bytes(path, encoding)
    with open_text(path, facts.encoding) as opened:
        reader = csv.reader(opened, strict=True)
        try:
            rows = [(reader.line_num, row) for row in reader if row]
        except csv.Error:
            raise _not_a_dictionary(path, f"line {reader.line_num}") from None
    columns = _find_columns(path, rows[0][1] if rows else ())
    fields = {field.name: field for field in _read_fields(path, rows[1:], columns)}
    if not fields:
        raise _not_a_dictionary(path, "line 1")
    return Dictionary(path, facts.sha256, fields)


def checkbox_blocks(fields: Mapping[str, DictionaryField]) -> dict[str, tuple[str, ...]]:
    """Return the columns of every checkbox block of an export.

    REDCap writes 0 for every box of a block that nobody answered, so a block without a single 1
    is missing; it does not say "none of these".
    """
    blocks: dict[str, tuple[str, ...]] = {}
    for column, field in fields.items():
        if field.block is not None:
            blocks[field.block] = (*blocks.get(field.block, ()), column)
    return blocks


def parse_choices(written: str) -> dict[str, str]:
    """Return code to label of "1, one | 2, two"; what has no comma is no choice."""
    pairs = (part.split(",", 1) for part in written.split("|"))
    return {
        pair[0].strip(): clean_name(MARKUP.sub("", pair[1])) for pair in pairs if len(pair) == 2
    }


def _find_columns(path: Path, header: Sequence[str]) -> dict[str, int]:
    keys = [name_key(name) for name in header]
    found = {
        part: keys.index(name_key(written))
        for part, names in COLUMNS.items()
        for written in names
        if name_key(written) in keys
    }
    if len(found) < len(COLUMNS):
        raise _not_a_dictionary(path, "line 1")
    return found


def _read_fields(
    path: Path, rows: Sequence[tuple[int, list[str]]], columns: Mapping[str, int]
) -> Iterator[DictionaryField]:
    for line, row in rows:
        if len(row) <= max(columns.values()):
            raise _not_a_dictionary(path, f"line {line}")
        cells = {part: _cell(row[position]) for part, position in columns.items()}
        kind = cells["type"].casefold()
        yield DictionaryField(
            name_key(cells["name"]),
            name_key(cells["form"]),
            kind,
            cells["label"],
            FIXED_CHOICES.get(
                kind, parse_choices(cells["choices"]) if kind in WITH_CHOICES else {}
            ),
            cells["validation"].casefold(),
            cells["identifier"].casefold() in ("y", "yes"),
        )


def _cell(written: str) -> str:
    text = clean_name(MARKUP.sub("", written))
    return "" if text == "NA" else text  # dictionaries saved again by R


def _as_written(choice: str, choices: Mapping[str, str]) -> str:
    """Return the code whose column this is: REDCap writes it small, other signs as "_"."""
    return next((code for code in choices if as_column(code) == choice), choice)


def as_column(code: str) -> str:
    """Return how REDCap writes a code within the name of a checkbox column."""
    return re.sub(r"\W|-", "_", code.lower())


def _not_a_dictionary(path: Path, place: str) -> ExportError:
    return refuse(path, "E_DICTIONARY", "This is no REDCap data dictionary.", place=place, fix=FIX)
