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
DIFFERENCE = "difference in cumulative incidence"
_STUDY = ["analysis", "outcome"]
_WHOSE = [*_STUDY, "term", "who"]


def untold_incidence(exact: pd.DataFrame, policy: DisclosurePolicy) -> Flags:
    """Return the cumulative incidences, and tests of them, that would tell a small number."""
    silent = np.zeros(len(exact), dtype=bool)
    if not exact["estimand"].isin((INCIDENCE, DIFFERENCE)).any():
        return silent
    rows = exact[(exact["estimand"] == INCIDENCE) & exact["n_a"].notna()]
    rows = rows.assign(end=rows["contrast"].map(_session), who=rows["group_a"].fillna(""))
    for _, study in rows.groupby(_STUDY, sort=True):
        left = study
        for rule in (_small_steps, _small_rests, _small_others):
            told = list(rule(left, policy.threshold))
            silent[told] = True
            left = left.drop(index=told)
    told_of = set(zip(*(rows.loc[~silent[rows.index], name] for name in _WHOSE), strict=True))
    silent[list(_untold_tests(exact, told_of))] = True
    return silent


def _untold_tests(exact: pd.DataFrame, told_of: set[tuple[str, ...]]) -> Iterator[int]:
    """Yield the tests of an ending where one of its groups is silent: p tells what it had."""
    tests = exact[exact["estimand"] == DIFFERENCE]
    for place, row in zip(tests.index, tests.to_dict("records"), strict=True):
        pair = (row["group_a"], row["group_b"])
        if not all((*(row[name] for name in _WHOSE[:-1]), who) in told_of for who in pair):
            yield place


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
