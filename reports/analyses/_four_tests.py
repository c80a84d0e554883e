"""All presentations at once: Welch's analysis of variance with its pairs, and the robust pair."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import skew

from reports.analyses._contrast import named
from reports.analyses._inquiry import Inquiry
from reports.analyses._question import MIN_GROUP, NESTING, Question, join_notes, limits, reason_of
from reports.estimates import Estimate
from reports.methods.four_groups import dunn_holm, games_howell, kruskal_wallis, welch_anova
from reports.methods.result import NotEstimableError, standard_deviation

DIFFERENCE = ("difference between presentations", "omega squared", "Welch's analysis of variance")
RANKS = ("difference between presentations, by ranks", "H", "Kruskal-Wallis")
PAIR = ("pair", "mean difference", "Games-Howell, simultaneous")
RANK_PAIR = ("pair, by ranks", "adjusted p-value", "Dunn, Holm-adjusted")
SKEWED = (
    "the outcome is skewed and a group is small: there this test finds differences too often, and "
    "the one by ranks is to be trusted more"
)
# Simulated studies without a difference: beyond both, one in twelve found one at .05, and as many
# a pair by Games and Howell.
MUCH_SKEW, SMALL_GROUP = 1.0, 40
TOO_FEW_GROUPS = f"fewer than three presentations with {MIN_GROUP} clients each"
FEWEST_GROUPS = 3


def compare_presentations(
    question: Question, inquiry: Inquiry, values: Mapping[str, pd.Series], caution: str | None
) -> Iterator[Estimate]:
    """Yield whether presentations differ, and which: clients in the grey zone are left out.

    Adjusted p-values of pairs are those of their method, over all pairs of one outcome.
    """
    groups = {name: own for name, own in values.items() if len(own) >= MIN_GROUP}
    clients = pd.Index([client for own in groups.values() for client in own.index])
    facts = {"n": len(clients), "n_clusters": inquiry.data.count_therapists(clients)}
    if len(groups) < FEWEST_GROUPS:
        yield question.refuse(*DIFFERENCE, TOO_FEW_GROUPS, **facts)
        return
    level = inquiry.level
    of_means = join_notes(caution, SKEWED if _is_skewed_and_small(groups) else None)
    yield from _all_at_once(question, groups, facts, level, of_means, caution)
    sizes = {name: len(own) for name, own in groups.items()}
    for rows, doubts in (
        (lambda: _mean_pairs(groups, level), of_means),
        (lambda: _rank_pairs(groups), caution),
    ):
        yield from _pair_rows(question, inquiry, groups, sizes, rows, doubts)


def _all_at_once(
    question: Question,
    groups: Mapping[str, pd.Series],
    facts: dict[str, Any],
    level: float,
    of_means: str | None,
    caution: str | None,
) -> Iterator[Estimate]:
    note = NESTING if facts["n_clusters"] else None
    try:
        anova = welch_anova(groups, level=level)
    except NotEstimableError as error:
        yield question.refuse(*DIFFERENCE, reason_of(error), **facts)
    else:
        yield question.answer(
            *DIFFERENCE, estimate=anova.omega_squared, statistic=anova.f, df=anova.df_within,
            p_value=anova.p_value, note=note, caution=of_means, **limits(anova.interval), **facts,
        )  # fmt: skip
    try:
        ranks = kruskal_wallis(groups)
    except NotEstimableError:
        return  # all scores are equal: said above
    yield question.answer(*RANKS, statistic=ranks.h, df=float(ranks.df), p_value=ranks.p_value,
                          note=note, caution=caution, **facts)  # fmt: skip


def _is_skewed_and_small(groups: Mapping[str, pd.Series]) -> bool:
    """Tell whether tests of means reject too often: Cribbie et al. 2012, Br J Math Stat Psychol 65.

    Where a group does not vary there is no such test.
    """
    samples = [own.to_numpy(dtype=np.float64) for own in groups.values()]
    is_small = min(map(len, samples)) < SMALL_GROUP
    if not is_small or 0.0 in map(standard_deviation, samples):
        return False
    within = np.concatenate([own - own.mean() for own in samples])
    return abs(float(skew(within))) >= MUCH_SKEW


# One pair: its groups, the names of its row, and what its method says of it.
PairRow = tuple[str, str, tuple[str, str, str], dict[str, Any]]


def _mean_pairs(groups: Mapping[str, pd.Series], level: float) -> Iterator[PairRow]:
    for pair in games_howell(groups, level=level):
        found = {"estimate": pair.difference, "se": pair.se, "statistic": pair.t, "df": pair.df,
                 "p_adjusted": pair.p_adjusted, **limits(pair.interval)}  # fmt: skip
        yield pair.group_a, pair.group_b, PAIR, found


def _rank_pairs(groups: Mapping[str, pd.Series]) -> Iterator[PairRow]:
    for pair in dunn_holm(groups):
        yield pair.group_a, pair.group_b, RANK_PAIR, {"p_adjusted": pair.p_adjusted}


def _pair_rows(
    question: Question,
    inquiry: Inquiry,
    groups: Mapping[str, pd.Series],
    sizes: Mapping[str, int],
    rows: Callable[[], Iterator[PairRow]],
    caution: str | None,
) -> Iterator[Estimate]:
    try:
        pairs = list(rows())
    except NotEstimableError:
        return  # the test of all groups says why
    for a, b, names, found in pairs:
        therapists = inquiry.data.count_therapists(groups[a].index.append(groups[b].index))
        yield question.answer(
            *names, **named((a, b)), n=sizes[a] + sizes[b], n_a=sizes[a], n_b=sizes[b],
            n_clusters=therapists, note=NESTING if therapists else None, caution=caution, **found,
        )  # fmt: skip
