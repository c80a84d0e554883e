"""A REDCap project as it exports: raw codes in long form, and its data dictionary.

The project is longitudinal: the event of sessions repeats as a whole, one instance a session; the
event of the end has the closing forms and a block of checkboxes.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from flows.simulation.clinic_files import therapist_id
from flows.simulation.forms import FilledForms, Forms
from flows.simulation.people import SUPPORTS, People, day_of
from flows.simulation.study import SimulatedStudy
from flows.simulation.tables import ExportTable, Row, answer_cells, form_columns, item_columns

DATA_FILE = "redcap_data.csv"
DICTIONARY_FILE = "redcap_dictionary.csv"
SESSION_EVENT = "sessions_arm_1"
END_EVENT = "end_arm_1"
ENDING_CODES = {"planned": "1", "dropout": "2", "ongoing": "3"}
COMPLETE, INCOMPLETE = "2", "0"
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

KEYS = [
    "record_id",
    "redcap_event_name",
    "redcap_repeat_instrument",
    "redcap_repeat_instance",
]
VISIT = ["session_number", "day", "therapist_id", "clinic", "visit_complete"]
SUPPORT = [f"support___{k}" for k in range(1, len(SUPPORTS) + 1)]
CLOSING = ["ending", "last_session", *SUPPORT, "closing_complete"]


def redcap_table(study: SimulatedStudy, people: People, forms: Forms) -> ExportTable:
    """Return the data export: record by record, the sessions before the end."""
    session_forms = [form for (occasion, _), form in forms.items() if occasion == "session"]
    end_forms = [form for (occasion, _), form in forms.items() if occasion == "end"]
    header = [
        *KEYS,
        *VISIT,
        *_form_columns(session_forms),
        "session_form_complete",
        *_form_columns(end_forms),
        "end_form_complete",
        *CLOSING,
    ]
    blank_end = [""] * (len(_form_columns(end_forms)) + 1 + len(CLOSING))
    blank_session = [""] * (len(_form_columns(session_forms)) + 1)
    rows = [
        *_session_rows(study, people, session_forms, blank_end),
        *_end_rows(study, people, end_forms, blank_session),
    ]
    rows.sort(key=lambda row: (row[0], row[1] == END_EVENT))
    return ExportTable(DATA_FILE, header, rows, form_columns([*session_forms, *end_forms]))


def _form_columns(filled: list[FilledForms]) -> Row:
    return [name for columns in form_columns(filled).values() for name in columns]


def _session_rows(
    study: SimulatedStudy, people: People, filled: list[FilledForms], blank_end: Row
) -> Iterator[Row]:
    """Yield a row for each session form that was filled in, in the order of sessions."""
    first = filled[0]
    days = day_of(study, people, first.session, first.client).tolist()
    cells = [answer_cells(form, "") for form in filled]
    for k, (client, session) in enumerate(
        zip(first.client.tolist(), first.session.tolist(), strict=True)
    ):
        yield [
            study.client_ids[client],
            SESSION_EVENT,
            "",
            str(session),
            *_visit(study, client, session, days[k]),
            *(cell for answers in cells for cell in answers[k]),
            COMPLETE,
            *blank_end,
        ]


def _visit(study: SimulatedStudy, client: int, session: int, day: int) -> Row:
    clinic = study.clinic_ids[study.design.clinic[client]]
    return [str(session), str(day), therapist_id(study, session, client), clinic, COMPLETE]


def _end_rows(
    study: SimulatedStudy, people: People, filled: list[FilledForms], blank_session: Row
) -> Iterator[Row]:
    """Yield a closing row for every client, with answers where the form was filled in."""
    answered = dict(
        zip(
            filled[0].client.tolist(),
            map(list, zip(*(answer_cells(form, "") for form in filled), strict=True)),
            strict=True,
        )
    )
    last = study.endings.sessions
    days = day_of(study, people, last, np.arange(study.n_clients)).tolist()
    unanswered = [""] * len(_form_columns(filled))
    for client in range(study.n_clients):
        parts = answered.get(client)
        cells = [cell for part in parts for cell in part] if parts else unanswered
        yield [
            study.client_ids[client],
            END_EVENT,
            "",
            "",
            *_visit(study, client, int(last[client]), days[client]),
            *blank_session,
            *cells,
            COMPLETE if parts else INCOMPLETE,
            *_closing(study, people, client),
        ]


def _closing(study: SimulatedStudy, people: People, client: int) -> Row:
    """Return ending and support; dropouts were not asked about support, so their block is 0."""
    reason = str(study.endings.reason[client])
    was_asked = reason != "dropout"
    support = [str(flag) if was_asked else "0" for flag in people.support[client].tolist()]
    last = str(study.endings.sessions[client])
    return [ENDING_CODES[reason], last, *support, COMPLETE]


def dictionary_table(forms: Forms) -> ExportTable:
    """Return the data dictionary: every field, its form, its type, its choices."""
    fields = [
        _field("record_id", "visit", "text", "Record"),
        _field("session_number", "visit", "text", "Session", check="integer"),
        _field("day", "visit", "text", "Days since intake", check="integer"),
        _field("therapist_id", "visit", "text", "Therapist"),
        _field("clinic", "visit", "text", "Clinic"),
    ]
    for occasion, form_name in (("session", "session_form"), ("end", "end_form")):
        for (when, _), form in forms.items():
            if when == occasion:
                fields += _item_fields(form, form_name)
    endings = " | ".join(f"{code}, {reason}" for reason, code in ENDING_CODES.items())
    supports = " | ".join(f"{k}, {name}" for k, name in enumerate(SUPPORTS, start=1))
    fields += [
        _field("ending", "closing", "radio", "How the treatment ended", choices=endings),
        _field("last_session", "closing", "text", "Last session", check="integer"),
        _field("support", "closing", "checkbox", "Support besides", choices=supports),
    ]
    return ExportTable(DICTIONARY_FILE, list(DICTIONARY_HEADER), fields)


def _item_fields(form: FilledForms, form_name: str) -> list[Row]:
    return [
        _field(name, form_name, "text", f"{form.instrument} {number}", check="integer")
        for number, name in enumerate(item_columns(form.instrument, form.items), start=1)
    ]


def _field(
    name: str, form: str, kind: str, label: str, *, choices: str = "", check: str = ""
) -> Row:
    row = [""] * len(DICTIONARY_HEADER)
    row[0], row[1], row[3], row[4], row[5], row[7] = name, form, kind, label, choices, check
    return row
