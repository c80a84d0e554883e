"""Small studies on disk: written, taken in as a run takes them in, looked at."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from flows import run_steps
from flows.books import accepted_files
from flows.ledger import Ledger
from flows.reconcile import rebuild
from flows.run import Steps, take_in_file
from flows.study import Study, load_study
from flows.workbench import FileReport, open_workbench, workbench
from sql.digest import store_digests
from sql.gateway import open_gateway, rows

Row = Mapping[str, object]
HEAD = """\
[study]
id = "small"
title = "A small study"
"""
TAIL = """
[presentation]
rule = "attachment"
dependence = "core_10.total"
independence = "core_10.total"
landmark = "intake"
"""
# Ten answers of CORE-10 with nothing to tell of; `core(3)` are those of a third client.
ITEMS = [f"core_{n}" for n in range(1, 11)]
INTAKE = """
[[source]]
id = "intake"
kind = "csv"
files = "intake*.csv"
occasion = "intake"
missing = { "-99" = "refused" }

[source.columns]
client = "client_id"

[[source.form]]
instrument = "core_10"
columns = "core_{n}"
"""


def core(seed: int) -> dict[str, object]:
    """Return varied answers without an endorsed risk item."""
    return {f"core_{n}": 0 if n == 6 else (n * n + seed) % 5 for n in range(1, 11)}


def client(number: int, **facts: object) -> dict[str, object]:
    """Return one row of a client: id, facts, answers."""
    return {"client_id": f"C{number:03d}", **core(number), **facts}


def clients(count: int = 12, start: int = 1) -> list[dict[str, object]]:
    """Return rows of so many clients."""
    return [client(number) for number in range(start, start + count)]


def write_study(folder: Path, *sources: str, tail: str = TAIL) -> Path:
    """Write a study file; the inbox is empty."""
    (folder / "exports").mkdir(parents=True, exist_ok=True)
    text = HEAD + "".join(sources or (INTAKE,)) + tail
    (folder / "study.toml").write_text(text, encoding="utf-8")
    return folder


def export(folder: Path, name: str, table: Sequence[Row], header: Sequence[str] = ()) -> Path:
    """Put an export into the inbox of a study."""
    path = folder / "exports" / name
    with path.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, header or list(table[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(table)
    return path


def take_in(folder: Path) -> list[FileReport]:
    """Take in what is new, as a run does; nothing is compared or published."""
    with open_workbench(folder, lambda _: None) as key:
        run_steps.mend(key)
        for position in range(run_steps.find(key)):
            take_in_file(key, position, Steps())
        return list(workbench(key).reports)


def rebuild_study(folder: Path) -> None:
    """Build the store again from archive and ledger."""
    with open_workbench(folder, lambda _: None) as key:
        bench = workbench(key)
        rebuild(bench.study, accepted_files(bench.ledger), bench.store)


def digests(folder: Path) -> dict[str, str]:
    """Return what the store holds, a hash per table."""
    with open_gateway(folder / "store.duckdb") as connection:
        return store_digests(connection)


def ask(folder: Path, query: str, *parameters: Any) -> list[tuple[Any, ...]]:
    """Return the rows of a query on the store."""
    with open_gateway(folder / "store.duckdb") as connection:
        return rows(connection, query, *parameters)


def open_study(folder: Path) -> tuple[Study, Ledger]:
    """Return a study and its ledger."""
    study = load_study(folder)
    return study, Ledger(study.ledger)
