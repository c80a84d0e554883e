"""A million forms from file to scores, against DuckDB's bare load of the same file.

One process after imports: read, stage, validate, archive, ledger, store, score. Run one measurement
with: python -m tests.bench.ingest ROWS
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time
from pathlib import Path

import duckdb

from tests.bench.studies import write_ecr_study


def measure(n_forms: int) -> dict[str, float]:
    """Return seconds of the chain and of the bare load, and the peak memory in megabytes."""
    from flows.settings import apply_settings

    apply_settings()
    from instruments.expectations import load_great_expectations

    load_great_expectations()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = write_ecr_study(folder, n_forms)
        bare = min(_bare_load(path, folder) for _ in range(2))
        seconds, parts = _take_in(folder, n_forms)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        path.unlink()
        few = max(n_forms // 100, 1)
        added = min(_add(folder, few, n_forms + k * few) for k in range(3))
        alone = _add(folder / "alone", few, 0)
    return {
        "bare_s": bare,
        "chain_s": seconds,
        "ratio": seconds / bare,
        "peak_mb": peak,
        "added_s": added,
        "added_alone_s": alone,
        "added_share": 100 * added / seconds,
        "added_for_store_share": 100 * max(added - alone, 0) / seconds,
        **parts,
    }


def _add(folder: Path, n_forms: int, first: int) -> float:
    """Return the seconds of one new file, whatever the store holds already."""
    path = write_ecr_study(folder, n_forms, first=first, name=f"ecr_{first}.csv")
    seconds, _ = _take_in(folder, n_forms)
    path.unlink()
    return seconds


def _take_in(folder: Path, n_forms: int) -> tuple[float, dict[str, float]]:
    """Take in the one new file of a study; return the seconds of it all and of each step."""
    from flows.run import Steps, take_in_file
    from flows.workbench import open_workbench, workbench

    marks: list[tuple[str, float]] = []
    began = time.perf_counter()
    with open_workbench(folder, lambda m: marks.append((m, time.perf_counter()))) as key:
        steps = Steps()
        steps.mend(key)
        for position in range(steps.find(key)):
            take_in_file(key, position, steps)
        (report,) = workbench(key).reports
    seconds = time.perf_counter() - began
    assert report.counts is not None
    assert report.counts.loaded == n_forms, report.counts
    ends = [*[at for _, at in marks[1:]], began + seconds]
    return seconds, {
        message.split()[0]: end - at for (message, at), end in zip(marks, ends, strict=True)
    }


def _bare_load(path: Path, folder: Path) -> float:
    began = time.perf_counter()
    with duckdb.connect(str(folder / "bare.duckdb")) as connection:
        connection.execute(f"CREATE OR REPLACE TABLE x AS SELECT * FROM read_csv('{path}')")
    seconds = time.perf_counter() - began
    (folder / "bare.duckdb").unlink()
    return seconds


if __name__ == "__main__":
    sys.stdout.write(json.dumps(measure(int(sys.argv[1]))))
