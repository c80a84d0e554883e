"""What a file says of clients whom the store knows already, or of one client in several rows."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.outcome import WARNINGS, RunOutcome
from tests.flows.studies import INTAKE, ask, client, clients, export, rebuild_study, take_in
from tests.flows.studies import write_study as write

CLINICS = INTAKE.replace('client = "client_id"', 'client = "client_id"\nclinic = "clinic"')
OTHER = INTAKE.replace('"intake"', '"other"', 1).replace("intake*.csv", "other*.csv")


def found(folder: Path, code: str) -> list[tuple[str, int | None, str | None]]:
    """Return file, record and column of every finding of a code that the store keeps."""
    return ask(
        folder,
        "SELECT name, record, column_name FROM store.meta.finding "
        "JOIN store.meta.source_file USING (sha256) WHERE code = ? ORDER BY ALL",
        code,
    )


def of_clinic(clinic: str, *numbers: int) -> list[dict[str, object]]:
    return [client(number, clinic=clinic) for number in numbers]


@pytest.mark.parametrize("order", [("north", "south"), ("south", "north")])
def test_one_id_in_the_files_of_two_clinics_is_told_whichever_came_first(
    tmp_path: Path, order: tuple[str, str]
) -> None:
    folder = write(tmp_path / "study", CLINICS)
    numbers = {"north": (1, 2, 3), "south": (3, 4, 5)}
    for clinic in order:
        export(folder, f"intake_{clinic}.csv", of_clinic(clinic, *numbers[clinic]))
        (report,) = take_in(folder)
    later, record = f"intake_{order[1]}.csv", 1 + numbers[order[1]].index(3)
    assert found(folder, "E_TWO_CLINICS") == [(later, record, "clinic")]
    assert RunOutcome("published", None, (report,)).exit_code == WARNINGS
    rebuild_study(folder)
    assert found(folder, "E_TWO_CLINICS") == [(later, record, "clinic")]


def test_a_client_who_moved_is_told_of_once_and_not_in_every_later_file(tmp_path: Path) -> None:
    folder = write(tmp_path / "study", CLINICS)
    for number, clinic in enumerate(("north", "south", "south", "north", "east")):
        table = [client(3, clinic=clinic, core_2=1 + number % 4)]
        export(folder, f"intake_{number}.csv", table)
        take_in(folder)
    told = [("intake_1.csv", 1, "clinic"), ("intake_4.csv", 1, "clinic")]
    assert found(folder, "E_TWO_CLINICS") == told
    rebuild_study(folder)
    assert found(folder, "E_TWO_CLINICS") == told


def test_a_client_who_stays_in_one_clinic_is_not_told_of(tmp_path: Path) -> None:
    folder = write(tmp_path / "study", CLINICS)
    for name in ("intake_1.csv", "intake_2.csv"):
        export(folder, name, [*of_clinic("north", 1, 2), client(len(name), clinic="")])
        take_in(folder)
    assert found(folder, "E_TWO_CLINICS") == []


def test_without_a_clinic_column_a_file_contradicts_nothing(tmp_path: Path) -> None:
    folder = write(tmp_path / "study", CLINICS, OTHER)
    export(folder, "intake.csv", of_clinic("north", 1, 2))
    export(folder, "other.csv", clients(3))
    take_in(folder)
    assert found(folder, "E_TWO_CLINICS") == []


def test_ids_that_differ_in_case_are_told_in_one_file_and_across_files(tmp_path: Path) -> None:
    folder = write(tmp_path / "study")
    export(folder, "intake_1.csv", [*clients(3), client(4) | {"client_id": "c002"}])
    take_in(folder)
    assert found(folder, "E_ID_ALIKE") == [
        ("intake_1.csv", 2, "client_id"),
        ("intake_1.csv", 4, "client_id"),
    ]
    export(folder, "intake_2.csv", [client(7), client(8) | {"client_id": "c001"}])
    take_in(folder)
    assert found(folder, "E_ID_ALIKE")[2:] == [("intake_2.csv", 2, "client_id")]
    assert ask(folder, "SELECT count(*) FROM store.core.client") == [(6,)]


@pytest.mark.parametrize("written", [" C001", "C001  ", "\u00a0C001"])
def test_blanks_around_an_id_make_no_other_client(tmp_path: Path, written: str) -> None:
    folder = write(tmp_path / "study")
    export(folder, "intake.csv", [client(1), client(1) | {"client_id": written}])
    take_in(folder)
    assert ask(folder, "SELECT client_id FROM store.core.client") == [("C001",)]


ATTRIBUTES = """
[source.attributes.sex]
column = "sex"
type = "code"
values = { "1" = "female", "2" = "male" }
missing = { "9" = "not asked" }
"""


def test_two_values_of_one_attribute_in_a_file_are_told_and_the_last_counts(
    tmp_path: Path,
) -> None:
    waves = INTAKE.replace('occasion = "intake"\n', "").replace(
        'client = "client_id"', 'client = "client_id"\nsession = "no"'
    )
    folder = write(tmp_path / "study", waves + ATTRIBUTES, OTHER)
    said = [(1, 1, 1), (1, 2, 2), (2, 1, 1), (2, 2, 9), (2, 3, 5), (3, 1, 2), (3, 2, 2)]
    table = [client(number, no=no, sex=sex) for number, no, sex in said]
    export(folder, "intake.csv", table)
    take_in(folder)
    assert found(folder, "E_TWO_VALUES") == [("intake.csv", 1, "sex"), ("intake.csv", 2, "sex")]
    sexes = ask(folder, "SELECT client_id, sex FROM store.core.client ORDER BY 1")
    assert sexes == [("C001", "2"), ("C002", "1"), ("C003", "2")]


def test_two_spellings_of_one_id_are_one_client_whose_rows_contradict_each_other(
    tmp_path: Path,
) -> None:
    folder = write(tmp_path / "study")
    full_width = client(1, core_1=4) | {"client_id": "\uff23\uff10\uff10\uff11"}
    export(folder, "intake.csv", [*clients(12), full_width])
    (report,) = take_in(folder)
    assert found(folder, "E_DUP_CONFLICT") == [
        ("intake.csv", 1, None),
        ("intake.csv", 13, None),
    ]
    assert report.counts is not None
    assert (report.counts.loaded, report.counts.quarantined) == (11, 2)
    ids = "SELECT client_id FROM store.core.client"
    assert sorted(ask(folder, ids)) == [(f"C{number:03d}",) for number in range(2, 13)]
