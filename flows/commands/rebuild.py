"""`interdep rebuild`: the store again, from archive and ledger alone."""

from __future__ import annotations

from pathlib import Path

import typer

from flows import run_steps
from flows.books import accepted_files
from flows.reconcile import rebuild
from flows.workbench import open_workbench, workbench


def rebuild_store(folder: Path) -> int:
    """Build the store and its results again; nothing else of the study changes."""
    with open_workbench(folder, lambda message: typer.echo(message, err=True)) as key:
        bench = workbench(key)
        accepted = accepted_files(bench.ledger)
        rebuild(bench.study, accepted, bench.store)
        if accepted:
            run_steps.identify(key)
            run_steps.compute(key)
    typer.echo(f"store built from {len(accepted)} files")
    return 0
