"""`interdep run`: through Prefect, progress on stderr, the report's path on stdout."""

from __future__ import annotations

import os
from pathlib import Path

import typer

from flows.commands.wording import describe_file
from flows.outcome import RunOutcome
from flows.study import load_study


def run_command(folder: Path, *, quiet: bool = False) -> int:
    """Run a study and say what became of every file."""
    load_study(folder)  # a fault of the study file is told before a server is started
    # Errors are told once, by the command line; Prefect would print each with its traceback.
    os.environ.setdefault("PREFECT_LOGGING_LEVEL", "CRITICAL")
    if quiet:
        os.environ["INTERDEP_QUIET"] = "1"
    from flows.pipeline import study
    from flows.server import mark_servers

    mark_servers(folder)
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
