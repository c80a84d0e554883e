"""A checkbox block that nobody touched is missing, whatever REDCap writes there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flows.sources import read_export
from tests.unit.nasty.desk import check, copied
from tests.unit.test_reading_redcap import HEADER, redcap_source

DICTIONARY = (
    "record_id,base,,text,Record ID,,,,",
    'help,base,,checkbox,Helped by,"1, Friends | -9, Nobody | b, Books",,,',
    'pet,base,,checkbox,Pets,"1, Cat | 2, Dog",,,',
)
BOXES = ("help___1", "help____9", "help___b")
CODES = {"0": "no", "1": "yes"}


def attributes(*columns: str, **changes: Any) -> dict[str, Any]:
    return {
        f"fact_{k}": {"column": column, "type": "code", "values": CODES} | changes
        for k, column in enumerate(columns)
    }


def write(folder: Path, *rows: str, fields: tuple[str, ...] = DICTIONARY) -> Path:
    folder.joinpath("a_dictionary.csv").write_text("\n".join((HEADER, *fields)) + "\n", "utf-8")
    path = folder / "a_data.csv"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def source(*columns: str, **changes: Any) -> Any:
    given = {"occasions": {}, "columns": {"client": "record_id"}, "occasion": "intake", "form": []}
    return redcap_source(**given | {"attributes": attributes(*columns)} | changes)


def boxes_of(path: Path, declared: Any, folder: Path) -> list[tuple[str, ...]]:
    rows = copied(read_export(path, declared, folder))
    return [tuple(row[name] for name in BOXES) for row in rows]


HEAD = "record_id,help___1,help____9,help___b"


def test_a_block_without_a_tick_is_blank_and_one_with_a_tick_stays(tmp_path: Path) -> None:
    path = write(tmp_path, HEAD, "Kx01q,0,0,0", "Kx02q,0,1,0", "Kx03q,,,", "Kx04q,1,1,1")
    found = boxes_of(path, source(*BOXES), tmp_path)
    assert found == [("", "", ""), ("0", "1", "0"), ("", "", ""), ("1", "1", "1")]


def test_the_stage_holds_no_answer_where_nobody_ticked(tmp_path: Path) -> None:
    path = write(tmp_path, HEAD, "Kx01q,0,0,0", "Kx02q,0,1,0")
    checked = check(path, source(*BOXES), tmp_path / "scratch")
    assert [row["attr__fact_0"] for row in checked.staged] == [None, "0"]
    assert checked.counts.loaded == 2


def test_a_block_is_settled_though_one_box_alone_is_declared(tmp_path: Path) -> None:
    path = write(tmp_path, HEAD, "Kx01q,0,0,0", "Kx02q,0,0,1")
    rows = copied(read_export(path, source("help___1"), tmp_path))
    assert [row["help___1"] for row in rows] == ["", "0"]
    assert {row["help___b"] for row in rows} == {""}


def test_blocks_that_nobody_declared_leave_the_file_plain(tmp_path: Path) -> None:
    path = write(tmp_path, "record_id,pet___1,pet___2", "Kx01q,0,0")
    assert read_export(path, source(), tmp_path).is_plain


def test_a_block_that_is_exported_in_part_stays_and_is_noted(tmp_path: Path) -> None:
    path = write(tmp_path, "record_id,help___1", "Kx01q,0", "Kx02q,1")
    export = read_export(path, source("help___1"), tmp_path)
    assert [note.code for note in export.notes] == ["N_CHECKBOX"]
    assert export.is_plain


def test_a_missing_data_code_of_a_block_is_written_into_its_boxes(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        f"{HEAD},help___nask,help____999",
        "Kx01q,,,,1,0",
        "Kx02q,0,0,0,0,1",
        "Kx03q,0,1,0,0,0",
        "Kx04q,0,0,0,0,0",
    )
    missing = {"NASK": "not asked", "-999": "unknown"}
    declared = source(*BOXES, attributes=attributes(*BOXES, missing=missing))
    assert boxes_of(path, declared, tmp_path) == [
        ("NASK",) * 3,
        ("-999",) * 3,
        ("0", "1", "0"),
        ("", "", ""),
    ]
    checked = check(path, source(*BOXES, attributes=attributes(*BOXES, missing=missing),
                                 missing=missing), tmp_path / "scratch")  # fmt: skip
    assert checked.errors() == []
    assert checked.left_out == {}


def test_what_is_no_box_is_left_to_be_found(tmp_path: Path) -> None:
    path = write(tmp_path, HEAD, "Kx01q,0,7,0", "Kx02q,1,0,0")
    checked = check(path, source(*BOXES), tmp_path / "scratch")
    assert ("warning", "E_CODE", 1, "help____9") in checked.findings
