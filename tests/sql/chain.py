"""One export through reading, staging and publishing, into a store in memory."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flows.declarations import Source
from flows.reading import keep_faults, read_file, stage_file
from instruments.catalog import Catalog, load_catalog
from sql.form_tables import prepare_store
from sql.gateway import Connection, open_gateway, open_stage, rows, transaction
from sql.publishing import BatchFacts, RowCounts, count_rows, publish, stage_forms

IN_MEMORY = Path(":memory:")
CATALOG = load_catalog()


def source_of(**declared: Any) -> Source:
    """Return a declared source of CSV files of one client a row."""
    base: dict[str, Any] = {
        "id": "intake",
        "kind": "csv",
        "files": "*.csv",
        "occasion": "intake",
        "columns": {"client": "client"},
    }
    return Source.model_validate(base | declared)


@dataclass
class Chain:
    """A store in memory, and files published to it one after the other."""

    connection: Connection
    folder: Path
    catalog: Catalog
    batch: int = 0

    def publish(
        self, source: Source, header: Sequence[str], table: Sequence[Sequence[object]]
    ) -> RowCounts:
        """Take one table in without judging it; return what became of its rows."""
        self.batch += 1
        path = write_csv(self.folder / f"export_{self.batch}.csv", header, table)
        reading = read_file(path, source, self.catalog, self.folder)
        with open_stage(self.connection, reading.export.size, self.folder):
            reading = stage_file(self.connection, reading, self.folder)
            keep_faults(self.connection, reading.export.faults)
            sha256 = reading.export.sha256
            forms = stage_forms(self.connection, reading.layout, sha256)
            counts = count_rows(self.connection, reading.layout, forms)
            facts = BatchFacts(sha256, path.name, source.id, source.kind, self.batch, counts)
            with transaction(self.connection):
                publish(self.connection, reading.layout, forms, facts)
        return counts

    def rows(self, query: str, *parameters: object) -> list[tuple[Any, ...]]:
        """Return every row of a query."""
        return rows(self.connection, query, *parameters)


@contextmanager
def open_chain(folder: Path, catalog: Catalog = CATALOG) -> Iterator[Chain]:
    """Open an empty store in memory; files are written to the folder."""
    with ExitStack() as stack:
        connection = stack.enter_context(open_gateway(IN_MEMORY, folder))
        prepare_store(connection)
        yield Chain(connection, folder, catalog)


def write_csv(path: Path, header: Sequence[str], table: Sequence[Sequence[object]]) -> Path:
    """Write a table as a plain CSV file; None is an empty cell."""
    with path.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened, lineterminator="\n")
        writer.writerow(header)
        writer.writerows([["" if cell is None else cell for cell in row] for row in table])
    return path


def by_client(found: Sequence[tuple[Any, ...]]) -> Mapping[tuple[Any, ...], tuple[Any, ...]]:
    """Return rows by their first two values."""
    return {row[:2]: row[2:] for row in found}
