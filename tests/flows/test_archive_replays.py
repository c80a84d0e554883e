"""A store that is built again from archive and ledger holds what the first one held."""

from __future__ import annotations

from pathlib import Path

from tests.flows.studies import (
    ask,
    client,
    digests,
    export,
    rebuild_study,
    take_in,
    write_study,
)

DATED = """
[[source]]
id = "sessions"
kind = "csv"
files = "sessions*.csv"
occasion = "intake"
date_format = "%Y-%m-%d"

[source.columns]
client = "client_id"
date = "seen_on"
intake_date = "began_on"

[source.attributes.age]
column = "age"
type = "number"
min = 18
max = 99

[[source.form]]
instrument = "core_10"
columns = "core_{n}"
"""
GOOD = {"seen_on": "2024-03-04", "began_on": "2024-03-01", "age": 40}


def dated(number: int, **facts: object) -> dict[str, object]:
    return client(number, **(GOOD | facts))


def study_of(folder: Path, *odd: dict[str, object]) -> Path:
    """Return a study whose one export has these rows after twelve good ones."""
    write_study(folder, DATED)
    rows = [dated(number, seen_on=f"2024-03-{number + 3:02d}") for number in range(1, 13)]
    export(folder, "sessions.csv", [*rows, *odd])
    take_in(folder)
    return folder


BROKEN: list[tuple[dict[str, object], set[str]]] = [
    ({"seen_on": "24-03-04"}, {"E_DATE_AMBIGUOUS"}),
    ({"began_on": "24-03-04"}, {"E_DATE_AMBIGUOUS"}),
    ({"seen_on": "04/03/2024"}, {"E_DATE_AMBIGUOUS"}),
    ({"began_on": "45300"}, {"E_DATE_TYPE"}),
    ({"seen_on": "soon", "began_on": ""}, {"E_DATE_TYPE", "E_DAY"}),
    ({"began_on": ""}, {"E_DAY"}),
    ({"seen_on": "2099-01-01", "began_on": "1900-01-01"}, {"E_RANGE"}),
    ({"seen_on": "2024-02-27"}, {"E_DAY"}),
    ({"core_4": "often"}, {"E_TYPE"}),
    ({"age": "inf"}, {"E_NONFINITE"}),
    ({"age": "much"}, {"E_TYPE"}),
    ({"age": "1e400"}, {"E_NONFINITE"}),
]


def test_broken_cells_are_judged_alike_from_their_archive(tmp_path: Path) -> None:
    folder = study_of(tmp_path, *(dated(50 + k, **facts) for k, (facts, _) in enumerate(BROKEN)))
    found = set(ask(folder, "SELECT record, code FROM store.meta.finding WHERE record > 12"))
    assert found == {(13 + k, code) for k, (_, codes) in enumerate(BROKEN) for code in codes}
    before = digests(folder)
    rebuild_study(folder)
    assert digests(folder) == before


def test_only_days_since_intake_are_archived(tmp_path: Path) -> None:
    folder = study_of(tmp_path)
    (archive,) = (folder / "archive").glob("*.parquet")
    kept = ask(folder, f"SELECT DISTINCT seen_on, began_on FROM '{archive}' ORDER BY ALL LIMIT 2")
    assert kept == [("2000-01-04", "2000-01-01"), ("2000-01-05", "2000-01-01")]
    assert ask(folder, "SELECT DISTINCT day FROM store.core.administration ORDER BY 1 LIMIT 2") == [
        (3,),
        (4,),
    ]


def test_another_date_format_declared_later_leaves_days_as_they_were(tmp_path: Path) -> None:
    folder = study_of(tmp_path)
    before = ask(folder, "SELECT client_id, day FROM store.core.administration ORDER BY 1")
    text = (folder / "study.toml").read_text()
    (folder / "study.toml").write_text(text.replace("%Y-%m-%d", "%d.%m.%Y"))
    take_in(folder)
    assert ask(folder, "SELECT client_id, day FROM store.core.administration ORDER BY 1") == before


def test_the_date_of_intake_may_stand_in_one_row_of_a_client(tmp_path: Path) -> None:
    """As REDCap writes it: in the event of intake only."""
    visits = DATED.replace('client = "client_id"', 'client = "client_id"\nsession = "visit"')
    write_study(tmp_path, visits)
    later = {"began_on": "", "core_1": 0}
    rows = [
        dated(1, visit=1), dated(2, visit=1), dated(4, visit=1),
        dated(1, visit=2, seen_on="2024-04-01", **later),
        dated(2, visit=2, seen_on="2024-04-02", **later),
        dated(3, visit=2, seen_on="2024-04-03", **later),
        dated(2, visit=3, seen_on="2024-05-01") | {"began_on": "2024-03-02", "core_2": 0},
    ]  # fmt: skip
    export(tmp_path, "sessions.csv", rows)
    take_in(tmp_path)
    days = ask(
        tmp_path, "SELECT client_id, session, day FROM store.core.administration ORDER BY ALL"
    )
    one, two, four, three = (str(rows[k]["client_id"]) for k in (0, 1, 2, 5))
    assert days == [(one, 1, 3), (one, 2, 31), (two, 1, 3), (two, 2, None), (two, 3, 60),
                    (three, 2, None), (four, 1, 3)]  # fmt: skip
    told = ask(tmp_path, "SELECT record FROM store.meta.finding WHERE code = 'E_DAY' ORDER BY 1")
    assert told == [(5,), (6,)]
    before = digests(tmp_path)
    rebuild_study(tmp_path)
    assert digests(tmp_path) == before
