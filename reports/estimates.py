"""A result is a row: the estimate, and the one tidy table that all of them form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import pairwise
from typing import Literal

import pandas as pd

from reports.methods.multiplicity import benjamini_hochberg, holm

PlanStatus = Literal["confirmatory", "exploratory"]
Status = Literal["ok", "caution", "refused"]
Adjustment = Literal["holm", "benjamini_hochberg"]

SIGNIFICANT_DIGITS = 10


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """One number that answers one question, or the reason why there is none.

    ``outcome`` is the name of a declared outcome (``core_10.total@end``), ``term`` what within it
    is estimated, ``estimand`` the kind of quantity and ``method`` how it was reached. Counts of
    clients stand in ``n``, ``n_a``, ``n_b`` and ``n_missing`` and nowhere else: a note never holds
    one, so that the disclosure gate can find them all. An estimand ``count`` repeats ``n``.
    """

    run_id: str | None = None
    analysis: str
    theme: str | None = None
    outcome: str
    term: str
    contrast: str | None = None
    group_a: str | None = None
    group_b: str | None = None
    estimand: str
    method: str
    estimate: float | None = None
    se: float | None = None
    statistic: float | None = None
    df: float | None = None
    p_value: float | None = None
    family: str | None = None
    p_adjusted: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    ci_level: float | None = None
    n: int | None = None
    n_a: int | None = None
    n_b: int | None = None
    n_missing: int | None = None
    n_clusters: int | None = None
    plan_status: PlanStatus
    status: Status
    note: str | None = None


ESTIMATE_COLUMNS = tuple(field.name for field in fields(Estimate))
COUNT_COLUMNS = ("n", "n_a", "n_b", "n_missing", "n_clusters")
NUMBER_COLUMNS = ("estimate", "se", "statistic", "df", "p_value", "p_adjusted", "ci_low",
                  "ci_high", "ci_level")  # fmt: skip
TEXT_COLUMNS = tuple(
    name for name in ESTIMATE_COLUMNS if name not in COUNT_COLUMNS + NUMBER_COLUMNS
)
# No two estimates share all of these; they are also the order of the table.
ESTIMATE_KEY = ("analysis", "outcome", "term", "contrast", "group_a", "group_b", "estimand",
                "method")  # fmt: skip


def to_frame(rows: Iterable[Estimate], *, run_id: str | None = None) -> pd.DataFrame:
    """Return estimates as one table: one row per estimate, in a fixed order, rounded once.

    ``run_id``, where given, stands in every row.

    Raises
    ------
    ValueError
        If two estimates have the same `ESTIMATE_KEY`.
    """
    records = [vars(row) for row in rows]  # asdict copies every value
    frame = pd.DataFrame(records, columns=list(ESTIMATE_COLUMNS))
    if run_id is not None:
        frame["run_id"] = run_id
    return _sorted(_rounded(_typed(frame)))


def join_tables(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return several tables of `to_frame` as one, in its order.

    Raises
    ------
    ValueError
        If two estimates have the same `ESTIMATE_KEY`.
    """
    return _sorted(pd.concat(tables, ignore_index=True))


def _typed(frame: pd.DataFrame) -> pd.DataFrame:
    kinds = dict.fromkeys(TEXT_COLUMNS, "str") | dict.fromkeys(NUMBER_COLUMNS, "float64")
    return frame.astype(kinds | dict.fromkeys(COUNT_COLUMNS, "Int64"))


def _rounded(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(**{name: round_numbers(frame[name]) for name in NUMBER_COLUMNS})


def _sorted(frame: pd.DataFrame) -> pd.DataFrame:
    # As tuples: to sort by as many columns of text, pandas makes categories of each.
    keys = list(zip(*(frame[name].fillna("") for name in ESTIMATE_KEY), strict=True))
    order = sorted(range(len(keys)), key=keys.__getitem__)
    for one, other in pairwise(order):
        if keys[one] == keys[other]:
            said = ", ".join(filter(None, keys[one]))
            raise ValueError(f"two estimates have the same key: {said}")
    return frame.iloc[order].reset_index(drop=True)


def round_numbers(values: pd.Series) -> pd.Series:
    """Return numbers rounded to 10 significant digits, without negative zeros."""
    # The last digits of a double differ between machines; ten significant ones do not.
    known = values.dropna()
    rounded = [float(f"{value:.{SIGNIFICANT_DIGITS}g}") + 0.0 for value in known]
    return pd.Series(rounded, index=known.index, dtype="float64").reindex(values.index)


def adjust_families(
    frame: pd.DataFrame, methods: Mapping[str, Adjustment] | None = None
) -> pd.DataFrame:
    """Return the table with adjusted p-values within each named family: Holm's, or as `methods`.

    Refused rows and rows without a p-value neither count nor receive one; rows outside every
    family keep the adjusted p-value that their method gave them. The adjustment starts from the
    rounded p-values, so that the table can be checked from itself.
    """
    adjusted = frame["p_adjusted"].where(frame["family"].isna())
    tested = frame["family"].notna() & frame["p_value"].notna() & (frame["status"] != "refused")
    for family, p_values in frame.loc[tested].groupby("family", sort=True)["p_value"]:
        is_holm = (methods or {}).get(str(family), "holm") == "holm"
        adjust = holm if is_holm else benjamini_hochberg
        adjusted.loc[p_values.index] = adjust(p_values.to_numpy())
    return frame.assign(p_adjusted=round_numbers(adjusted))
