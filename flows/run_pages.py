"""Pages beside a run's report: what changed since the run before, and the index of all runs."""

from __future__ import annotations

from pathlib import Path

from flows.ledger import Ledger
from flows.study import Study
from instruments.errors import InterdepError
from reports.render import RunLine, render_changes, render_index

MOST_LISTED = 30


def write_changes(study: Study, ledger: Ledger, run_id: str, folder: Path) -> None:
    """Write what changed since the run before into a run's folder, where there was one.

    The run before is the one that finished before this one did so first: the same run made again
    has the same page.
    """
    earlier = _finished(ledger)
    if run_id in earlier:
        earlier = earlier[: earlier.index(run_id)]
    if not earlier:
        return
    try:
        render_changes(folder, study.runs / earlier[-1])
    except InterdepError:
        return  # taken away, or damaged: the index says so


def write_index(study: Study, ledger: Ledger, run_id: str) -> None:
    """List the runs of a study whose folders are there, this one among them, newest first."""
    runs = list(dict.fromkeys([*_finished(ledger), run_id]))
    lines = [RunLine(run, str(number)) for number, run in enumerate(runs, 1)]
    there = [line for line in reversed(lines) if (study.runs / line.run_id).is_dir()]
    render_index(study.runs, there[:MOST_LISTED])


def _finished(ledger: Ledger) -> list[str]:
    """Return the runs that were finished, each once, in the order of time."""
    return list(dict.fromkeys(str(e.facts["run_id"]) for e in ledger.entries("run_finished")))
