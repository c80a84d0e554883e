"""What the sentences of all blocks share: one group's row, its range, and why there is none."""

from __future__ import annotations

import pandas as pd

from reports.answers import Answers, say_reason
from reports.families import WITHHELD
from reports.wording import plain

A, B = "overdependent", "overindependent"
IN_WORDS = {A: "overly dependent", B: "overly independent"}
# Clients of a presentation, as the end of a sentence names them.
OF_A_KIND = {group: f"{words} clients" for group, words in IN_WORDS.items()} | {
    "neither": "clients who present as neither",
    "mixed": "clients who present as both",
}


def clients_of(group: str) -> str:
    """Return the clients of a presentation in words."""
    return OF_A_KIND.get(group, f"{group} clients")


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
    return (
        f"{asked}: {note}."
        if note.startswith(WITHHELD)
        else f"{asked}: not told, {say_reason(note)}."
    )


def apart(answers: Answers, row: pd.Series) -> str:
    """Say a difference by its side: "2.1 points higher"."""
    return f"{plain(abs(row['estimate']))}{answers.unit} {side_of(row)}"


def side_of(row: pd.Series) -> str:
    """Say on which side of zero an estimate lies: "higher" or "lower"."""
    return "higher" if row["estimate"] > 0 else "lower"


def of_hundred(row: pd.Series) -> str:
    """Say a share as a number of a hundred, with its range where it is known.

    >>> of_hundred(pd.Series({"estimate": 0.44, "ci_low": 0.3, "ci_high": 0.6}))
    'about 44 (plausibly 30 to 60)'
    """
    said = f"about {100 * row['estimate']:.0f}"
    if pd.isna(row["ci_low"]) or pd.isna(row["ci_high"]):
        return said
    return f"{said} (plausibly {100 * row['ci_low']:.0f} to {100 * row['ci_high']:.0f})"


def row_of_group(answers: Answers, block: str, term: str, group: str | None) -> pd.Series | None:
    """Return the row of one group, or of everyone, None where it has no number."""
    rows = answers.rows[(answers.rows["analysis"] == block) & (answers.rows["term"] == term)]
    is_group = rows["group_a"].isna() if group is None else rows["group_a"] == group
    rows = rows[is_group & rows["group_b"].isna()]
    if rows.empty or rows.iloc[0]["status"] == "refused" or pd.isna(rows.iloc[0]["estimate"]):
        return None
    return rows.iloc[0]
