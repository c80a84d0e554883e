"""Sentences on clients who changed, on the answer page, and on clients who are missing."""

from __future__ import annotations

import pandas as pd

from reports._block_parts import IN_WORDS, A, B, plausibly, reason_of_block, row_of_group
from reports.answers import Answers, count_of
from reports.families import WITHHELD
from reports.wording import interval, p_value, plain, signed


def plain_change(answers: Answers) -> str:
    """Say how many of a hundred clients changed reliably."""
    terms = (("reliably better", "reliably worse"), ("reliably lower", "reliably higher"))
    said = [
        _of_hundred(answers, term, group) for pair in terms for term in pair for group in (A, B)
    ]
    known = [text for text in said if text]
    if not known:
        asked = f"Who changed by more than error of measurement in {answers.what}"
        return reason_of_block(answers, "change", "reliably better", asked)
    return f"Of 100 clients each, in {answers.what}: {'; '.join(known)}."


def _of_hundred(answers: Answers, term: str, group: str) -> str:
    row = row_of_group(answers, "change", term, group)
    if row is None:
        return ""
    return f"about {round(100 * row['estimate'])} {IN_WORDS[group]} ones were {term}"


def _percent_range(row: pd.Series) -> str:
    if pd.isna(row["ci_low"]) or pd.isna(row["ci_high"]):
        return f", CI {WITHHELD}"
    low, high = (f"{100 * row[end]:.0f}%" for end in ("ci_low", "ci_high"))
    return f", {row['ci_level']:.0%} CI [{low}, {high}]"


def formal_change(answers: Answers) -> str:
    """Say the shares of reliable change as a paper does."""
    rows = answers.rows
    shares = rows[
        (rows["analysis"] == "change") & (rows["estimand"] == "share") & rows["estimate"].notna()
    ]
    headline = shares["method"].min() if len(shares) else ""
    said = [
        f"{row['term']}, {row['group_a']} {100 * row['estimate']:.0f}%{_percent_range(row)}"
        for _, row in shares[shares["method"] == headline].iterrows()
        if row["group_a"] in (A, B)
    ]
    if not said:
        asked = f"Reliable change of {answers.what}"
        return reason_of_block(answers, "change", "reliably better", asked)
    method = str(headline).removeprefix("Wilson's interval, ")
    return f"By {method}: {'; '.join(said)}."


def _cells(answers: Answers) -> pd.DataFrame:
    rows = answers.rows
    return rows[
        (rows["analysis"] == "answer_page") & rows["group_a"].isna() & rows["contrast"].notna()
        & (rows["term"] != "all") & rows["n"].notna() & (rows["status"] != "refused")
    ]  # fmt: skip


def plain_page(answers: Answers) -> str:
    """Say how change of symptoms and of dependency went together."""
    cells = _cells(answers)
    if cells.empty:
        asked = f"Change of {answers.what} beside change of dependency"
        return reason_of_block(answers, "answer_page", "symptoms by dependency", asked)
    said = [
        f"{count_of(row['n'])} {row['term']} with {row['contrast']}"
        for _, row in cells.sort_values("n", ascending=False).iterrows()
    ]
    return (
        f"Of the clients with both scores, in {answers.what}: {'; '.join(said)}. Falling "
        "dependency is not in itself success."
    )


def formal_page(answers: Answers) -> str:
    """Say the cells of the answer page as a paper does."""
    cells = _cells(answers)
    if cells.empty:
        asked = f"The cross-classification of reliable changes in {answers.what} and dependency"
        return reason_of_block(answers, "answer_page", "symptoms by dependency", asked)
    said = [f"{row['term']}, {row['contrast']}: n = {count_of(row['n'])}"
            for _, row in cells.iterrows()]  # fmt: skip
    return f"Reliable changes ({cells['method'].iloc[0]}): {'; '.join(said)}."


AVAILABLE, IMPUTED = "difference, all available data", "difference, imputed"


def plain_missing(answers: Answers) -> str:
    """Say who is missing, and what difference the missing could make."""
    parts = [_absent(answers), _available(answers), _tipping(answers)]
    said = [part for part in parts if part]
    if said:
        return " ".join(said)
    asked = f"Clients without {answers.what}"
    return reason_of_block(answers, "missing", AVAILABLE, asked)


def _absent(answers: Answers) -> str:
    shares = {group: row_of_group(answers, "missing", "missing", group) for group in (A, B)}
    said = [
        f"{round(100 * row['estimate'])} of 100 {IN_WORDS[group]} clients"
        for group, row in shares.items()
        if row is not None
    ]
    return f"{' and '.join(said)} have no score of {answers.what}." if said else ""


def _available(answers: Answers) -> str:
    rows = {"with all available scores": answers.known("missing", AVAILABLE),
            "with the missing ones filled in": answers.known("missing", IMPUTED)}  # fmt: skip
    said = [
        f"{plain(row['estimate'])}{answers.unit} {how} ({plausibly(row)})"
        for how, row in rows.items()
        if row is not None
    ]
    return f"The difference between the two is {' and '.join(said)}." if said else ""


def _tipping(answers: Answers) -> str:
    said = []
    for group in (A, B):
        row = answers.find("missing", f"tipping point, {group}")
        if row is None or row["status"] == "refused":
            continue
        who = f"missing {IN_WORDS[group]} clients"
        if pd.notna(row["estimate"]):
            worse = plain(abs(row["estimate"]))
            said.append(f"turns if {who} fared {worse}{answers.unit} worse than like clients")
        elif pd.notna(row["note"]):
            shift = str(row["note"]).removeprefix("the answer ").replace("-", "")
            said.append(f"{shift} in {who}")
    return f"That answer {'; it '.join(said)}." if said else ""


def formal_missing(answers: Answers) -> str:
    """Say the differences without missing scores as a paper does."""
    said = [
        f"{term.removeprefix('difference, ')}: {signed(row['estimate'])}, {interval(row)}, "
        f"{p_value(row['p_value'])}"
        for term in (AVAILABLE, IMPUTED, "difference, missing clients worse")
        if (row := answers.known("missing", term)) is not None
    ]
    if not said:
        return reason_of_block(answers, "missing", AVAILABLE, f"Missing scores of {answers.what}")
    return f"Difference in {answers.what}, {'; '.join(said)}."
