"""However the exports of a demonstration arrive, the store holds the same."""

from __future__ import annotations

import csv
import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.simulation.demonstration import write_demonstration
from tests.flows.small_study import digests, take_in

NAMES = ("intake", "month_3", "redcap_data")
# What says by which file and row something came, and in which order.
BOOKS = {"core.administration", "meta.source_file", "meta.finding", "meta.state"}
Table = tuple[list[str], list[list[str]]]


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demonstration")
    write_demonstration(folder, 3, n_clients=40, with_mistakes=False)
    return folder


@pytest.fixture(scope="module")
def tables(source: Path) -> dict[str, Table]:
    found = {}
    for name in NAMES:
        with (source / "exports" / f"{name}.csv").open(encoding="utf-8", newline="") as opened:
            header, *rows = csv.reader(opened)
            found[name] = (header, rows)
    return found


@pytest.fixture(scope="module")
def whole(source: Path, tables: dict[str, Table], tmp_path_factory: pytest.TempPathFactory) -> Path:
    study = begin(source, tmp_path_factory.mktemp("whole") / "study")
    for name in NAMES:
        write(study, name, *tables[name])
    take_in(study)
    return study


def begin(source: Path, study: Path) -> Path:
    (study / "exports").mkdir(parents=True)
    shutil.copy(source / "study.toml", study)
    shutil.copy(source / "exports" / "redcap_dictionary.csv", study / "exports")
    return study


def write(study: Path, name: str, header: list[str], rows: list[list[str]]) -> None:
    with (study / "exports" / f"{name}.csv").open("w", encoding="utf-8", newline="") as opened:
        csv.writer(opened, lineterminator="\n").writerows([header, *rows])


def content(study: Path) -> dict[str, str]:
    return {name: digest for name, digest in digests(study).items() if name not in BOOKS}


Arrivals = Iterator[list[tuple[str, list[str], list[list[str]]]]]


def in_another_order(tables: dict[str, Table]) -> Arrivals:
    """Yield each source by itself, the last one first."""
    for name in reversed(NAMES):
        yield [(name, *tables[name])]


def in_two_parts(tables: dict[str, Table]) -> Arrivals:
    """Yield the later half of every file, then the earlier one."""
    for part in (1, 0):
        yield [
            (f"{name}_{part}", header, rows[len(rows) // 2 :] if part else rows[: len(rows) // 2])
            for name, (header, rows) in tables.items()
        ]


def in_turns(tables: dict[str, Table]) -> Arrivals:
    """Yield every other row, then the rest."""
    for part in (0, 1):
        yield [(f"{name}_{part}", head, rows[part::2]) for name, (head, rows) in tables.items()]


def shuffled(tables: dict[str, Table]) -> Arrivals:
    """Yield everything at once, its rows and columns in another order."""
    rng = random.Random(4)  # noqa: S311
    mixed = []
    for name, (header, rows) in tables.items():
        places = rng.sample(range(len(header)), len(header))
        order = rng.sample(rows, len(rows))
        mixed.append(
            (name, [header[k] for k in places], [[row[k] for k in places] for row in order])
        )
    yield mixed


@pytest.mark.slow
@pytest.mark.parametrize(
    "arrive", [in_another_order, in_two_parts, in_turns, shuffled], ids=lambda f: f.__name__
)
def test_however_exports_arrive_the_store_holds_the_same(
    arrive: object, source: Path, tables: dict[str, Table], whole: Path, tmp_path: Path
) -> None:
    study = begin(source, tmp_path / "study")
    for arrival in arrive(tables):  # type: ignore[operator]
        for name, header, rows in arrival:
            write(study, name, header, rows)
        take_in(study)
    assert content(study) == content(whole)
