"""How a workbook shows a number: with leading zeros, or as a percentage."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from flows.sources.number_texts import number_text

# Ids of formats that a workbook need not write down; all others show the number itself.
BUILT_IN: Mapping[str, str] = {"9": "0%", "10": "0.00%"}
# Quoted texts, single letters shown as they are, and the signs that need no quotes.
LITERAL = re.compile(r'"([^"]*)"|\\(.)|_.|\*.|\[[^\]]*\]|([-/ ():])')


@dataclass(frozen=True)
class DisplayFormat:
    """A format that shows something else than the number: what a person sees is what counts."""

    kind: Literal["zeros", "percent"]
    pattern: str = ""

    def show(self, value: float) -> str:
        """Return a number as the workbook shows it."""
        if self.kind == "percent":
            return f"{number_text(round(value * 100, 10))}%"
        if value < 0 or not value.is_integer() or value >= 1e15:
            return number_text(value)
        count = self.pattern.count("0")
        digits = str(int(value)).zfill(count)
        first, rest = digits[: len(digits) - count + 1], list(digits[len(digits) - count + 1 :])
        parts = iter([first, *rest])
        return "".join(next(parts) if sign == "0" else sign for sign in self.pattern)


def find_format(number: str, own: Mapping[str, str]) -> DisplayFormat | None:
    """Return the format of a number by its id, None where the number shows as it is."""
    code = own.get(number, BUILT_IN.get(number, "")).split(";")[0]
    bare = LITERAL.sub(lambda found: found[3] or "", code)
    if "%" in bare:
        return DisplayFormat("percent")
    plain = LITERAL.sub(lambda found: "".join(filter(None, found.groups())), code)
    is_zeros = re.fullmatch(r"[0\-/ ():]*0[0\-/ ():]*", bare) and plain != "0"
    # A literal that holds a zero cannot be told from a place for a digit.
    if not is_zeros or plain.count("0") != bare.count("0"):
        return None
    return DisplayFormat("zeros", plain)
