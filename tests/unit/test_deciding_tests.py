"""Which tests answer where several were made: for the verdict and in the sentence alike."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from reports.analyses._verdicts import judge_comparisons
from reports.answers import gather_answers
from reports.deciding_tests import OF_GROUPS, WELCH, WITH_THERAPISTS, TestPair
from reports.estimates import Estimate, join_tables, to_frame
from reports.sentences import write_sentences

OUTCOME = "core_10.total@end"
GROUPS = "overdependent_against_overindependent"
PAIR = {"contrast": "overdependent - overindependent", "group_a": "overdependent",
        "group_b": "overindependent"}  # fmt: skip
FAMILY = "distress, plan version 1, Holm"
IN_TIME = {"family": FAMILY, "plan_status": "confirmatory"}
LATE = {"family": FAMILY}
REFUSED = {"plan_status": "confirmatory", "status": "refused", "p_value": None, "estimate": None,
           "note": "too few therapists"}  # fmt: skip
# Both differ from the other pair, so that a word or a number says which one it is of.
ESTIMATES = {WELCH: (6.0, 0.001, 0.9), WITH_THERAPISTS: (0.5, 0.6, 0.01)}
WORDS = {WELCH: "different", WITH_THERAPISTS: "equivalent"}


def a_pair(pair: TestPair, **facts: Any) -> list[Estimate]:
    estimate, *p_values = ESTIMATES[pair]
    shared = {"analysis": GROUPS, "outcome": OUTCOME, "estimand": "mean difference", "method": "m",
              "plan_status": "exploratory", "status": "ok", "estimate": estimate, "n": 90,
              "ci_low": estimate - 2, "ci_high": estimate + 2, "ci_level": 0.95}  # fmt: skip
    return [
        Estimate(**(shared | PAIR | {"term": term, "p_value": p} | facts))
        for term, p in zip(pair, p_values, strict=True)
    ]


def judged(rows: list[Estimate]) -> pd.DataFrame:
    table = to_frame(rows)
    verdicts = judge_comparisons(table, {GROUPS: OF_GROUPS}, alpha=0.05)
    return join_tables([table, to_frame(verdicts)])


@pytest.mark.parametrize(
    ("welch", "mixed", "decides"),
    [
        ({}, {}, WELCH),
        (IN_TIME, {}, WELCH),
        ({}, IN_TIME, WITH_THERAPISTS),
        ({}, LATE, WITH_THERAPISTS),
        (LATE, IN_TIME, WITH_THERAPISTS),
        (IN_TIME, IN_TIME, WELCH),
    ],
    ids=["no plan", "Welch", "mixed", "late mixed", "late Welch and mixed", "both"],
)
def test_verdict_and_sentence_are_of_the_same_tests(
    welch: dict[str, Any], mixed: dict[str, Any], decides: TestPair
) -> None:
    table = judged([*a_pair(WELCH, **welch), *a_pair(WITH_THERAPISTS, **mixed)])
    answers = gather_answers(table, OUTCOME, "distress")
    assert answers.tests == decides
    assert answers.verdict == WORDS[decides]
    said = write_sentences(table, OUTCOME, label="distress").clinician
    assert ("6 points" in said, "0.5 points" in said) == (decides == WELCH, decides != WELCH)


def test_where_the_planned_tests_are_refused_no_others_give_the_verdict() -> None:
    table = judged([*a_pair(WELCH), *a_pair(WITH_THERAPISTS, **REFUSED)])
    assert "verdict" not in set(table["term"])
    said = write_sentences(table, OUTCOME, label="distress").clinician
    assert "was not analysed: too few therapists" in said


@pytest.mark.parametrize("cautious", [0, 1])
def test_a_verdict_is_as_cautious_as_the_more_cautious_of_its_tests(cautious: int) -> None:
    rows = a_pair(WELCH)
    assert judged(rows).set_index("term").loc["verdict", "status"] == "ok"
    wary = [*rows[:cautious], *a_pair(WELCH, status="caution")[cautious : cautious + 1],
            *rows[cautious + 1 :]]  # fmt: skip
    verdict = judged(wary).set_index("term").loc["verdict"]
    assert (verdict["status"], verdict["note"]) == ("caution", "different")
