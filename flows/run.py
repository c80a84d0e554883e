"""The order of a run. Its steps come as plain functions here and as Prefect tasks in `pipeline`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from flows import file_steps, run_steps
from flows.desk.moves import summarise
from flows.outcome import RunOutcome, conclude
from flows.workbench import Tell, open_workbench, workbench


@dataclass(frozen=True)
class Steps:
    """Every step of a run; each receives the key of its workbench, file steps a position too."""

    mend: Callable[[str], object] = run_steps.mend
    find: Callable[[str], int] = run_steps.find
    file: tuple[Callable[[str, int], bool], ...] = file_steps.STEPS
    identify: Callable[[str], bool] = run_steps.identify
    compare: Callable[[str], object] = run_steps.compare
    publish: Callable[[str], object] = run_steps.publish
    finish: Callable[[str], object] = run_steps.finish


def run_study(folder: Path, tell: Tell, steps: Steps | None = None) -> RunOutcome:
    """Take in what is new, compare, publish.

    Raises
    ------
    InterdepError
        Where the run cannot go on; what was acknowledged before stays.
    """
    with open_workbench(folder, tell) as key:
        return run_on_bench(key, steps or Steps())


def run_on_bench(key: str, steps: Steps) -> RunOutcome:
    """Run the steps in their order on an open workbench."""
    run_steps.require_rule(key)
    steps.mend(key)
    for position in range(steps.find(key)):
        take_in_file(key, position, steps)
    bench = workbench(key)
    if bench.has_only_refusals:
        return conclude(bench, "nothing accepted")
    if not steps.identify(key):
        return conclude(bench, "nothing new")
    steps.compare(key)
    steps.publish(key)
    steps.finish(key)
    moved = summarise(bench.study, bench.ledger, bench.connection)
    return replace(conclude(bench, "published"), moved=moved)


def take_in_file(key: str, position: int, steps: Steps) -> None:
    """Take one file in, as far as it gets."""
    file_steps.open_file(key, position)
    try:
        for step in steps.file:
            if not step(key, position):
                break
    finally:
        file_steps.close_file(key)
