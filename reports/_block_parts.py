"""What the sentences of all blocks share: one group's row, its range, and why there is none."""

from __future__ import annotations

import pandas as pd

from reports.answers import Answers
from reports.families import WITHHELD
from reports.wording import plain_interval

A, B = "overdependent", "overindependent"
IN_WORDS = {A: "overly dependent", B: "overly independent"}


def reason_of_block(answers: Answers, block: str, term: str, asked: str) -> str:
    """Say why a block has no number."""
    row = answers.find(block, term)
    if row is None:
        refused = answers.rows[
            (answers.rows["analysis"] == block) & (answers.rows["status"] == "refused")
        ]
        row = None if refused.empty else refused.iloc[0]
    if row is None or row["status"] != "refused" or pd.isna(row["note"]):
        return f"{asked}: {WITHHELD}."
    note = str(row["note"])
    return f"{asked}: {note}." if note.startswith(WITHHELD) else f"{asked}: not told, {note}."


def row_of_group(answers: Answers, block: str, term: str, group: str | None) -> pd.Series | None:
    """Return the row of one group, or of everyone, None where it has no number."""
    rows = answers.rows[(answers.rows["analysis"] == block) & (answers.rows["term"] == term)]
    is_group = rows["group_a"].isna() if group is None else rows["group_a"] == group
    rows = rows[is_group & rows["group_b"].isna()]
    if rows.empty or rows.iloc[0]["status"] == "refused" or pd.isna(rows.iloc[0]["estimate"]):
        return None
    return rows.iloc[0]


def plausibly(row: pd.Series) -> str:
    """Say in which range a number plausibly lies."""
    if pd.isna(row["ci_low"]) or pd.isna(row["ci_high"]):
        return f"its uncertainty is {WITHHELD}"
    return f"plausibly {plain_interval(row)}"
