"""Data quality: what became of each file's rows, and what was found in them."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any

import pandas as pd

from reports.render.document import Block, Fold, Prose
from reports.render.run_view import Run
from reports.render.table import Cell, Column, Row, Table

FATES = ("loaded", "quarantined", "known")
SEVERITIES = ("fatal", "error", "warning", "note")
SEVERITY_WORDS = {
    "fatal": "Fatal: the file was refused",
    "error": "Errors: these rows were set aside",
    "warning": "Warnings: the rows were kept",
    "note": "Notes",
}


def files(run: Run) -> Iterator[Block]:
    """Yield the row account of every file."""
    known = run.frame("tables/files")
    if known.empty:
        yield Prose(("No file has been taken in yet.",))
        return
    counts = _counts(run.frame("tables/row_counts"))
    by_file = known.drop_duplicates("name")
    is_by_source = bool(counts) and not set(by_file["name"]) <= {name for name, _ in counts}
    rows = list(_source_rows(by_file, counts) if is_by_source else _file_rows(by_file, counts))
    why = run.why_withheld("tables/row_counts")
    yield Table(
        name="files",
        title="Files and what became of their rows",
        columns=(
            Column("Source" if is_by_source else "File"),
            Column("files" if is_by_source else "source"),
            Column("rows in", "count"),
            Column("loaded", "count"),
            Column("quarantined", "count"),
            Column("already known", "count"),
            Column("SHA-256 begins"),
        ),
        rows=tuple(rows),
        notes=(
            (
                "Rows in = loaded + quarantined + already known, before rounding. Quarantined rows "
                "broke a rule; the list of them, with how to mend each, is with the data manager."
            ),
            *((why,) if why else ()),
        ),
    )


def _file_rows(files: pd.DataFrame, counts: dict[tuple[str, str], float]) -> Iterator[Row]:
    for file in files.to_dict("records"):
        name, digest = str(file["name"]), str(file["sha256"])[:12]
        yield _account(name, str(file["source_id"]), counts, digest)


def _source_rows(files: pd.DataFrame, counts: dict[tuple[str, str], float]) -> Iterator[Row]:
    for source, own in files.groupby("source_id", sort=True):
        yield _account(str(source), f"{len(own):,}", counts, "")


def _account(name: str, second: str, counts: dict[tuple[str, str], float], digest: str) -> Row:
    held = (Cell(counts.get((name, fate))) for fate in ("all", *FATES))
    return Row((Cell(name), Cell(second), *held, Cell(digest)))


def _counts(frame: pd.DataFrame) -> dict[tuple[str, str], float]:
    if frame.empty:
        return {}
    return {
        (str(row["name"]), str(row["fate"])): float(row["n"]) for row in frame.to_dict("records")
    }


def findings(run: Run) -> Iterator[Block]:
    """Yield the findings by severity and rule."""
    found = run.frame("tables/findings")
    if found.empty:
        yield Prose(("No rule was broken in any file.",))
        return
    counts = run.frame("tables/finding_counts")
    of = {} if counts.empty else dict(zip(counts["outcome"], counts["n"], strict=True))
    yield Prose((_summary(found),))
    serious, notes = found[found["severity"] != "note"], found[found["severity"] == "note"]
    if len(serious):
        yield _finding_table("findings", "Findings, by severity and rule", serious, of)
    if len(notes):
        title = "Notes: nothing that has to be mended"
        yield Fold(title, (_finding_table("finding_notes", title, notes, of),))


def _finding_table(name: str, title: str, found: pd.DataFrame, counts: dict[str, float]) -> Table:
    return Table(
        name=name,
        title=title,
        columns=(
            Column("What was found, and what to do"),
            Column("file"),
            Column("column or form"),
            Column("code"),
            Column("rows", "count"),
        ),
        rows=tuple(_by_rule(found, counts)),
        notes=("Findings name file, row and column, never what stands in a cell.",),
    )


def _where(row: dict[Hashable, Any]) -> str:
    """Return the column, else the form that the rule's name begins with."""
    form, mark, _ = str(row["rule"]).partition("__")
    return str(row["column_name"]) or (form if mark else "")


def _summary(found: pd.DataFrame) -> str:
    parts = [
        f"{count} {severity if count == 1 or severity == 'fatal' else f'{severity}s'}"
        for severity in SEVERITIES
        if (count := int((found["severity"] == severity).sum()))
    ]
    rules = (
        f"{len(found)} rule was broken" if len(found) == 1 else f"{len(found)} rules were broken"
    )
    return f"Counted once per file and column, {rules}: {', '.join(parts)}."


def _by_rule(found: pd.DataFrame, counts: dict[str, float]) -> Iterator[Row]:
    """Yield a row per finding of a rule in a file, most severe first."""
    place = {severity: number for number, severity in enumerate(SEVERITIES)}
    ordered = found.assign(_place=found["severity"].map(place)).sort_values(
        ["_place", "name", "code", "finding"]
    )
    for row in ordered.to_dict("records"):
        number = "whole file" if row["is_whole_file"] == "yes" else counts.get(str(row["finding"]))
        yield Row(
            (
                Cell(f"{row['says']} {row['fix']}".strip()),
                Cell(str(row["name"])),
                Cell(_where(row)),
                Cell(str(row["code"])),
                Cell(number),
            ),
            group=SEVERITY_WORDS.get(str(row["severity"]), str(row["severity"])),
        )
