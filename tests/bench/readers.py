"""SPSS files and workbooks of 50,000 x 40 against the libraries that read them alone.

In processor time, as all of them use one thread. Run it with: python -m tests.bench.readers
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pyreadstat
import python_calamine

from flows.declarations import Source
from flows.sources import read_export

ROWS, REPEATS = 50_000, 3


def make_table(rows: int = ROWS) -> pd.DataFrame:
    """Return answers to 36 items, an id, day, session and age."""
    draw = np.random.default_rng(1)
    table: dict[str, Any] = {"client_id": [f"K{n:06d}" for n in range(rows)]}
    table |= {"day": draw.integers(0, 300, rows).astype(float), "session": 1.0}
    table |= {"age": draw.integers(18, 90, rows).astype(float)}
    table |= {f"ecr_{n}": draw.integers(1, 8, rows).astype(float) for n in range(1, 37)}
    return pd.DataFrame(table)


def measure(rows: int = ROWS) -> dict[str, float]:
    """Return processor seconds of each reader, of the library alone, and their ratio."""
    table = make_table(rows)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        found: dict[str, float] = {}
        for kind, path, alone in (
            ("spss", _write_spss(table, folder / "a.sav"), _read_spss_alone),
            ("spss", _write_spss(table, folder / "b.zsav"), _read_spss_alone),
            ("excel", _write_excel(table, folder / "a.xlsx"), _read_excel_alone),
        ):
            ours = _best(lambda kind=kind, path=path: _read(kind, path, folder))
            theirs = _best(lambda alone=alone, path=path: alone(path))
            ending = path.suffix.removeprefix(".")
            found |= {f"{ending}_s": ours, f"{ending}_alone_s": theirs,
                      f"{ending}_ratio": ours / theirs}  # fmt: skip
        return found


def _best(run: Callable[[], object]) -> float:
    seconds = []
    for _ in range(REPEATS):
        began = time.process_time()
        run()
        seconds.append(time.process_time() - began)
    return min(seconds)


def _read(kind: str, path: Path, folder: Path) -> None:
    declared = {
        "id": "bench",
        "kind": kind,
        "files": "*",
        "occasion": "intake",
        "columns": {"client": "client_id", "day": "day", "session": "session"},
        "attributes": {"age": {"column": "age", "type": "number", "min": 18, "max": 99}},
        "form": [{"instrument": "ecr", "columns": "ecr_{n}"}],
    }
    export = read_export(path, Source.model_validate(declared), folder)
    assert export.rows == ROWS
    export.readable.unlink()


def _write_spss(table: pd.DataFrame, path: Path) -> Path:
    pyreadstat.write_sav(table, str(path), compress=path.suffix == ".zsav")
    return path


def _write_excel(table: pd.DataFrame, path: Path) -> Path:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Data")
    sheet.append(list(table))
    for row in table.itertuples(index=False):
        sheet.append([row[0], *map(int, row[1:])])
    book.save(path)
    return path


def _read_spss_alone(path: Path) -> object:
    return pyreadstat.read_sav(str(path), user_missing=True)


def _read_excel_alone(path: Path) -> object:
    return python_calamine.load_workbook(str(path)).get_sheet_by_index(0).to_python()


if __name__ == "__main__":
    print(json.dumps(measure()))  # noqa: T201
