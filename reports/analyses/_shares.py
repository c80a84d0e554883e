"""Shares of clients, by presentation, and how the two extreme groups differ in them."""

from __future__ import annotations

import pandas as pd
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from reports.analyses._contrast import EXTREMES, named
from reports.analyses._inquiry import Inquiry
from reports.analyses._question import MIN_GROUP, TOO_FEW, TOO_FEW_AT_ALL, Question
from reports.estimates import Estimate
from reports.study_data import are_among

SHARE, DIFFERENCE = "share", "difference in shares"
WILSON, NEWCOMBE = "Wilson's interval", "Newcombe's interval"
# Fewer decide a difference by chance, and a difference of shares would tell how few they are.
TOO_RARE = f"fewer than {MIN_GROUP} clients of a group are so, or are not"


def share_row(
    question: Question,
    inquiry: Inquiry,
    term: str,
    method: str,
    is_so: pd.Series,
    group: str | None,
    *,
    caution: str | None = None,
) -> Estimate:
    """Return the share of clients of whom something is so; ``n_a`` of them, ``n_b`` the rest."""
    n, hits = len(is_so), int(is_so.sum())
    names = (term, SHARE, f"{WILSON}, {method}")
    facts = {"group_a": group, "n": n, "n_clusters": inquiry.data.count_therapists(is_so.index)}
    if n < MIN_GROUP:
        return question.refuse(*names, TOO_FEW_AT_ALL, **facts)
    low, high = proportion_confint(hits, n, alpha=1 - inquiry.level, method="wilson")
    return question.answer(
        *names, estimate=hits / n, ci_low=float(low), ci_high=float(high),
        ci_level=inquiry.level, n_a=hits, n_b=n - hits, caution=caution, **facts,
    )  # fmt: skip


def share_difference_row(
    question: Question,
    inquiry: Inquiry,
    term: str,
    method: str,
    is_so: pd.Series,
    *,
    caution: str | None = None,
) -> Estimate:
    """Return the share of overdependent minus that of overindependent clients."""
    a, b = (is_so[are_among(is_so.index, inquiry.members_of(group))] for group in EXTREMES)
    names = (term, DIFFERENCE, f"{NEWCOMBE}, {method}")
    facts = named(EXTREMES) | {
        "n": len(a) + len(b), "n_a": len(a), "n_b": len(b),
        "n_clusters": inquiry.data.count_therapists(a.index.append(b.index)),
    }  # fmt: skip
    if min(len(a), len(b)) < MIN_GROUP:
        return question.refuse(*names, TOO_FEW, **facts)
    if min(int(part.sum()) for part in (a, ~a, b, ~b)) < MIN_GROUP:
        return question.refuse(*names, TOO_RARE, **facts)
    low, high = confint_proportions_2indep(
        int(a.sum()), len(a), int(b.sum()), len(b), method="newcomb", compare="diff",
        alpha=1 - inquiry.level,
    )  # fmt: skip
    return question.answer(
        *names, estimate=float(a.mean() - b.mean()), ci_low=float(low), ci_high=float(high),
        ci_level=inquiry.level, caution=caution, **facts,
    )  # fmt: skip
