"""What `profile` makes of tables that tell of sessions, absences, contacts and assignments."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyreadstat
import pytest

from flows.declarations import Event, Source
from tests.unit.nasty.desk import Checked, check
from tests.unit.profiling_tables import CORE, Table, answers, ids, propose, write

CLIENTS = [client for client in ids(20) for _ in range(3)]
NUMBERS = ["1", "2", "3"] * 20
DAYS = ["7", "14", "21"] * 20
THERAPISTS = ["T1x", "T2x", "T2x"] * 20


def sessions(**more: list[str]) -> Table:
    return {"client": CLIENTS, "session": NUMBERS, **more}


def profiled(folder: Path, table: Table, name: str = "log.csv") -> tuple[Source, str, Checked]:
    """Return what is proposed for a table beside an intake, its text, and how it is checked."""
    intake = write(folder / "intake.csv", {"client": ids(), **answers(CORE, 0, 4)})
    path = write(folder / name, table)
    study, text = propose(intake, path, folder=folder)
    source = next(one for one in study.sources if path.match(one.files))
    return source, " ".join(text.replace("#", "").split()), check(path, source, folder / "scratch")


def event_of(source: Source) -> Event:
    assert source.event is not None
    return source.event


def assert_all_loaded(checked: Checked) -> None:
    assert checked.counts.rows_in == checked.counts.loaded > 0
    assert not checked.errors()


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("event", {"session": "session", "no show": "client_absence", "Crisis": "crisis"}),
        ("what", {"Session": "session", "therapist absence": "therapist_absence",
                  "contact between sessions": "contact"}),
        ("Ereignis", {"Sitzung": "session", "nicht erschienen": "client_absence",
                      "Absage durch Therapeutin": "therapist_absence"}),
        ("soort_afspraak", {"sessie": "session", "cliënt afwezig": "client_absence",
                            "breuk": "rupture"}),
        ("événement", {"séance": "session", "absence du thérapeute": "therapist_absence",
                       "réparation": "repair"}),
        ("tipo", {"sesión": "session", "ausencia del paciente": "client_absence",
                  "contacto": "contact"}),
        ("evento", {"seduta": "session", "assenza": "client_absence", "rottura": "rupture"}),
        ("tipo", {"sessão": "session", "falta do terapeuta": "therapist_absence",
                  "contato": "contact"}),
        ("event_type", {"session": "session", "transfer": "assignment", "phase": "phase"}),
    ],
)  # fmt: skip
def test_a_column_that_names_what_happened_is_mapped_by_words(
    tmp_path: Path, name: str, codes: dict[str, str]
) -> None:
    table = sessions(therapist=THERAPISTS, **{name: list(codes) * 20})
    source, _, checked = profiled(tmp_path, table)
    assert event_of(source).kind == name
    assert dict(event_of(source).kinds) == codes
    assert source.occasion is None
    assert_all_loaded(checked)


def test_a_code_that_says_nothing_is_doubted_and_its_rows_are_held_back(tmp_path: Path) -> None:
    what = ["session"] * 58 + ["7", "Jane Doe"]
    source, text, checked = profiled(tmp_path, sessions(what=what))
    assert dict(event_of(source).kinds) == {"session": "session"}
    assert '"7" and 1 that are too long to be shown here. Their 2 rows are held back' in text
    assert "Jane" not in text
    assert (checked.counts.loaded, checked.counts.quarantined) == (58, 2)


def test_a_code_with_more_than_known_words_is_never_shown(tmp_path: Path) -> None:
    what = ["session", "session", "session with Jane"] * 20
    source, text, _ = profiled(tmp_path, sessions(what=what))
    assert list(event_of(source).kinds) == ["session"]
    assert "Jane" not in text


@pytest.mark.parametrize(
    "cells",
    [
        [f"session about matter {n}" for n in "abcdefghijklmnopqrst"] * 3,
        ["came to the session and spoke of the crisis at home with mother"] * 60,
        ["Jane", "Bob", "Mum"] * 20,
    ],
)
def test_free_text_and_names_are_no_codes_of_events(tmp_path: Path, cells: list[str]) -> None:
    source, text, _ = profiled(tmp_path, sessions(contact=cells, day=DAYS))
    assert source.event is None
    assert not [word for word in ("matter", "mother", "Jane", "Mum") if word in text]


@pytest.mark.parametrize("name", ["attended", "aanwezig", "no_show", "absent"])
def test_yes_and_no_are_told_by_the_name_of_attendance(tmp_path: Path, name: str) -> None:
    is_absence = name in ("no_show", "absent")
    source, text, checked = profiled(tmp_path, sessions(**{name: ["1", "0", "1"] * 20}))
    yes, no = ("client_absence", "session") if is_absence else ("session", "client_absence")
    assert dict(event_of(source).kinds) == {"0": no, "1": yes}
    assert f'By name alone "{name}" is taken' in text
    assert_all_loaded(checked)


@pytest.mark.parametrize("name", ["symptoms_present", "session_mood", "kept_diary"])
def test_yes_and_no_of_anything_else_tell_of_no_events(tmp_path: Path, name: str) -> None:
    table = sessions(**{name: ["1", "0", "1"] * 20}, **answers(CORE, 0, 4))
    assert profiled(tmp_path, table)[0].event is None


def test_the_labels_of_an_spss_file_say_what_its_codes_stand_for(tmp_path: Path) -> None:
    table = sessions(event=["1", "2", "3"] * 20)
    frame = pd.DataFrame(table).astype({"session": float, "event": float})
    path = tmp_path / "log.sav"
    labels = {"event": {1: "Sitzung", 2: "Krise zu Hause", 3: "Urlaub"}}
    pyreadstat.write_sav(frame, str(path), variable_value_labels=labels)
    intake = write(tmp_path / "intake.csv", {"client": ids(), **answers(CORE, 0, 4)})
    study, text = propose(intake, path, folder=tmp_path)
    assert dict(event_of(study.sources[1]).kinds) == {"1": "session", "2": "crisis"}
    assert 'of "event" these codes say no kind of event: "3"' in " ".join(
        text.lower().replace("#", "").split()
    )


def test_missing_codes_among_events_are_doubted(tmp_path: Path) -> None:
    table = sessions(what=["session", "crisis", "NA"] * 20, until=["NA", "NA", "9"] * 20)
    source, text, checked = profiled(tmp_path, table)
    assert set(event_of(source).kinds) == {"session", "crisis"}
    assert '"NA". Their 20 rows are held back' in text
    assert '"until" holds codes or texts, and a day of an event is a number' in text
    assert (event_of(source).until, checked.counts.quarantined) == (None, 20)


def test_events_among_forms_are_proposed_with_them(tmp_path: Path) -> None:
    table = sessions(day=DAYS, event=["session", "rupture", ""] * 20, **answers(CORE, 0, 4))
    source, _, checked = profiled(tmp_path, table, "weekly.csv")
    assert event_of(source).kind == "event"
    assert [form.instrument for form in source.form] == ["core_10"]
    assert source.occasion == "session"
    assert_all_loaded(checked)


@pytest.mark.parametrize("labels", [["session"], ["baseline", "session"], ["pre", "post"]])
def test_a_column_of_occasions_tells_of_no_events(tmp_path: Path, labels: list[str]) -> None:
    cells = (labels * 60)[:60]
    table = {"client": ids(), "event": cells, **answers(CORE, 0, 4)}
    source, _, _ = profiled(tmp_path, table, "forms.csv")
    assert (source.event, source.columns.occasion) == (None, "event")


@pytest.mark.parametrize("more", [{}, {"day": DAYS}, {"therapist": THERAPISTS, "dag": DAYS}])
def test_a_table_of_clients_and_sessions_alone_is_one_of_sessions(
    tmp_path: Path, more: Table
) -> None:
    source, _, checked = profiled(tmp_path, sessions(**more))
    assert event_of(source).all_are == "session"
    assert source.columns.session == "session"
    assert source.occasion is None
    assert_all_loaded(checked)


def test_other_columns_may_say_that_a_session_was_not_held(tmp_path: Path) -> None:
    source, text, _ = profiled(tmp_path, sessions(mood=["3"] * 60))
    assert source.event is None
    assert 'declare [source.event] with all_are = "session"' in text


def test_codes_that_nothing_explains_are_for_a_person_to_name(tmp_path: Path) -> None:
    source, text, _ = profiled(tmp_path, sessions(event=["1", "2", "2"] * 20))
    assert source.event is None
    assert "its codes (1, 2) stand for" in text


def test_therapists_who_see_clients_from_day_to_day_are_assigned(tmp_path: Path) -> None:
    table = {"client": ids(), "therapist": THERAPISTS, "from": ["0"] * 60,
             "until": ["90", "", "30"] * 20}  # fmt: skip
    source, _, checked = profiled(tmp_path, table)
    event = event_of(source)
    assert (event.all_are, event.day, event.until) == ("assignment", "from", "until")
    assert source.columns.day is None
    assert_all_loaded(checked)


@pytest.mark.parametrize(
    ("begin", "end"),
    [("start_day", "end_day"), ("Tag", "bis"), ("dag_van", "dag_tot"), ("day", "day until")],
)
def test_first_and_last_days_are_told_apart_by_name(tmp_path: Path, begin: str, end: str) -> None:
    table = {end: ["90"] * 60, "client": ids(), "therapist": THERAPISTS, begin: ["0"] * 60}
    source, _, checked = profiled(tmp_path, table)
    event = event_of(source)
    assert (event.all_are, event.until) == ("assignment", end)
    assert begin in (event.day, source.columns.day)
    assert_all_loaded(checked)


def test_dates_cannot_be_days_and_are_doubted(tmp_path: Path) -> None:
    table = {"client": ids(), "therapist": THERAPISTS, "from": ["0"] * 60,
             "until": ["2024-03-01"] * 60}  # fmt: skip
    source, text, checked = profiled(tmp_path, table)
    assert event_of(source).until is None
    assert '"until" holds dates, and a day of an event is a number' in text
    assert_all_loaded(checked)


def test_events_without_any_time_are_doubted(tmp_path: Path) -> None:
    source, text, _ = profiled(tmp_path, {"client": ids(), "event": ["crisis", "rupture"] * 30})
    assert source.event is None
    assert "nothing says when" in text


@pytest.mark.parametrize(("name", "kind"), [("crises_2026.csv", "crisis"),
                                            ("kontakte.csv", "contact"),
                                            ("ruptures.csv", "rupture")])  # fmt: skip
def test_the_name_of_a_file_says_what_every_row_is(tmp_path: Path, name: str, kind: str) -> None:
    source, text, checked = profiled(tmp_path, {"client": ids(), "day": ["3"] * 60}, name)
    assert event_of(source).all_are == kind
    assert "By the name of the file alone" in text
    assert_all_loaded(checked)
