"""Which estimates describe too few clients or therapists, or would give such a group away."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

import numpy as np
import pandas as pd

from reports.disclosure.cells import hide_cells
from reports.disclosure.estimate_table import (
    COUNT,
    GROUP_SIZES,
    SHARE,
    STATISTICS,
    is_declared,
    label,
)
from reports.disclosure.linked import Flags
from reports.disclosure.policy import DisclosurePolicy
from reports.disclosure.rounding import Floats

QUESTION = ["analysis", "outcome", "term", "estimand", "method"]
FRACTION_TOLERANCE = 1e-6


def withhold_rows(exact: pd.DataFrame, policy: DisclosurePolicy, least: int) -> Flags:
    """Return the rows that may not speak, if ``least`` clients are needed to.

    A row is silent if a group in it is small, if too few therapists stand behind it, if it is an
    unlabelled fraction of few clients, if nobody knows how many clients it describes, or if it
    names a group that would give a small one away. Clients that are silent in one question of an
    outcome are silent in all of its questions: otherwise one would show what another hides.
    """
    sizes = _sizes(exact)
    silent = np.asarray((sizes < least).any(axis=1), dtype=bool)
    silent |= exact["n_clusters"].to_numpy() < policy.therapist_threshold
    _silence_neighbours(exact, _named_groups(exact, sizes), silent, policy, least)
    return silent | _is_small_fraction(exact, least) | _has_unknown_size(exact)


def _silence_neighbours(
    exact: pd.DataFrame,
    named: list[list[Group]],
    silent: Flags,
    policy: DisclosurePolicy,
    least: int,
) -> None:
    """Silence groups that would give silent ones away, until no question hides one more."""
    outcomes = exact["outcome"].tolist()
    mentions: dict[str, Counter[str | None]] = {outcome: Counter() for outcome in outcomes}
    for outcome, groups in zip(outcomes, named, strict=True):
        mentions[outcome].update(group.name for group in groups)
    questions = exact.groupby(QUESTION, dropna=False, sort=True).indices.values()
    settled = False
    while not settled:
        before = silent.copy()
        for rows in questions:
            hidden = _hidden_groups(
                [named[row] for row in rows],
                silent[rows],
                policy,
                least,
                mentions[outcomes[rows[0]]],
            )
            silent[rows] |= [any(group.name in hidden for group in named[row]) for row in rows]
        _silence_same_clients(outcomes, named, silent)
        settled = bool((silent == before).all())


def nearly_all(exact: pd.DataFrame, policy: DisclosurePolicy) -> Flags:
    """Return rows that name a group short of a few of the clients it has in another row.

    Where counts are not rounded, the difference of both numbers is a small count, whoever wrote
    the rows: 18,768 clients of a group and 18,765 with an age tell that three have none.
    """
    named = _named_groups(exact, _sizes(exact))
    sizes: dict[str, set[int]] = {}
    for name, size in (group for groups in named for group in groups):
        if name is not None:
            sizes.setdefault(name, set()).add(size)
    short = {
        (name, size)
        for name, found in sizes.items()
        for size in found
        if any(0 < other - size < policy.threshold for other in found)
    }
    return np.array([any(group in short for group in groups) for groups in named], dtype=bool)


class Group(NamedTuple):
    """A group of clients as one row names it; without a name it is all of them."""

    name: str | None
    size: int


def _sizes(exact: pd.DataFrame) -> Floats:
    """Return the sizes of groups in ``n, n_a, n_b``; the parts of a share are no groups."""
    sizes = exact[list(GROUP_SIZES)].to_numpy(dtype=float, copy=True)
    sizes[(exact["estimand"] == SHARE).to_numpy(), 1:] = np.nan
    return sizes


def _named_groups(exact: pd.DataFrame, sizes: Floats) -> list[list[Group]]:
    """Return the groups of every row: one with its ``n``, or two with ``n_a`` and ``n_b``."""
    labels = [(label(a), label(b)) for a, b in exact[["group_a", "group_b"]].to_numpy()]
    pairs = [
        [(a or b, n)] if a is None or b is None else [(a, n_a), (b, n_b)]
        for (a, b), (n, n_a, n_b) in zip(labels, sizes, strict=True)
    ]
    return [[Group(name, int(n)) for name, n in pair if not np.isnan(n)] for pair in pairs]


def _silence_same_clients(outcomes: list[str], named: list[list[Group]], silent: Flags) -> None:
    """Silence every row about a group that is silent alone, for the same outcome and size."""
    alone = {
        (outcome, *groups)
        for outcome, groups, is_silent in zip(outcomes, named, silent, strict=True)
        if is_silent and len(groups) == 1 and groups[0].name is not None
    }
    for row, (outcome, groups) in enumerate(zip(outcomes, named, strict=True)):
        silent[row] |= any((outcome, group) in alone for group in groups)


def _has_unknown_size(exact: pd.DataFrame) -> Flags:
    """Return rows that say something of clients without saying of how many."""
    unknown = exact[list(GROUP_SIZES)].isna().all(axis=1)
    speaks = exact[list(STATISTICS)].notna().any(axis=1) | (exact["status"] != "refused")
    is_known = is_declared(exact) | (exact["estimand"] == COUNT)
    return np.asarray(unknown & speaks & ~is_known, dtype=bool)


def _is_small_fraction(exact: pd.DataFrame, least: int) -> Flags:
    """Return rows whose estimate is a whole number of clients over ``n``, though not called so.

    With ten digits a fraction of clients is no accident. A mean, a correlation or an alpha hits
    one by chance in two of a million rows.
    """
    n, estimate = exact["n"].to_numpy(), exact["estimate"].to_numpy()
    part = np.round(estimate * n)
    is_fraction = np.abs(estimate * n - part) < FRACTION_TOLERANCE
    is_plain = exact[["n_a", "n_b"]].isna().all(axis=1) & ~exact["estimand"].isin([COUNT, SHARE])
    inside = (estimate > 0) & (estimate < 1)
    return np.asarray(is_plain & is_fraction & inside & (np.minimum(part, n - part) < least), bool)


def _hidden_groups(
    rows: list[list[Group]],
    silent: Flags,
    policy: DisclosurePolicy,
    least: int,
    mentions: Counter[str | None],
) -> set[str | None]:
    """Return the groups of one question that are small, or would give a small one away.

    The group that the fewest rows of the outcome name goes first.
    """
    sizes = _smallest_sizes(rows)
    alone = {
        groups[0].name
        for groups, is_silent in zip(rows, silent, strict=True)
        if is_silent and len(groups) == 1
    }
    counts = np.array(list(sizes.values()), dtype=np.int64)
    few = np.array([name in alone for name in sizes], dtype=bool) & (counts >= least)
    if not (few.any() or (counts < least).any() or _has_small_rest(sizes, least)):
        return set()
    stricter = policy.model_copy(update={"threshold": least, "publish_zeros": False})
    costs = np.array([mentions[name] for name in sizes], dtype=float)
    hidden = hide_cells([(name,) for name in sizes], counts, few, stricter, costs=costs)
    return {name for name, is_hidden in zip(sizes, hidden, strict=True) if is_hidden} - {None}


def _smallest_sizes(rows: list[list[Group]]) -> dict[str | None, int]:
    """Return every group of a question with the smallest size it has there, sorted by name."""
    sizes: dict[str | None, int] = {}
    for group in (group for groups in rows for group in groups):
        sizes[group.name] = min(group.size, sizes.get(group.name, group.size))
    return dict(sorted(sizes.items(), key=lambda item: item[0] or ""))


def _has_small_rest(sizes: dict[str | None, int], least: int) -> bool:
    """Return whether all clients minus the named groups are few, though no row names them."""
    total = sizes.get(None, 0)
    return 0 < 2 * total - sum(sizes.values()) < least
