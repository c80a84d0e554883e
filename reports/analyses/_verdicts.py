"""The one-word verdict of each comparison, from its adjusted tests."""

from __future__ import annotations

import pandas as pd

from reports.analyses._contrast import NAMED
from reports.analyses._question import THEME_CONTRAST, Question
from reports.estimates import Estimate, PlanStatus
from reports.methods.equivalence import verdict

VERDICT = "verdict"


def judge_comparisons(
    estimates: pd.DataFrame, analysis: str, terms: tuple[str, str], alpha: float,
    plan_status: PlanStatus,
) -> list[Estimate]:  # fmt: skip
    """Return the verdict of each outcome as a row whose note is the word.

    ``terms`` name the test of difference and the test of equivalence. Outcomes outside the primary
    family are judged by their unadjusted p-values, and the row's method says so.
    """
    rows = estimates[(estimates["analysis"] == analysis) & (estimates["status"] != "refused")]
    differences, equivalences = (
        rows[rows["term"] == term].set_index("outcome", drop=False) for term in terms
    )
    both = differences.index.intersection(equivalences.index).sort_values()
    return [
        _judge(differences.loc[outcome], equivalences.loc[outcome], alpha, plan_status)
        for outcome in both
    ]


def _judge(
    difference: pd.Series, equivalence: pd.Series, alpha: float, plan_status: PlanStatus
) -> Estimate:
    is_adjusted = pd.notna(difference["p_adjusted"])
    column = "p_adjusted" if is_adjusted else "p_value"
    word = verdict(difference[column], equivalence[column], alpha=alpha)
    question = Question(
        str(difference["analysis"]), THEME_CONTRAST, str(difference["outcome"]), plan_status
    )
    method = "Holm-adjusted tests" if is_adjusted else "unadjusted tests"
    return question.answer(VERDICT, VERDICT, method, note=word, **NAMED, **_counts(difference))


def _counts(row: pd.Series) -> dict[str, int | None]:
    names = ("n", "n_a", "n_b", "n_missing", "n_clusters")
    return {name: None if pd.isna(row[name]) else int(row[name]) for name in names}
