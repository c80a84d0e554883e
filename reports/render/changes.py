"""What changed since another run: in what a run was made of, and in what came out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from reports.estimates import ESTIMATE_KEY
from reports.render.blocks.method import name_analysis
from reports.render.document import Block, Fold, Listing, Prose, Section, number_blocks
from reports.render.naming import name_estimate, name_outcome, phrase_outcome
from reports.render.numbers import write_count
from reports.render.page import print_page
from reports.render.run_view import Run, load_run
from reports.render.table import Cell, Column, Row, Spanner, Table, interval_of, number_of
from reports.render.writing import write_together

GROUPS = "overdependent_against_overindependent"
MOST_ROWS = 25
REASONS = {
    "study file": "the study file was changed",
    "definitions": "the definition of an instrument was changed",
    "code": "the program was changed",
    "environment": "other versions of Python or its packages were used",
    "plan": "the analysis plan was changed",
}


def write_changes(folder: Path, previous: Path) -> Path:
    """Write ``changes.html`` into a run's folder: what moved since a previous run, and why."""
    after, before = load_run(folder), load_run(previous)
    sections = compare_runs(before, after)
    about = after.provenance("run")
    old = before.provenance("run").get("run_id", "")
    page = print_page(
        "report.html",
        after,
        sections=sections,
        about=about,
        kind=f"What changed since run {old}",
        has_estimates=False,
    )
    return write_together(folder, {"changes.html": page.encode()})[0]


def compare_runs(before: Run, after: Run) -> tuple[Section, ...]:
    """Return the sections that say why a run differs from another one, and in what."""
    return number_blocks(
        (
            Section("why", "Why it may differ", tuple(_why(before, after))),
            Section("moved", "What moved", tuple(_moved(before, after))),
        )
    )


def _why(before: Run, after: Run) -> Iterator[Block]:
    reasons = [*_file_reasons(before, after), *_hash_reasons(before, after)]
    if reasons:
        yield Listing(tuple(reasons))
    else:
        yield Prose(("Nothing that a run is made of was changed.",))


def _file_reasons(before: Run, after: Run) -> Iterator[str]:
    old, new = (_files(run) for run in (before, after))
    corrected = after.frame("tables/corrections")
    clients = (
        {} if corrected.empty else dict(zip(corrected["outcome"], corrected["n"], strict=True))
    )
    for digest in sorted(set(new) - set(old), key=lambda digest: (new[digest], digest)):
        what = f"{new[digest]} ({digest[:12]}…)"
        if digest in clients:
            of = _some(clients[digest])
            yield f"corrected data: {what} changes what was held of {of} clients"
        else:
            yield f"new data: {what}"
    for digest in sorted(set(old) - set(new), key=lambda digest: (old[digest], digest)):
        yield f"no longer among the data: {old[digest]} ({digest[:12]}…)"


def _some(count: float) -> str:
    return "few" if pd.isna(count) else f"about {write_count(count)}"


def _files(run: Run) -> dict[str, str]:
    frame = run.frame("tables/files")
    return {} if frame.empty else dict(zip(frame["sha256"], frame["name"], strict=True))


def _hash_reasons(before: Run, after: Run) -> Iterator[str]:
    old, new = before.provenance("hash"), after.provenance("hash")
    for name in sorted(set(old) | set(new)):
        if old.get(name) != new.get(name):
            yield REASONS.get(name, f"the {name} was changed")
    if before.provenance("disclosure") != after.provenance("disclosure"):
        yield "the disclosure rules were changed"


def _moved(before: Run, after: Run) -> Iterator[Block]:
    both = match_estimates(before.estimates, after.estimates)
    yield Prose((_counts(both),))
    moved = both[both["has_moved"]]
    verdicts = list(_verdicts(after, both))
    if verdicts:
        yield Listing(tuple(verdicts))
    elif len(moved):
        yield Prose(("No verdict on an outcome is another one than before.",))
    if moved.empty:
        return
    largest = moved.sort_values(["shift", *ESTIMATE_KEY], ascending=[False] + [True] * 8)
    title = "The estimates that moved most, beside the width of their interval"
    yield _table("moved", title, after, _together(largest.head(MOST_ROWS)))
    rest = largest.iloc[MOST_ROWS:]
    if len(rest):
        other = f"The other {len(rest)} that moved"
        yield Fold(other, (_table("moved_less", other, after, _together(rest)),), is_long=True)


def _together(rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows with those of one outcome and analysis together, where the first of them is."""
    groups = rows.groupby(["outcome", "analysis"], sort=False).ngroup()
    return rows.loc[groups.sort_values(kind="stable").index]


def match_estimates(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Return both runs' estimates side by side, by their key.

    ``shift`` is the move in half widths of the later interval, so that outcomes of any unit can be
    ordered; ``has_moved`` says whether anything published of the estimate is different.
    """
    key = list(ESTIMATE_KEY)
    columns = ["estimate", "ci_low", "ci_high", "n", "status", "note"]
    old, new = (_keyed(frame, key, columns) for frame in (before, after))
    both = old.merge(
        new, how="outer", left_index=True, right_index=True, suffixes=("_before", "_after")
    ).reset_index()
    same = pd.Series(True, index=both.index)
    for column in ("estimate", "ci_low", "ci_high", "n"):
        left, right = both[f"{column}_before"], both[f"{column}_after"]
        same &= (left == right) | (left.isna() & right.isna())
    in_both = both["status_before"].notna() & both["status_after"].notna()
    width = (both["ci_high_after"] - both["ci_low_after"]) / 2
    move = (both["estimate_after"] - both["estimate_before"]).abs()
    shift = (move / width.where(width > 0)).fillna(0.0)
    return both.assign(in_both=in_both, has_moved=in_both & ~same, shift=shift)


def _keyed(frame: pd.DataFrame, key: list[str], columns: list[str]) -> pd.DataFrame:
    if frame.empty:
        frame = pd.DataFrame(columns=[*key, *columns])
    filled = frame[key].fillna("").astype(str)
    return frame[columns].set_index(pd.MultiIndex.from_frame(filled))


def _counts(both: pd.DataFrame) -> str:
    same = int((both["in_both"] & ~both["has_moved"]).sum())
    gone = int((both["status_before"].notna() & both["status_after"].isna()).sum())
    new = int((both["status_before"].isna() & both["status_after"].notna()).sum())
    return (
        f"Of the estimates of both runs, {same:,} are the same and "
        f"{int(both['has_moved'].sum()):,} moved; {new:,} are new and {gone:,} are gone."
    )


def _verdicts(run: Run, both: pd.DataFrame) -> Iterator[str]:
    words = both[(both["term"] == "verdict") & both["in_both"]]
    for row in words.to_dict("records"):
        old, new = row["note_before"], row["note_after"]
        if old != new and not (pd.isna(old) and pd.isna(new)):
            name = phrase_outcome(run, str(row["outcome"]))
            of = "" if row["analysis"] == GROUPS else f", {name_analysis(str(row['analysis']))},"
            yield f"The verdict on {name}{of} was “{old}” and is now “{new}”."


def _table(name: str, title: str, run: Run, rows: pd.DataFrame) -> Table:
    return Table(
        name=name,
        title=title,
        columns=(
            Column("What"),
            Column("n", "count", is_symbol=True),
            Column("estimate", "number"),
            Column("CI", "interval"),
            Column("n", "count", is_symbol=True),
            Column("estimate", "number"),
            Column("CI", "interval"),
        ),
        rows=tuple(_row(run, row) for _, row in rows.iterrows()),
        spanners=(Spanner("Before", 1, 3), Spanner("Now", 4, 3)),
    )


def _row(run: Run, row: Any) -> Row:
    name = name_estimate(row)
    told = (
        row["method"] if row["estimand"] == row["term"] else f"{row['estimand']}, {row['method']}"
    )
    cells = [Cell(f"{name}: {told}")]
    for when in ("before", "after"):
        side = row.rename(lambda name, when=when: str(name).removesuffix(f"_{when}"))
        cells += [
            Cell(number_of(side, "n").value),
            Cell(number_of(side, "estimate").value),
            Cell(interval_of(side).value),
        ]
    group = f"{name_outcome(run, row['outcome'])}: {name_analysis(row['analysis'])}"
    return Row(tuple(cells), group=group)
