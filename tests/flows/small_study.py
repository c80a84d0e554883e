"""A small study on disk, its exports, and what can be asked of its folder."""

from __future__ import annotations

import csv
import hashlib
import random
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from flows.books import accepted_files
from flows.ledger import Ledger
from flows.outcome import RunOutcome
from flows.run import Steps, run_study, take_in_file
from flows.study import Study, load_study
from flows.workbench import FileReport, open_workbench, workbench
from sql.digest import store_digests
from sql.gateway import open_gateway, rows

STUDY = """\
[study]
id = "small"
title = "A small study"

[[source]]
id = "intake"
kind = "csv"
files = "intake*.csv"
occasion = "intake"
missing = { "-99" = "refused", "NASK" = "not asked" }
ignore = ["form_version"]

[source.columns]
client = "client_id"
therapist = "therapist_id"
clinic = "clinic"
day = "day"

[source.attributes.age]
column = "age"
type = "number"
min = 18
max = 99

[[source.form]]
instrument = "ecr_rs"
columns = "ecr_{n}"

[[source.form]]
instrument = "dar_5"
columns = "dar_{n}"

[[source]]
id = "weekly"
kind = "csv"
files = "weekly*.csv"
missing = { "-99" = "refused" }
date_format = "%d/%m/%Y"

[source.columns]
client = "client_id"
therapist = "therapist_id"
session = "session"
date = "date"
intake_date = "began"

[[source.form]]
instrument = "dar_5"
columns = "dar_{n}"

[presentation]
rule = "attachment"
dependence = "ecr_rs.anxiety"
independence = "ecr_rs.avoidance"
landmark = "intake"

[[outcome]]
scale = "dar_5.total"
occasion = "intake"
smallest_effect = 2.0
"""
# Half of what a run takes are comparisons and their figures.
WITHOUT_OUTCOME = STUDY.partition("[[outcome]]")[0]
INTAKE = ("client_id", "therapist_id", "clinic", "day", "age", "form_version",
          *(f"ecr_{n}" for n in range(1, 10)), *(f"dar_{n}" for n in range(1, 6)))  # fmt: skip
WEEKLY = ("client_id", "therapist_id", "session", "date", "began",
          *(f"dar_{n}" for n in range(1, 6)))  # fmt: skip
Row = dict[str, Any]


def intake_rows(count: int = 40, *, seed: int = 7, first: int = 1) -> list[Row]:
    """Return the intake forms of so many clients, a few answers missing."""
    rng = random.Random(seed)  # noqa: S311
    return [_intake_row(f"K{first + k:03d}", k, rng) for k in range(count)]


def _intake_row(client: str, k: int, rng: random.Random) -> Row:
    ecr = {f"ecr_{n}": rng.randint(1, 7) for n in range(1, 10)}
    dar = {f"dar_{n}": rng.randint(1, 5) for n in range(1, 6)}
    gaps = {f"ecr_{1 + k % 9}": ("-99", "", "NASK")[k % 3]} if k % 5 == 0 else {}
    therapist = f"T{1 + k % 4}x"
    return {"client_id": client, "therapist_id": therapist, "clinic": "north", "day": k % 3,
            "age": 20 + k % 50, "form_version": 2, **ecr, **dar, **gaps}  # fmt: skip


def weekly_rows(count: int = 10, sessions: int = 3, *, seed: int = 8) -> list[Row]:
    """Return a form after each session of the first clients."""
    rng = random.Random(seed)  # noqa: S311
    return [
        {"client_id": f"K{k + 1:03d}", "therapist_id": f"T{1 + k % 4}x", "session": session,
         "date": f"{session:02d}/03/2024", "began": "28/02/2024",
         **{f"dar_{n}": rng.randint(1, 5) for n in range(1, 6)}}
        for k in range(count)
        for session in range(1, sessions + 1)
    ]  # fmt: skip


def write_study(folder: Path, text: str = STUDY) -> Path:
    """Write a study without exports."""
    (folder / "exports").mkdir(parents=True)
    (folder / "study.toml").write_text(text, encoding="utf-8")
    return folder


def write_export(
    folder: Path, name: str, table: Iterable[Mapping[str, Any]], header: Sequence[str] | None = None
) -> Path:
    """Write one export into the inbox of a study."""
    table = list(table)
    path = folder / "exports" / name
    with path.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, header or list(table[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(table)
    return path


def write_small_study(folder: Path, text: str = STUDY) -> Path:
    """Write the study with an export of each source."""
    write_study(folder, text)
    write_export(folder, "intake.csv", intake_rows())
    write_export(folder, "weekly.csv", weekly_rows())
    return folder


def take_in_intake(folder: Path) -> None:
    """Make the study that has taken its intake forms in and nothing else."""
    write_export(write_study(folder), "intake.csv", intake_rows())
    take_in(folder)


def take_in_small(folder: Path) -> None:
    """Make the study that has taken an export of each source in."""
    take_in(write_small_study(folder))


def publish_small(folder: Path) -> None:
    """Make the study whose first run is published."""
    assert run(write_small_study(folder)).ending == "published"


def write_eventful_study(folder: Path, text: str = STUDY, count: int = 40) -> Path:
    """Write a study with rows held back, known rows, amendments and a second source."""
    write_study(folder, text)
    first, second = intake_rows(count), intake_rows(count)
    first[3]["dar_1"] = 9
    first[5]["age"] = 130
    second[7] |= {"dar_2": 1 + second[7]["dar_2"] % 5, "age": 33, "clinic": "south"}
    weekly = weekly_rows()
    weekly[4]["date"] = "soon"
    first.append(dict(first[0]))
    write_export(folder, "intake_1.csv", first)
    write_export(folder, "intake_2.csv", second)
    path = write_export(folder, "weekly.csv", weekly)
    path.write_text(path.read_text() + "K010,T1x,9\n")
    return folder


def run(folder: Path, steps: Steps | None = None) -> RunOutcome:
    """Run a study without Prefect, in silence."""
    return run_study(folder, lambda _: None, steps)


def take_in(folder: Path) -> list[FileReport]:
    """Mend the store and take in what is new; compare nothing."""
    with open_workbench(folder, lambda _: None) as key:
        steps = Steps()
        steps.mend(key)
        for position in range(steps.find(key)):
            take_in_file(key, position, steps)
        return list(workbench(key).reports)


def digests(folder: Path) -> dict[str, str]:
    """Return the digest of every table of the store."""
    with open_gateway(folder / "store.duckdb") as connection:
        return store_digests(connection)


def ask(folder: Path, query: str, *parameters: object) -> list[tuple[Any, ...]]:
    """Return the rows of a query on the store."""
    with open_gateway(folder / "store.duckdb") as connection:
        return rows(connection, query, *parameters)


def answers_of(folder: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Return what the store knows of clients and forms, whichever file and row said it."""
    queries = {
        "client": "SELECT * FROM store.core.client",
        "episode": "SELECT * FROM store.core.episode",
        "administration": "SELECT * EXCLUDE (batch, record) FROM store.core.administration",
        "response": "SELECT * FROM store.core.response",
        "missing": "SELECT * FROM store.core.missing",
        "score": "SELECT * FROM store.core.score",
    }
    with open_gateway(folder / "store.duckdb") as connection:
        return {name: rows(connection, f"{query} ORDER BY ALL") for name, query in queries.items()}


def snapshot(folder: Path, *kept: str) -> dict[str, str]:
    """Return the hash of every file of a study under the named places, all by default."""
    roots = [folder / name for name in kept] if kept else [folder]
    files = sorted(p for root in roots for p in _files(root))
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }


def _files(root: Path) -> list[Path]:
    if root.is_file():
        return [root]
    return [path for path in root.rglob("*") if path.is_file()]


def study_of(folder: Path) -> Study:
    """Return the loaded study."""
    return load_study(folder)


def ledger_of(folder: Path) -> Ledger:
    """Return the study's ledger."""
    return Ledger(folder / "ledger.jsonl")


def accepted_names(folder: Path) -> list[str]:
    """Return the names of the accepted files, in the order of acceptance."""
    return [file.name for file in accepted_files(ledger_of(folder))]
