"""Stage a small export the way a run does, and judge it."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from flows.declarations import Source
from flows.layout import lay_out
from flows.sources.export import Export
from flows.validation import Validation, validate
from instruments.catalog import load_catalog
from instruments.layout import Layout
from sql.gateway import Connection, open_gateway, open_stage, rows
from sql.staging import DelimitedText, read_text, type_text

Table = Sequence[Mapping[str, str]]


@dataclass(frozen=True)
class Judged:
    """What validation said of one table."""

    validation: Validation
    findings: tuple[tuple[Any, ...], ...]
    quarantined: tuple[int, ...]
    ids: tuple[str, ...]

    def placed(self, *severities: str) -> list[tuple[str, int | None, str | None]]:
        """Return code, record and column of the findings of some severities, all by default."""
        return [
            (code, record, column)
            for _, code, _, severity, record, column, _ in self.findings
            if not severities or severity in severities
        ]


@contextmanager
def staged(folder: Path, source: Source, table: Table) -> Iterator[tuple[Connection, Layout]]:
    """Stage a table of texts."""
    header = tuple(table[0])
    path = folder / "export.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, header)
        writer.writeheader()
        writer.writerows(table)
    layout = lay_out(source, header, load_catalog())
    with open_gateway() as connection, open_stage(connection, path.stat().st_size, folder):
        assert read_text(connection, layout, DelimitedText(path, header))
        type_text(connection, layout)
        yield connection, layout


def export_of(table: Table, **more: Any) -> Export:
    """Return what the reader would say of a table."""
    path = Path("export.csv")
    return Export(path, "0" * 64, 1, path, True, tuple(table[0]), ",", '"', len(table), **more)


@pytest.fixture
def stage(tmp_path: Path) -> Callable[[Source, Table], Any]:
    """Return a function that stages a table for as long as its context lasts."""
    return partial(staged, tmp_path)


@pytest.fixture
def judge(tmp_path: Path) -> Callable[..., Judged]:
    """Return a function that stages a table and validates it."""

    def judge_table(source: Source, table: Table, *unknown: Any, **more: Any) -> Judged:
        with staged(tmp_path, source, table) as (connection, layout):
            validation = validate(connection, layout, export_of(table, **more), unknown)
            name = "client" if "client" in layout.roles else "''"
            ids = rows(connection, f"SELECT {name} FROM stage.rows ORDER BY _record")
            return Judged(
                validation,
                tuple(rows(connection, "SELECT * FROM stage.finding ORDER BY rowid")),
                tuple(r for (r,) in rows(connection, "SELECT * FROM stage.quarantined")),
                tuple(i for (i,) in ids),
            )

    return judge_table
