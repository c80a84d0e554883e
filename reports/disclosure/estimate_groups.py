"""Which estimates describe too few clients or therapists, or would give such a group away."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from reports.disclosure.cells import Key, hide_cells
from reports.disclosure.estimate_table import (
    COUNT,
    GROUP_SIZES,
    STATISTICS,
    is_declared,
    label,
)
from reports.disclosure.linked import Flags
from reports.disclosure.policy import DisclosurePolicy

QUESTION = ["analysis", "outcome", "term", "estimand", "method"]
FRACTION_TOLERANCE = 1e-6


def withhold_rows(exact: pd.DataFrame, policy: DisclosurePolicy, least: int) -> Flags:
    """Return the rows that may not speak, if ``least`` clients are needed to.

    A row is silent if a group in it is small, if too few therapists stand behind it, if it is an
    unlabelled fraction of few clients, if nobody knows how many clients it describes, or if it
    names a group that would give a small one away.
    """
    silent = _is_small(exact, policy, least) | _is_small_fraction(exact, least)
    silent |= _has_unknown_size(exact)
    for rows in exact.groupby(QUESTION, dropna=False, sort=True).groups.values():
        _hide_neighbours(exact.loc[rows], silent, policy, least)
    return silent


def _is_small(exact: pd.DataFrame, policy: DisclosurePolicy, least: int) -> Flags:
    sizes = exact[list(GROUP_SIZES)].to_numpy() < least
    therapists = exact["n_clusters"].to_numpy() < policy.therapist_threshold
    return np.asarray(sizes.any(axis=1) | therapists, dtype=bool)


def _has_unknown_size(exact: pd.DataFrame) -> Flags:
    """Return rows that say something of clients without saying of how many."""
    unknown = exact[list(GROUP_SIZES)].isna().all(axis=1)
    speaks = exact[list(STATISTICS)].notna().any(axis=1) | (exact["status"] != "refused")
    return np.asarray(unknown & speaks & ~is_declared(exact), dtype=bool)


def _is_small_fraction(exact: pd.DataFrame, least: int) -> Flags:
    """Return rows whose estimate is a whole number of clients over ``n``, though not called so.

    With ten digits a fraction of clients is no accident. A mean, a correlation or an alpha hits
    one by chance in two of a million rows.
    """
    n, estimate = exact["n"].to_numpy(), exact["estimate"].to_numpy()
    part = np.round(estimate * n)
    is_fraction = np.abs(estimate * n - part) < FRACTION_TOLERANCE
    is_plain = exact[["n_a", "n_b"]].isna().all(axis=1).to_numpy() & (exact["estimand"] != COUNT)
    inside = (estimate > 0) & (estimate < 1)
    return np.asarray(is_plain & is_fraction & inside & (np.minimum(part, n - part) < least), bool)


def _hide_neighbours(
    rows: pd.DataFrame, silent: Flags, policy: DisclosurePolicy, least: int
) -> None:
    """Silence further groups of one question, where their sizes would give a silent one away."""
    sizes = _sizes_of_groups(rows, silent)
    counts = np.array([size for size, _ in sizes.values()], dtype=np.int64)
    few = np.array([is_silent for _, is_silent in sizes.values()], dtype=bool) & (counts >= least)
    if not (few.any() or (counts < least).any() or _has_small_rest(sizes, least)):
        return
    stricter = policy.model_copy(update={"threshold": least, "publish_zeros": False})
    hidden = hide_cells(list(sizes), counts, few, stricter)
    lost = {key[0] for key, is_hidden in zip(sizes, hidden, strict=True) if is_hidden} - {None}
    for place, a, b in zip(rows.index, rows["group_a"], rows["group_b"], strict=True):
        silent[place] |= label(a) in lost or label(b) in lost


def _has_small_rest(sizes: dict[Key, tuple[int, bool]], least: int) -> bool:
    """Return whether all clients minus the named groups are few, though no row names them."""
    total = sizes.get((None,), (0, False))[0]
    return 0 < 2 * total - sum(size for size, _ in sizes.values()) < least


def _sizes_of_groups(rows: pd.DataFrame, silent: Flags) -> dict[Key, tuple[int, bool]]:
    """Return size and silence of every group that the rows name, and of all clients (``None``).

    The same group can have several sizes; its smallest is the one that has to be protected.
    """
    sizes: dict[Key, tuple[int, bool]] = {}
    for place, name, size, is_alone in _named_sizes(rows):
        before, was_silent = sizes.get((name,), (size, False))
        sizes[(name,)] = (min(before, size), was_silent or (is_alone and bool(silent[place])))
    return dict(sorted(sizes.items(), key=lambda item: item[0][0] or ""))


def _named_sizes(rows: pd.DataFrame) -> Iterator[tuple[int, str | None, int, bool]]:
    """Yield row, group, size, and whether the row is about that group alone."""
    names = [(label(a), label(b)) for a, b in rows[["group_a", "group_b"]].to_numpy()]
    sizes = rows[["n", "n_a", "n_b"]].to_numpy(dtype=float)
    for place, (a, b), (n, n_a, n_b) in zip(rows.index, names, sizes, strict=True):
        is_alone = a is None or b is None
        for name, size in [(a or b, n)] if is_alone else [(a, n_a), (b, n_b)]:
            if not np.isnan(size):
                yield int(place), name, int(size), is_alone
