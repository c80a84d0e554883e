"""Every bad cell of an export: one code, at its place, and never its value."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from flows.declarations import Source

Row = dict[str, str]


def make_source(**changes: Any) -> Source:
    """Return a source with every kind of column."""
    declared: dict[str, Any] = {
        "id": "weekly",
        "kind": "csv",
        "files": "*.csv",
        "columns": {
            "client": "client_id",
            "occasion": "wave",
            "session": "session_no",
            "day": "day_no",
            "therapist": "therapist_id",
            "clinic": "clinic_id",
            "rater": "filled_by",
            "target": "about",
        },
        "occasions": {"T0": "intake", "T1": "month_3", "T2": "end"},
        "missing": {"-99": "refused", "NASK": "not asked"},
        "attributes": {
            "age": {"column": "age_years", "type": "number", "min": 18, "max": 99},
            "sex": {"column": "sex_code", "type": "code", "values": {"F": "female", "M": "male"}},
            "site": {"column": "site_code", "type": "code", "shape": "[A-Z]{2}[0-9]{1,3}"},
        },
        "ending": {"reason": "ended", "reasons": {"ok": "planned", "left": "dropout"}},
        "form": [{"instrument": "core_10", "columns": "core_{n}"}],
    }
    return Source.model_validate(declared | changes)


def make_rows(count: int = 12) -> list[Row]:
    """Return rows in which nothing is wrong."""
    return [
        {
            "client_id": f"K{k:03d}",
            "wave": "T0",
            "session_no": "1",
            "day_no": str(k % 3),
            "therapist_id": "Th01",
            "clinic_id": "north",
            "filled_by": "client",
            "about": "self",
            "age_years": "41.5",
            "sex_code": "F",
            "site_code": "AB12",
            "ended": "",
            **{f"core_{n}": "0" if n == 6 else str((n * n + k) % 5) for n in range(1, 11)},
        }
        for k in range(count)
    ]


def test_rows_without_faults_have_no_findings(judge: Callable[..., Any]) -> None:
    judged = judge(make_source(), make_rows())
    assert judged.placed() == []
    assert judged.quarantined == ()
    assert judged.validation.failed_rules == ()
    assert judged.validation.rows == 12


ERRORS = [
    ("an answer above the range", "core_2", "987", "E_RANGE"),
    ("an answer below the range", "core_2", "-1", "E_RANGE"),
    ("a missing code of another clinic", "core_2", "999", "E_RANGE"),
    ("an undeclared text for missing", "core_2", "xNAx", "E_TYPE"),
    ("a dot for missing", "core_2", ".", "E_TYPE"),
    ("a text in an item", "core_2", "sometimes", "E_TYPE"),
    ("half an answer", "core_2", "2.5", "E_TYPE"),
    ("full-width digits", "core_2", "３", "E_TYPE"),
    ("Arabic digits", "core_2", "٣", "E_TYPE"),
    ("a number beyond all numbers", "core_2", "1e400", "E_NONFINITE"),
    ("not a number", "core_2", "NaN", "E_NONFINITE"),
    ("infinity", "core_2", "-Infinity", "E_NONFINITE"),
    ("not a number in an attribute", "age_years", "NaN", "E_NONFINITE"),
    ("a text in an attribute", "age_years", "forty", "E_TYPE"),
    ("an id that Excel made a float", "client_id", "1E5", "E_ID_FORMAT"),
    ("an id of twenty digits", "client_id", "12345678901234567890", "E_ID_FORMAT"),
    ("an id of digits alone", "client_id", "007", "E_ID_FORMAT"),
    ("a Cyrillic letter in an id", "client_id", "К001", "E_ID_FORMAT"),
    ("a letter without width in an id", "client_id", "K0\u200b01", "E_ID_FORMAT"),
    ("a soft hyphen in an id", "client_id", "K0\u00ad01", "E_ID_FORMAT"),
    ("a name for an id", "client_id", "Ann Example", "E_ID_FORMAT"),
    ("no id", "client_id", "", "E_ID_MISSING"),
    ("blanks for an id", "client_id", "   ", "E_ID_MISSING"),
    ("a therapist's name", "therapist_id", "Dr. Example", "E_ID_FORMAT"),
    ("a clinic's address", "clinic_id", "12 Example Street", "E_ID_FORMAT"),
    ("an occasion that is not declared", "wave", "T9", "E_OCCASION"),
    ("no occasion", "wave", "", "E_OCCASION"),
    ("a missing code for an occasion", "wave", "NASK", "E_OCCASION"),
    ("a session before the first", "session_no", "0", "E_RANGE"),
    ("half a session", "session_no", "1.5", "E_TYPE"),
    ("a day thirty years on", "day_no", "11000", "E_RANGE"),
    ("a rater that is none", "filled_by", "neighbour", "E_CODE"),
    ("a target in free text", "about", "My mother!", "E_CODE"),
]


@pytest.mark.parametrize("code", sorted({error[-1] for error in ERRORS}))
def test_a_broken_cell_holds_back_its_row_with_one_code(
    judge: Callable[..., Any], code: str
) -> None:
    broken = [error[1:3] for error in ERRORS if error[-1] == code]
    table = make_rows(12 + 2 * len(broken))
    places = range(4, len(table), 2)
    for place, (column, cell) in zip(places, broken, strict=False):
        table[place][column] = cell
    judged = judge(make_source(), table)
    found = {record: (told, column) for told, record, column in judged.placed()}
    assert len(judged.placed()) == len(found)
    assert found == {
        place + 1: (code, column) for place, (column, _) in zip(places, broken, strict=False)
    }
    assert judged.quarantined == tuple(sorted(found))
    assert not judged.validation.is_refused


WARNINGS = [
    ("an age out of bounds", "age_years", "117", "E_BOUNDS"),
    ("a code that is none", "sex_code", "Q", "E_CODE"),
    ("a code of another shape", "site_code", "ab", "E_CODE"),
    ("an ending that is not declared", "ended", "moved abroad", "E_CODE"),
    ("a session before intake", "day_no", "-8", "E_DAY"),
    ("an endorsed risk item", "core_6", "2", "E_SAFETY"),
]


@pytest.mark.parametrize(
    ("column", "cell", "code"), [w[1:] for w in WARNINGS], ids=[w[0] for w in WARNINGS]
)
def test_an_odd_cell_is_told_and_its_row_kept(
    judge: Callable[..., Any], column: str, cell: str, code: str
) -> None:
    table = make_rows()
    table[4][column] = cell
    judged = judge(make_source(), table)
    assert judged.placed() == [(code, 5, column)]
    assert judged.quarantined == ()
    assert judged.validation.has_warnings


FINE = [
    ("a declared missing code", "core_2", "-99"),
    ("a declared missing text", "core_2", "NASK"),
    ("an empty answer", "core_2", ""),
    ("blanks around an answer", "core_2", " 3 "),
    ("a whole number with a point", "core_2", "3.0"),
    ("sex F is a text", "sex_code", "F"),
    ("no age", "age_years", ""),
    ("no therapist", "therapist_id", ""),
    ("no session", "session_no", "NASK"),
    ("full-width letters in an id", "client_id", "Ｋ７77"),
]


def test_cells_that_only_look_odd_are_no_findings(judge: Callable[..., Any]) -> None:
    table = make_rows()
    for row, (_, column, cell) in zip(table, FINE, strict=False):
        row[column] = cell
    assert judge(make_source(), table).placed() == []


def test_labels_may_hold_what_statements_are_made_of(judge: Callable[..., Any]) -> None:
    label = "T:0 {batch} :end 'q' \"d\" %s -- $1"
    table = [row | {"wave": label} for row in make_rows()]
    assert judge(make_source(occasions={label: "intake"}), table).placed() == []
    assert judge(make_source(occasions={label + ":x": "intake"}), table).validation.is_refused


def test_ids_of_leading_zeros_stay_texts_where_their_shape_is_declared(
    judge: Callable[..., Any],
) -> None:
    table = make_rows()
    for k, row in enumerate(table):
        row["client_id"] = f"0{k:02d}"
    columns = make_source().columns.model_copy(update={"therapist": None, "clinic": None})
    judged = judge(make_source(id_shape="[0-9]{3}", columns=columns.model_dump()), table)
    assert judged.placed() == []
    assert judged.ids[7] == "007"


def test_a_full_width_id_becomes_the_id_it_stands_for(judge: Callable[..., Any]) -> None:
    table = make_rows()
    table[3]["client_id"] = "Ｋ００３"
    assert judge(make_source(), table).ids[3] == "K003"


DATES = [
    ("day and month in doubt", "03/04/2024", "E_DATE_AMBIGUOUS"),
    ("a day that is none", "2024-02-30", "E_DATE_AMBIGUOUS"),
    ("Excel's day number", "45355", "E_DATE_TYPE"),
    ("a text", "spring", "E_DATE_TYPE"),
]


def dated(cell: str) -> tuple[Source, list[Row]]:
    """Return an export whose fifth row has a date of its own."""
    columns = {"client": "client_id", "date": "seen_on", "intake_date": "began_on"}
    source = make_source(
        columns=columns,
        occasion="intake",
        occasions={},
        date_format="%Y-%m-%d",
        attributes={},
        ending=None,
    )
    kept = ("client_id", *(f"core_{n}" for n in range(1, 11)))
    table = [{name: row[name] for name in kept} for row in make_rows()]
    table = [row | {"seen_on": "2024-03-04", "began_on": "2024-01-02"} for row in table]
    table[4]["seen_on"] = cell
    return source, table


@pytest.mark.parametrize(("cell", "code"), [d[1:] for d in DATES], ids=[d[0] for d in DATES])
def test_a_date_that_is_not_as_declared_holds_back_its_row(
    judge: Callable[..., Any], cell: str, code: str
) -> None:
    judged = judge(*dated(cell))
    assert judged.placed() == [(code, 5, "seen_on")]
    assert judged.quarantined == (5,)


def test_a_date_before_intake_is_told(judge: Callable[..., Any]) -> None:
    assert judge(*dated("2023-12-24")).placed() == [("E_DAY", 5, "seen_on")]


def test_a_date_without_one_of_intake_is_told(judge: Callable[..., Any]) -> None:
    source, table = dated("2024-03-04")
    table[4]["began_on"] = ""
    judged = judge(source, table)
    assert judged.placed() == [("E_DAY", 5, "began_on")]
    assert judged.quarantined == ()


def test_a_date_far_from_intake_holds_back_its_row(judge: Callable[..., Any]) -> None:
    assert judge(*dated("2054-03-04")).placed() == [("E_RANGE", 5, "seen_on")]


def test_no_finding_and_no_sentence_holds_a_value(judge: Callable[..., Any]) -> None:
    marks = {
        "client_id": "Zz Example",
        "wave": "Zz-wave",
        "core_2": "Zz-answer",
        "sex_code": "Zz-sex",
        "therapist_id": "Zz therapist",
        "filled_by": "Zz-rater",
    }
    table = [row | marks for row in make_rows()]
    judged = judge(make_source(), table)
    assert judged.validation.is_refused
    assert len(judged.findings) > len(marks)
    said = f"{judged.findings!r}{judged.validation!r}{judged.validation.refusal}"
    assert "Zz" not in said
