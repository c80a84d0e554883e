"""How a run ended, and the exit code that says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from flows.inbox import unclaimed_files
from flows.workbench import FileReport, Workbench

DONE, ERROR, USAGE, REFUSED, WARNINGS, NOTHING_NEW = range(6)
Ending = Literal["published", "nothing new", "nothing accepted"]


@dataclass(frozen=True)
class RunOutcome:
    """How one run of a study ended: each file's report and the folder of the results.

    There is no folder while no file was ever accepted. ``unclaimed`` says of each file of the inbox
    that belongs to no source why not, ``moved`` in a line each what corrected exports changed.
    """

    ending: Ending
    run_folder: Path | None
    reports: tuple[FileReport, ...]
    unclaimed: Mapping[str, str] = field(default_factory=dict)
    moved: tuple[str, ...] = ()

    @property
    def report(self) -> Path | None:
        """The page to read."""
        return self.run_folder / "report.html" if self.run_folder else None

    @property
    def exit_code(self) -> int:
        """0 done, 3 a file was refused, 4 done with warnings, 5 nothing new."""
        if any(report.refusal for report in self.reports):
            return REFUSED
        if self.ending == "nothing new":
            return NOTHING_NEW
        return WARNINGS if any(map(_has_warnings, self.reports)) else DONE


def _has_warnings(report: FileReport) -> bool:
    held_back = report.counts is not None and report.counts.quarantined > 0
    return held_back or (report.validation is not None and report.validation.has_warnings)


def conclude(bench: Workbench, ending: Ending) -> RunOutcome:
    """Return how a run ended."""
    folder = bench.run_folder if bench.provenance else None
    return RunOutcome(ending, folder, tuple(bench.reports), unclaimed_files(bench.study))
