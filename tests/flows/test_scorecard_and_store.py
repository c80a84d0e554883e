"""What the scorecard of an export says against the clients and forms that are held already."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from flows.commands.check import Wanted, check_files
from flows.takeover import hold_study
from flows.withdrawal import withdraw
from sql.gateway import open_gateway
from tests.flows.studies import (
    INTAKE,
    client,
    clients,
    digests,
    export,
    open_study,
    take_in,
    write_study,
)

CLINICS = INTAKE.replace('client = "client_id"', 'client = "client_id"\nclinic = "clinic"')


def hold_twelve_clients(folder: Path) -> None:
    write_study(folder)
    export(folder, "intake_1.csv", clients())
    take_in(folder)


@pytest.fixture
def study(copied: Callable[..., Path]) -> Path:
    return copied(hold_twelve_clients)


def facts(path: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    check_files([path], path.parent.parent, None, Wanted(as_json=True))
    (card,) = json.loads(capsys.readouterr().out)
    return dict(card)


def text(path: Path, capsys: pytest.CaptureFixture[str], **wanted: Any) -> str:
    check_files([path], path.parent.parent, None, Wanted(**wanted))
    return capsys.readouterr().out


def second(folder: Path) -> Path:
    """Export again: ten as they were, one corrected, one broken, two more."""
    table = clients(14)
    table[3]["core_4"] = 1 + int(str(table[3]["core_4"])) % 4
    table[5]["core_4"] = 9
    return export(folder, "intake_2.csv", table)


def test_rows_are_new_known_or_corrected(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    card = facts(second(study), capsys)
    assert card["rows"] == {"rows_in": 14, "loaded": 3, "quarantined": 1, "known": 10}
    assert card["held"]["new"] == 2
    assert card["held"]["corrected"] == 1
    assert card["held"]["corrected_rows"] == [4]
    assert card["held"]["new_clients"] == 2
    said = text(study / "exports" / "intake_2.csv", capsys)
    assert "14 rows: 2 new, 1 corrects what is held (row 4), 10 known already, 1 held back" in said


def test_the_scorecard_counts_as_the_run_does(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = facts(second(study), capsys)["rows"]
    (report,) = take_in(study)
    assert report.counts is not None
    assert rows == vars(report.counts)


def test_an_accepted_file_brings_nothing_new(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "accepted before" in text(study / "exports" / "intake_1.csv", capsys)


def test_clients_of_another_clinic_are_told_before_the_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_study(tmp_path, CLINICS)
    export(folder, "intake_1.csv", [client(n, clinic="north") for n in (1, 2, 3)])
    take_in(folder)
    path = export(folder, "intake_2.csv", [client(n, clinic="south") for n in (3, 4)])
    assert [found["code"] for found in facts(path, capsys)["findings"]] == ["E_TWO_CLINICS"]
    assert "1 client is held under another clinic" in text(path, capsys)


def test_clients_who_withdrew_and_come_back_are_told(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    withdraw(*open_study(study), "C003", "somebody")
    card = facts(export(study, "intake_2.csv", clients(14)), capsys)
    assert card["held"]["withdrawn"] == 1
    assert "1 row is of clients who withdrew" in text(study / "exports" / "intake_2.csv", capsys)


def test_nothing_is_stored_and_nothing_is_left_behind(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = second(study)
    before = digests(study), sorted(study.rglob("*")), (study / "store.duckdb").read_bytes()
    facts(path, capsys)
    after = digests(study), sorted(study.rglob("*")), (study / "store.duckdb").read_bytes()
    assert before == after


def test_it_compares_with_the_last_run_while_another_one_holds_the_store(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = second(study)
    with hold_study(open_study(study)[0]), open_gateway(study / "store.duckdb"):
        assert facts(path, capsys)["held"]["new"] == 2


def test_a_store_that_a_run_is_changing_is_not_compared_with(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = second(study)
    with (study / "store.duckdb").open("ab") as opened:
        opened.write(b"more")
    with hold_study(open_study(study)[0]):
        said = text(path, capsys)
    assert "14 rows: 13 can be loaded, 1 held back" in said
    assert "A run is changing the store" in said


def test_a_store_that_is_damaged_is_not_compared_with(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (study / "store.duckdb").write_bytes(b"no store at all" * 1000)
    assert "the next run builds it again" in text(second(study), capsys)


def test_a_store_of_another_study_file_is_named_as_such(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    study_file = study / "study.toml"
    study_file.write_text(study_file.read_text().replace('"-99" = "refused"', '"-9" = "refused"'))
    assert "study.toml was changed since the last run" in text(second(study), capsys)


def test_before_the_first_run_there_is_nothing_to_compare_with(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = export(write_study(tmp_path), "intake_1.csv", clients())
    card = facts(path, capsys)
    assert card["held"] is None
    assert card["rows"]["loaded"] == 12


def test_the_page_says_it_too(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = study / "page.html"
    text(second(study), capsys, html=page)
    assert "1 corrects what is held (row 4)" in page.read_text(encoding="utf-8")
