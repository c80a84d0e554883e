"""SPSS files: what is missing has a reason, what is a date stays one, what is broken is refused."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pandas as pd
import pyreadstat
import pytest

from flows.declarations import Source
from flows.sources import read_export
from instruments.errors import ExportError
from tests.unit.nasty.desk import check, column, copied

ITEMS = [f"core_{n}" for n in range(1, 11)]


def source(**changes: Any) -> Source:
    given: dict[str, Any] = {
        "id": "spss",
        "kind": "spss",
        "files": "*sav",
        "occasion": "intake",
        "columns": {"client": "client_id"},
        "form": [{"instrument": "core_10", "columns": "core_{n}"}],
    }
    return Source.model_validate(given | changes)


def frame(count: int = 12, **columns: Any) -> pd.DataFrame:
    table = {"client_id": [f"Kx{n:02d}q" for n in range(count)]}
    table |= {name: [float((n + k) % 5) for n in range(count)] for k, name in enumerate(ITEMS)}
    return pd.DataFrame(table | columns)


def write(folder: Path, table: pd.DataFrame, name: str = "a.sav", **how: Any) -> Path:
    path = folder / name
    pyreadstat.write_sav(table, str(path), compress=name.endswith("zsav"), **how)
    return path


def refusal(path: Path, folder: Path, **changes: Any) -> ExportError:
    with pytest.raises(ExportError) as caught:
        read_export(path, source(**changes), folder)
    assert [found.name for found in folder.iterdir()] == [path.name]
    return caught.value


def test_a_text_that_is_left_out_and_broken_leaves_no_copy_behind(tmp_path: Path) -> None:
    path = write(tmp_path, frame(remark=["fine ok"] * 12))
    path.write_bytes(path.read_bytes().replace(b"fine", b"\xff\xfe\xff\xfe"))
    assert refusal(path, tmp_path).code == "E_DAMAGED"


@pytest.mark.parametrize("name", ["a.sav", "a.zsav"])
def test_a_file_that_does_not_say_how_many_cases_it_has_is_read_to_its_end(
    tmp_path: Path, name: str
) -> None:
    path = write(tmp_path, frame(), name)
    content = path.read_bytes()
    path.write_bytes(content[:80] + b"\xff\xff\xff\xff" + content[84:])
    assert check(path, source(), tmp_path / "s").counts.loaded == 12


def test_a_text_that_is_left_out_may_have_values_that_the_file_declares_missing(
    tmp_path: Path,
) -> None:
    table = frame(remark=["none"] * 12)
    path = write(tmp_path, table, missing_ranges={"remark": ["none"]})
    assert check(path, source(), tmp_path / "s").counts.loaded == 12


@pytest.mark.parametrize("name", ["a.sav", "a.zsav"])
def test_an_spss_file_reads_as_its_table(name: str, tmp_path: Path) -> None:
    table = frame()
    checked = check(write(tmp_path, table, name), source(), tmp_path / "s")
    assert checked.errors() == []
    assert checked.counts.loaded == 12
    assert column(checked, "client") == list(table["client_id"])
    assert column(checked, "core_10__item_3") == [int(n) for n in table["core_3"]]


def test_user_missing_answers_are_missing_with_their_labels(tmp_path: Path) -> None:
    table = frame()
    table.loc[0, "core_1"], table.loc[1, "core_1"], table.loc[2, "core_1"] = 98.0, 99.0, None
    path = write(
        tmp_path,
        table,
        missing_ranges={"core_1": [{"lo": 90, "hi": 99}]},
        variable_value_labels={"core_1": {98: "Refused"}},
    )
    checked = check(path, source(), tmp_path / "s")
    assert checked.errors() == []
    assert column(checked, "core_10__item_1")[:3] == [98, 99, None]
    item = next(c for c in checked.reading.layout if c.name == "core_10__item_1")
    assert item.missing == {"98": "Refused", "99": "user-missing"}


def test_what_the_study_file_declares_goes_before_the_label(tmp_path: Path) -> None:
    table = frame()
    table.loc[0, "core_1"] = 99.0
    path = write(tmp_path, table, missing_ranges={"core_1": [99]})
    checked = check(path, source(missing={"99": "not asked"}), tmp_path / "s")
    item = next(c for c in checked.reading.layout if c.name == "core_10__item_1")
    assert item.missing == {"99": "not asked"}


def test_the_same_value_in_another_variable_is_an_answer_out_of_range(tmp_path: Path) -> None:
    table = frame()
    table.loc[0, ["core_1", "core_2"]] = 99.0
    checked = check(
        write(tmp_path, table, missing_ranges={"core_1": [99]}), source(), tmp_path / "s"
    )
    assert checked.errors() == [("E_RANGE", 1, "core_2")]


def test_a_range_of_measures_is_one_code(tmp_path: Path) -> None:
    table = frame(200, age=[30.0] * 50 + [1000 + n / 8 for n in range(150)])
    facts = {"age": {"column": "age", "type": "number", "min": 1, "max": 99}}
    path = write(tmp_path, table, missing_ranges={"age": [{"lo": 1000, "hi": 9999}]})
    checked = check(path, source(attributes=facts), tmp_path / "s")
    assert not [found for found in checked.findings if found[1] in ("E_BOUNDS", "E_TYPE")]
    missing = next(c for c in checked.reading.layout if c.name == "attr__age").missing
    assert missing["user-missing"] == "user-missing"
    assert len(missing) < 60


def test_an_id_that_is_user_missing_is_no_id(tmp_path: Path) -> None:
    table = frame()
    table.loc[3, "client_id"] = "Z999"
    path = write(tmp_path, table, missing_ranges={"client_id": ["Z999"]})
    checked = check(path, source(), tmp_path / "s")
    assert checked.errors() == [("E_ID_MISSING", 4, "client_id")]


def test_dates_become_days_since_intake_without_a_declared_format(tmp_path: Path) -> None:
    days = [dt.date(2026, 1, 1) + dt.timedelta(days=n) for n in range(12)]
    table = frame(begun=[dt.date(2026, 1, 1)] * 12, seen=days)
    columns = {"client": "client_id", "date": "seen", "intake_date": "begun"}
    checked = check(write(tmp_path, table), source(columns=columns), tmp_path / "s")
    assert checked.errors() == []
    assert column(checked, "day") == list(range(12))


def test_dates_are_written_in_the_declared_format(tmp_path: Path) -> None:
    table = frame(begun=[dt.date(2026, 1, 1)] * 12, seen=[dt.date(2026, 4, 3)] * 12)
    columns = {"client": "client_id", "date": "seen", "intake_date": "begun"}
    declared = source(columns=columns, date_format="%d/%m/%Y")
    assert (
        copied(read_export(write(tmp_path, table), declared, tmp_path))[0]["seen"] == "03/04/2026"
    )


def test_leading_zeros_of_a_number_stay(tmp_path: Path) -> None:
    table = frame(number=[float(n) for n in range(12)])
    facts = {"number": {"column": "number", "type": "code", "shape": "[0-9]{4}"}}
    path = write(tmp_path, table, variable_format={"number": "N4"})
    export = read_export(path, source(attributes=facts), tmp_path)
    assert copied(export)[7]["number"] == "0007"


def test_texts_for_answers_are_mapped_by_declared_codes(tmp_path: Path) -> None:
    table = frame()
    table["core_1"] = ["A1", "A2"] * 6
    path = write(tmp_path, table)
    checked = check(path, source(codes={"A1": 0, "A2": 1}), tmp_path / "s")
    assert checked.errors() == []
    assert column(checked, "core_10__item_1") == [0, 1] * 6


def test_fractions_are_not_rounded_to_answers(tmp_path: Path) -> None:
    table = frame()
    table.loc[4, "core_2"] = 1.5
    checked = check(write(tmp_path, table), source(), tmp_path / "s")
    assert checked.errors() == [("E_TYPE", 5, "core_2")]


def test_undeclared_variables_are_judged_by_name_and_label_and_not_copied(tmp_path: Path) -> None:
    table = frame(v12=["Jane Doe"] * 12, remark=["It went well " * 9] * 12, q7=["b"] * 12)
    path = write(tmp_path, table, column_labels={"v12": "Client name"})
    checked = check(path, source(), tmp_path / "s")
    assert checked.left_out == {
        "v12": "E_IDENTIFIER",
        "remark": "E_FREE_TEXT",
        "q7": "E_UNKNOWN_COLUMN",
    }
    (copy,) = (tmp_path / "s").glob("*.csv")
    assert "Jane" not in copy.read_text(encoding="utf-8")


def test_a_declared_variable_that_is_labelled_as_a_name_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, frame(v12=["ab"] * 12), column_labels={"v12": "Client name"})
    facts = {"v": {"column": "v12", "type": "code", "shape": "[a-z]{2}"}}
    assert refusal(path, tmp_path, attributes=facts).code == "E_IDENTIFIER"


def test_a_missing_variable_is_refused_with_the_nearest_name(tmp_path: Path) -> None:
    error = refusal(write(tmp_path, frame().rename(columns={"core_4": "core_04"})), tmp_path,
                    form=[{"instrument": "core_10", "columns": ITEMS}])  # fmt: skip
    assert (error.code, "core_04" in error.fix) == ("E_COLUMN_MISSING", True)


def test_variables_of_which_none_is_declared_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path, pd.DataFrame({"a": [1.0], "b": [2.0]}))
    assert refusal(path, tmp_path).code == "E_HEADER"


def test_a_file_without_cases_is_refused(tmp_path: Path) -> None:
    assert refusal(write(tmp_path, frame(0)), tmp_path).code == "E_NO_ROWS"


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "E_EMPTY"), (b"client_id,core_1\n", "E_NOT_SPSS"), (b"$FL2" + b"x" * 99, "E_DAMAGED")],
)
def test_what_is_no_spss_file_is_refused(content: bytes, code: str, tmp_path: Path) -> None:
    path = tmp_path / "a.sav"
    path.write_bytes(content)
    assert refusal(path, tmp_path).code == code


def test_a_file_that_breaks_off_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, frame(500))
    path.write_bytes(path.read_bytes()[:-5000])
    assert refusal(path, tmp_path).code in ("E_TRUNCATED", "E_DAMAGED")


def test_many_cases_are_read_in_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.sources.spss.CELLS", 55)
    export = read_export(write(tmp_path, frame(23)), source(), tmp_path)
    rows = copied(export)
    assert [row["client_id"] for row in rows] == list(frame(23)["client_id"])
    assert [row["_record"] for row in rows] == [str(n) for n in range(1, 24)]
