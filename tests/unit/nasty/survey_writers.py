"""Writes survey exports as Qualtrics and LimeSurvey write them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence

Rows = Sequence[Sequence[str]]
QUALTRICS_OWN = {
    "StartDate": ("Start Date", "startDate"),
    "Status": ("Response Type", "status"),
    "IPAddress": ("IP Address", "ipAddress"),
    "Finished": ("Finished", "finished"),
    "ResponseId": ("Response ID", "_recordId"),
    "ExternalReference": ("External Data Reference", "externalDataReference"),
}


def as_qualtrics(names: Sequence[str], rows: Rows, *, delimiter: str = ",") -> str:
    """Return a modern export: names, questions over two lines, import ids, responses."""
    questions = [QUALTRICS_OWN.get(name, (f"How much,\n{name}?",))[0] for name in names]
    ids = [QUALTRICS_OWN.get(name, ("", f"QID_{name}"))[1] for name in names]
    told = [json.dumps({"ImportId": own}, separators=(",", ":")) for own in ids]
    return _write([names, questions, told, *rows], delimiter=delimiter)


def as_legacy_qualtrics(names: Sequence[str], own: Sequence[str], rows: Rows) -> bytes:
    """Return a legacy export: names, what they stand for, responses; a mark, a delimiter more."""
    lines = [[*line, ""] for line in (names, own, *rows)]
    return b"\xef\xbb\xbf" + _write(lines).encode()


def as_limesurvey(names: Sequence[str], rows: Rows, *, separator: str = ",") -> bytes:
    """Return an export of responses: a mark, every cell quoted, a blank line at the end."""
    text = _write([names, *rows], delimiter=separator, end="\r\n", quoting=csv.QUOTE_ALL)
    return b"\xef\xbb\xbf" + text.encode() + b"\r\n"


def _write(
    rows: Rows, *, delimiter: str = ",", end: str = "\n", quoting: int = csv.QUOTE_MINIMAL
) -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator=end, quoting=quoting).writerows(rows)  # type: ignore[arg-type]
    return text.getvalue()
