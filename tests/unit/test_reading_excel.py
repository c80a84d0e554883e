"""Workbooks: the declared sheet and header row, cells as they are shown, no silent blanks."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from flows.declarations import Source
from flows.sources import Export, read_export
from flows.sources.number_formats import find_format
from instruments.errors import ExportError
from tests.unit.nasty.desk import check, column, copied

ITEMS = [f"core_{n}" for n in range(1, 11)]
HEADER = ["client_id", "day", *ITEMS]
Change = Callable[[Worksheet], None]


def source(**changes: Any) -> Source:
    given: dict[str, Any] = {
        "id": "excel",
        "kind": "excel",
        "files": "*.xlsx",
        "occasion": "intake",
        "columns": {"client": "client_id", "day": "day"},
        "form": [{"instrument": "core_10", "columns": "core_{n}"}],
    }
    return Source.model_validate(given | changes)


def book(change: Change | None = None, *, above: int = 0, count: int = 12) -> Workbook:
    made = openpyxl.Workbook()
    sheet = made.active
    sheet.title = "Data"
    for _ in range(above):
        sheet.append(["Export of the clinic"])
    sheet.append(HEADER)
    for n in range(count):
        sheet.append([f"Kx{n:02d}q", n, *((n + k) % 5 for k in range(10))])
    if change is not None:
        change(sheet)
    return made


def write(folder: Path, change: Change | None = None, **how: Any) -> Path:
    path = folder / "a.xlsx"
    book(change, **how).save(path)
    return path


def read(folder: Path, change: Change | None = None, **changes: Any) -> Export:
    return read_export(write(folder, change), source(**changes), folder)


def refusal(path: Path, folder: Path, **changes: Any) -> ExportError:
    with pytest.raises(ExportError) as caught:
        read_export(path, source(**changes), folder)
    assert [found.name for found in folder.iterdir()] == [path.name]
    return caught.value


def setting(**cells: Any) -> Change:
    def change(sheet: Worksheet) -> None:
        for place, value in cells.items():
            sheet[place] = value

    return change


def edit_xml(path: Path, old: str, new: str, part: str = "xl/worksheets/sheet1.xml") -> Path:
    """Replace text in one part of a workbook."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    changed = re.sub(old, new, parts[part].decode())
    assert changed != parts[part].decode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (parts | {part: changed.encode()}).items():
            archive.writestr(name, content)
    return path


def test_a_workbook_reads_as_its_table(tmp_path: Path) -> None:
    checked = check(write(tmp_path), source(), tmp_path / "s")
    assert checked.errors() == []
    assert checked.counts.loaded == 12
    assert column(checked, "client") == [f"Kx{n:02d}q" for n in range(12)]
    assert column(checked, "day") == list(range(12))
    assert column(checked, "core_10__item_4") == [(n + 3) % 5 for n in range(12)]


def test_numbers_of_a_workbook_have_points_whatever_sign_its_texts_have(tmp_path: Path) -> None:
    rater = [{"instrument": "srs", "columns": "core_{n}"}]
    change = setting(C2=2.5, C3="2,5", C4="2")
    declared = source(form=rater, decimal=",", ignore=[f"core_{n}" for n in range(5, 11)])
    checked = check(write(tmp_path, change), declared, tmp_path / "s")
    assert checked.errors() == []
    assert column(checked, "srs__item_1")[:3] == [2.5, 2.5, 2.0]


def test_the_declared_sheet_and_row_are_read(tmp_path: Path) -> None:
    made = book(above=3)
    made.create_sheet("Codes").append(["code", "meaning"])
    made.move_sheet("Codes", -1)
    made.save(tmp_path / "a.xlsx")
    export = read_export(tmp_path / "a.xlsx", source(sheet="Data", header_row=4), tmp_path)
    assert (export.rows, export.header[:2]) == (12, ("client_id", "day"))


def test_a_table_may_begin_in_any_column(tmp_path: Path) -> None:
    def shift(sheet: Worksheet) -> None:
        sheet.insert_cols(1, 3)
        sheet["E5"] = "=1/0"

    checked = check(write(tmp_path, shift), source(), tmp_path / "s")
    assert checked.errors() == [("E_TYPE", 4, "day")]
    assert checked.counts.rows_in == 12


@pytest.mark.parametrize(
    ("sheet", "fix"), [(None, "Declare the name"), ("Dataa", 'Did you mean "Data"?')]
)
def test_a_sheet_that_is_not_clear_is_refused(sheet: str | None, fix: str, tmp_path: Path) -> None:
    made = book()
    made.create_sheet("Jane Doe")
    made.save(tmp_path / "a.xlsx")
    error = refusal(tmp_path / "a.xlsx", tmp_path, sheet=sheet)
    assert error.code == "E_SHEET"
    assert fix in error.fix
    assert "Jane" not in str(error)


def test_another_header_row_is_refused_with_the_right_one(tmp_path: Path) -> None:
    error = refusal(write(tmp_path, above=3), tmp_path)
    assert (error.code, error.fix) == ("E_HEADER", "Declare header_row = 4.")


def test_leading_zeros_and_shown_signs_of_an_id_stay(tmp_path: Path) -> None:
    def number(sheet: Worksheet) -> None:
        for row in range(2, 14):
            sheet[f"A{row}"] = row
            sheet[f"A{row}"].number_format = '"K"00-000'

    checked = check(write(tmp_path, number), source(), tmp_path / "s")
    assert column(checked, "client")[:2] == ["K00-002", "K00-003"]
    assert checked.errors() == []


def test_zeros_before_an_answer_do_not_change_it(tmp_path: Path) -> None:
    def pad(sheet: Worksheet) -> None:
        for row in range(2, 14):
            sheet[f"C{row}"].number_format = "00"

    checked = check(write(tmp_path, pad), source(), tmp_path / "s")
    assert column(checked, "core_10__item_1") == [n % 5 for n in range(12)]


def test_a_percentage_is_no_answer(tmp_path: Path) -> None:
    def show(sheet: Worksheet) -> None:
        sheet["C3"] = 1
        sheet["C3"].number_format = "0%"

    checked = check(write(tmp_path, show), source(), tmp_path / "s")
    assert checked.errors() == [("E_TYPE", 2, "core_1")]


@pytest.mark.parametrize("epoch", [None, CALENDAR_MAC_1904])
def test_dates_become_days_since_intake(epoch: Any, tmp_path: Path) -> None:
    made = openpyxl.Workbook()
    made.epoch = epoch or made.epoch
    made.active.append(["client_id", "begun", "seen", *ITEMS])
    for n in range(12):
        seen = dt.datetime(2026, 1, 1) + dt.timedelta(days=n, hours=n)  # noqa: DTZ001
        made.active.append([f"Kx{n:02d}q", dt.date(2026, 1, 1), seen, *[n % 5] * 10])
    made.save(tmp_path / "a.xlsx")
    columns = {"client": "client_id", "date": "seen", "intake_date": "begun"}
    for declared in (source(columns=columns), source(columns=columns, date_format="%d.%m.%Y")):
        checked = check(tmp_path / "a.xlsx", declared, tmp_path / "s")
        assert checked.errors() == []
        assert column(checked, "day") == list(range(12))


def test_a_day_number_without_a_format_is_no_date(tmp_path: Path) -> None:
    columns = {"client": "client_id", "date": "day", "intake_date": "core_1"}
    change = setting(**{f"B{row}": 45321 for row in range(2, 14)})
    checked = check(write(tmp_path, change), source(columns=columns, form=[]), tmp_path / "s")
    assert {code for code, _, _ in checked.errors()} == {"E_DATE_TYPE"}


def test_errors_and_formulas_without_a_result_are_found(tmp_path: Path) -> None:
    def break_cells(sheet: Worksheet) -> None:
        sheet["C3"] = "#DIV/0!"
        sheet["C3"].data_type = "e"
        sheet["D4"] = "=1+1"
        sheet["A6"] = "#REF!"
        sheet["A6"].data_type = "e"

    checked = check(write(tmp_path, break_cells), source(), tmp_path / "s")
    assert sorted(checked.errors(), key=str) == [
        ("E_ID_FORMAT", 5, "client_id"),
        ("E_TYPE", 2, "core_1"),
        ("E_TYPE", 3, "core_2"),
    ]


def test_a_row_of_errors_alone_is_a_row(tmp_path: Path) -> None:
    def break_row(sheet: Worksheet) -> None:
        for cell in sheet[5]:
            cell.value, cell.data_type = "#N/A", "e"

    checked = check(write(tmp_path, break_row), source(), tmp_path / "s")
    assert (checked.counts.rows_in, checked.counts.quarantined) == (12, 1)
    assert {record for _, record, _ in checked.errors()} == {4}


def test_a_formula_that_says_nothing_is_blank(tmp_path: Path) -> None:
    path = write(tmp_path, setting(D4="=1+1"))
    edit_xml(path, r'<c r="D4"[^>]*><f>1\+1</f>(<v\s*/>|<v></v>)', '<c r="D4" t="str"><f>1</f><v/>')
    assert check(path, source(), tmp_path / "s").errors() == []


def test_the_saved_result_of_a_formula_is_read(tmp_path: Path) -> None:
    path = write(tmp_path, setting(D4="=1+1"))
    edit_xml(path, r"<f>1\+1</f><v\s*/>|<f>1\+1</f><v></v>", "<f>1+1</f><v>2</v>")
    checked = check(path, source(), tmp_path / "s")
    assert checked.errors() == []
    assert column(checked, "core_10__item_2")[2] == 2


def test_an_error_in_a_column_that_is_not_read_does_not_matter(tmp_path: Path) -> None:
    def add(sheet: Worksheet) -> None:
        sheet["M1"], sheet["M3"] = "rate", "#N/A"
        sheet["M3"].data_type = "e"

    checked = check(write(tmp_path, add), source(ignore=["rate"]), tmp_path / "s")
    assert checked.errors() == []


def test_rows_without_a_cell_are_passed_over_and_counted(tmp_path: Path) -> None:
    export = read(tmp_path, lambda sheet: sheet.insert_rows(4, 2))
    assert (export.rows, [note.code for note in export.notes]) == (12, ["N_BLANK_LINES"])
    assert [row["client_id"] for row in copied(export)][:3] == ["Kx00q", "Kx01q", "Kx02q"]


def test_a_row_with_cells_beside_the_table_is_set_aside(tmp_path: Path) -> None:
    export = read(tmp_path, setting(P5="see note"))
    assert [(f.record, f.code, f.line) for f in export.faults] == [(4, "E_RAGGED", 5)]
    assert [row["_record"] for row in copied(export)][:4] == ["1", "2", "3", "5"]


def test_a_column_without_a_name_is_not_read(tmp_path: Path) -> None:
    def unname(sheet: Worksheet) -> None:
        sheet.insert_cols(2)
        sheet["B3"] = "Jane Doe"

    export = read(tmp_path, unname)
    assert export.header[:3] == ("client_id", "", "day")
    assert "Jane" not in export.readable.read_text(encoding="utf-8")


def test_merged_cells_set_the_rows_aside_that_lost_their_own(tmp_path: Path) -> None:
    export = read(tmp_path, lambda sheet: sheet.merge_cells("A3:A5"))
    assert [(f.record, f.code, f.column) for f in export.faults] == [
        (3, "E_MERGED", "client_id"),
        (4, "E_MERGED", "client_id"),
    ]


def test_a_cell_far_away_refuses_the_sheet_before_it_is_loaded(tmp_path: Path) -> None:
    error = refusal(write(tmp_path, setting(A1048576="x")), tmp_path)
    assert (error.code, error.where) == ("E_SIZE", "a.xlsx, row 1048576")
    assert refusal(write(tmp_path, setting(XFD900000="x")), tmp_path).code == "E_SIZE"


def test_styles_far_down_do_not_count(tmp_path: Path) -> None:
    def style(sheet: Worksheet) -> None:
        sheet["A1048576"].number_format = "0.00"

    assert read(tmp_path, style).rows == 12


@pytest.mark.parametrize("value", [7, 12345678901234567890, 1.5, "k\u043e1"])
def test_an_id_that_is_no_text_of_the_declared_shape_is_found(value: Any, tmp_path: Path) -> None:
    checked = check(write(tmp_path, setting(A3=value)), source(), tmp_path / "s")
    assert checked.errors() == [("E_ID_FORMAT", 2, "client_id")]


def test_another_writers_prefixes_and_places_are_read(tmp_path: Path) -> None:
    path = write(tmp_path, setting(D4="=1+1"))
    edit_xml(path, r"<(/?)(worksheet|sheetData|row|c|v|f|is|t)(?=[ />])", r"<\1x:\2")
    edit_xml(path, r'xmlns="', 'xmlns:x="')
    checked = check(path, source(), tmp_path / "s")
    assert checked.errors() == [("E_TYPE", 3, "core_2")]


def test_texts_are_mapped_by_declared_codes(tmp_path: Path) -> None:
    change = setting(**{f"C{row}": "Often" for row in range(2, 14)})
    checked = check(write(tmp_path, change), source(codes={"Often": 3}), tmp_path / "s")
    assert column(checked, "core_10__item_1") == [3] * 12


def test_a_header_without_rows_is_refused(tmp_path: Path) -> None:
    assert refusal(write(tmp_path, count=0), tmp_path).code == "E_NO_ROWS"


def test_two_columns_of_one_name_are_refused(tmp_path: Path) -> None:
    error = refusal(write(tmp_path, setting(D1="Core_1")), tmp_path)
    assert (error.code, "row 1, columns 3 and 4" in error.where) == ("E_DUP_HEADER", True)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "E_EMPTY"),
        (b"client_id,day\nKx01q,1\n", "E_NOT_WORKBOOK"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "E_NOT_WORKBOOK"),
        (b"PK\x03\x04" + b"\0" * 99, "E_DAMAGED"),
    ],
)
def test_what_is_no_workbook_is_refused(content: bytes, code: str, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)
    assert refusal(path, tmp_path).code == code


def test_another_archive_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as archive:
        archive.writestr("a.csv", "client_id\n")
    assert refusal(tmp_path / "a.xlsx", tmp_path).code == "E_NOT_WORKBOOK"


def test_a_workbook_that_breaks_off_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path)
    path.write_bytes(path.read_bytes()[:-200])
    assert refusal(path, tmp_path).code == "E_DAMAGED"


def test_entities_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path)
    edit_xml(path, "^", '<!DOCTYPE a [<!ENTITY b "c">]>', part="xl/workbook.xml")
    assert refusal(path, tmp_path).code == "E_DAMAGED"


def test_a_declared_identifier_is_refused(tmp_path: Path) -> None:
    facts = {"mail": {"column": "E-mail", "type": "code", "shape": "[a-z]{2}"}}
    assert refusal(write(tmp_path, setting(M1="E-mail")), tmp_path, attributes=facts).code == (
        "E_IDENTIFIER"
    )


@pytest.mark.parametrize(
    ("code", "value", "shown"),
    [
        ("00000", 7, "00007"),
        ("000\\-00", 1234, "012-34"),
        ("00-00", 123456, "1234-56"),
        ('"ID "000', 7, "ID 007"),
        ("000", 7.5, "7.5"),
        ("000", -7, "-7"),
        ("0.0%", 0.125, "12.5%"),
        ("000;[Red]-000", 7, "007"),
    ],
)
def test_numbers_are_shown_as_the_workbook_shows_them(code: str, value: float, shown: str) -> None:
    found = find_format("164", {"164": code})
    assert found is not None
    assert found.show(float(value)) == shown


@pytest.mark.parametrize("code", ["General", "0", "0.00", "#,##0", "@", "dd/mm/yyyy", '0" points"'])
def test_formats_that_leave_a_number_what_it_is_do_not_count(code: str) -> None:
    found = find_format("164", {"164": code})
    assert found is None or found.show(3.0) == "3 points"
