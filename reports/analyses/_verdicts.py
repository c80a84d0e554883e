"""The one-word verdict of each comparison, from its adjusted tests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from operator import itemgetter
from typing import Any

import pandas as pd

from reports.analyses._question import THEME_CONTRAST, Question
from reports.deciding_tests import Row, TestPair, deciding_pair
from reports.estimates import Estimate, Status
from reports.families import name_adjustment
from reports.methods.equivalence import verdict

VERDICT = "verdict"
_PLACE = ["analysis", "outcome", "contrast"]
_SHARED = ("contrast", "group_a", "group_b")


def judge_comparisons(
    estimates: pd.DataFrame,
    pairs: Mapping[str, Sequence[TestPair]],
    alpha: float,
) -> list[Estimate]:
    """Return the verdict of each outcome and contrast as a row whose note is the word.

    ``pairs`` maps an analysis to its pairs of tests, by term; of several, the `deciding_pair` is
    judged. Tests outside every family are judged by their unadjusted p-values, and the row's
    method says so.
    """
    judged = {term for tests in pairs.values() for pair in tests for term in pair}
    asked = estimates[estimates["analysis"].isin(list(pairs)) & estimates["term"].isin(judged)]
    return list(_judgements(asked, pairs, alpha))


def _judgements(
    asked: pd.DataFrame, pairs: Mapping[str, Sequence[TestPair]], alpha: float
) -> Iterator[Estimate]:
    by_place: dict[tuple[Any, ...], list[Row]] = {}
    for row in asked[asked["contrast"].notna()].to_dict("records"):
        by_place.setdefault(tuple(row[name] for name in _PLACE), []).append(row)
    for (analysis, *_), rows in sorted(by_place.items(), key=itemgetter(0)):
        by_term = {row["term"]: row for row in rows if _is_answered(row)}
        difference, equivalence = map(by_term.get, deciding_pair(rows, pairs[analysis]))
        if difference is not None and equivalence is not None:
            yield _judge(difference, equivalence, alpha)


def _is_answered(row: Row) -> bool:
    return bool(row["status"] != "refused" and pd.notna(row["p_value"]))


def _judge(
    difference: Row,
    equivalence: Row,
    alpha: float,
) -> Estimate:
    is_adjusted = bool(pd.notna(difference["p_adjusted"]))
    column = "p_adjusted" if is_adjusted else "p_value"
    word = verdict(difference[column], equivalence[column], alpha=alpha)
    question = Question(str(difference["analysis"]), THEME_CONTRAST, str(difference["outcome"]))
    how = name_adjustment(difference["family"]) if is_adjusted else "unadjusted"
    who = {name: str(difference[name]) for name in _SHARED}
    row = question.answer(VERDICT, VERDICT, f"{how} tests", note=word, **who, **_counts(difference))
    is_cautious = "caution" in {difference["status"], equivalence["status"]}
    status: Status = "caution" if is_cautious else "ok"
    return replace(row, plan_status=difference["plan_status"], status=status)


def _counts(row: Row) -> dict[str, int | None]:
    names = ("n", "n_a", "n_b", "n_missing", "n_clusters")
    return {name: None if pd.isna(row[name]) else int(row[name]) for name in names}
