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
    from flows.run import Steps, take_in_file
    from flows.settings import apply_settings
    from flows.workbench import open_workbench, workbench

    apply_settings()
    from instruments.expectations import load_great_expectations

    load_great_expectations()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = write_ecr_study(folder, n_forms)
        bare = min(_bare_load(path, folder) for _ in range(2))
        marks: list[tuple[str, float]] = []
        with open_workbench(folder, lambda m: marks.append((m, time.perf_counter()))) as key:
            steps = Steps()
            began = time.perf_counter()
            steps.mend(key)
            for position in range(steps.find(key)):
                take_in_file(key, position, steps)
            seconds = time.perf_counter() - began
            counts = workbench(key).reports[0].counts
        assert counts is not None
        assert counts.loaded == n_forms, counts
        ends = [*[at for _, at in marks[1:]], began + seconds]
        parts = {
            message.split()[0]: end - at for (message, at), end in zip(marks, ends, strict=True)
        }
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"bare_s": bare, "chain_s": seconds, "ratio": seconds / bare, "peak_mb": peak, **parts}


def _bare_load(path: Path, folder: Path) -> float:
    began = time.perf_counter()
    with duckdb.connect(str(folder / "bare.duckdb")) as connection:
        connection.execute(f"CREATE OR REPLACE TABLE x AS SELECT * FROM read_csv('{path}')")
    seconds = time.perf_counter() - began
    (folder / "bare.duckdb").unlink()
    return seconds


if __name__ == "__main__":
    sys.stdout.write(json.dumps(measure(int(sys.argv[1]))))
