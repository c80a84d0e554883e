"""`interdep run`: through Prefect, progress on stderr, the report's path on stdout."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import typer

from flows.commands.wording import describe_file
from flows.outcome import RunOutcome
from flows.preloading import load_what_comes_late
from flows.study import load_study


def run_command(folder: Path, *, quiet: bool = False) -> int:
    """Run a study and say what became of every file."""
    load_study(folder)  # a fault of the study file is told before a server is started
    return run_served(folder, quiet=quiet)


def run_served(folder: Path, *, quiet: bool = False, prepare: Callable[[], object] = int) -> int:
    """Run a study with a server, which starts while the study is prepared."""
    # Errors are told once, by the command line; Prefect would print each with its traceback.
    os.environ.setdefault("PREFECT_LOGGING_LEVEL", "CRITICAL")
    if quiet:
        os.environ["INTERDEP_QUIET"] = "1"
    from flows.server import serving

    with serving(folder) as server:
        prepare()
        from flows.pipeline import study

        if server is not None:
            load_what_comes_late()
            server.await_health()
        outcome: RunOutcome = study(str(folder.resolve()))
    tell_outcome(outcome)
    return outcome.exit_code


def tell_outcome(outcome: RunOutcome) -> None:
    """Print each file's rows and findings, what nobody claims, then the report's path."""
    for report in outcome.reports:
        typer.echo(describe_file(report))
    for name, why in outcome.unclaimed.items():
        typer.echo(f"unclaimed {name}: {why}")
    for line in outcome.moved:
        typer.echo(line)
    typer.echo(f"{outcome.ending}: {outcome.report}" if outcome.report else outcome.ending)
