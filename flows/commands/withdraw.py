"""`interdep withdraw`: everything of one client goes, a tombstone stays."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from pathlib import Path

import typer

from flows.outcome import DONE, NOTHING_NEW
from flows.reconcile import reconcile
from flows.settings import apply_settings
from flows.withdrawal import Withdrawal, withdraw
from flows.workbench import open_workbench, workbench


def withdraw_client(folder: Path, client: str, by: str, *, anyway: bool) -> int:
    """Take one client out of archive, store and quarantine, and say what is left to be done."""
    apply_settings()
    with open_workbench(folder, lambda message: typer.echo(message, err=True)) as key:
        bench = workbench(key)
        reconcile(bench.study, bench.ledger, bench.store)
        who = by.strip() or getpass.getuser()
        done = withdraw(bench.study, bench.ledger, client, who, anyway=anyway)
        reconcile(bench.study, bench.ledger, bench.store)
    typer.echo("\n".join(_lines(done, folder)))
    return DONE if done.is_new else NOTHING_NEW


def _lines(done: Withdrawal, folder: Path) -> Iterator[str]:
    if not done.is_new:
        yield "This client was withdrawn before; nothing of theirs is left in the study."
        return
    rows = ", ".join(f"{count} rows of {name}" for name, count in done.removed)
    yield f"withdrawn: {rows or 'no row was there'}; a tombstone stays in the ledger."
    yield "Store, archive and lists of held rows are made again without this client."
    if done.originals:
        names = ", ".join(done.originals)
        yield f"The originals are the clinic's and still hold this client: {names} in exports/."
        yield "Take the client out at the source; rows of theirs are not let in again."
    if done.runs:
        yield "These runs were computed with this client; they hold no data of single clients:"
        yield from (f"  {run}" for run in done.runs)
        yield f"Publish without the client with: interdep run {folder}"
    yield "Rows whose id is written in another way cannot be recognised: look at the quarantine."
