"""Sessions, assignments, absences and other events: in tables of their own, or among forms."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from flows.commands.rebuild import rebuild_store
from flows.commands.withdraw import withdraw_client
from flows.study import load_study
from instruments.errors import StudyError
from tests.flows.small_study import (
    WITHOUT_OUTCOME,
    answers_of,
    ask,
    intake_rows,
    take_in,
    write_export,
    write_study,
)

SESSIONS = """\
[[source]]
id = "sessions"
kind = "csv"
files = "sessions*.csv"
missing = { "-99" = "not known" }

[source.columns]
client = "client"
session = "number"
day = "day"
therapist = "by"

[source.event]
all_are = "session"
detail = "how"
details = { "1" = "in_person", "2" = "remote" }

"""
LOG = """\
[[source]]
id = "log"
kind = "csv"
files = "log*.csv"
date_format = "%Y-%m-%d"

[source.columns]
client = "client"
date = "on"
intake_date = "began"

[source.event]
kind = "what"
kinds = { "CA" = "client_absence", "TA" = "therapist_absence", "C" = "crisis" }

"""
ASSIGNMENTS = """\
[[source]]
id = "assignments"
kind = "csv"
files = "assignments*.csv"
columns = { client = "client", therapist = "therapist" }
event = { all_are = "assignment", day = "from", until = "to" }

"""
EVENTS = "SELECT * FROM store.core.event ORDER BY ALL"


def study_with(folder: Path, *sources: str) -> Path:
    text = WITHOUT_OUTCOME.replace("[presentation]", "".join(sources) + "[presentation]")
    write_export(write_study(folder, text), "intake.csv", intake_rows(4))
    return folder


def a_session(client: str, count: int, **facts: Any) -> dict[str, Any]:
    return {"client": client, "number": count, "day": 7 * count, "by": "T1x", "how": 1} | facts


def counts(folder: Path, name: str) -> tuple[int, int, int, int]:
    report = next(one for one in take_in(folder) if one.name == name)
    found = report.counts
    assert found is not None
    assert found.rows_in == found.loaded + found.quarantined + found.known
    return found.rows_in, found.loaded, found.quarantined, found.known


def codes(folder: Path) -> list[tuple[str, str]]:
    return ask(folder, "SELECT code, severity FROM store.meta.finding ORDER BY ALL")


def test_a_list_of_sessions_says_when_and_how_each_was_held(tmp_path: Path) -> None:
    study = study_with(tmp_path / "s", SESSIONS)
    write_export(study, "sessions.csv", [a_session("K001", 1), a_session("K001", 2, how=2)])
    assert counts(study, "sessions.csv") == (2, 2, 0, 0)
    assert ask(study, "FROM store.core.session ORDER BY ALL") == [
        ("K001", 1, 7, "T1x", 1, "in_person"),
        ("K001", 2, 14, "T1x", 1, "remote"),
    ]


def test_a_list_of_sessions_that_is_not_declared_as_such_says_what_is_not_kept(
    tmp_path: Path,
) -> None:
    study = study_with(tmp_path / "s", SESSIONS.partition("[source.event]")[0])
    write_export(study, "sessions.csv", [a_session("K001", 1), a_session("K001", 2)])
    counts(study, "sessions.csv")
    assert ask(study, "FROM store.core.event") == []
    found = ask(study, "SELECT column_name FROM store.meta.finding WHERE code = 'E_UNKEPT_COLUMN'")
    assert sorted(found) == [("by",), ("day",), ("number",)]


def test_events_among_dates_become_days_since_intake(tmp_path: Path) -> None:
    study = study_with(tmp_path / "s", LOG)
    row = {"client": "K001", "began": "2024-02-28", "on": "2024-03-01", "what": "TA"}
    write_export(study, "log.csv", [row, row | {"on": "2024-03-08", "what": "CA"}])
    assert counts(study, "log.csv") == (2, 2, 0, 0)
    assert ask(study, "SELECT event, session, day FROM store.core.event ORDER BY ALL") == [
        ("client_absence", 0, 9),
        ("therapist_absence", 0, 2),
    ]


def test_several_therapists_of_a_client_are_each_assigned_from_day_to_day(tmp_path: Path) -> None:
    study = study_with(tmp_path / "s", ASSIGNMENTS)
    rows = [
        {"client": "K001", "therapist": "T1x", "from": 0, "to": 90},
        {"client": "K001", "therapist": "T8x", "from": 0, "to": ""},
        {"client": "K001", "therapist": "T9x", "from": 91, "to": 200},
    ]
    write_export(study, "assignments.csv", rows)
    take_in(study)
    query = (
        "SELECT therapist_id, from_day, to_day FROM store.core.assignment "
        "WHERE client_id = 'K001' ORDER BY ALL"
    )
    assert ask(study, query) == [("T1x", 0, 90), ("T8x", 0, 0), ("T9x", 91, 200)]


def test_events_and_forms_of_one_export_come_in_together(tmp_path: Path) -> None:
    with_events = '[source.columns]\nclient = "client_id"\ntherapist = "therapist_id"\nsession'
    event = '[source.event]\nkind = "what"\nkinds = { "R" = "rupture" }\n\n' + with_events
    text = WITHOUT_OUTCOME.replace(with_events, event)
    study = write_study(tmp_path / "s", text)
    both = {"client_id": "K001", "therapist_id": "T1x", "session": 1, "date": "01/03/2024",
            "began": "28/02/2024", "what": "R", **{f"dar_{n}": 2 for n in range(1, 6)}}  # fmt: skip
    write_export(study, "weekly.csv", [both, both | {"session": 2, "what": ""}])
    assert counts(study, "weekly.csv") == (2, 2, 0, 0)
    assert ask(study, "SELECT event, session, day FROM store.core.event") == [("rupture", 1, 2)]
    assert ask(study, "SELECT count(*) FROM store.core.administration") == [(2,)]


def test_events_that_come_again_are_known(tmp_path: Path) -> None:
    study = study_with(tmp_path / "s", SESSIONS)
    rows = [a_session("K001", k) for k in (1, 2, 3)]
    write_export(study, "sessions.csv", rows)
    take_in(study)
    write_export(study, "sessions_again.csv", [*rows[::-1], a_session("K001", 4)])
    assert counts(study, "sessions_again.csv") == (4, 1, 0, 3)


def test_a_split_file_in_another_order_gives_the_same_store(tmp_path: Path) -> None:
    rows = [a_session(f"K00{k}", n) for k in (1, 2, 3) for n in (1, 2)]
    whole, parts = (study_with(tmp_path / name, SESSIONS) for name in ("whole", "parts"))
    write_export(whole, "sessions.csv", rows)
    write_export(parts, "sessions_1.csv", rows[:2:-1])
    write_export(parts, "sessions_2.csv", rows[:3])
    for study in (whole, parts):
        take_in(study)
    assert ask(whole, EVENTS) == ask(parts, EVENTS)
    assert answers_of(whole) == answers_of(parts)


def test_a_corrected_day_is_an_amendment_and_erases_nothing_else(tmp_path: Path) -> None:
    study = study_with(tmp_path / "s", SESSIONS)
    write_export(study, "sessions.csv", [a_session("K001", 1)])
    take_in(study)
    write_export(study, "sessions_2.csv", [a_session("K001", 1, day=8, how="")])
    assert counts(study, "sessions_2.csv") == (1, 1, 0, 0)
    assert ask(study, EVENTS) == [("K001", "session", 1, 8, None, "T1x", "in_person")]
    amended = "SELECT kind, name, before, after FROM store.core.amendment"
    assert ask(study, amended) == [("event", "session.day", "7", "8")]


def test_events_are_rebuilt_from_the_archive_and_leave_with_their_client(tmp_path: Path) -> None:
    study = study_with(tmp_path / "s", SESSIONS)
    write_export(study, "sessions.csv", [a_session(f"K00{k}", 1) for k in (1, 2)])
    take_in(study)
    before = ask(study, EVENTS)
    rebuild_store(study)
    assert ask(study, EVENTS) == before
    withdraw_client(study, "K001", "Anna", anyway=False)
    assert ask(study, EVENTS) == before[1:]


def test_one_event_twice_in_a_file_is_kept_once_and_told_of(tmp_path: Path) -> None:
    study = study_with(tmp_path / "s", SESSIONS)
    write_export(study, "sessions.csv", [a_session("K001", 1)] * 2)
    assert counts(study, "sessions.csv") == (2, 1, 0, 1)
    assert ("E_DUP_ROW", "note") in codes(study)
    assert ask(study, "SELECT count(*) FROM store.core.event") == [(1,)]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ([{}, {"day": 9}], "E_DUP_CONFLICT"),
        ([{"how": 3}], "E_CODE"),
        ([{"number": "", "day": -99}], "E_OCCASION"),
        ([{"day": 9999}], "E_RANGE"),
    ],
)
def test_an_event_that_cannot_be_right_is_held_back(
    tmp_path: Path, changes: list[dict[str, Any]], code: str
) -> None:
    study = study_with(tmp_path / "s", SESSIONS)
    write_export(study, "sessions.csv", [a_session("K001", 1, **one) for one in changes])
    held = len(changes)
    assert counts(study, "sessions.csv") == (held, 0, held, 0)
    assert (code, "error") in codes(study)
    assert ask(study, EVENTS) == []


def test_the_missing_codes_of_a_source_hold_for_what_it_tells_of_events(tmp_path: Path) -> None:
    coded = LOG.replace(
        "[source.columns]", 'missing = { "-99" = "?", "NK" = "?" }\n[source.columns]'
    )
    study = study_with(tmp_path / "s", SESSIONS, coded)
    write_export(study, "sessions.csv", [a_session("K001", 1, how=-99)])
    row = {"client": "K001", "began": "2024-02-28", "on": "2024-03-01", "what": "TA"}
    write_export(study, "log.csv", [row, row | {"on": "2024-03-08", "what": "NK"}])
    take_in(study)
    assert ask(study, "SELECT code FROM store.meta.finding WHERE severity = 'error'") == []
    assert ask(study, "SELECT event, session, detail FROM store.core.event ORDER BY ALL") == [
        ("session", 1, None),
        ("therapist_absence", 0, None),
    ]


def test_a_day_that_is_not_known_is_no_day_and_an_event_without_one_is_held_back(
    tmp_path: Path,
) -> None:
    coded = ASSIGNMENTS.replace("columns =", 'missing = { "-99" = "not known" }\ncolumns =')
    study = study_with(tmp_path / "s", coded)
    row = {"client": "K001", "therapist": "T1x", "from": 0, "to": -99}
    write_export(study, "assignments.csv", [row, row | {"therapist": "T2x", "from": -99}])
    assert counts(study, "assignments.csv") == (2, 1, 1, 0)
    assert ("E_OCCASION", "error") in codes(study)
    assert ask(study, "SELECT therapist_id, day, until_day FROM store.core.event") == [
        ("T1x", 0, None)
    ]


@pytest.mark.parametrize(
    ("line", "wrong", "said"),
    [
        ('all_are = "session"', 'all_are = "sesion"', "session"),
        ('all_are = "session"', "", "all_are"),
        ('details = { "1" = "in_person", "2" = "remote" }', "", "detail and details go together"),
        ('session = "number"\nday = "day"\n', "", "say when an event was"),
    ],
)
def test_a_study_file_that_leaves_events_open_is_refused(
    tmp_path: Path, line: str, wrong: str, said: str
) -> None:
    study = study_with(tmp_path / "s", SESSIONS.replace(line, wrong))
    with pytest.raises(StudyError) as raised:
        load_study(study)
    assert said in str(raised.value)
    assert "line" in raised.value.where
