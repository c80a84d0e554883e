"""Exports of Qualtrics: rows above the responses, previews, responses in progress, choice texts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from flows.declarations import Source
from flows.sources import Export, read_export
from instruments.errors import ExportError
from tests.unit.nasty.desk import check, copied
from tests.unit.nasty.survey_writers import as_legacy_qualtrics, as_qualtrics

ITEMS = [f"core_{n}" for n in range(1, 11)]
NAMES = ["StartDate", "Status", "IPAddress", "Finished", "ResponseId", "ExternalReference", *ITEMS]


def response(
    client: str, *, status: str = "0", finished: str = "1", answer: str = "1"
) -> list[str]:
    own = ["2026-01-05 08:00:00", status, "192.0.2.7", finished, f"R_{client}", client]
    return [*own, *([answer] * 9), "0"]


def source(**changes: Any) -> Source:
    given: dict[str, Any] = {
        "id": "qualtrics",
        "kind": "qualtrics",
        "files": "*.csv",
        "occasion": "intake",
        "columns": {"client": "ExternalReference"},
        "missing": {"-99": "seen and not answered"},
        "form": [{"instrument": "core_10", "columns": "core_{n}"}],
    }
    return Source.model_validate(given | changes)


def write(folder: Path, *rows: list[str]) -> Path:
    path = folder / "export.csv"
    path.write_text(as_qualtrics(NAMES, rows), encoding="utf-8")
    return path


def read(folder: Path, *rows: list[str], **changes: Any) -> Export:
    return read_export(write(folder, *rows), source(**changes), folder)


def test_responses_are_counted_from_below_the_header_rows(tmp_path: Path) -> None:
    checked = check(write(tmp_path, response("Kx01q"), response("Kx02q")), source(), tmp_path / "s")
    assert checked.counts.loaded == checked.counts.rows_in == 2
    assert [row["client"] for row in checked.staged] == ["Kx01q", "Kx02q"]
    assert checked.errors() == []
    assert checked.left_out == {"IPAddress": "E_IDENTIFIER"}


def test_previews_and_tests_of_the_survey_are_set_aside(tmp_path: Path) -> None:
    rows = [
        response("Kx01q"),
        response("Kx02q", status="1"),
        response("Kx03q", status="Survey Test"),
    ]
    export = read(tmp_path, *rows)
    assert [(f.record, f.code, f.line) for f in export.faults] == [
        (2, "E_PREVIEW", 15),
        (3, "E_PREVIEW", 16),
    ]
    assert [row["ExternalReference"] for row in copied(export)] == ["Kx01q"]
    assert export.rows == 3


def test_responses_in_progress_are_read_and_noted(tmp_path: Path) -> None:
    export = read(tmp_path, response("Kx01q"), response("Kx02q", finished="False"))
    assert [note.code for note in export.notes] == ["N_UNFINISHED"]
    assert len(copied(export)) == 2


def test_a_seen_question_without_an_answer_is_missing_with_its_reason(tmp_path: Path) -> None:
    checked = check(write(tmp_path, response("Kx01q", answer="-99")), source(), tmp_path / "s")
    assert checked.errors() == []
    assert checked.staged[0]["core_10__item_1"] == -99


def test_texts_of_choices_become_answers_where_they_are_declared(tmp_path: Path) -> None:
    codes = {"Not at all": 0, "Only occasionally": 1, "0": 0}
    declared = source(codes=codes)
    rows = [response("Kx01q", answer="Only  occasionally"), response("Kx02q", answer="Often")]
    checked = check(write(tmp_path, *rows), declared, tmp_path / "s")
    assert [row["core_10__item_9"] for row in checked.staged] == [1, None]
    assert {code for code, record, _ in checked.errors() if record == 2} == {"E_TYPE"}


def test_a_tab_separated_export_is_utf_16(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    text = as_qualtrics(NAMES, [response("Kx01q")], delimiter="\t")
    path.write_bytes(text.encode("utf-16"))
    export = read_export(path, source(delimiter="\t"), tmp_path)
    assert copied(export)[0]["core_10"] == "0"


def test_a_legacy_export_is_read_by_its_own_names(tmp_path: Path) -> None:
    names = ["V1", "V4", "V7", "V10", *ITEMS]
    own = [
        "ResponseID",
        "ExternalDataReference",
        "Status",
        "Finished",
        *(f"Item {n}" for n in ITEMS),
    ]
    rows = [
        ["R_1", "Kx01q", "0", "1", *["2"] * 10],
        ["R_2", "Kx02q", "1", "1", *["2"] * 10],
        ["R_3", "Kx03q", "0", "0", *["2"] * 10],
    ]
    path = tmp_path / "export.csv"
    path.write_bytes(as_legacy_qualtrics(names, own, rows))
    export = read_export(path, source(columns={"client": "V4"}), tmp_path)
    assert [row["V4"] for row in copied(export)] == ["Kx01q", "Kx03q"]
    assert [fault.code for fault in export.faults] == ["E_PREVIEW"]
    assert "N_UNFINISHED" in {note.code for note in export.notes}


@pytest.mark.parametrize("removed", [1, 2])
def test_an_export_without_its_header_rows_is_refused(removed: int, tmp_path: Path) -> None:
    lines = as_qualtrics(NAMES, [response("Kx01q")]).replace(",\n", ", ").splitlines()
    path = tmp_path / "export.csv"
    path.write_text("\n".join([lines[0], *lines[1 + removed :]]) + "\n", encoding="utf-8")
    with pytest.raises(ExportError) as caught:
        read_export(path, source(), tmp_path)
    assert caught.value.code == "E_HEADER"
    assert "Kx01q" not in str(caught.value)


def test_header_rows_without_responses_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ExportError) as caught:
        read(tmp_path)
    assert caught.value.code == "E_NO_ROWS"
    assert [path.name for path in tmp_path.iterdir()] == ["export.csv"]
