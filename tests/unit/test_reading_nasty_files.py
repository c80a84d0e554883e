"""Every bad text file gives one typed code and a place, and never a value of the file."""

from __future__ import annotations

import csv
import hashlib
import pickle
from pathlib import Path

import duckdb
import pytest

from flows.sources import Export, read_export
from instruments.errors import ExportError
from tests.unit.nasty.cases import ACCEPTED, GOOD, REFUSED, Accepted, Refused, cells_of, csv_source


def write(folder: Path, content: bytes, name: str = "intake.csv") -> Path:
    exports = folder / "exports"
    exports.mkdir(exist_ok=True)
    path = exports / name
    path.write_bytes(content)
    return path


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    folder = tmp_path / "scratch"
    folder.mkdir()
    return folder


def read_rows(export: Export) -> list[list[str]]:
    with export.readable.open(encoding="utf-8", newline="") as opened:
        return list(csv.reader(opened, delimiter=export.delimiter, strict=True))


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.name)
def test_a_bad_file_is_refused_with_one_code_and_a_place(
    case: Refused, tmp_path: Path, scratch: Path
) -> None:
    path = write(tmp_path, case.content)
    with pytest.raises(ExportError) as caught:
        read_export(path, csv_source(**case.source), scratch)
    assert caught.value.code == case.code
    assert case.place in caught.value.where
    assert caught.value.fix
    assert not [cell for cell in cells_of(case.content) if cell in str(caught.value)]
    assert not list(scratch.iterdir())
    assert path.read_bytes() == case.content
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)  # noqa: S301


@pytest.mark.parametrize("case", ACCEPTED, ids=lambda case: case.name)
def test_an_odd_file_is_read_and_its_oddity_noted(
    case: Accepted, tmp_path: Path, scratch: Path
) -> None:
    path = write(tmp_path, case.content)
    export = read_export(path, csv_source(**case.source), scratch)
    assert export.rows == case.rows
    assert export.is_plain == case.is_plain
    assert (export.readable == path) == case.is_plain
    assert tuple(note.code for note in export.notes) == case.notes
    assert tuple((f.record, f.code, f.column) for f in export.faults) == case.faults
    assert export.sha256 == hashlib.sha256(case.content).hexdigest()
    assert export.size == len(case.content)
    assert path.read_bytes() == case.content


@pytest.mark.parametrize("case", ACCEPTED, ids=lambda case: case.name)
def test_a_rewritten_copy_holds_every_other_row_by_its_number(
    case: Accepted, tmp_path: Path, scratch: Path
) -> None:
    source = csv_source(**case.source)
    export = read_export(write(tmp_path, case.content), source, scratch, force_rewrite=True)
    header, *rows = read_rows(export)
    faulty = {fault.record for fault in export.faults}
    assert header == ["_record", *export.header]
    assert [int(row[0]) for row in rows] == sorted(set(range(1, case.rows + 1)) - faulty)
    assert all(len(row) == len(header) for row in rows)
    assert export.readable.read_bytes().count(b"\r") == 0


@pytest.mark.parametrize("case", ACCEPTED, ids=lambda case: case.name)
def test_duckdb_reads_the_copy_without_a_reject(
    case: Accepted, tmp_path: Path, scratch: Path
) -> None:
    source = csv_source(**case.source)
    export = read_export(write(tmp_path, case.content), source, scratch, force_rewrite=True)
    names = ["_record", *(f"c{k}" for k, _ in enumerate(export.header))]
    with duckdb.connect() as connection:
        relation = connection.read_csv(
            str(export.readable), columns=dict.fromkeys(names, "VARCHAR"), header=True,
            auto_detect=False, delimiter=",", quotechar='"', escapechar='"', strict_mode=True,
        )  # fmt: skip
        found = relation.fetchall()
    wanted = [tuple(cell or None for cell in row) for row in read_rows(export)[1:]]
    assert found == wanted


def test_ragged_rows_of_a_plain_file_become_faults_when_it_is_rewritten(
    tmp_path: Path, scratch: Path
) -> None:
    content = GOOD.replace("Kx04q,74,1,7,5", "Kx04q,74").replace("Kx07q", "Kx07q,1").encode()
    path = write(tmp_path, content)
    assert read_export(path, csv_source(), scratch).faults == ()
    export = read_export(path, csv_source(), scratch, force_rewrite=True)
    assert [(f.record, f.code, f.line) for f in export.faults] == [
        (4, "E_RAGGED", 5),
        (7, "E_RAGGED", 8),
    ]


def test_a_fault_names_the_line_where_its_row_begins(tmp_path: Path, scratch: Path) -> None:
    content = GOOD.replace("Kx02q", '"Kx\n\n02q"').replace("Kx05q,75", "Kx05q").encode()
    export = read_export(write(tmp_path, content), csv_source(), scratch)
    assert [(f.record, f.line) for f in export.faults] == [(5, 8)]


def test_half_of_the_rows_may_be_ragged_and_no_more(tmp_path: Path, scratch: Path) -> None:
    lines = GOOD.splitlines()
    half = "\n".join([*lines[:5], *(f"{line},9" for line in lines[5:])]) + "\n"
    export = read_export(write(tmp_path, half.encode()), csv_source(), scratch, force_rewrite=True)
    assert len(export.faults) == 4
    more = half.replace(lines[4], f"{lines[4]},9").encode()
    with pytest.raises(ExportError, match="5 of 8 rows") as caught:
        read_export(write(tmp_path, more), csv_source(), scratch, force_rewrite=True)
    assert caught.value.code == "E_RAGGED"


def test_the_header_is_given_in_its_own_spelling(tmp_path: Path, scratch: Path) -> None:
    content = GOOD.replace("client_id,day", "  Client_ID , Gro\u0308ße  in cm,day", 1)
    export = read_export(write(tmp_path, content.encode()), csv_source(), scratch)
    assert export.header[:3] == ("Client_ID", "Größe in cm", "day")


def test_columns_that_are_not_admitted_are_blank_in_the_copy(tmp_path: Path, scratch: Path) -> None:
    rows = [f"{row},jo@example.org" for row in GOOD.splitlines()]
    content = "\n".join([rows[0].replace("jo@example.org", "email"), *rows[1:]]).encode()
    path = write(tmp_path, content)
    export = read_export(path, csv_source(), scratch, force_rewrite=True)
    copied = read_rows(export)
    assert export.header[-1] == "email"
    assert b"example" not in export.readable.read_bytes()
    assert copied[1] == ["1", "Kx01q", "71", "1", "7", "2", ""]


def test_nobody_else_may_read_the_copy(tmp_path: Path, scratch: Path) -> None:
    export = read_export(write(tmp_path, GOOD.encode()), csv_source(), scratch, force_rewrite=True)
    assert export.readable.stat().st_mode & 0o077 == 0


def test_a_name_that_duckdb_takes_for_a_pattern_is_copied(tmp_path: Path, scratch: Path) -> None:
    path = write(tmp_path, GOOD.encode(), "intake[1].csv")
    export = read_export(path, csv_source(), scratch)
    assert not export.is_plain
    assert export.readable.parent == scratch


def test_the_same_bytes_give_the_same_copy(tmp_path: Path, scratch: Path) -> None:
    path = write(tmp_path, b"\xef\xbb\xbf" + GOOD.encode())
    first = read_export(path, csv_source(), scratch)
    copy = first.readable.read_bytes()
    assert read_export(path, csv_source(), scratch) == first
    assert first.readable.read_bytes() == copy


def test_a_missing_column_is_met_with_the_nearest_name(tmp_path: Path, scratch: Path) -> None:
    path = write(tmp_path, GOOD.replace("day", "dayy", 1).encode())
    with pytest.raises(ExportError, match=r'lacks declared columns: "day".*Did you mean "dayy"'):
        read_export(path, csv_source(), scratch)


def test_a_missing_column_is_not_met_with_one_that_is_declared_for_something_else(
    tmp_path: Path, scratch: Path
) -> None:
    declared = {"client": "client_id", "day": "day", "clinic": "clinic"}
    source = csv_source(columns=declared)
    path = write(tmp_path, GOOD.encode())
    with pytest.raises(ExportError, match='lacks declared columns: "clinic"') as caught:
        read_export(path, source, scratch)
    assert "Did you mean" not in caught.value.fix
    near = write(tmp_path, GOOD.replace("day", "clinik", 1).encode())
    source = csv_source(columns={"client": "client_id", "clinic": "clinic"})
    with pytest.raises(ExportError, match='Did you mean "clinik"'):
        read_export(near, source, scratch)
