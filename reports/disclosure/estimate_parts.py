"""Cumulative incidences: silent where steps, ways to end, or groups would tell a small number.

Each row passes the rules of statistics by itself: ``n_a`` clients have ended so by then, ``n_b``
have not. Side by side rows tell more: the clients of one step, those who ended in no way that is
shown, and those of no group that is shown. Each of these numbers must be large, or unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pandas as pd

from reports.disclosure.linked import Flags
from reports.disclosure.policy import DisclosurePolicy

INCIDENCE = "cumulative incidence"
_STUDY = ["analysis", "outcome"]


def untold_incidence(exact: pd.DataFrame, policy: DisclosurePolicy) -> Flags:
    """Return the cumulative incidences that would tell a small number of clients."""
    silent = np.zeros(len(exact), dtype=bool)
    rows = exact[(exact["estimand"] == INCIDENCE) & exact["n_a"].notna()]
    rows = rows.assign(end=rows["contrast"].map(_session), who=rows["group_a"].fillna(""))
    for _, study in rows.groupby(_STUDY, sort=True):
        left = study
        for rule in (_small_steps, _small_rests, _small_others):
            told = list(rule(left, policy.threshold))
            silent[told] = True
            left = left.drop(index=told)
    return silent


def _small_steps(rows: pd.DataFrame, least: int) -> Iterator[int]:
    """Yield the steps before the last where too few clients ended in one of them."""
    for _, curve in rows.sort_values("end").groupby(["who", "term"], sort=True):
        if any(after - before < least for before, after in pairwise(curve["n_a"])):
            yield from curve.index[:-1]


def _small_rests(rows: pd.DataFrame, least: int) -> Iterator[int]:
    """Yield the rarest endings of a group until those of no shown ending are enough."""
    for _, group in rows.groupby("who", sort=True):
        ended = group.groupby("term", sort=True)["n_a"].max().sort_values(kind="stable")
        rest = group["n"].iloc[0] - ended.sum()
        for term, number in ended.items():
            if rest >= least:
                break
            yield from group.index[group["term"] == term]
            rest += number


def _small_others(rows: pd.DataFrame, least: int) -> Iterator[int]:
    """Yield the rows of groups where all clients less those of the groups are few."""
    for _, same in rows.groupby(["term", "end"], sort=True):
        groups = same[same["who"] != ""]
        everyone = same.loc[same["who"] == "", "n_a"]
        if len(groups) and len(everyone) and everyone.iloc[0] - groups["n_a"].sum() < least:
            yield from groups.index


def _session(contrast: object) -> float:
    """Return the session that a contrast names: 15 of "by session 15"."""
    found = re.search(r"(\d+)$", str(contrast))
    return float(found[1]) if found else np.nan
