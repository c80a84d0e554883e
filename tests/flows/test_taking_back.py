"""An export that lacks rows of an earlier one, or brings values back that were corrected."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from flows.books import accepted_files
from flows.commands.check import Wanted, check_files
from flows.commands.wording import describe_file
from flows.publication import describe_findings
from sql.gateway import open_gateway
from tests.flows.studies import (
    INTAKE,
    ask,
    client,
    clients,
    core,
    export,
    open_study,
    take_in,
    write_study,
)

SESSIONS = INTAKE.replace('client = "client_id"', 'client = "client_id"\nsession = "session"')
ANSWER = (
    "SELECT item_4 FROM store.core.form_core_10 INNER JOIN store.core.administration "
    "USING (administration_id) WHERE client_id = 'C003'"
)


def hold_twelve_clients(folder: Path) -> None:
    write_study(folder)
    export(folder, "intake_1.csv", clients())
    take_in(folder)


@pytest.fixture
def study(copied: Callable[..., Path]) -> Path:
    return copied(hold_twelve_clients)


def told(folder: Path, capsys: pytest.CaptureFixture[str], name: str) -> dict[str, dict[str, Any]]:
    """Return what `check` finds in a file and what the run then finds, which is the same."""
    capsys.readouterr()
    check_files([folder / "exports" / name], folder, None, Wanted(as_json=True))
    (card,) = json.loads(capsys.readouterr().out)
    (report,) = take_in(folder)
    assert report.validation is not None
    assert [vars(finding) for finding in report.validation.findings] == card["findings"]
    return {finding["code"]: finding for finding in card["findings"]}


def corrected() -> list[dict[str, object]]:
    """Return the twelve clients with one answer corrected."""
    table = clients()
    table[2]["core_4"] = 1 + int(str(table[2]["core_4"])) % 4
    return table


def test_rows_that_a_corrected_export_lacks_are_told_and_kept(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = corrected()
    del table[10], table[4]
    export(study, "intake_2.csv", table)
    found = told(study, capsys, "intake_2.csv")["E_ROWS_ABSENT"]
    assert (found["count"], found["severity"]) == (2, "warning")
    assert "2 of the 12 rows of intake_1.csv are not here (there rows 5, 11)" in found["fix"]
    assert ask(study, "SELECT count(*) FROM store.core.administration") == [(12,)]


def test_rows_once_told_are_not_told_of_every_later_export(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    export(study, "intake_2.csv", corrected()[:10])
    assert "E_ROWS_ABSENT" in told(study, capsys, "intake_2.csv")
    export(study, "intake_3.csv", [*corrected()[:10], client(20)])
    assert "E_ROWS_ABSENT" not in told(study, capsys, "intake_3.csv")


def test_a_row_that_was_corrected_before_it_went_is_told(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    export(study, "intake_2.csv", corrected())
    take_in(study)
    export(study, "intake_3.csv", [row for row in corrected() if row["client_id"] != "C003"])
    found = told(study, capsys, "intake_3.csv")["E_ROWS_ABSENT"]
    assert "1 of the 12 rows of intake_2.csv" in found["fix"]


def test_a_row_that_is_there_and_held_back_is_not_absent(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = clients(13)
    table[4]["core_4"] = 9
    export(study, "intake_2.csv", table)
    assert "E_ROWS_ABSENT" not in told(study, capsys, "intake_2.csv")


@pytest.mark.parametrize(
    "table", [clients(12, start=13), [*clients(13, start=12)], clients(5)],
    ids=["others", "others and one again", "a small part again"],
)  # fmt: skip
def test_a_split_file_is_not_expected_to_have_the_rows_of_the_other_part(
    study: Path, capsys: pytest.CaptureFixture[str], table: list[dict[str, object]]
) -> None:
    export(study, "intake_2.csv", table[::-1])
    assert "E_ROWS_ABSENT" not in told(study, capsys, "intake_2.csv")


def test_files_of_other_sessions_are_not_expected_to_have_earlier_ones(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_study(tmp_path, SESSIONS)
    export(folder, "intake_1.csv", [client(n, session=1) for n in range(1, 13)])
    take_in(folder)
    later = [client(1, session=1), *(client(n, session=2) for n in range(1, 13))]
    export(folder, "intake_2.csv", later)
    assert "E_ROWS_ABSENT" not in told(folder, capsys, "intake_2.csv")


def test_an_older_export_that_comes_again_is_told_to_take_corrections_back(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    export(study, "intake_2.csv", corrected())
    assert "E_OLDER_VALUES" not in told(study, capsys, "intake_2.csv")
    export(study, "intake_3.csv", clients()[::-1])
    found = told(study, capsys, "intake_3.csv")["E_OLDER_VALUES"]
    assert (found["count"], found["severity"], found["where"]) == (1, "warning", "row 10")
    assert ask(study, ANSWER) == [(clients()[2]["core_4"],)]


def test_a_new_correction_is_not_taken_for_an_older_export(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    export(study, "intake_2.csv", corrected())
    take_in(study)
    table = clients()
    table[6]["core_2"] = 1 + int(str(table[6]["core_2"])) % 4
    export(study, "intake_3.csv", table)
    assert "E_OLDER_VALUES" not in told(study, capsys, "intake_3.csv")


def test_an_older_attribute_that_comes_again_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    age = '\n[source.attributes.age]\ncolumn = "age"\ntype = "number"\nmin = 18\nmax = 99\n'
    folder = write_study(tmp_path, INTAKE.replace("\n[[source.form]]", f"{age}\n[[source.form]]"))
    first = [client(n, age=30) for n in range(1, 13)]
    export(folder, "intake_1.csv", first)
    take_in(folder)
    export(folder, "intake_2.csv", [client(n, age=31 if n == 4 else 30) for n in range(1, 13)])
    take_in(folder)
    export(folder, "intake_3.csv", first[::-1])
    assert told(folder, capsys, "intake_3.csv")["E_OLDER_VALUES"]["count"] == 1


def test_the_report_says_it_without_the_rows(study: Path) -> None:
    export(study, "intake_2.csv", [*corrected()[:10], client(20, core_1=9)])
    take_in(study)
    loaded, ledger = open_study(study)
    with open_gateway(loaded.store) as connection:
        found = describe_findings(loaded, connection, accepted_files(ledger))
    told = found.set_index("code").loc[["E_ROWS_ABSENT", "E_RANGE"]]
    assert list(told["name"]) == ["intake_2.csv"] * 2
    assert list(told["count"]) == [2, 1]
    assert told["says"].str.len().min() > 0
    assert not any(sign.isdigit() for sign in told.loc["E_ROWS_ABSENT", "fix"])


def test_a_run_says_it_in_a_line(study: Path) -> None:
    export(study, "intake_2.csv", clients()[1:])
    (report,) = take_in(study)
    said = describe_file(report)
    assert "warning  E_ROWS_ABSENT            1 x  Rows of an earlier export" in said


def test_the_scorecard_says_it_once(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = export(study, "intake_2.csv", clients()[1:])
    check_files([path], study, None, Wanted())
    said = capsys.readouterr().out
    assert "ACCEPTED WITH WARNINGS" in said
    assert said.count("1 of the 12 rows of intake_1.csv are not here (there row 1)") == 1


def test_the_difference_to_the_last_export_calls_it_what_it_is(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, first in (("intake_2.csv", 1), ("intake_3.csv", 2)):
        path = export(study, name, clients()[first:])
        check_files([path], study, None, Wanted())
        said = capsys.readouterr().out
        assert said.count("Rows of an earlier export of this source are not in this one") == 2
        assert "no longer has" not in said
        take_in(study)


def test_a_file_that_was_accepted_before_takes_nothing_back(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    export(study, "intake_2.csv", [*corrected(), client(13)])
    take_in(study)
    check_files([study / "exports" / "intake_1.csv"], study, None, Wanted(as_json=True))
    (card,) = json.loads(capsys.readouterr().out)
    assert card["findings"] == []


def test_clients_of_another_clinic_who_go_by_the_same_ids_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = INTAKE.replace('"intake"', '"south"', 1).replace("intake*", "south*")
    folder = write_study(tmp_path, INTAKE, other)
    export(folder, "intake_1.csv", clients(15))
    take_in(folder)
    export(folder, "south.csv", [row | core(7 * k) for k, row in enumerate(clients(15))])
    found = told(folder, capsys, "south.csv")["E_CONTRADICTS"]
    assert found["severity"] == "warning"
    assert "same ids" in found["fix"]


def test_a_correction_of_one_answer_in_every_form_contradicts_nobody(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = [row | {"core_4": (int(str(row["core_4"])) + 1) % 5} for row in clients()]
    export(study, "intake_2.csv", table)
    assert "E_CONTRADICTS" not in told(study, capsys, "intake_2.csv")


PERSONS = INTAKE.replace('[source.columns]\nclient = "client_id"\n', 'a_row_is = "person"\n')


def persons(count: int, start: int = 1) -> list[dict[str, object]]:
    """Return answers of so many people who have no id, each in a way of their own."""
    return [
        {f"core_{n}": 0 if n == 6 else (k // 5 ** (n % 3) + n) % 5 for n in range(1, 11)}
        for k in range(start, start + count)
    ]


def test_persons_without_ids_who_come_again_are_told_since_they_count_twice(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_study(tmp_path, PERSONS)
    export(folder, "intake_1.csv", persons(12))
    assert "E_PERSONS_AGAIN" not in told(folder, capsys, "intake_1.csv")
    export(folder, "intake_2.csv", persons(4, start=13))
    assert "E_PERSONS_AGAIN" not in told(folder, capsys, "intake_2.csv")
    export(folder, "intake_3.csv", persons(16)[::-1])
    found = told(folder, capsys, "intake_3.csv")["E_PERSONS_AGAIN"]
    assert (found["count"], found["severity"]) == (12, "warning")
    assert "12 of the 12 rows of intake_1.csv are here too" in found["fix"]
    export(folder, "intake_4.csv", persons(5, start=3))
    found = told(folder, capsys, "intake_4.csv")["E_PERSONS_AGAIN"]
    assert "5 of the 16 rows of intake_3.csv are here too" in found["fix"]


def test_a_file_of_persons_that_was_accepted_does_not_repeat_itself(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_study(tmp_path, PERSONS)
    path = export(folder, "intake_1.csv", persons(12))
    take_in(folder)
    check_files([path], folder, None, Wanted(as_json=True))
    (card,) = json.loads(capsys.readouterr().out)
    assert "E_PERSONS_AGAIN" not in [finding["code"] for finding in card["findings"]]
