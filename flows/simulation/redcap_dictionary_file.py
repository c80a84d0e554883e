"""The data dictionary of the simulated REDCap project."""

from __future__ import annotations

from flows.simulation.forms import Forms
from flows.simulation.people import SUPPORTS
from flows.simulation.redcap_files import CONTACT, CONTACT_KINDS, ENDING_CODES
from flows.simulation.tables import ExportTable, Row, item_columns

DICTIONARY_FILE = "redcap_dictionary.csv"
DICTIONARY_HEADER = [
    "Variable / Field Name",
    "Form Name",
    "Section Header",
    "Field Type",
    "Field Label",
    "Choices, Calculations, OR Slider Labels",
    "Field Note",
    "Text Validation Type OR Show Slider Number",
    "Text Validation Min",
    "Text Validation Max",
    "Identifier?",
    "Branching Logic (Show field only if...)",
    "Required Field?",
    "Custom Alignment",
    "Question Number (surveys only)",
    "Matrix Group Name",
    "Matrix Ranking?",
    "Field Annotation",
]


def dictionary_table(forms: Forms) -> ExportTable:
    """Return the data dictionary: every field, its form, its type, its choices."""
    fields = [
        _field("record_id", "visit", "text", "Record"),
        _field("session_number", "visit", "text", "Session", check="integer"),
        _field("day", "visit", "text", "Days since intake", check="integer"),
        _field("therapist_id", "visit", "text", "Therapist"),
        _field("clinic", "visit", "text", "Clinic"),
        *_item_fields(forms, "session", "session_form"),
        *_item_fields(forms, "end", "end_form"),
        *_closing_fields(),
        _field("contact_day", CONTACT, "text", "Days since intake", check="integer"),
        _field("contact_kind", CONTACT, "radio", "Kind", choices=_choices(CONTACT_KINDS)),
    ]
    return ExportTable(DICTIONARY_FILE, list(DICTIONARY_HEADER), fields)


def _closing_fields() -> list[Row]:
    endings = " | ".join(f"{code}, {reason}" for reason, code in ENDING_CODES.items())
    return [
        _field("ending", "closing", "radio", "How the treatment ended", choices=endings),
        _field("last_session", "closing", "text", "Last session", check="integer"),
        _field("support", "closing", "checkbox", "Support besides", choices=_choices(SUPPORTS)),
    ]


def _choices(labels: tuple[str, ...]) -> str:
    return " | ".join(f"{code}, {label}" for code, label in enumerate(labels, start=1))


def _item_fields(forms: Forms, occasion: str, form_name: str) -> list[Row]:
    return [
        _field(name, form_name, "text", f"{form.instrument} {number}", check="integer")
        for (when, _), form in forms.items()
        if when == occasion
        for number, name in enumerate(item_columns(form.instrument, form.items), start=1)
    ]


def _field(
    name: str, form: str, kind: str, label: str, *, choices: str = "", check: str = ""
) -> Row:
    row = [""] * len(DICTIONARY_HEADER)
    row[0], row[1], row[3], row[4], row[5], row[7] = name, form, kind, label, choices, check
    return row
