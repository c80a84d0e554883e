"""Checking an export of 100,000 x 40 against one hand-written query of the same rules."""

from __future__ import annotations

import itertools
import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb

from flows.study import Study, load_study
from tests.bench.studies import write_ecr_study

ID_SHAPE = "[A-Za-z][A-Za-z0-9_-]{1,23}"


def measure(n_rows: int = 100_000) -> dict[str, float]:
    """Return seconds of `interdep check` after imports, of the query, and the number of rules."""
    from flows.layout import lay_out
    from instruments.expectations import load_great_expectations
    from instruments.rules import derive_rules

    load_great_expectations()
    with tempfile.TemporaryDirectory() as name:
        path = write_ecr_study(Path(name), n_rows)
        study = load_study(Path(name))
        seconds = min(_time(lambda: _judge(study, path)) for _ in range(3))
        query = min(_time(lambda: _ask(path)) for _ in range(3))
        header = tuple(path.open().readline().strip().split(","))
        rules = derive_rules(lay_out(study.sources[0], header, study.catalog))
    return {"check_s": seconds, "query_s": query, "ratio": seconds / query, "rules": len(rules)}


def _judge(study: Study, path: Path) -> None:
    from flows.intake import open_intake, read_step, stage_step, validate_step
    from sql.gateway import open_gateway

    with tempfile.TemporaryDirectory() as name, open_gateway(scratch=Path(name)) as connection:
        reading = read_step(study, path, study.sources[0].id, Path(name))
        with open_intake(study, connection, reading, Path(name)) as intake:
            stage_step(intake, Path(name))
            validate_step(intake)


def _time(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _ask(path: Path) -> None:
    """Load the file and count what breaks each rule, as one would by hand."""
    items = [f"Q{n}" for n in range(1, 37)]
    ranges = ", ".join(f"count(*) FILTER (WHERE {i} NOT IN (0, 1, 2, 3, 4, 5))" for i in items)
    missing = ", ".join(f"count(*) FILTER (WHERE {i} IS NULL)" for i in items)
    lined = " AND ".join(f"{a} = {b}" for a, b in itertools.pairwise(items))
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE x AS SELECT * FROM read_csv('{path}')")
        connection.execute(
            f"SELECT {ranges}, {missing}, count(*) FILTER (WHERE {lined}), "
            f"count(*) FILTER (WHERE NOT regexp_full_match(client_id, '{ID_SHAPE}')), "
            "count(*) FILTER (WHERE age NOT BETWEEN 10 AND 120), "
            "count(*) FILTER (WHERE day NOT BETWEEN -365 AND 7300), "
            "count(*) FILTER (WHERE gender NOT IN (1, 2)), "
            "count(*) - count(DISTINCT client_id) FROM x"
        ).fetchall()


if __name__ == "__main__":
    sys.stdout.write(json.dumps(measure()) + "\n")
