"""Whatever stands in a workbook or an SPSS file stands in its copy, as a person would type it."""

from __future__ import annotations

import math
import re
import tempfile
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pyreadstat
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.declarations import Source
from flows.sources import read_export
from flows.sources.number_texts import number_text
from tests.conftest import examples
from tests.unit.nasty.desk import copied

# Letters that XML can hold and that neither program trims at the end of a text.
LETTERS = st.characters(min_codepoint=33, max_codepoint=0x2FFF, exclude_categories=["Cs", "Cn"])
TEXTS = st.text(LETTERS, min_size=1, max_size=12).filter(lambda text: not text.startswith("="))
WHOLE = st.integers(-(10**9), 10**9)
FRACTIONS = st.floats(-1e6, 1e6, allow_nan=False).map(lambda x: round(x, 3) + 0.0)
ROWS = st.lists(st.tuples(TEXTS, st.one_of(st.none(), WHOLE, FRACTIONS)), min_size=1, max_size=12)
QUICK = settings(max_examples=examples(40), derandomize=True, deadline=None)


def source(kind: str) -> Source:
    number = {"column": "number", "type": "number", "min": -1e10, "max": 1e10}
    return Source.model_validate(
        {
            "id": "any",
            "kind": kind,
            "files": "*",
            "columns": {"client": "text"},
            "attributes": {"number": number},
        }
    )


def read(folder: Path, name: str, kind: str) -> list[tuple[str, str]]:
    return [(row["text"], row["number"]) for row in
            copied(read_export(folder / name, source(kind), folder))]  # fmt: skip


def typed(number: float | None) -> str:
    return "" if number is None else number_text(float(number))


@QUICK
@given(rows=ROWS)
def test_a_workbook_comes_through_its_copy(rows: list[tuple[str, Any]]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made = openpyxl.Workbook()
        made.active.append(["text", "number"])
        for k, (text, number) in enumerate(rows, 2):
            made.active.cell(k, 1).value = text
            made.active.cell(k, 1).data_type = "s"
            made.active.cell(k, 2).value = number
        made.save(folder / "a.xlsx")
        # XML writers escape what looks like an escape of theirs: "_x0041_".
        found = read(folder, "a.xlsx", "excel")
        expected = [(text, typed(number)) for text, number in rows]
        if not any(re.search("_x[0-9A-Fa-f]{4}_", text) for text, _ in rows):
            assert found == expected


@QUICK
@given(rows=ROWS)
def test_an_spss_file_comes_through_its_copy(rows: list[tuple[str, Any]]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        frame = pd.DataFrame(
            {
                "text": [text for text, _ in rows],
                "number": [math.nan if n is None else float(n) for _, n in rows],
            }
        )
        pyreadstat.write_sav(frame, str(folder / "a.sav"))
        assert read(folder, "a.sav", "spss") == [(text, typed(number)) for text, number in rows]
