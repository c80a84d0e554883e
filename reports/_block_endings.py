"""Sentences on how treatments end."""

from __future__ import annotations

import pandas as pd

from reports._block_parts import A, B, clients_of, of_hundred, reason_of_block
from reports.answers import Answers
from reports.wording import decimals, interval, p_value, signed

ANALYSIS, INCIDENCE, TEST = "endings", "cumulative incidence", "difference in cumulative incidence"


def plain_endings(answers: Answers) -> str:
    """Say how many of a hundred treatments have ended in which way, of all and of both groups."""
    said = [_of_hundred(answers, group) for group in (None, A, B)]
    if not any(said):
        return _reason(answers)
    tests = [_compared(answers, row) for _, row in _tests(answers).iterrows()]
    return " ".join(filter(None, [*said, *tests]))


def _of_hundred(answers: Answers, group: str | None) -> str:
    ended = [
        f"as “{row['term']}” for " + answers.lead(row, f"{of_hundred(row)} {row['contrast']}")
        for _, row in _last_steps(answers, group).iterrows()
    ]
    who = "clients" if group is None else clients_of(group)
    return f"Of 100 {who}, treatment ends {', '.join(ended)}." if ended else ""


def _last_steps(answers: Answers, group: str | None) -> pd.DataFrame:
    """Return the share of each way to end at the last session that is reported of a group."""
    rows = answers.rows
    rows = rows[(rows["estimand"] == INCIDENCE) & rows["estimate"].notna()]
    of_group = rows["group_a"].isna() if group is None else rows["group_a"].eq(group)
    known = rows[of_group]
    session = known["contrast"].str.extract(r"(\d+)", expand=False).astype(float)
    last = session.groupby(known["term"]).transform("max")
    return known[session == last]


def _tests(answers: Answers) -> pd.DataFrame:
    rows = answers.rows
    return rows[(rows["estimand"] == TEST) & rows["p_value"].notna()]


def _compared(answers: Answers, row: pd.Series) -> str:
    level = answers.rows["ci_level"].max()
    if row["p_value"] < 1 - level:
        return f"The two groups differ in how often it ends as “{row['term']}”."
    return f"Whether the two groups differ in how often it ends as “{row['term']}” is undecided."


def formal_endings(answers: Answers) -> str:
    """Say cumulative incidences and their tests as a paper does."""
    rows = answers.rows
    shares = rows[(rows["estimand"] == INCIDENCE) & rows["estimate"].notna()]
    if shares.empty:
        return _reason(answers)
    said = [
        f"{row['term']}, {_who(row)} {answers.lead(row, _incidence(row))}"
        for _, row in shares.iterrows()
    ]
    tests = [
        f"{row['term']}, {row['method']}: {answers.lead(row, _test(row))}"
        for _, row in _tests(answers).iterrows()
    ]
    text = f"Cumulative incidence ({shares['method'].iloc[0]}): {'; '.join(said)}."
    return f"{text} Both groups: {'; '.join(tests)}." if tests else text


def _who(row: pd.Series) -> str:
    return "all clients" if pd.isna(row["group_a"]) else str(row["group_a"])


def _incidence(row: pd.Series) -> str:
    return f"{row['contrast']} = {signed(row['estimate'])}, {interval(row)}"


def _test(row: pd.Series) -> str:
    return f"χ²({decimals(row['df'])}) = {signed(row['statistic'])}, {p_value(row['p_value'])}"


def _reason(answers: Answers) -> str:
    return reason_of_block(answers, ANALYSIS, "endings", "How treatments end")
