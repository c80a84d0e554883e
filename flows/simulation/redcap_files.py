"""The data export of a REDCap project: raw codes, in long form.

The project is longitudinal: the event of sessions repeats as a whole, one instance a session; the
event of the end has the closing forms, a block of checkboxes, and an instrument that repeats, the
log of contacts between sessions. Log rows hold no form that the study knows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from flows.simulation.clinic_files import therapist_id
from flows.simulation.forms import FilledForms, Forms
from flows.simulation.people import SUPPORTS, People, day_of
from flows.simulation.study import SimulatedStudy
from flows.simulation.tables import ExportTable, Row, answer_cells, form_columns

DATA_FILE = "redcap_data.csv"
SESSION_EVENT = "sessions_arm_1"
END_EVENT = "end_arm_1"
CONTACT = "contact_log"
CONTACT_KINDS = ("telephone", "message", "visit")
ENDING_CODES = {"planned": "1", "dropout": "2", "ongoing": "3"}
COMPLETE, INCOMPLETE = "2", "0"

KEYS = ["record_id", "redcap_event_name", "redcap_repeat_instrument", "redcap_repeat_instance"]
VISIT = ["session_number", "day", "therapist_id", "clinic", "visit_complete"]
SUPPORT = [f"support___{k}" for k in range(1, len(SUPPORTS) + 1)]
CLOSING = ["ending", "last_session", *SUPPORT, "closing_complete"]
CONTACT_LOG = ["contact_day", "contact_kind", "contact_log_complete"]

Cells = Mapping[str, str]


def redcap_table(study: SimulatedStudy, people: People, forms: Forms) -> ExportTable:
    """Return the data export: record by record, sessions before the end."""
    session_forms = [form for (occasion, _), form in forms.items() if occasion == "session"]
    end_forms = [form for (occasion, _), form in forms.items() if occasion == "end"]
    session_columns, end_columns = form_columns(session_forms), form_columns(end_forms)
    header = [
        *KEYS,
        *VISIT,
        *(name for names in session_columns.values() for name in names),
        "session_form_complete",
        *(name for names in end_columns.values() for name in names),
        "end_form_complete",
        *CLOSING,
        *CONTACT_LOG,
    ]
    filled = [
        *_session_rows(study, people, session_forms),
        *_end_rows(study, people, end_forms),
        *_contact_rows(study, people),
    ]
    rows = [[cells.get(name, "") for name in header] for cells in filled]
    # REDCap lists a record's events in order, and repeated instruments after the event's own row.
    rows.sort(key=lambda row: (row[0], row[1] == END_EVENT, row[2]))
    moment = ["redcap_event_name", "session_number"]
    return ExportTable(DATA_FILE, header, rows, session_columns | end_columns, moment)


def _session_rows(
    study: SimulatedStudy, people: People, filled: list[FilledForms]
) -> Iterator[Cells]:
    """Yield a row for each session form that was filled in, in the order of sessions."""
    first = filled[0]
    days = day_of(study, people, first.session, first.client).tolist()
    answers = _answers_by_row(filled)
    for k, (client, session) in enumerate(
        zip(first.client.tolist(), first.session.tolist(), strict=True)
    ):
        yield {
            "record_id": study.client_ids[client],
            "redcap_event_name": SESSION_EVENT,
            "redcap_repeat_instance": str(session),
            **_visit(study, client, session, days[k]),
            **answers[k],
            "session_form_complete": COMPLETE,
        }


def _end_rows(study: SimulatedStudy, people: People, filled: list[FilledForms]) -> Iterator[Cells]:
    """Yield a closing row for every client, with answers where the form was filled in."""
    answered = dict(zip(filled[0].client.tolist(), _answers_by_row(filled), strict=True))
    last = study.endings.sessions
    days = day_of(study, people, last, np.arange(study.n_clients)).tolist()
    for client in range(study.n_clients):
        yield {
            "record_id": study.client_ids[client],
            "redcap_event_name": END_EVENT,
            **_visit(study, client, int(last[client]), days[client]),
            **answered.get(client, {}),
            "end_form_complete": COMPLETE if client in answered else INCOMPLETE,
            **_closing(study, people, client),
        }


def _contact_rows(study: SimulatedStudy, people: People) -> Iterator[Cells]:
    """Yield the log of contacts between sessions: one instance for each client who had one."""
    for client in np.flatnonzero(people.contact_day).tolist():
        yield {
            "record_id": study.client_ids[client],
            "redcap_event_name": END_EVENT,
            "redcap_repeat_instrument": CONTACT,
            "redcap_repeat_instance": "1",
            "contact_day": str(people.contact_day[client]),
            "contact_kind": str(1 + client % len(CONTACT_KINDS)),
            "contact_log_complete": COMPLETE,
        }


def _answers_by_row(filled: list[FilledForms]) -> list[dict[str, str]]:
    """Return the answers of forms that were filled in together, a row each."""
    names = [name for columns in form_columns(filled).values() for name in columns]
    parts = zip(*(answer_cells(form, "") for form in filled), strict=True)
    return [dict(zip(names, _joined(part), strict=True)) for part in parts]


def _joined(part: tuple[Row, ...]) -> Row:
    return [cell for cells in part for cell in cells]


def _visit(study: SimulatedStudy, client: int, session: int, day: int) -> Cells:
    clinic = str(study.clinic_ids[study.design.clinic[client]])
    therapist = therapist_id(study, session, client)
    cells = [str(session), str(day), therapist, clinic, COMPLETE]
    return dict(zip(VISIT, cells, strict=True))


def _closing(study: SimulatedStudy, people: People, client: int) -> Cells:
    """Return ending and support; dropouts were not asked about support, so their block is 0."""
    reason = str(study.endings.reason[client])
    was_asked = reason != "dropout"
    support = [str(flag) if was_asked else "0" for flag in people.support[client].tolist()]
    last = str(study.endings.sessions[client])
    return dict(zip(CLOSING, [ENDING_CODES[reason], last, *support, COMPLETE], strict=True))
