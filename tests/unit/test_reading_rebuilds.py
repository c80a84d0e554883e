"""Exports of every kind are stored, and a store rebuilt from archive and ledger is the same."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pandas as pd
import pyreadstat
import pytest

from tests.flows.studies import (
    ITEMS,
    Row,
    ask,
    clients,
    digests,
    rebuild_study,
    take_in,
    write_study,
)
from tests.unit.nasty.survey_writers import as_limesurvey, as_qualtrics
from tests.unit.test_reading_redcap import HEADER as DICTIONARY_HEADER

SOURCE = """
[[source]]
id = "intake"
kind = "{kind}"
files = "intake*"
occasion = "intake"
{more}
[source.columns]
client = "{client}"

[[source.form]]
instrument = "core_10"
columns = "core_{{n}}"
"""
Write = Callable[[Path, list[Row]], None]


def write_spss(folder: Path, table: list[Row]) -> None:
    frame = pd.DataFrame(table).astype(dict.fromkeys(ITEMS, float))
    frame.loc[0, "core_1"], frame.loc[1, "core_1"] = 98.0, None
    pyreadstat.write_sav(frame, str(folder / "intake.sav"), missing_ranges={"core_1": [98]},
                         variable_value_labels={"core_1": {98: "Refused"}})  # fmt: skip


def write_excel(folder: Path, table: list[Row]) -> None:
    made = openpyxl.Workbook()
    made.active.append(list(table[0]))
    for row in table:
        made.active.append(list(row.values()))
    made.save(folder / "intake.xlsx")


def write_limesurvey(folder: Path, table: list[Row]) -> None:
    rows = [list(map(str, row.values())) for row in table]
    rows[0][1], rows[1][1] = "N/A", ""
    (folder / "intake.csv").write_bytes(as_limesurvey(list(table[0]), rows))


def write_qualtrics(folder: Path, table: list[Row]) -> None:
    rows = [list(map(str, row.values())) for row in table]
    rows[0][1], rows[1][1] = "-99", ""
    (folder / "intake.csv").write_text(as_qualtrics(list(table[0]), rows), encoding="utf-8")


def write_eav(folder: Path, table: list[Row]) -> None:
    fields = ["client_id,base,,text,Id,,,,", *(f"{n},base,,text,{n},,,integer," for n in ITEMS)]
    text = "\n".join((DICTIONARY_HEADER, *fields)) + "\n"
    (folder / "dictionary.csv").write_text(text, encoding="utf-8")
    lines = [f"{row['client_id']},{name},{row[name]}" for row in table for name in ITEMS]
    lines[0] = f"{table[0]['client_id']},core_1,NASK"
    del lines[len(ITEMS)]
    (folder / "intake.csv").write_text("\n".join(["record,field_name,value", *lines]), "utf-8")


KINDS: dict[str, tuple[Write, str, str | None]] = {
    "spss": (write_spss, "", "Refused"),
    "excel": (write_excel, "", None),
    "limesurvey": (write_limesurvey, "", "not shown"),
    "qualtrics": (write_qualtrics, 'missing = { "-99" = "seen" }', "seen"),
    "redcap_eav": (
        write_eav,
        'dictionary = "dictionary.csv"\nmissing = { NASK = "not asked" }',
        "not asked",
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_stored_is_what_a_rebuild_stores(kind: str, tmp_path: Path) -> None:
    write, more, reason = KINDS[kind]
    write_study(tmp_path, SOURCE.format(kind=kind, more=more, client="client_id"))
    write(tmp_path / "exports", clients(12))
    (report,) = take_in(tmp_path)
    assert report.refusal is None
    assert report.counts is not None
    assert (report.counts.rows_in, report.counts.loaded) == (12, 12)
    stored = digests(tmp_path)
    reasons = ask(tmp_path, "SELECT DISTINCT reason FROM store.core.missing ORDER BY reason")
    assert reasons == ([] if reason is None else sorted([("blank",), (reason,)]))
    rebuild_study(tmp_path)
    assert digests(tmp_path) == stored
    assert take_in(tmp_path) == []


def test_the_same_answers_are_stored_alike_from_every_kind(tmp_path: Path) -> None:
    found = {}
    for kind in ("spss", "limesurvey", "qualtrics", "redcap_eav"):
        write, more, _ = KINDS[kind]
        folder = write_study(tmp_path / kind, SOURCE.format(kind=kind, more=more,
                                                            client="client_id"))  # fmt: skip
        write(folder / "exports", clients(12))
        take_in(folder)
        found[kind] = ask(folder, "SELECT * FROM store.core.form_core_10 ORDER BY ALL")
    assert len(found["spss"]) == 12
    assert all(rows == found["spss"] for rows in found.values())
