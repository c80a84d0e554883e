"""How numbers and times are written in sentences: plainly, and as the APA manual asks."""

from __future__ import annotations

import math
import re

import pandas as pd

MINUS = "−"
NO_BREAK = "\N{NO-BREAK SPACE}"
WITHHELD = "withheld"
# Of session forms, which are many, a client's first one with a score is taken.
FIRST_SESSION = "first session form"
WHEN = {"end": "at the end", "session": f"on the {FIRST_SESSION}", "follow_up": "at follow-up"}


def name_occasion(occasion: str) -> str:
    """Return an occasion in words: "month 3"."""
    return FIRST_SESSION if occasion == "session" else occasion.replace("_", " ")


def phrase_occasion(outcome: str) -> str:
    """Return when an outcome is measured: "at month 3"; nothing for an attribute of clients."""
    _, _, occasion = outcome.partition("@")
    return WHEN.get(occasion, f"at {name_occasion(occasion)}") if occasion else ""


def plain(value: float) -> str:
    """Write a number for readers who do not need its second decimal.

    >>> plain(7.96), plain(-0.034), plain(3.0)
    ('8', '−0.03', '3')
    """
    places = 1 if abs(value) >= 0.1 else 2
    written = f"{value:.{places}f}"
    return _with_minus(written.rstrip("0").rstrip("."))


def plain_interval(row: pd.Series) -> str:
    """Write an interval in words: "5.7 to 10.2"."""
    return f"{plain(row['ci_low'])} to {plain(row['ci_high'])}"


def plausibly(row: pd.Series) -> str:
    """Say in which range a number plausibly lies."""
    if pd.isna(row["ci_low"]) or pd.isna(row["ci_high"]):
        return f"its uncertainty is {WITHHELD}"
    return f"plausibly {plain_interval(row)}"


def plausibly_apart(row: pd.Series) -> str:
    """Say the range of a difference in the words "lower" and "higher", without signs.

    >>> plausibly_apart(pd.Series({"ci_low": -1.9, "ci_high": 5.0}))
    'plausibly 1.9 lower to 5 higher'
    """
    low, high = sorted(abs(row[limit]) for limit in ("ci_low", "ci_high"))
    if pd.isna(low) or pd.isna(high):
        return plausibly(row)
    if row["ci_low"] < 0 < row["ci_high"]:
        lower, higher = plain(-row["ci_low"]), plain(row["ci_high"])
        return f"plausibly {lower} lower to {higher} higher"
    return f"plausibly {plain(low)} to {plain(high)}"


def name_level(level: float) -> str:
    """Write the level of an interval.

    >>> name_level(0.95), name_level(0.975)
    ('95%', '97.5%')
    """
    return f"{100 * level:g}%"


def decimals(value: float) -> str:
    """Write a number with two decimals at most, as they are.

    >>> decimals(134.5), decimals(3.0)
    ('134.5', '3')
    """
    if not math.isfinite(value):
        return WITHHELD
    written = f"{value:.2f}".rstrip("0").rstrip(".")
    return _with_minus(written)


def signed(value: float) -> str:
    """Write a statistic with two decimals and a true minus sign.

    >>> signed(-2.5)
    '−2.50'
    """
    return _with_minus(f"{value:.2f}") if math.isfinite(value) else WITHHELD


def _with_minus(written: str) -> str:
    is_zero = not any(digit in written for digit in "123456789")
    return written.removeprefix("-") if is_zero else written.replace("-", MINUS)


def interval(row: pd.Series) -> str:
    """Write a confidence interval: "95% CI [5.70, 10.20]"."""
    low, high = row["ci_low"], row["ci_high"]
    if pd.isna(low) or pd.isna(high):
        return f"CI {WITHHELD}"
    return f"{name_level(row['ci_level'])} CI [{signed(low)}, {signed(high)}]"


def p_value(p: float) -> str:
    """Write a p-value without its leading zero.

    >>> p_value(0.0004), p_value(0.0312), p_value(0.9999)
    ('p < .001', 'p = .031', 'p > .999')
    """
    if pd.isna(p):
        return f"p {WITHHELD}"
    if p < 0.001:
        return "p < .001"
    return "p > .999" if p > 0.999 else f"p = {p:.3f}".replace("0.", ".", 1)


def no_break(text: str) -> str:
    """Keep a sign and its number on one line."""
    return re.sub(r" ([=<>]) ", rf"{NO_BREAK}\1{NO_BREAK}", text)
