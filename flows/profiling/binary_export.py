"""What an SPSS file or a workbook holds, as texts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

from flows.profiling.table import MOST_ROWS, UnknownExport, any_source, as_columns
from flows.sources.admission import Admission
from flows.sources.binary_file import BinaryFile, examine_file
from flows.sources.excel import Sheet
from flows.sources.excel_cells import cell_text
from flows.sources.excel_package import open_book
from flows.sources.export import DictionaryField
from flows.sources.names import clean_name
from flows.sources.spss import MAGIC, SpssFile

HEAD_ROWS = 50
# Reads every column: nothing of it leaves the memory of the profile.
EVERYTHING = Admission((), (), ("{any}",), ())


def open_binary_export(path: Path) -> UnknownExport | None:
    """Return what can be found out of an SPSS file or a workbook, None for anything else."""
    file = examine_file(path)
    if file.head.startswith(MAGIC):
        return _open_spss(file)
    return _open_excel(file) if file.head.startswith(b"PK") else None


def _open_spss(file: BinaryFile) -> UnknownExport:
    spss = SpssFile(file, any_source("spss"), EVERYTHING)
    columns: dict[str, list[str]] = {name: [] for name in spss.header}
    for chunk in spss.chunks():
        for name, texts in chunk.columns.items():
            columns[name].extend(text.strip() for text in texts)
    missing = {name: v.reasons.keys() for name, v in spss.variables.items() if v.reasons}
    columns |= {name: ["" if cell in codes else cell for cell in columns[name]]
                for name, codes in missing.items()}  # fmt: skip
    doubts = ("User-missing values and ranges are read from the file and need no declaring.",)
    return UnknownExport(file.path, "spss", columns, reasons=("it is an SPSS file",),
                         doubts=doubts if missing else (), fields=_labelled(spss))  # fmt: skip


def _labelled(spss: SpssFile) -> dict[str, DictionaryField]:
    """Return what the file says of its variables, with the labels of their values."""
    labels = spss.meta.variable_value_labels
    return {
        name: replace(field, choices={cell_text(value): clean_name(str(label)) for value, label in
                                      labels.get(spss.written[name], {}).items()})
        for name, field in spss.fields.items()
    }  # fmt: skip


def _open_excel(file: BinaryFile) -> UnknownExport:
    """Return the largest table among the sheets of a workbook."""
    book = open_book(file.path, file.head)
    tables = {name: list(_rows(Sheet(book, name, any_source("excel"), EVERYTHING))) for name in
              book.sheets}  # fmt: skip
    name = max(tables, key=lambda sheet: sum(map(len, tables[sheet])))
    rows = tables[name]
    row = _find_header(rows)
    keys = {"sheet": f'"{name}"'} if len(tables) > 1 else {}
    keys |= {"header_row": str(row + 1)} if row else {}
    filled = [cells for cells in rows[row + 1 :] if any(cells)]
    names = [clean_name(cell) for cell in rows[row]] if rows else []
    reason = "it is a workbook" + (f"; its largest sheet is taken of {len(tables)}"
                                   if len(tables) > 1 else "")  # fmt: skip
    return UnknownExport(file.path, "excel", as_columns(names, filled), keys, (reason,))


def _rows(sheet: Sheet) -> Iterator[list[str]]:
    sheet.check_extent()
    for cells in islice(sheet.rows(), MOST_ROWS):
        yield [cell_text(cell).strip() for cell in cells]


def _find_header(rows: Sequence[Sequence[str]]) -> int:
    """Return the first row of names that is as wide as the table."""
    widths = sorted(sum(map(bool, row)) for row in rows[: 4 * HEAD_ROWS])
    usual = widths[len(widths) // 2] if widths else 0
    return next((k for k, row in enumerate(rows[:HEAD_ROWS]) if sum(map(bool, row)) >= usual > 0),
                0)  # fmt: skip
