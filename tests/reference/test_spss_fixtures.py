"""Real SPSS files: labels, user-missing values and ranges, dates, long names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from flows.declarations import Source
from flows.sources import Export, read_export
from tests.unit.nasty.desk import copied

pytestmark = pytest.mark.shared


def read(folder: Path, name: str, scratch: Path, *columns: str, **changes: Any) -> Export:
    facts = {
        f"fact_{k}": {"column": column, "type": "code", "shape": "[a-z]{0,8}"}
        for k, column in enumerate(columns)
    }
    given: dict[str, Any] = {
        "id": "fixture",
        "kind": "spss",
        "files": "*",
        "a_row_is": "person",
        "attributes": facts,
    }
    source = Source.model_validate(given | changes)
    return read_export(folder / "exports" / "spss" / name, source, scratch)


def cells(export: Export, column: str) -> list[str]:
    return [row[column] for row in copied(export)]


@pytest.mark.parametrize("name", ["sample.sav", "sample.zsav"])
def test_numbers_dates_times_and_texts_are_as_the_file_shows_them(
    name: str, shared_data: Path, tmp_path: Path
) -> None:
    columns = ("mychar", "mynum", "mydate", "dtime", "mylabl", "mytime")
    export = read(shared_data, name, tmp_path, *columns)
    assert (export.rows, len(export.header), export.missing) == (5, 7, {})
    assert cells(export, "mychar") == ["a", "b", "c", "d", "e"]
    assert cells(export, "mynum") == ["1.1", "1.2", "-1000.3", "-1.4", "1000.3"]
    assert cells(export, "mydate") == ["2018-05-06", "1880-05-06", "1960-01-01", "1583-01-01", ""]
    assert cells(export, "dtime")[0] == "2018-05-06 10:10:10"
    assert cells(export, "mylabl") == ["1", "2", "1", "2", "1"]
    assert cells(export, "mytime")[0] == "36610"
    assert set(cells(export, "myord")) == {""}


def test_user_missing_values_and_ranges_keep_their_labels_as_reasons(
    shared_data: Path, tmp_path: Path
) -> None:
    export = read(shared_data, "sample_missing.sav", tmp_path, "mynum", "mylabl", "myord")
    assert cells(export, "mynum") == ["1.1", "1.2", "-1000.3", "-1.4", "1000.3", "-1", "2500"]
    assert export.missing["mynum"] == {"-1": "user-missing", "2500": "user-missing"}
    assert export.missing["mylabl"] == {"-1": "undetermined"}
    assert export.missing["myord"]["-1"] == "missing"


def test_a_range_down_to_a_bound_is_missing_and_the_rest_is_not(
    shared_data: Path, tmp_path: Path
) -> None:
    export = read(shared_data, "simple_alltypes.sav", tmp_path, "x", "z", "y", "str")
    assert cells(export, "x") == ["1", "2", "3", "4", "8", "9"]
    assert export.missing["x"] == {"8": "user-missing"}
    assert cells(export, "z") == ["-9", "", "1.234", "999", "3.14159", ""]
    assert export.missing["z"] == {"-9": "user-missing", "999": "skipped"}
    assert cells(export, "y")[:2] == ["2000-01-01", "2000-01-02"]


def test_a_wide_text_is_listed_as_free_text(shared_data: Path, tmp_path: Path) -> None:
    export = read(shared_data, "simple_alltypes.sav", tmp_path, "x")
    assert export.fields["str"].validation == ""
    assert export.fields["ca_subvar_1"].validation == "code"


def test_missing_texts_are_codes_too(shared_data: Path, tmp_path: Path) -> None:
    export = read(shared_data, "missing_char.sav", tmp_path, "mychar")
    assert cells(export, "mychar") == ["Z", "a"]
    assert export.missing == {"mychar": {"Z": "user-missing"}}


def test_a_labelled_value_may_be_missing(shared_data: Path, tmp_path: Path) -> None:
    export = read(shared_data, "missing_test.sav", tmp_path, "var1")
    assert export.missing == {"var1": {"1": "missing"}}


def test_names_of_other_alphabets_are_read(shared_data: Path, tmp_path: Path) -> None:
    name = "ותק_ב"
    export = read(shared_data, "hebrews.sav", tmp_path, name)
    assert (export.rows, cells(export, name)[:3]) == (99, ["33", "34", "15"])
