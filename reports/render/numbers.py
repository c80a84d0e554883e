"""Numbers as a journal prints them; every view of a table writes them through here."""

from __future__ import annotations

import math

from reports.wording import MINUS, NO_BREAK

MISSING = "–"
LEFT_OUT = "[c]"


def write_number(value: float | None, *, places: int = 2, is_bounded: bool = False) -> str:
    """Write a number with fixed decimals, a true minus sign, no leading zero where bounded by 1.

    >>> write_number(-0.5), write_number(0.881, is_bounded=True), write_number(1234.5, places=1)
    ('−0.50', '.88', '1,234.5')
    """
    if value is None or not math.isfinite(value):
        return MISSING
    written = f"{abs(value):,.{places}f}"
    if is_bounded and written.startswith("0."):
        written = written[1:]
    is_zero = not any(digit in written for digit in "123456789")
    return written if value >= 0 or is_zero else MINUS + written


def write_count(value: float | None) -> str:
    """Write a number of clients or rows; a missing one was left out by the disclosure rules.

    >>> write_count(1240.0), write_count(None)
    ('1,240', '[c]')
    """
    if value is None or not math.isfinite(value):
        return LEFT_OUT
    return f"{int(value):,}"


def write_percent(share: float | None) -> str:
    """Write a share as a percentage without decimals; nearly all is not all.

    >>> write_percent(0.125), write_percent(0.998), write_percent(1.0)
    ('12%', '>99%', '100%')
    """
    if share is None or not math.isfinite(share):
        return LEFT_OUT
    if 0.995 <= share < 1:
        return ">99%"
    return "<1%" if 0 < share < 0.005 else f"{share:.0%}"


def write_p(value: float | None) -> str:
    """Write a p-value to three decimals, without its leading zero.

    >>> write_p(0.0312), write_p(0.0002).replace("\\N{NO-BREAK SPACE}", " ")
    ('.031', '< .001')
    """
    if value is None or not math.isfinite(value):
        return MISSING
    if value < 0.001:
        return f"<{NO_BREAK}.001"
    return f">{NO_BREAK}.999" if value > 0.999 else f"{value:.3f}"[1:]


def write_interval(
    low: float | None, high: float | None, *, places: int = 2, is_bounded: bool = False
) -> str:
    """Write an interval in brackets, kept on one line.

    >>> write_interval(-0.5, 1.25).replace("\\N{NO-BREAK SPACE}", " ")
    '[−0.50, 1.25]'
    """
    ends = [write_number(end, places=places, is_bounded=is_bounded) for end in (low, high)]
    return MISSING if ends == [MISSING, MISSING] else f"[{ends[0]},{NO_BREAK}{ends[1]}]"
