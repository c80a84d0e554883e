"""Counts and shares in the estimate table: cells of cross tables that happen to be rows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from reports.disclosure.cells import Key, hide_cells
from reports.disclosure.estimate_table import COUNT, HARMLESS_AT_ZERO, SHARE, label
from reports.disclosure.policy import DisclosurePolicy
from reports.disclosure.rounding import ratio_of_rounded, round_counts

WHOLE_TOLERANCE = 1e-4
TABLE_OF_COUNTS = ["analysis", "outcome", "method", "family"]
TABLE_OF_SHARES = ["analysis", "outcome", "term", "method", "family"]
PUBLISHED = ["estimate", "n", "n_a", "n_b"]


def count_values(exact: pd.DataFrame) -> pd.Series:
    """Return the count that each row with estimand ``count`` states, missing elsewhere."""
    stated = exact["estimate"].fillna(exact["n"])
    return stated.where((exact["estimand"] == COUNT) & (stated % 1 == 0))


def share_parts(exact: pd.DataFrame) -> pd.Series:
    """Return the number of clients in the part that each ``share`` row states, missing elsewhere.

    ``n_a`` and ``n_b`` are the part and the rest where they are given; otherwise the part follows
    from ``estimate`` and ``n``. A share that is no whole number of clients (weighted, from a model)
    is left to the rules of statistics.
    """
    given = exact["n_a"].where(exact["n_a"] + exact["n_b"] == exact["n"])
    implied = exact["estimate"] * exact["n"]
    whole = implied.round().where((implied - implied.round()).abs() < WHOLE_TOLERANCE)
    part = given.fillna(whole)
    return part.where((exact["estimand"] == SHARE) & exact["estimate"].notna())


def gate_count_rows(exact: pd.DataFrame, policy: DisclosurePolicy) -> pd.DataFrame:
    """Return estimate and sizes of count rows as published, missing where they are left out."""
    counts = count_values(exact)
    chosen = exact[counts.notna()]
    published = pd.DataFrame(np.nan, index=chosen.index, columns=PUBLISHED)
    if chosen.empty:
        return published
    for rows in chosen.groupby(TABLE_OF_COUNTS, dropna=False, sort=True).groups.values():
        keys = _keys(chosen.loc[rows], ["term", "contrast", "group_a", "group_b"])
        shown = _shown(keys, counts.loc[rows], chosen.loc[rows], policy)
        published.loc[rows, "estimate"] = shown.where(chosen.loc[rows, "estimate"].notna())
        published.loc[rows, "n"] = shown
    return published


def gate_share_rows(exact: pd.DataFrame, policy: DisclosurePolicy) -> pd.DataFrame:
    """Return estimate and sizes of share rows as published: shares of rounded counts."""
    parts = share_parts(exact)
    chosen = exact[parts.notna()]
    published = pd.DataFrame(np.nan, index=chosen.index, columns=PUBLISHED)
    if chosen.empty:
        return published
    for rows in chosen.groupby(TABLE_OF_SHARES, dropna=False, sort=True).groups.values():
        published.loc[rows] = _gate_shares(chosen.loc[rows], parts.loc[rows], policy)
    return published


def _gate_shares(rows: pd.DataFrame, parts: pd.Series, policy: DisclosurePolicy) -> pd.DataFrame:
    """Gate part, rest and whole of every row as one table."""
    sides = {"part": parts, "rest": rows["n"] - parts, None: rows["n"]}
    labels = _keys(rows, ["contrast", "group_a", "group_b"])
    keys = [(*key, side) for side in sides for key in labels]
    counts = pd.concat(list(sides.values()))
    shown = _shown(keys, counts, pd.concat([rows] * len(sides)), policy).to_numpy()
    part, rest, whole = np.split(shown, len(sides))
    part, rest = (np.where(np.isnan(part) | np.isnan(rest), np.nan, side) for side in (part, rest))
    given = rows[["n_a", "n_b"]].notna().all(axis=1).to_numpy()
    return pd.DataFrame(
        {
            "estimate": ratio_of_rounded(part, whole),
            "n": whole,
            "n_a": np.where(given, part, np.nan),
            "n_b": np.where(given, rest, np.nan),
        },
        index=rows.index,
    )


def _keys(rows: pd.DataFrame, columns: Sequence[str]) -> list[Key]:
    return [tuple(label(value) for value in row) for row in rows[list(columns)].to_numpy()]


def _shown(
    keys: list[Key], counts: pd.Series, rows: pd.DataFrame, policy: DisclosurePolicy
) -> pd.Series:
    """Return the rounded counts, missing where they are left out."""
    exact = counts.to_numpy().astype(np.int64)
    few = (rows["n_clusters"].to_numpy() < policy.therapist_threshold) & (exact > 0)
    harmless = bool(rows["term"].isin(HARMLESS_AT_ZERO).all())
    hidden = hide_cells(keys, exact, few, policy, nobody_is_harmless=harmless)
    rounded = round_counts(exact, policy.round_to).astype(float)
    return pd.Series(np.where(hidden, np.nan, rounded), index=counts.index)
