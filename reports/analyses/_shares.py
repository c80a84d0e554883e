"""Shares of clients, by presentation, and how the two extreme groups differ in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from reports.analyses._contrast import EXTREMES, named
from reports.analyses._inquiry import Inquiry
from reports.analyses._question import (
    MIN_GROUP,
    TOO_FEW,
    TOO_FEW_AT_ALL,
    Question,
    join_notes,
)
from reports.estimates import Estimate
from reports.study_data import are_among

SHARE, DIFFERENCE = "share", "difference in shares"
WILSON, NEWCOMBE = "Wilson's interval", "Newcombe's interval"
# Fewer decide a difference by chance, and a difference of shares would tell how few they are.
TOO_RARE = (
    f"a share is told only where at least {MIN_GROUP} clients of a group belong to it and at least "
    f"{MIN_GROUP} do not"
)
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class _Part:
    """The clients of one group, or all of them, and how many therapists they have."""

    group: str | None
    is_in: Flags
    n_clusters: int | None


def share_rows(
    question: Question,
    inquiry: Inquiry,
    kinds: pd.DataFrame,
    method: str,
    *,
    caution: str | None = None,
    doubt: str | None = None,
) -> Iterator[Estimate]:
    """Yield of each kind its share among all and in both extremes, and how the extremes differ.

    ``kinds`` has one row per client, and for each kind a column of true and false; ``doubt`` is
    a caution of the differences alone.
    """
    parts = _find_parts(inquiry, kinds.index)
    both = inquiry.data.count_therapists(kinds.index[parts[1].is_in | parts[2].is_in])
    for term, column in kinds.items():
        is_so = column.to_numpy(dtype=bool)
        for part in parts:
            names = (str(term), SHARE, f"{WILSON}, {method}")
            facts = {"group_a": part.group, "n_clusters": part.n_clusters}
            yield _share_row(question, inquiry.level, names, is_so[part.is_in], caution, facts)
        a, b = (is_so[part.is_in] for part in parts[1:])
        names = (str(term), DIFFERENCE, f"{NEWCOMBE}, {method}")
        facts = named(EXTREMES) | {"n_clusters": both}
        doubts = join_notes(caution, doubt)
        yield _difference_row(question, inquiry.level, names, (a, b), doubts, facts)


def _find_parts(inquiry: Inquiry, clients: pd.Index) -> list[_Part]:
    """Return all clients, and those of either extreme."""
    within = {group: are_among(clients, inquiry.members_of(group)) for group in EXTREMES}
    everyone: dict[str | None, Flags] = {None: np.ones(len(clients), dtype=bool)}
    return [
        _Part(group, is_in, inquiry.data.count_therapists(clients[is_in]))
        for group, is_in in (everyone | within).items()
    ]


def _share_row(
    question: Question,
    level: float,
    names: tuple[str, str, str],
    is_so: Flags,
    caution: str | None,
    facts: dict[str, str | int | None],
) -> Estimate:
    """Return the share of clients of whom something is so; ``n_a`` of them, ``n_b`` the rest."""
    n, hits = len(is_so), int(is_so.sum())
    if n < MIN_GROUP:
        return question.refuse(*names, TOO_FEW_AT_ALL, n=n, **facts)
    low, high = proportion_confint(hits, n, alpha=1 - level, method="wilson")
    return question.answer(
        *names, estimate=hits / n, ci_low=float(low), ci_high=float(high), ci_level=level,
        n=n, n_a=hits, n_b=n - hits, caution=caution, **facts,
    )  # fmt: skip


def _difference_row(
    question: Question,
    level: float,
    names: tuple[str, str, str],
    extremes: tuple[Flags, Flags],
    caution: str | None,
    facts: dict[str, str | int | None],
) -> Estimate:
    """Return the share of overdependent minus that of overindependent clients."""
    a, b = extremes
    counts = {"n": len(a) + len(b), "n_a": len(a), "n_b": len(b)}
    if min(len(a), len(b)) < MIN_GROUP:
        return question.refuse(*names, TOO_FEW, **counts, **facts)
    if min(int(part.sum()) for part in (a, ~a, b, ~b)) < MIN_GROUP:
        return question.refuse(*names, TOO_RARE, **counts, **facts)
    low, high = confint_proportions_2indep(
        int(a.sum()), len(a), int(b.sum()), len(b), method="newcomb", compare="diff",
        alpha=1 - level,
    )  # fmt: skip
    return question.answer(
        *names, estimate=float(a.mean() - b.mean()), ci_low=float(low), ci_high=float(high),
        ci_level=level, caution=caution, **counts, **facts,
    )  # fmt: skip
