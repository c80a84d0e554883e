"""`interdep amendments`: what corrected exports moved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

import pandas as pd
import typer

from flows.amendments import (
    AmendedFile,
    MovedEstimates,
    amended_files,
    first_new_batch,
    moved_estimates,
    moved_presentations,
)
from flows.books import accepted_files
from flows.desk.moves import describe_estimates, describe_file, describe_presentations
from flows.ledger import Ledger
from flows.settings import apply_settings
from flows.study import Study, load_study
from sql.amendments import Amendment
from sql.gateway import Connection, open_gateway

# More estimates than these are read on the page of changes.
MOST_ESTIMATES = 20


def list_amendments(folder: Path, *, show_values: bool) -> int:
    """Print what each corrected export changed, and what that moved."""
    apply_settings()
    study = load_study(folder)
    ledger = Ledger(study.ledger)
    with open_gateway(study.store) as connection:
        files = amended_files(connection, accepted_files(ledger))
        lines = [line for file in files for line in _file(file, show_values=show_values)]
        lines += _presentations(study, ledger, connection, show_values=show_values)
    lines += _estimates(moved_estimates(study, ledger))
    typer.echo("\n".join(lines if files else ["no export changed what an earlier one had said"]))
    return 0


def _file(file: AmendedFile, *, show_values: bool) -> Iterator[str]:
    yield describe_file(file)
    for place, group in groupby(file.amendments, key=_place):
        changes = ", ".join(_change(one, show_values=show_values) for one in group)
        yield f"  {place}: {changes}"


def _place(one: Amendment) -> str:
    session = f"session {one.session}" if one.session is not None else ""
    return " ".join(filter(None, (one.client_id, one.form_id, one.occasion, session)))


def _change(one: Amendment, *, show_values: bool) -> str:
    named = one.name if one.kind == "answer" else f"{one.kind} {one.name}"
    return f"{named} {one.before} -> {one.after}" if show_values else named


def _presentations(
    study: Study, ledger: Ledger, connection: Connection, *, show_values: bool
) -> Iterator[str]:
    batch = first_new_batch(ledger)
    if batch is None:
        return
    moved = moved_presentations(study, ledger, connection, batch)
    yield describe_presentations(moved)
    for one in moved:
        yield f"  {one.client_id}" + (f" {one.before} -> {one.after}" if show_values else "")


def _estimates(found: MovedEstimates | None) -> Iterator[str]:
    if found is None:
        return
    yield describe_estimates(found)
    rows = found.moved.sort_values("shift", ascending=False, kind="stable").to_dict("records")
    names = Counter(map(_named, rows))
    for row in rows[:MOST_ESTIMATES]:
        by = f" ({row['method']})" if names[_named(row)] > 1 else ""
        yield f"  {_named(row)}{by}: {_moved(row)}"
    if len(rows) > MOST_ESTIMATES:
        yield f"  and {len(rows) - MOST_ESTIMATES} more"


def _named(row: Mapping[Hashable, Any]) -> str:
    """Return what tells an estimate apart, but for how it is made."""
    parts = ("analysis", "outcome", "term", "contrast", "group_a", "group_b")
    return " ".join(str(row[key]) for key in parts if row[key])


def _moved(row: Mapping[Hashable, Any]) -> str:
    """Return both figures; what is withheld or refused is none."""
    before, after = row["estimate_before"], row["estimate_after"]
    if pd.isna(before) and pd.isna(after):
        return "no figure in either run; it rests on another number of clients"
    return " -> ".join("no figure" if pd.isna(one) else f"{one:.4g}" for one in (before, after))
