"""The files that the clinics' own system writes: plain CSV, one row per client and occasion."""

from __future__ import annotations

from flows.simulation.forms import FilledForms, Forms
from flows.simulation.people import People, day_of
from flows.simulation.study import SimulatedStudy
from flows.simulation.tables import ExportTable, Row, answer_cells, form_columns

FORM_VERSION = "3"
# What stands for an unanswered item: nothing at intake, a code at month 3.
UNANSWERED = {"intake": "", "month_3": "-99"}


def intake_table(study: SimulatedStudy, people: People, forms: Forms) -> ExportTable:
    """Return the questionnaires of intake, with what is known about clients."""
    filled = [form for (occasion, _), form in forms.items() if occasion == "intake"]
    header = ["client_id", "day", "therapist_id", "clinic", "age", "gender", "form_version"]
    rows = [
        [
            study.client_ids[client],
            "0",
            study.therapist_ids[study.design.therapist[client]],
            study.clinic_ids[study.design.clinic[client]],
            str(people.age[client]),
            str(people.gender[client]),
            FORM_VERSION,
        ]
        for client in filled[0].client.tolist()
    ]
    return _joined("intake.csv", header, rows, filled, UNANSWERED["intake"])


def month_3_table(study: SimulatedStudy, people: People, forms: Forms) -> ExportTable:
    """Return the questionnaires of month 3."""
    filled = [form for (occasion, _), form in forms.items() if occasion == "month_3"]
    first = filled[0]
    days = day_of(study, people, first.session, first.client)
    header = ["client_id", "day", "session", "therapist_id", "clinic"]
    rows = [
        [
            study.client_ids[client],
            str(day),
            str(session),
            therapist_id(study, session, client),
            study.clinic_ids[study.design.clinic[client]],
        ]
        for client, session, day in zip(
            first.client.tolist(), first.session.tolist(), days.tolist(), strict=True
        )
    ]
    return _joined("month_3.csv", header, rows, filled, UNANSWERED["month_3"])


def therapist_id(study: SimulatedStudy, session: int, client: int) -> str:
    """Return who treats a client in a session."""
    design = study.design
    has_moved = session >= design.transfer_session[client]
    therapist = (design.second_therapist if has_moved else design.therapist)[client]
    return str(study.therapist_ids[therapist])


def _joined(
    file: str, header: Row, rows: list[Row], filled: list[FilledForms], unanswered: str
) -> ExportTable:
    columns = form_columns(filled)
    for form in filled:
        header = header + columns[form.instrument]
        rows = [a + b for a, b in zip(rows, answer_cells(form, unanswered), strict=True)]
    moment = [name for name in header if name == "session"]
    return ExportTable(file, header, rows, columns, moment)
