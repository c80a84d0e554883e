"""What a data manager is told of an export: verdict first, what to do, rows, what changed."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from flows.commands.check import Wanted, check_files
from flows.desk.problems import Offence, Place, Problem
from flows.desk.row_lists import rows_as_csv, rows_as_workbook
from flows.desk.wording import describe_places
from instruments.errors import RunError
from tests.flows.studies import client, clients, export, take_in, write_study

TYPED = "Zq7-typed"


def spoiled(folder: Path, name: str = "intake.csv") -> Path:
    """Put an export with mistakes of every severity into the inbox."""
    table = clients()
    table[0]["core_4"] = 9
    table[1] |= {"core_4": 8, "core_5": 7}
    table[2]["core_7"] = TYPED
    table[3]["core_6"] = 1
    table.append(client(5))
    notes = [one | {"<script>": TYPED, "remarks": TYPED} for one in table]
    return export(folder, name, notes)


def check(folder: Path, *files: Path, **wanted: Any) -> int:
    return check_files(list(files), folder, None, Wanted(**wanted))


def told(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().out


@pytest.fixture
def study(tmp_path: Path) -> Path:
    return write_study(tmp_path)


def test_the_verdict_comes_first_and_the_worst_before_the_rest(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check(study, spoiled(study)) == 4
    text = told(capsys)
    assert text.startswith("ACCEPTED WITH WARNINGS: intake.csv (source intake)")
    assert "13 rows: 10 can be loaded (1 of them" in text
    order = ["held back until", "Somebody should look", "E_SAFETY", "E_FREE_TEXT", "Good to know"]
    places = [text.index(words) for words in order]
    assert places == sorted(places)
    assert TYPED not in text
    assert "<script>" not in text


def test_one_piece_of_advice_stands_once_with_all_that_it_would_mend(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    check(study, spoiled(study))
    text = told(capsys)
    assert text.count("Correct the answer at its source") == 1
    assert "3 x  An answer is outside 0 to 4" in text
    assert "core_4 (rows 1, 2); core_5 (row 2)" in text


def test_a_good_export_is_accepted(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(study, export(study, "intake.csv", clients())) == 0
    verdict, rows = told(capsys).strip().splitlines()
    assert verdict == "ACCEPTED: intake.csv (source intake)"
    assert rows == "  12 rows: 12 can be loaded, 0 held back."


def test_a_refused_export_says_why_and_what_its_rows_break(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = [one | {"core_1": 9} for one in clients()]
    assert check(study, export(study, "intake.csv", table), html=study / "card.html") == 3
    text = told(capsys)
    assert text.startswith("REFUSED: intake.csv")
    assert "E_MOSTLY_BROKEN: 12 of 12 rows break a rule, 12 of them E_RANGE" in text
    assert "core_1 (rows 1, 2, 3, 4, 5 and 7 more)" in text
    (study / "exports" / "intake2.csv").write_text("")
    assert check(study, study / "exports" / "intake2.csv", html=study / "empty.html") == 3
    assert "E_EMPTY" in (study / "empty.html").read_text()


def test_what_changed_since_the_last_export_is_told(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = clients()
    first[0]["core_4"] = 9
    first[1]["core_4"] = 9
    first[2]["core_6"] = 1
    export(study, "intake_1.csv", first)
    take_in(study)
    second = clients()
    second[0]["core_4"] = 9
    second[1]["core_9"] = 9
    path = export(study, "intake_2.csv", second)
    check(study, path, html=study / "card.html")
    text = told(capsys)
    assert "(intake_1.csv): 1 new, 1 resolved, 1 persisting." in text
    assert re.search(r"still +E_RANGE +2 then, 1 now", text)
    assert re.search(r"resolved +E_SAFETY", text)
    page = (study / "card.html").read_text()
    for state in ("new", "resolved", "persisting"):
        assert f"<td>{state}</td>" in page
    # Two items break the same rule: which is which is said.
    table = page[page.index("Problems then and now") :]
    places = re.findall(r'outside 0 to 4[^<]*<span class="note">([^<]+)</span>', table)
    assert places == ["core_10, item 9", "core_10, item 4"]
    check(study, path, as_json=True)
    facts = json.loads(told(capsys))[0]
    assert len(facts["since_last"]["changes"]) == 3


def test_an_accepted_export_is_compared_with_the_one_before_it(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = export(study, "intake.csv", clients())
    take_in(study)
    check(study, path)
    assert "Since the last export" not in told(capsys)


def test_the_page_needs_nothing_from_elsewhere_and_holds_no_value(study: Path) -> None:
    path = spoiled(study)
    check(study, path, html=study / "card.html")
    page = (study / "card.html").read_text()
    assert TYPED not in page
    assert "<script" not in page.lower()
    assert not re.search(r"https?:|url\(|@import|<link|<img|<iframe", page)
    assert "default-src 'none'" in page
    assert page.index("Accepted with warnings.") < page.index("held back until")
    assert "<nav" not in page  # there is one file to go to
    check(study, path, html=study / "again.html")
    assert (study / "again.html").read_bytes() == (study / "card.html").read_bytes()


def test_values_are_shown_on_the_screen_only(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, page, rows = spoiled(study), study / "card.html", study / "rows.csv"
    check(study, path, html=page, rows=rows, show_values=True)
    screen = told(capsys)
    assert f'row 3, core_7 [E_TYPE]: "{TYPED}"' in screen
    assert screen.count(TYPED) == 1  # not those of columns that nobody declared
    assert TYPED not in page.read_text() + rows.read_text()


def test_a_value_cannot_steer_the_terminal(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = clients()
    table[4]["core_1"] = "\x1b[2J\u202eabc"
    check(study, export(study, "intake.csv", table), show_values=True)
    screen = told(capsys)
    assert "\x1b" not in screen
    assert "\u202e" not in screen


def test_offending_rows_are_written_as_csv_and_excel(study: Path) -> None:
    path = spoiled(study)
    check(study, path, rows=study / "rows.csv")
    check(study, path, rows=study / "rows.xlsx")
    with (study / "rows.csv").open(encoding="utf-8-sig", newline="") as opened:
        listed = list(csv.DictReader(opened))
    first = listed[0]
    assert (first["file"], first["record"], first["column"]) == ("intake.csv", "1", "core_4")
    assert first["what to do"].startswith("Correct the answer at its source")
    sheet = openpyxl.load_workbook(study / "rows.xlsx").active
    assert [[str(c.value or "") for c in row] for row in sheet.iter_rows(min_row=2)] == [
        list(one.values()) for one in listed
    ]
    with pytest.raises(RunError):
        check(study, path, rows=study / "rows.pdf")


def test_of_many_columns_the_first_are_named() -> None:
    places = tuple(Place(f"item_{n}", 1, (n,)) for n in range(1, 12))
    many, few = (Problem("E_RANGE", "conformance", "It is.", places[:k]) for k in (11, 2))
    assert describe_places(many) == (
        "item_1, item_2, item_3, item_4, item_5, item_6 and 5 more columns or forms"
    )
    assert describe_places(few) == "item_1 (row 1); item_2 (row 2)"


def test_no_cell_of_a_list_is_a_formula() -> None:
    odd = [Offence("=1+1", 3, "+cmd|' /C'!A0", "error", "@E", "-r", "\tsays", "=fix")]
    (_, cells) = csv.reader(io.StringIO(rows_as_csv(odd).decode("utf-8-sig"), newline=""))
    assert [cell[0] for cell in cells] == ["'", "3", "'", "e", "'", "'", "'", "'"]
    sheet = openpyxl.load_workbook(io.BytesIO(rows_as_workbook(odd))).active
    assert [cell.data_type for cell in sheet[2]] == ["s", "n", *"ssssss"]
