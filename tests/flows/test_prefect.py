"""Runs through Prefect: killed, taken over, with a server and without, and without a cell's value.

A start of Prefect takes seconds, so many tests look at what one chain of runs leaves behind.
"""

from __future__ import annotations

import json
import sqlite3
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import filelock
import psutil
import pytest

from flows.books import accepted_files
from flows.server import free_port
from tests.flows.processes import Process, is_server, prefect_server, start
from tests.flows.small_study import (
    ask,
    digests,
    intake_rows,
    ledger_of,
    run,
    snapshot,
    weekly_rows,
    write_export,
    write_study,
)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is of another kind there"),
]
TEXT, NUMBER = "SECRETVALUE", "987654"
CELL = f"{TEXT} of one client"
DERIVED = ("archive", "quarantine", "runs")


def write(folder: Path) -> Path:
    """Write a study with a secret in bad cells of every kind, and in a refused file."""
    write_study(folder)
    intake, weekly = intake_rows(), weekly_rows()
    places = ("client_id", "therapist_id", "clinic", "day", "age", "form_version", "ecr_1", "dar_5")
    for k, name in enumerate(places):
        intake[2 * k][name] = CELL
        intake[2 * k + 1][name] = NUMBER if name != "client_id" else f"{NUMBER}{TEXT}"
    for row in intake:
        row["remarks"] = f"{TEXT} said so"
        row[f"{TEXT}_{NUMBER}"] = TEXT
    for k, name in enumerate(("date", "began", "session", "dar_1")):
        weekly[k][name] = CELL
    write_export(folder, "intake.csv", intake)
    path = write_export(folder, "weekly.csv", weekly)
    path.write_text(path.read_text() + f"K010,{TEXT},9,{NUMBER}\n")
    write_export(folder, "weekly_bad.csv", [{"client_id": CELL, "session": NUMBER, TEXT: NUMBER}])
    return folder


@dataclass(frozen=True)
class Chain:
    """A study whose run was killed three times and then went through."""

    study: Path
    said: Path
    home: Path
    strays: list[psutil.Process]
    last: Process
    exit_code: int


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return Prefect's home, which one worker at a time uses."""
    root = tmp_path_factory.getbasetemp()
    root = root.parent if root.name.startswith("popen-") else root
    with filelock.FileLock(root / "prefect.lock"):
        yield root / "prefect"


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory, home: Path) -> Chain:
    folder = tmp_path_factory.mktemp("chain")
    study, said = write(folder / "study"), folder / "said"
    settings = {"PREFECT_HOME": str(home)}
    strays = []
    for moment in ("before it begins", "store weekly.csv", "publish"):
        process = start(said, "run", str(study), settings=settings)
        if moment == "before it begins":
            process.await_that(process.servers)
        else:
            process.await_line(moment)
        strays += process.servers()
        process.kill()
    last = start(said, "run", str(study), settings=settings)
    return Chain(study, said, home, strays, last, last.wait())


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write(tmp_path_factory.mktemp("untouched") / "study")
    assert run(folder).exit_code == 3
    return folder


def test_a_run_that_was_killed_again_and_again_ends_as_one_that_never_was(
    chain: Chain, untouched: Path
) -> None:
    assert chain.exit_code == 3, chain.last.err.read_text()
    assert accepted_files(ledger_of(chain.study)) == accepted_files(ledger_of(untouched))
    assert digests(chain.study) == digests(untouched)
    assert snapshot(chain.study, *DERIVED) == snapshot(untouched, *DERIVED)
    assert not list(chain.study.rglob("*.part"))


def test_the_servers_that_killed_runs_left_behind_are_ended(chain: Chain) -> None:
    assert len(chain.strays) == 3
    assert not [stray for stray in chain.strays if stray.is_running() and is_server(stray)]
    assert not (chain.study / ".server.json").exists()


def test_the_last_run_leaves_no_server(chain: Chain) -> None:
    left = [p for p in psutil.process_iter() if is_server(p)]
    assert not [p for p in left if p.environ().get("PREFECT_HOME") == str(chain.home)]


def test_an_interrupted_run_takes_its_server_with_it(tmp_path: Path) -> None:
    study, home = write(tmp_path / "study"), tmp_path / "prefect"
    process = start(tmp_path / "said", "run", str(study), settings={"PREFECT_HOME": str(home)})
    # By the second file all is imported: Python can lose an interrupt that meets an import.
    process.await_line("check weekly.csv")
    (server,) = process.servers()
    process.interrupt()
    assert process.wait() != 0
    assert not server.is_running()


def test_progress_is_told_on_stderr_and_the_report_on_stdout(chain: Chain) -> None:
    assert chain.last.lines()[-2:] == ["compare", "publish"]
    *files, last = chain.last.out.read_text().splitlines()
    assert last == f"published: {chain.study}/runs/{latest(chain.study)}/report.html"
    assert [line for line in files if line.startswith("refused  weekly_bad.csv (weekly): E_")]


def latest(study: Path) -> str:
    return (study / "runs" / "latest").read_text().strip()


def test_no_value_of_a_bad_cell_is_told_or_written_anywhere(chain: Chain) -> None:
    places = [chain.study / name for name in ("ledger.jsonl", "quarantine", "runs", "study.toml")]
    files = [path for place in (*places, chain.said, chain.home) for path in listed(place)]
    assert any(path.suffix == ".db" for path in files)
    assert any(path.suffix == ".json" for path in files)
    assert [path for path in files if holds(path, TEXT) or holds(path, NUMBER)] == []


def listed(place: Path) -> list[Path]:
    return [place] if place.is_file() else [path for path in place.rglob("*") if path.is_file()]


def holds(path: Path, secret: str) -> bool:
    content = path.read_bytes()
    if path.suffix == ".parquet":
        return any(secret in str(row) for row in parquet_rows(path))
    return secret.encode() in content or secret.encode("utf-16-le") in content


def parquet_rows(path: Path) -> list[Any]:
    import duckdb

    with duckdb.connect() as connection:
        return connection.execute(f"FROM read_parquet('{path}')").fetchall()


def test_neither_archive_nor_store_holds_a_text_that_is_no_answer(chain: Chain) -> None:
    for archive in (chain.study / "archive").glob("*.parquet"):
        assert not holds(archive, TEXT)
        columns = ask(chain.study, f"DESCRIBE FROM '{archive}'")
        assert not [name for name, *_ in columns if TEXT in name or name == "remarks"]
    tables = ask(
        chain.study,
        "SELECT schema_name || '.' || table_name FROM duckdb_tables() "
        "WHERE database_name = 'store'",
    )
    for (table,) in tables:
        found = ask(chain.study, f"FROM store.{table}")
        assert not [row for row in found if TEXT in str(row)], table


def test_prefect_knows_of_a_study_its_folder_and_nothing_else(chain: Chain) -> None:
    with sqlite3.connect(chain.home / "prefect.db") as database:
        flows = database.execute("SELECT parameters, state_type FROM flow_run").fetchall()
        tasks = database.execute("SELECT task_inputs FROM task_run").fetchall()
    assert {json.loads(parameters)["folder"] for parameters, _ in flows} == {str(chain.study)}
    assert {tuple(json.loads(parameters)) for parameters, _ in flows} == {("folder",)}
    assert "COMPLETED" in {state for _, state in flows}
    inputs = {name for (written,) in tasks for name in json.loads(written)}
    assert inputs == {"key", "position"}


def test_a_run_against_a_server_ends_alike(tmp_path: Path, home: Path, untouched: Path) -> None:
    study = write(tmp_path / "study")
    settings = {"PREFECT_HOME": str(home)}
    with prefect_server(tmp_path, settings, free_port()) as address:
        process = start(tmp_path / "said", "run", str(study), "--quiet",
                        settings=settings | {"PREFECT_API_URL": address})  # fmt: skip
        assert process.wait() == 3, process.err.read_text()
        states = flow_states(address, study)
    assert states == ["COMPLETED"]
    assert process.lines() == []
    assert not (study / ".server.json").exists()
    assert snapshot(study, *DERIVED) == snapshot(untouched, *DERIVED)


def flow_states(address: str, study: Path) -> list[str]:
    import httpx

    runs = httpx.post(f"{address}/flow_runs/filter", json={}, timeout=20).json()
    return [r["state_type"] for r in runs if r["parameters"] == {"folder": str(study)}]
