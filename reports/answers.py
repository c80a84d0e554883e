"""What the sentences are made of: the estimates of one outcome, found by what they answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from reports.deciding_tests import OF_GROUPS, TestPair, deciding_pair
from reports.families import WITHHELD, describe_families, name_adjustment
from reports.wording import name_level, no_break, p_value, phrase_occasion, plausibly_apart

GROUPS = "overdependent_against_overindependent"
CONTINUOUS = "dependence_and_outcome"
PER_SD = "points per standard deviation"
CIRCULAR = "circular: "  # how analyses begin the reason that an outcome is part of the rule


# Verdicts that rest on the test of equivalence.
WITHIN_BOUNDS = ("equivalent", "different but trivially small")

# Writes a text that leads to the estimate of a number.
Mark = Callable[[int, str], str]


def leave_unmarked(_number: int, text: str) -> str:
    """Return a text as it is, where there is nothing to lead to."""
    return text


@dataclass(frozen=True)
class Answers:
    """The estimates of one outcome, and what it is called."""

    rows: pd.DataFrame
    what: str
    unit: str
    has_plan: bool = False
    everything: pd.DataFrame | None = None
    mark: Mark = leave_unmarked

    def lead(self, row: Any, text: str) -> str:
        """Return the words that say an estimate's numbers, marked so that they lead to it."""
        return self.mark(int(row.name), text)

    def find(self, analysis: str, term: str, estimand: str | None = None) -> pd.Series | None:
        """Return one estimate, None where the table has none."""
        rows = self.rows[(self.rows["analysis"] == analysis) & (self.rows["term"] == term)]
        if estimand is not None:
            rows = rows[rows["estimand"] == estimand]
        return None if rows.empty else rows.iloc[0]

    def known(self, analysis: str, term: str, estimand: str | None = None) -> pd.Series | None:
        """Return one estimate whose number is there: neither refused nor withheld."""
        row = self.find(analysis, term, estimand)
        if row is None or row["status"] == "refused" or pd.isna(row["estimate"]):
            return None
        return row

    @property
    def verdict(self) -> str | None:
        """The one word of the comparison, None where there is none or it is withheld."""
        return self.verdict_of(GROUPS)

    def verdict_of(self, analysis: str) -> str | None:
        """Return the one word of an analysis, None where there is none or it is withheld."""
        row = self.find(analysis, "verdict")
        return None if row is None or row["status"] == "refused" else str(row["note"])

    @property
    def tests(self) -> TestPair:
        """The tests of difference and equivalence that answer, as for the verdict."""
        own = self.rows[self.rows["analysis"] == GROUPS]
        return deciding_pair(own.to_dict("records"), OF_GROUPS)

    def families(self, analysis: str) -> str:
        """The families that the tests of an analysis were adjusted in, with their sizes."""
        own = self.rows[self.rows["analysis"] == analysis]
        return describe_families(self.rows if self.everything is None else self.everything, own)


def gather_answers(
    estimates: pd.DataFrame, outcome: str, label: str | None, mark: Mark | None = None
) -> Answers:
    """Return the estimates of one outcome with what it is called in a sentence."""
    scale, _, occasion = outcome.partition("@")
    named = label or scale.replace(".", " ").replace("_", " ")
    what = f"{named} {phrase_occasion(outcome)}".strip()
    # Attributes have units of their own, which the estimates do not know.
    unit = " points" if occasion else ""
    has_plan = bool((estimates["plan_status"] == "confirmatory").any())
    rows = estimates[estimates["outcome"] == outcome]
    return Answers(rows, what, unit, has_plan, estimates, mark or leave_unmarked)


def join_sentences(parts: list[str]) -> str:
    """Return sentences as one text, without the empty ones."""
    return no_break(" ".join(part for part in parts if part))


def missing_part(answers: Answers, analysis: str, term: str, asked: str) -> str:
    """Say why there is no number: nobody asked, it was refused, or it is withheld."""
    row = answers.find(analysis, term)
    if row is None:
        return f"{asked} was not analysed."
    if row["status"] != "refused":
        return f"{asked}: the figures are {WITHHELD}."
    note = "" if pd.isna(row["note"]) else str(row["note"])
    if note.startswith(WITHHELD):
        return f"{asked}: {note}."
    return f"{asked} was not analysed: {say_reason(note)}."


def say_reason(note: str) -> str:
    """Return why something was refused, so that it can follow a colon.

    >>> say_reason("circular: anxiety (ECR) is part of the presentation rule")
    'anxiety (ECR) is part of the presentation rule and would be compared with itself'
    """
    what, is_circular = note.removeprefix(CIRCULAR), note.startswith(CIRCULAR)
    return f"{what} and would be compared with itself" if is_circular else note


def telling_row(
    verdict: str | None, difference: pd.Series, equivalence: pd.Series | None
) -> pd.Series:
    """Return the row whose interval shows what a verdict says.

    That of the equivalence test lies within the bounds where likeness is shown; the interval of
    the difference is wider and may reach beyond them.
    """
    if equivalence is None or verdict not in WITHIN_BOUNDS:
        return difference
    return equivalence


def say_range(verdict: str | None, row: pd.Series) -> str:
    """Say the range of a difference; where likeness is shown, of which interval it is."""
    said = plausibly_apart(row)
    if verdict not in WITHIN_BOUNDS or pd.isna(row["ci_low"]) or pd.isna(row["ci_high"]):
        return said
    return f"{said} in the {name_level(row['ci_level'])} interval"


def is_clear(row: Any) -> bool:
    """Whether a test finds something at its level, by the adjusted p-value where there is one."""
    p = row["p_value"] if pd.isna(row["p_adjusted"]) else row["p_adjusted"]
    return bool(p < 1 - row["ci_level"])


def both_p(row: pd.Series) -> str:
    """Write the p-value, and the one that is adjusted in the row's family where there is one."""
    if pd.isna(row["p_adjusted"]):
        return p_value(row["p_value"])
    adjusted = f"{name_adjustment(row['family'])} {p_value(row['p_adjusted'])}"
    return f"{p_value(row['p_value'])}, {adjusted}"


def count_of(n: object) -> str:
    """Write a number of clients, or that it is withheld."""
    return WITHHELD if pd.isna(n) else f"{int(n):,}"  # type: ignore[call-overload]
