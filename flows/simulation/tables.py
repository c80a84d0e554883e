"""The tables of export files, as text, before they are written."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from flows.simulation.forms import FilledForms
from flows.simulation.missing import MISSING
from flows.simulation.questionnaires import QUESTIONNAIRES

Row = list[str]


@dataclass(frozen=True)
class ExportTable:
    """One export file: its name, its header, and its rows, which mistakes are planted into.

    ``forms`` names the columns of each form in the file, ``moment`` those that say when a row was
    filled in: the occasion, then the session, as far as the file has them.
    """

    file: str
    header: Row
    rows: list[Row]
    forms: Mapping[str, Row] = field(default_factory=dict)
    moment: Row = field(default_factory=list)

    def place(self, column: str) -> int:
        """Return where a column stands."""
        return self.header.index(column)

    def add_column(self, column: str, cells: Sequence[str]) -> None:
        """Add a column at the end."""
        self.header.append(column)
        for row, cell in zip(self.rows, cells, strict=True):
            row.append(cell)

    def write(self, folder: Path) -> None:
        """Write the table as UTF-8 with commas and single line feeds."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(self.header)
        writer.writerows(self.rows)
        (folder / self.file).write_bytes(text.getvalue().encode())


def item_columns(instrument: str, items: Iterable[str]) -> list[str]:
    """Return the clinic's names for the items of an instrument."""
    pattern = QUESTIONNAIRES[instrument].column
    return [_column(pattern, item) for item in items]


def _column(pattern: str, item: str) -> str:
    scale, _, number = item.rpartition("_")
    return pattern.replace("{scale}", scale).replace("{n}", number)


def form_columns(filled: Iterable[FilledForms]) -> dict[str, Row]:
    """Return the columns of each form, by instrument."""
    return {form.instrument: item_columns(form.instrument, form.items) for form in filled}


def answer_cells(forms: FilledForms, unanswered: str) -> list[Row]:
    """Return the answers of each form as text."""
    return [
        [unanswered if answer == MISSING else str(answer) for answer in row]
        for row in forms.answers.tolist()
    ]
