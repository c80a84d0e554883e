"""How much memory the check of an export of just under ten megabytes takes, kind by kind.

What counts is what comes on top of the imports, at its highest, in a process that did nothing
else; the file is written by another one. Run it with: python -m tests.bench.memory KIND
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import openpyxl
import pandas as pd
import pyreadstat

from flows.sources.redcap_dictionary import read_dictionary
from tests.property.export_mutations import ITEMS, NAMES, good_exports
from tests.unit.nasty.redcap_writers import as_labels, as_lines, read_table, write_table
from tests.unit.nasty.survey_writers import as_limesurvey, as_qualtrics

SIZE = 10_000_000
# So many rows are tried first, to know how large a row is.
TRIED = 2_000
ALARMING = "core_6"
Rows = Sequence[Sequence[str]]


def make_rows(count: int) -> list[list[str]]:
    """Return the rows of an export: an id, day, sex, ten answers and a remark.

    Nearly nobody answers above 0 where that is an alarm, as in clinics.
    """
    draw = random.Random(5)  # noqa: S311 -- repeatable on purpose
    return [
        [f"Kx{n:07d}q", str(draw.randint(0, 300)), draw.choice("12"),
         *(draw.choice("01234" if name != ALARMING else "0" * 19 + "1") for name in ITEMS), "ok"]
        for n in range(count)
    ]  # fmt: skip


def write_export(kind: str, folder: Path) -> Path:
    """Write an export of a kind, and its dictionary, as large as it may be."""
    export = good_exports()[kind]
    for name, content in export.files.items():
        (folder / name).write_bytes(content)
    path = folder / export.name
    write = WRITERS[kind]
    write(make_rows(TRIED), path)
    count = TRIED
    # Packed files grow with their rows by less than in proportion, so their size is asked again.
    for share in (0.8, 0.97):
        count = int(count * share * SIZE / path.stat().st_size)
        write(make_rows(count), path)
    assert path.stat().st_size < SIZE
    return path


def _write_csv(rows: Rows, path: Path) -> None:
    path.write_text(write_table(NAMES, rows), encoding="utf-8")


def _write_redcap(rows: Rows, path: Path) -> None:
    path.write_text(_redcap(rows), encoding="utf-8")


def _redcap(rows: Rows) -> str:
    boxes = [[*row[:3], "1", "0", *row[3:]] for row in rows]
    return write_table([*NAMES[:3], "help___1", "help___2", *NAMES[3:]], boxes)


def _write_labels(rows: Rows, path: Path) -> None:
    dictionary = read_dictionary(path.with_name("d.csv"), "utf-8")
    path.write_text(as_labels(read_table(_redcap(rows)), dictionary), encoding="utf-8")


def _write_lines(rows: Rows, path: Path) -> None:
    dictionary = read_dictionary(path.with_name("d.csv"), "utf-8")
    path.write_text(as_lines(read_table(_redcap(rows)), dictionary), encoding="utf-8")


def _write_qualtrics(rows: Rows, path: Path) -> None:
    names = ["Status", "Finished", *NAMES]
    path.write_text(as_qualtrics(names, [["0", "1", *row] for row in rows]), encoding="utf-8")


def _write_limesurvey(rows: Rows, path: Path) -> None:
    names = ["submitdate", "lastpage", "startlanguage", *NAMES]
    path.write_bytes(as_limesurvey(names, [["2026-01-01", "3", "en", *row] for row in rows]))


def _write_spss(rows: Rows, path: Path) -> None:
    frame = pd.DataFrame(rows, columns=NAMES).astype(dict.fromkeys(["day", *ITEMS], float))
    pyreadstat.write_sav(frame, str(path), compress=path.suffix == ".zsav")


def _write_excel(rows: Rows, path: Path) -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Data")
    sheet.append(NAMES)
    for row in rows:
        sheet.append([row[0], int(row[1]), row[2], *map(int, row[3:-1]), row[-1]])
    book.save(path)


WRITERS: Mapping[str, Callable[[Rows, Path], None]] = {
    "csv": _write_csv,
    "redcap": _write_redcap,
    "redcap_labels": _write_labels,
    "redcap_eav": _write_lines,
    "qualtrics": _write_qualtrics,
    "limesurvey": _write_limesurvey,
    "sav": _write_spss,
    "zsav": _write_spss,
    "excel": _write_excel,
}


def measure(kind: str) -> dict[str, float]:
    """Return the size of the file, its rows, and the memory above the imports, in megabytes."""
    from flows.reading import keep_faults, read_file, stage_file
    from flows.validation import validate
    from instruments.catalog import load_catalog
    from instruments.expectations import load_great_expectations
    from sql.gateway import open_gateway, open_stage

    load_great_expectations()
    source, catalog = good_exports()[kind].source, load_catalog()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made = [sys.executable, "-m", "tests.bench.memory", kind, "--write", name]
        path = folder / subprocess.run(made, check=True, capture_output=True, text=True).stdout
        (folder / "scratch").mkdir()
        before = _memory("VmRSS")
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # forget the peak so far
        reading = read_file(path, source, catalog, folder / "scratch")
        with (
            open_gateway(scratch=folder / "scratch") as connection,
            open_stage(connection, reading.export.size, folder / "scratch"),
        ):
            reading = stage_file(connection, reading, folder / "scratch")
            keep_faults(connection, reading.export.faults)
            validate(connection, reading.layout, reading.export, reading.left_out)
        return {"size_mb": path.stat().st_size / 1e6, "rows": reading.export.rows or 0,
                "peak_mb": _memory("VmHWM") - before}  # fmt: skip


def _memory(name: str) -> float:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    (line,) = (line for line in lines if line.startswith(f"{name}:"))
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    if "--write" in sys.argv:
        sys.stdout.write(write_export(sys.argv[1], Path(sys.argv[3])).name)
    else:
        sys.stdout.write(json.dumps(measure(sys.argv[1])) + "\n")
