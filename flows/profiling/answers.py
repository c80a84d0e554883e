"""What stands in the items of a form: answers, missing codes, and what is neither."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

# Missing-data codes that programs and people use, and what they say.
TOLD: Mapping[str, str] = {
    "NASK": "not asked",
    "ASKU": "asked and not known",
    "NI": "no information",
    "UNK": "not known",
    "NA": "not applicable",
    "N/A": "not applicable",
    "NAV": "not available",
    "INV": "invalid",
    "REF": "refused",
    "DK": "not known",
    ".": "missing",
    "NULL": "missing",
    "NaN": "missing",
    "missing": "missing",
}
UNTOLD = "reason not known"
# Numbers that are used for missing far from a range of answers: 77, 88, 99, 777 and the like.
FAR = re.compile(r"-\d{1,4}|(7|8|9)\1{1,3}|9[5-9]|99[5-9]|999[5-9]")
# The answers of an item are few.
WIDEST = 101


@dataclass(frozen=True)
class Answers:
    """The cells of several columns: how often each text stands there."""

    counts: Mapping[str, int]

    @cached_property
    def numbers(self) -> dict[int, int]:
        """How often each whole number stands there."""
        found: Counter[int] = Counter()
        for text, count in self.counts.items():
            if re.fullmatch(r"[+-]?\d{1,6}(\.0+)?", text):
                found[int(float(text))] += count
        return dict(sorted(found.items()))

    @cached_property
    def texts(self) -> dict[str, int]:
        """How often each text stands there that is no number."""
        return {text: count for text, count in sorted(self.counts.items())
                if not re.fullmatch(r"[+-]?\d+([.,]\d+)?", text)}  # fmt: skip

    @property
    def are_numbers(self) -> bool:
        """Whether nearly all cells are whole numbers."""
        total = sum(self.counts.values())
        told = sum(count for text, count in self.texts.items() if text in TOLD)
        return total > told and sum(self.numbers.values()) >= 0.9 * (total - told)

    def codes_outside(self, low: int, high: int) -> dict[str, str]:
        """Return the texts and numbers outside a range that look like missing codes."""
        codes = {text: TOLD[text] for text in self.texts if text in TOLD}
        for number in self.numbers:
            is_zero = number == 0 < low
            is_next = high < number <= 9 and number in (8, 9) and self._is_common(number)
            if not low <= number <= high and (FAR.fullmatch(str(number)) or is_zero or is_next):
                codes[str(number)] = UNTOLD
        return codes

    def strays(self, low: int, high: int) -> int:
        """Return how many cells are neither within a range nor a missing code."""
        codes = self.codes_outside(low, high)
        return sum(count for text, count in self.counts.items()
                   if text not in codes and not self._is_within(text, low, high))  # fmt: skip

    def doubt_strays(self, low: int, high: int) -> str:
        """Say how many cells are neither answers nor missing codes; nothing where none is."""
        count = self.strays(low, high)
        if not count:
            return ""
        held = "its row is" if count == 1 else "their rows are"
        what = "1 cell is" if count == 1 else f"{count} cells are"
        return f"{what} neither answer nor missing code; {held} held back."

    def observed(self) -> tuple[int, int] | None:
        """Return the lowest and the highest answer, far codes and rare numbers left out."""
        total = sum(self.numbers.values())
        kept = [n for n, count in self.numbers.items()
                if not FAR.fullmatch(str(n)) and count > total / 2000]  # fmt: skip
        return (min(kept), max(kept)) if kept and max(kept) - min(kept) < WIDEST else None

    def _is_common(self, number: int) -> bool:
        return self.numbers[number] > 2

    @staticmethod
    def _is_within(text: str, low: int, high: int) -> bool:
        try:
            return low <= float(text) <= high
        except ValueError:
            return False


def count_answers(columns: Iterable[Sequence[str]]) -> Answers:
    """Return what stands in several columns; blank cells do not count."""
    counts: Counter[str] = Counter()
    for cells in columns:
        counts.update(cells)
    counts.pop("", None)
    return Answers(dict(counts))
