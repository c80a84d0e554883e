"""The offending rows of an export as CSV and Excel: record, column, rule, fix; never a value."""

from __future__ import annotations

import csv
import io
import itertools
import re
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from flows.desk.problems import Offence
from flows.files import replaced
from instruments.errors import RunError
from reports.publishing.estimate_csv import neutralise

HEAD = ("file", "record", "column", "severity", "code", "rule", "what is wrong", "what to do")
WIDTHS = (24, 8, 22, 10, 18, 26, 60, 60)
# A workbook says when it was made; the same rows must not differ by it.
ZIP_TIME = (1980, 1, 1, 0, 0, 0)
CLOCK = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*")
EPOCH = rb"\g<1>1980-01-01T00:00:00Z"
# A sheet of Excel holds so many rows below its head; the last of them says what is missing.
MOST_IN_A_SHEET = 1_048_574
MORE = ("", "", "", "", "", "", "There are more rows than a sheet can hold.", "Write them as CSV.")


def write_rows(path: Path, offences: Iterable[Offence]) -> None:
    """Write offending rows to a file whose ending says how.

    Raises
    ------
    RunError
        ``E_USAGE`` for any other ending than .csv and .xlsx.
    """
    makers = {".csv": rows_as_csv, ".xlsx": rows_as_workbook}
    if path.suffix.lower() not in makers:
        raise RunError("E_USAGE", "Rows are written as CSV or Excel", where=path.name,
                       fix="Give it the ending .csv or .xlsx.")  # fmt: skip
    with replaced(path) as part:
        part.write_bytes(makers[path.suffix.lower()](offences))


def rows_as_csv(offences: Iterable[Offence]) -> bytes:
    """Return a CSV file that Excel opens as UTF-8; no cell of it is a formula."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(HEAD)
    writer.writerows([neutralise(cell) for cell in cells] for cells in _cells(offences))
    return text.getvalue().encode("utf-8-sig")


def _cells(offences: Iterable[Offence]) -> Iterator[tuple[int | str, ...]]:
    for one in offences:
        record = "whole file" if one.record is None else one.record
        yield (
            one.file,
            record,
            one.column or "",
            one.severity,
            one.code,
            one.rule,
            one.says,
            one.fix,
        )


def rows_as_workbook(offences: Iterable[Offence]) -> bytes:
    """Return an Excel workbook; texts are texts, whatever they begin with."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    def cell(value: int | str, **style: Any) -> Any:
        made = WriteOnlyCell(sheet, value=value)
        if isinstance(value, str):
            made.data_type = "s"
        for name, content in style.items():
            setattr(made, name, content)
        return made

    book = Workbook(write_only=True)
    sheet = book.create_sheet("offending rows")
    sheet.freeze_panes = "A2"
    for number, width in enumerate(WIDTHS, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.append([cell(head, font=Font(bold=True)) for head in HEAD])
    cells = _cells(offences)
    for row in itertools.islice(cells, MOST_IN_A_SHEET):
        sheet.append([cell(value) for value in row])
    if next(cells, None) is not None:
        sheet.append([cell(value) for value in MORE])
    return _without_time(book)


def _without_time(book: Any) -> bytes:
    """Return the bytes of a workbook, which tell no time."""
    raw, plain = io.BytesIO(), io.BytesIO()
    book.save(raw)
    with zipfile.ZipFile(raw) as made, zipfile.ZipFile(plain, "w", zipfile.ZIP_DEFLATED) as kept:
        for name in made.namelist():
            content = CLOCK.sub(EPOCH, made.read(name))
            kept.writestr(zipfile.ZipInfo(name, ZIP_TIME), content, zipfile.ZIP_DEFLATED)
    return plain.getvalue()
