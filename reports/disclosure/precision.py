"""How precisely a statistic is published, so that it does not give away what the counts hide.

With ten digits the exact number of clients follows from a standard error, from degrees of freedom,
or from a mean of whole numbers (2.583333333 is 31/12); two such means, of 48 clients and of 47 of
them, give away one client's score. So:

- a standard error keeps ``policy.se_digits`` significant digits (of 50 clients, its own sampling
  error is 10 %), and estimate and interval end at its decimal place;
- without a standard error half the interval takes its role; without both, three digits are kept;
- the test statistic keeps two decimals (from 100 on, three digits), p-values three significant
  digits. Where counts are rounded, a sum of ranks is left out: with the rank-biserial correlation
  beside it, Mann and Whitney's U tells both group sizes exactly;
- where counts are rounded, a reliability keeps two decimals: Feldt's interval over ``1 - alpha``
  depends on the number of clients alone, and at three decimals it is that number;
- degrees of freedom from ``threshold`` on become multiples of ``round_to``, as the counts are that
  they follow from; smaller ones, which come from therapists or terms, keep one decimal.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from reports.disclosure.policy import DisclosurePolicy

SIGNIFICANT_DIGITS = 3
STATISTIC_PLACES = 2
MOST_PLACES = 10
RELIABILITIES, RELIABILITY_PLACES = ("alpha", "omega total"), 2


def coarsen_statistics(frame: pd.DataFrame, policy: DisclosurePolicy) -> pd.DataFrame:
    """Return estimate rows with every statistic at the precision in which it is published."""
    coarse = frame.copy()
    rows = [_coarsen_row(row, policy) for row in frame.to_dict("records")]
    for column in ("estimate", "se", "statistic", "df", "p_value", "p_adjusted"):
        coarse[column] = pd.Series([row[column] for row in rows], index=frame.index, dtype=float)
    for column in ("ci_low", "ci_high"):
        coarse[column] = pd.Series([row[column] for row in rows], index=frame.index, dtype=float)
    return coarse


def _coarsen_row(row: Mapping[object, Any], policy: DisclosurePolicy) -> dict[str, float]:
    low, high = row["ci_low"], row["ci_high"]
    place = _decimal_place(row["se"], low, high, row["estimate"], policy.se_digits)
    if row["estimand"] in RELIABILITIES and policy.round_to > 1:
        place = min(place, RELIABILITY_PLACES)
    excludes_zero = low > 0 or high < 0
    return {
        "estimate": _round_at(row["estimate"], place, is_not_zero=excludes_zero),
        "se": _round_at(row["se"], place, is_not_zero=True),
        "ci_low": _round_at(low, place, is_not_zero=excludes_zero),
        "ci_high": _round_at(high, place, is_not_zero=excludes_zero),
        "statistic": math.nan if _tells_sizes(row, policy) else _coarse_statistic(row["statistic"]),
        "df": _coarse_df(row["df"], policy),
        "p_value": significant(row["p_value"], SIGNIFICANT_DIGITS),
        "p_adjusted": significant(row["p_adjusted"], SIGNIFICANT_DIGITS),
    }


def _decimal_place(se: float, low: float, high: float, estimate: float, digits: int) -> int:
    """Return the decimal place at which estimate and interval end."""
    for spread in (se, (high - low) / 2):
        if math.isfinite(spread) and spread > 0:
            return _place_of(spread, digits)
    return _place_of(estimate, SIGNIFICANT_DIGITS)


def _place_of(value: float, digits: int) -> int:
    if not math.isfinite(value) or value == 0:
        return MOST_PLACES
    return min(digits - 1 - math.floor(math.log10(abs(value))), MOST_PLACES)


def _round_at(value: float, place: int, *, is_not_zero: bool = False) -> float:
    """Round at a decimal place; what is known to differ from 0 keeps two digits at least.

    An odds ratio of .003 has its standard error on the logarithm, whose place would erase it.
    """
    if not math.isfinite(value):
        return value
    if is_not_zero:
        place = max(place, _place_of(value, 2))
    return round(value, place) + 0.0  # no negative zero


def significant(value: float, digits: int) -> float:
    """Return the value at so many significant digits.

    >>> significant(0.012345, 3)
    0.0123
    """
    if not math.isfinite(value) or value == 0:
        return value
    return float(f"{value:.{digits - 1}e}")


def _tells_sizes(row: Mapping[object, Any], policy: DisclosurePolicy) -> bool:
    """Return whether a statistic is a sum of ranks: whole or a half, without error and df."""
    alone = not math.isfinite(row["se"]) and not math.isfinite(row["df"])
    return policy.round_to > 1 and alone and (2 * row["statistic"]) % 1 == 0


def _coarse_statistic(value: float) -> float:
    large = math.isfinite(value) and abs(value) >= 100
    return significant(value, SIGNIFICANT_DIGITS) if large else _round_at(value, STATISTIC_PLACES)


def _coarse_df(df: float, policy: DisclosurePolicy) -> float:
    if not math.isfinite(df) or policy.round_to == 1 or df < policy.threshold:
        return _round_at(df, 1)
    return float(policy.round_to * max(1, math.floor(df / policy.round_to + 0.5)))
