"""Cells that point to a person by what stands in them; the numbers are published examples."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.sources.identifying_values import is_telling, load_kinds, telling_cells
from tests.bench.identifiers import measure
from tests.flows.small_study import (
    ask,
    intake_rows,
    take_in,
    write_export,
    write_study,
)

# By kind: examples, each another way of writing.
BY_THEMSELVES = {
    "e-mail": "jo@example.org | JO.B@EXAMPLE.CO.UK | Jo <jo@example.org> | jo (at) example.org",
    "pages": "https://example.org/jo | www.example.nl | linkedin.com/in/jo | @jo_bloggs",
    "devices": "192.168.1.20 | 2001:db8::8a2e:370:7334 | 00:1b:44:11:3a:b7 | S/N AB123456",
    "files": "IMG_0042.JPG | voice 3.m4a | data:image/png;base64,iVBORw0KGgo",
    "phones": "06-12345678 | +31 6 12345678 | +31612345678 | (030) 234 5678 | 0171 2345678 | "
    "06 12 34 56 78 | 06.12.34.56.78 | 612 345 678 | 347 123 4567 | 070-123 45 67 | "
    "(212) 555-0123 | 212-555-0123 x4 | tel. 030 2345678 | 0479/12.34.56 | 020 7946 0123",
    "numbers of states": "078-05-1120 | 943 476 5919 | 1112.22.333 | 12345678-Z | X-1234567-L | "
    "811228-9874 | 19811228-9874 | 2 55 08 14 168 025 38 | RSSMRA85T10A562S | 111.444.777-35 | "
    "85.07.30-033.28 | 756.9217.0769.85 | 86 095 742 719 | 15 070649 C 103 | 1237 010180 | "
    "211062-5629 | 131052-308T | 710319/2745 | AB 12 34 56 C | 00000000 0 ZZ4 | 151086 95088",
    "accounts": "GB82 WEST 1234 5698 7654 32 | NL91ABNA0417164300 | de89370400440532013000 | "
    "4111 1111 1111 1111 | Konto: 532013000",
    "records": "MRN 1234567 | MRN-0012345 | Patientnr 12345 | dossiernummer: 00123 | PID 123456 | "
    "Policy no. AB123456 | BIG 19012345601 | Passport C01234567",
    "addresses": "12 High Street | 4a St John's Road, Leeds | Kerkstraat 12 | Hauptstraße 7 | "
    "12 bis, rue de la Paix | Calle Mayor, 3 | Via Roma 10 | Storgatan 5 | Rua Augusta 100",
    "places": "SW1A 1AA | 1012 AB | K1A 0B1 | 123 45 | 1012 AB Amsterdam | 50667 Köln | "
    "52.37022, 4.89517",
    "vehicles": "B-MW 1234 | AB12 CDE | 1234 BCD | AB 123 CD | 1M8GDM9AXKP042788",
    "days": "1985-07-09 | 09-07-1985 | 9.7.1985 | 7/9/1985 | 09/07/85 | 1985-07-09T10:15:00Z | "
    "9 July 1985 | July 9, 1985 | 9. Juli 1985 | 9 de julio de 1985 | 9 juillet 1985 | "
    "9 luglio 1985 | 9 juli 1985 | 9 de julho de 1985 | 09-Jul-1985",
    "names": "Mr Smith | dhr. Jansen | Frau Dr. Müller | Mme Lefèvre | Sra. García | Sig.ra Rossi",
}  # fmt: skip
BY_COMPANY = {
    "with a check digit": "111222333 | 9434765919 | 8112289874 | 198112289874 | 86095742719 | "
    "15108695088 | 44051401359 | 11144477735 | 7569217076985 | 255081416802538 | "
    "4111111111111111 | 490154203237518 | 123456789 | 12345678Z | X1234567L | A000500015 | "
    "6433435F | 19850709 | 0612345678",
    "without": "AB123456C | SW1A1AA | 1012AB | K1A0B1 | AB12CDE | 1234BCD | AB123CD | AB-12-CD | "
    "12-ABC-3 | D-50667",
}  # fmt: skip
NEITHER = (
    "3 | -99 | 4.5 | 0.123456789 | -1.0E-05 | 12,75 | 2024 | 14:30 | 1-5 | 0/4 | 10% | F43.1 | "
    "N06AB03 | K000123 | AMS-P001 | NL01-0034 | 1234-56 | PID0012 | T01-001-9 | S1_002 | "
    "3f2504e0-4f89-41d3-9a0c-0305e82c3301 | R_2abcDEF345ghi67 | baseline_arm_1 | Strongly agree | "
    "Yes, often | Meistens | 1 or 2 times | 50 mg | v2.1 | 1.0.3 | Klinik 2 | Session 10 | 1,000"
)


def listed(examples: dict[str, str]) -> list[str]:
    return [text.strip() for texts in examples.values() for text in texts.split(" | ")]


@pytest.mark.parametrize("cell", listed(BY_THEMSELVES))
def test_a_cell_that_says_so_itself_points_to_a_person(cell: str) -> None:
    assert is_telling(cell)
    assert telling_cells(["3", "4", "", f" {cell} "]) == {f" {cell} "}


@pytest.mark.parametrize("cell", listed(BY_COMPANY))
def test_a_cell_that_could_be_an_id_counts_where_no_other_is_written_alike(cell: str) -> None:
    assert not is_telling(cell)
    assert telling_cells(["K01", "K02", "K03", cell], are_ids=True) == {cell}


@pytest.mark.parametrize("cell", NEITHER.split(" | "))
def test_an_answer_code_or_id_points_to_nobody(cell: str) -> None:
    assert not telling_cells([cell])


@pytest.mark.parametrize(
    "cell",
    ["812345-9874", "12345678-A", "RSSMRA85T10A562T", "111.444.777-36", "756.9217.0769.86",
     "86 095 742 718", "15 070649 C 104", "1237 010181", "131052-308A",
     "GB82 WEST 1234 5698 7654 33",
     "1M8GDM9A1KP042788", "151086 95089", "85.07.30-033.29", "00000000 0 ZZ5"],
)  # fmt: skip
def test_a_number_with_a_wrong_check_digit_is_just_a_number(cell: str) -> None:
    assert not telling_cells([cell])


def test_a_column_of_numbers_of_which_few_fit_holds_none() -> None:
    cells = [str(100_000_000 + 37 * k) for k in range(40)]
    assert not telling_cells(cells)
    assert telling_cells([*cells[:1], "111222333", "123456782"]) >= {"111222333", "123456782"}


def test_the_shape_that_most_ids_have_is_their_own() -> None:
    cells = ["AB12CDE", "KL34MNP", "SW56XYZ"]
    assert telling_cells(cells) == set(cells)
    assert not telling_cells(cells, are_ids=True)


def test_every_kind_is_named_and_has_its_check() -> None:
    kinds = load_kinds()
    assert len(kinds.sure) > 20
    assert len(kinds.checked) > 5
    assert len(kinds.unchecked) > 2


def test_nearly_everything_planted_is_found_and_hardly_anything_else() -> None:
    seen = measure(seed=7)
    assert seen["planted"] >= 2000
    assert seen["clean"] >= 100_000
    assert seen["recall"] >= 99.5
    assert seen["alarms"] <= 0.5


def test_a_row_that_names_a_person_in_place_of_an_id_is_set_aside_and_not_archived(
    tmp_path: Path,
) -> None:
    folder = write_study(tmp_path / "study")
    table = intake_rows(12)
    table[2]["client_id"], table[5]["therapist_id"] = "NL91ABNA0417164300", "jo@example.org"
    (report,) = take_in(write_export(folder, "intake.csv", table).parents[1])
    assert report.counts is not None
    assert (report.counts.rows_in, report.counts.loaded, report.counts.quarantined) == (12, 10, 2)
    found = ask(
        folder, "SELECT code, record, column_name FROM store.meta.finding WHERE severity = 'error'"
    )
    assert sorted(found) == [("E_IDENTIFIER", 3, "client_id"), ("E_IDENTIFIER", 6, "therapist_id")]
    kept = [path for path in folder.rglob("*") if path.is_file() and "exports" not in path.parts]
    assert not [path for path in kept if b"NL91ABNA" in path.read_bytes()]
    (archive,) = (folder / "archive").iterdir()
    assert ask(folder, f"SELECT count(*) FROM '{archive}'") == [(10,)]


def test_a_column_that_nobody_declared_is_known_by_what_it_holds(tmp_path: Path) -> None:
    folder = write_study(tmp_path / "study")
    table = [row | {"extra": f"06-123456{k:02d}", "colour": "red"} for k, row in enumerate(
             intake_rows(12))]  # fmt: skip
    take_in(write_export(folder, "intake.csv", table).parents[1])
    found = ask(
        folder,
        "SELECT code, column_name FROM store.meta.finding WHERE rule = 'file.columns' ORDER BY ALL",
    )
    assert found == [("E_IDENTIFIER", "extra"), ("E_UNKNOWN_COLUMN", "colour")]
