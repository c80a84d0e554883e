"""`interdep quarantine`: what is held back, and what is decided about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import typer

from flows.desk.deciding import Request, carry_out
from flows.desk.held_rows import (
    HeldFile,
    RefusedFile,
    find_held,
    is_named,
    list_held,
    list_refused,
)
from flows.desk.values import describe_values
from flows.intake import judge_archive
from flows.ledger import Ledger
from flows.settings import apply_settings
from flows.study import Study, load_study
from flows.workbench import open_workbench, workbench
from sql.gateway import open_gateway

WORDS = {"rows_released": "released", "rows_rejected": "rejected"}


def list_quarantine(folder: Path) -> int:
    """Print a line per file with rows in quarantine, and the files that were refused whole."""
    study = load_study(folder)
    held = [one for one in list_held(study, Ledger(study.ledger)) if one.is_of_interest]
    lines = [*map(_file, held), *map(_refused, list_refused(study))]
    typer.echo("\n".join(lines) if lines else "nothing is held back")
    return 0


def _file(held: HeldFile) -> str:
    codes = Counter(code for _, code in {(row.record, row.code) for row in held.rows})
    listed = ", ".join(f"{count} {code}" for code, count in sorted(codes.items()))
    decisions = held.file.decisions
    released, rejected = len(decisions.released), len(decisions.rejected)
    return (
        f"held    {held.file.sha256[:12]} {held.file.name} ({held.file.source_id}): "
        f"{len(held.records)} rows ({listed or 'none'}); {released} released, {rejected} rejected"
    )


def _refused(file: RefusedFile) -> str:
    state = "" if file.is_waiting else " (no longer in exports/)"
    where = f"{file.sha256[:12] or 'unreadable'} {file.name} ({file.source_id}){state}"
    return f"refused {where}: {file.code}: {file.what}"


def show_quarantine(folder: Path, name: str, *, show_values: bool) -> int:
    """Print every row of a file that is held back and what was decided, or why it was refused."""
    study = load_study(folder)
    accepted = list_held(study, Ledger(study.ledger))
    refused = [one for one in list_refused(study) if is_named(name, one.name, one.sha256)]
    for one in refused:
        typer.echo(f"{_refused(one)}\n  {one.fix}")
    if refused and not any(is_named(name, one.file.name, one.file.sha256) for one in accepted):
        return 0
    held = find_held(accepted, name)
    typer.echo("\n".join([_file(held), *_rows(held), *_decisions(held)]))
    if show_values:
        typer.echo("\n".join(_values(study, held)))
    return 0


def _rows(held: HeldFile) -> Iterator[str]:
    for row in held.rows:
        place = f"row {row.record}" + (f", {row.column}" if row.column else "")
        yield f"  {place:32} {row.code:18} {row.fix}"


def _decisions(held: HeldFile) -> Iterator[str]:
    for at, decision in held.decided:
        records = ", ".join(map(str, decision.records))
        yield f"  {at} {WORDS[decision.kind]} by {decision.by}: rows {records}: {decision.why}"


def _values(study: Study, held: HeldFile) -> tuple[str, ...]:
    """Return the cells of held rows as the archive has them; a broken one is not kept there."""
    apply_settings()
    with open_workbench(study.folder, lambda _: None) as key:
        bench = workbench(key)
        with (
            open_gateway(scratch=bench.scratch) as connection,
            judge_archive(bench.study, connection, held.file, bench.scratch) as (layout, _),
        ):
            return describe_values(connection, layout, only_held=True)


def decide_rows(folder: Path, request: Request) -> int:
    """Release or reject rows, and bring the store in line."""
    apply_settings()
    with open_workbench(folder, lambda message: typer.echo(message, err=True)) as key:
        bench = workbench(key)
        held = carry_out(bench.study, bench.ledger, bench.store, request)
    count = len(request.records)
    typer.echo(
        f"{WORDS[request.kind]}: {count} {'row' if count == 1 else 'rows'} of {held.file.name}; "
        f"the store is in line, publish with: interdep run {folder}"
    )
    return 0
