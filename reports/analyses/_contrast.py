"""One presentation minus another: the two groups, and each method as one row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from reports.analyses._inquiry import Inquiry
from reports.analyses._outcome_values import OutcomeValues
from reports.analyses._question import GROUP_A, GROUP_B, Question, limits, reason_of
from reports.estimates import Estimate
from reports.methods.ancova import adjusted_difference
from reports.methods.effect_size import hedges_g
from reports.methods.equivalence import Equivalence, welch_tost
from reports.methods.mean_difference import welch_difference
from reports.methods.rank_test import mann_whitney
from reports.methods.result import FloatArray, NotEstimableError
from reports.methods.superiority import probability_of_superiority, rank_biserial
from reports.methods.trimmed import yuen_difference
from reports.study_data import are_among

Pair = tuple[str, str]
EXTREMES: Pair = (GROUP_A, GROUP_B)


def named(pair: Pair) -> dict[str, str]:
    """Return the columns that name two groups: the first minus the second."""
    return {"contrast": " - ".join(pair), "group_a": pair[0], "group_b": pair[1]}


@dataclass(frozen=True)
class Contrast:
    """Outcome of the two groups, complete, with what stands in each of their rows."""

    pair: Pair
    a: pd.Series
    b: pd.Series
    n_missing: int
    n_clusters: int | None
    level: float

    @property
    def groups(self) -> tuple[tuple[str, pd.Series], tuple[str, pd.Series]]:
        """Both groups with their names."""
        return (self.pair[0], self.a), (self.pair[1], self.b)

    @property
    def values(self) -> pd.Series:
        """The outcome of both groups, the first one first."""
        both: pd.Series = pd.concat([self.a, self.b])
        return both

    @property
    def halves(self) -> FloatArray:
        """Half a point for each client of the first group, minus half for each of the second."""
        return np.repeat([0.5, -0.5], [len(self.a), len(self.b)])

    @property
    def smaller(self) -> int:
        """The size of the smaller group."""
        return min(len(self.a), len(self.b))

    @property
    def facts(self) -> dict[str, Any]:
        """The columns that every row of the contrast has."""
        return named(self.pair) | {
            "n": len(self.a) + len(self.b), "n_a": len(self.a), "n_b": len(self.b),
            "n_missing": self.n_missing, "n_clusters": self.n_clusters,
        }  # fmt: skip

    def only(self, clients: pd.Index) -> Contrast:
        """Return the contrast among these clients; the others are missing."""
        a, b = (values[are_among(values.index, clients)] for values in (self.a, self.b))
        lost = len(self.a) + len(self.b) - len(a) - len(b)
        return replace(self, a=a, b=b, n_missing=self.n_missing + lost)


def gather_contrast(inquiry: Inquiry, found: OutcomeValues, pair: Pair = EXTREMES) -> Contrast:
    """Return the outcome of both groups, in the order of the clients' ids."""
    members = [inquiry.members_of(group) for group in pair]
    a, b = (found.values.reindex(group).dropna().sort_index() for group in members)
    missing = sum(map(len, members)) - len(a) - len(b)
    therapists = inquiry.data.count_therapists(a.index.append(b.index))
    return Contrast(pair, a, b, missing, therapists, inquiry.level)


def contrast_row(
    question: Question,
    names: tuple[str, str, str],
    contrast: Contrast,
    method: Callable[[Contrast], dict[str, Any]],
    **facts: Any,
) -> Estimate:
    """Return one estimate of the contrast, refused where its method has no answer."""
    term, estimand, how = names
    try:
        found = method(contrast) | contrast.facts | facts
    except NotEstimableError as error:
        return question.refuse(term, estimand, how, reason_of(error), **contrast.facts)
    return question.answer(term, estimand, how, **found)


def welch(contrast: Contrast) -> dict[str, Any]:
    """Return Welch's difference as columns."""
    return _tested(welch_difference(contrast.a, contrast.b, level=contrast.level))


def yuen(contrast: Contrast) -> dict[str, Any]:
    """Return the difference of trimmed means as columns."""
    return _tested(yuen_difference(contrast.a, contrast.b, level=contrast.level))


def ancova(contrast: Contrast, before: pd.DataFrame) -> dict[str, Any]:
    """Return the difference at equal values of what was known before, as columns."""
    covariates = [before.loc[group.index] for group in (contrast.a, contrast.b)]
    return _tested(adjusted_difference(contrast.a, contrast.b, *covariates, level=contrast.level))


def _tested(found: Any) -> dict[str, Any]:
    return {
        "estimate": found.difference, "se": found.se, "statistic": found.t, "df": found.df,
        "p_value": found.p_value, **limits(found.interval),
    }  # fmt: skip


def hedges(contrast: Contrast) -> dict[str, Any]:
    """Return Hedges' g as columns."""
    found = hedges_g(contrast.a, contrast.b, level=contrast.level)
    return {"estimate": found.value, "df": found.df, **limits(found.interval)}


def superiority(contrast: Contrast) -> dict[str, Any]:
    """Return the probability of superiority as columns."""
    found = probability_of_superiority(contrast.a, contrast.b, level=contrast.level)
    return {"estimate": found.value, **limits(found.interval)}


def ranks(contrast: Contrast) -> dict[str, Any]:
    """Return the rank test with its effect size as columns."""
    found = mann_whitney(contrast.a, contrast.b)
    size = rank_biserial(contrast.a, contrast.b, level=contrast.level)
    return {
        "estimate": size.value, "statistic": found.u, "p_value": found.p_value,
        "note": f"{found.method} p-value", **limits(size.interval),
    }  # fmt: skip


def equivalence(contrast: Contrast, smallest: float, alpha: float) -> dict[str, Any]:
    """Return the equivalence test of the two groups as columns."""
    return equivalence_columns(
        welch_tost(contrast.a, contrast.b, low=-smallest, high=smallest, alpha=alpha)
    )


def equivalence_columns(found: Equivalence) -> dict[str, Any]:
    """Return two one-sided tests as columns: the weaker of them decides."""
    t = found.t_low if found.p_low >= found.p_high else found.t_high
    return {
        "estimate": found.difference, "se": found.se, "statistic": t, "df": found.df,
        "p_value": found.p_value, **limits(found.interval),
    }  # fmt: skip
