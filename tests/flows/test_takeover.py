"""A run that was killed is taken over by the next, which ends as if nobody had been killed."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from flows.books import accepted_files
from flows.takeover import hold_study, is_interrupted
from instruments.errors import RunError
from tests.flows.crashing import KILLED, POINTS, crash
from tests.flows.small_study import (
    WITHOUT_OUTCOME,
    digests,
    intake_rows,
    ledger_of,
    run,
    snapshot,
    study_of,
    take_in,
    weekly_rows,
    write_export,
    write_study,
)

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="processes are forked")
PUBLISHING = [point for point, (module, *_) in POINTS.items() if module == "flows.run_steps"]
PUBLISHING += ["latest named"]
ADMITTING = [point for point in POINTS if point not in (*PUBLISHING, "first file replayed")]
# Each has a neighbour between which and it little happens.
SLOW = ("before the ledger", "inside the transaction", "before the results", "run written")
DERIVED = ("archive", "quarantine", "runs")


def slow_marked(points: list[str]) -> list[Any]:
    return [pytest.param(p, marks=pytest.mark.slow) if p in SLOW else p for p in points]


def write(folder: Path) -> Path:
    """Write a study of few clients, whose files both have rows to be held back."""
    write_study(folder, WITHOUT_OUTCOME)
    intake, weekly = intake_rows(8), weekly_rows(4)
    intake[3]["dar_1"] = 9
    weekly[4]["date"] = "soon"
    write_export(folder, "intake.csv", intake)
    write_export(folder, "weekly.csv", weekly)
    return folder


def ledger_facts(folder: Path) -> list[Any]:
    return accepted_files(ledger_of(folder))


def write_and_publish(folder: Path) -> None:
    assert run(write(folder)).ending == "published"


def write_and_take_in(folder: Path) -> None:
    take_in(write(folder))


@pytest.fixture
def untouched(copied: Callable[..., Path]) -> Path:
    """Return a study whose run nobody killed."""
    return copied(write_and_publish, "untouched")


@pytest.fixture
def taken_in(copied: Callable[..., Path]) -> Path:
    """Return a study whose files nobody kept from being taken in."""
    return copied(write_and_take_in, "taken_in")


@pytest.mark.parametrize("point", slow_marked(ADMITTING))
def test_a_run_killed_while_files_come_in_is_taken_over(
    point: str, tmp_path: Path, taken_in: Path
) -> None:
    study = write(tmp_path / "study")
    assert crash(study, point, whole=False) == KILLED
    take_in(study)
    assert ledger_facts(study) == ledger_facts(taken_in)
    assert digests(study) == digests(taken_in)
    assert snapshot(study, *DERIVED) == snapshot(taken_in, *DERIVED)
    assert not list(study.rglob("*.part"))
    assert not (study / ".scratch").exists()


@pytest.mark.parametrize("point", slow_marked(PUBLISHING))
def test_a_run_killed_while_it_publishes_is_taken_over(
    point: str, copied: Callable[..., Path], untouched: Path
) -> None:
    study = copied(write_and_take_in)
    assert crash(study, point, whole=True) == KILLED
    assert is_interrupted(ledger_of(study))
    assert run(study).ending == "published"
    assert not is_interrupted(ledger_of(study))
    assert ledger_facts(study) == ledger_facts(untouched)
    assert digests(study) == digests(untouched)
    assert snapshot(study, *DERIVED) == snapshot(untouched, *DERIVED)
    assert not list(study.rglob("*.part"))
    assert run(study).ending == "nothing new"


def test_a_rebuild_that_was_killed_leaves_nothing_behind(tmp_path: Path, taken_in: Path) -> None:
    study = tmp_path / "study"
    shutil.copytree(taken_in, study)
    (study / "store.duckdb").unlink()
    assert crash(study, "first file replayed", whole=False) == KILLED
    take_in(study)
    assert digests(study) == digests(taken_in)
    assert not list(study.rglob("*.part*"))


def test_a_second_run_killed_at_the_same_place_is_taken_over_too(
    tmp_path: Path, taken_in: Path
) -> None:
    study = write(tmp_path / "study")
    for _ in range(2):  # each has one file more behind it
        assert crash(study, "after the ledger", whole=False) == KILLED
    take_in(study)
    assert ledger_facts(study) == ledger_facts(taken_in)
    assert digests(study) == digests(taken_in)


def test_one_run_at_a_time(tmp_path: Path) -> None:
    study = write(tmp_path / "study")
    with hold_study(study_of(study)), pytest.raises(RunError) as caught:
        take_in(study)
    assert caught.value.code == "E_STUDY_BUSY"
    assert len(take_in(study)) == 2
