"""The values of SPSS variables as text: numbers, dates, and what was declared missing."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from flows.sources.names import clean_name
from flows.sources.number_texts import number_text, texts_of_numbers

EPOCH = dt.datetime(1582, 10, 14)  # noqa: DTZ001 -- SPSS counts seconds without a time zone
DATE = re.compile(r"[AESJ]?DATE\d+|QYR\d+|MOYR\d+|WKYR\d+")
DATE_AND_TIME = re.compile(r"DATETIME.*|YMDHMS.*")
# The format that shows a whole number with leading zeros.
ZEROS = re.compile(r"N(\d+)")
USER_MISSING = "user-missing"
# More codes without a label than these are a range of measures, not a list of reasons.
MOST_CODES = 50
LARGEST_CODE = 1_000_000
LONGEST_REASON = 60


@dataclass
class Variable:
    """One variable: its print format, the labels of its values, and what is user-missing.

    ``reasons`` collects the missing codes that were met and what they mean. ``keeps_reasons`` is
    False where no code may stand (ids and dates): there what is missing becomes blank.
    """

    format: str = ""
    labels: Mapping[Any, str] = field(default_factory=dict)
    ranges: Sequence[Mapping[str, Any]] = ()
    date_format: str | None = None
    keeps_reasons: bool = True
    reasons: dict[str, str] = field(default_factory=dict)

    def texts(self, values: np.ndarray[Any, Any]) -> list[str]:
        """Return the text of every value of some rows."""
        if values.dtype.kind == "f":
            return texts_of_numbers(values, self._number)
        cells = [cell if isinstance(cell, str) else "" for cell in values.tolist()]
        if not self.ranges:
            return cells
        known = {cell: self._string(cell) for cell in sorted(set(cells))}
        return [known[cell] for cell in cells]

    def _number(self, value: float) -> str:
        if self._is_missing(value):
            return self._reason(number_text(value), value)
        if DATE.fullmatch(self.format) or DATE_AND_TIME.fullmatch(self.format):
            return self._moment(value)
        zeros = ZEROS.fullmatch(self.format)
        return number_text(value).zfill(int(zeros[1])) if zeros else number_text(value)

    def _string(self, value: str) -> str:
        return self._reason(value.strip(), value) if self._is_missing(value) else value

    def _moment(self, value: float) -> str:
        try:
            moment = EPOCH + dt.timedelta(seconds=value)
        except (OverflowError, ValueError):
            return number_text(value)
        if self.date_format:
            return moment.strftime(self.date_format)
        return (
            moment.isoformat(" ")
            if DATE_AND_TIME.fullmatch(self.format)
            else (moment.date().isoformat())
        )

    def _is_missing(self, value: Any) -> bool:
        return any(
            type(value) is type(part["lo"]) and part["lo"] <= value <= part["hi"]
            for part in self.ranges
        )

    def _reason(self, code: str, value: Any) -> str:
        """Return what stands for a missing value, and keep what it means."""
        if not self.keeps_reasons:
            return ""
        label = clean_name(self.labels.get(value) or "")[:LONGEST_REASON]
        if not self._fits(code, value, is_labelled=bool(label)):
            code, label = USER_MISSING, ""
        self.reasons.setdefault(code, label or USER_MISSING)
        return code

    def _fits(self, code: str, value: Any, *, is_labelled: bool) -> bool:
        """Whether a missing value can stand for itself among the codes of a column."""
        if isinstance(value, float) and not (value.is_integer() and abs(value) <= LARGEST_CODE):
            return False
        return bool(code) and (is_labelled or code in self.reasons or
                               len(self.reasons) < MOST_CODES)  # fmt: skip
