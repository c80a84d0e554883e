"""Sentences on clients who changed, on the answer page, and on clients who are missing."""

from __future__ import annotations

import pandas as pd

from reports._block_parts import (
    IN_WORDS,
    A,
    B,
    apart,
    of_hundred,
    reason_of_block,
    row_of_group,
    side_of,
)
from reports.answers import Answers, count_of
from reports.families import WITHHELD
from reports.sentences import BROUGHT_ALONG
from reports.wording import interval, name_level, p_value, plain, plausibly_apart, signed


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
    number = answers.lead(row, of_hundred(row))
    return f"{number} {IN_WORDS[group]} ones were {term}"


def _percent(row: pd.Series) -> str:
    share = f"{100 * row['estimate']:.0f}%"
    if pd.isna(row["ci_low"]) or pd.isna(row["ci_high"]):
        return f"{share}, CI {WITHHELD}"
    low, high = (f"{100 * row[end]:.0f}%" for end in ("ci_low", "ci_high"))
    return f"{share}, {name_level(row['ci_level'])} CI [{low}, {high}]"


def formal_change(answers: Answers) -> str:
    """Say the shares of reliable change as a paper does."""
    rows = answers.rows
    shares = rows[
        (rows["analysis"] == "change") & (rows["estimand"] == "share") & rows["estimate"].notna()
    ]
    headline = shares["method"].min() if len(shares) else ""
    said = [
        f"{row['term']}, {row['group_a']} {answers.lead(row, _percent(row))}"
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
        f"{answers.lead(row, count_of(row['n']))} {_went(row)}"
        for _, row in cells.sort_values("n", ascending=False).iterrows()
    ]
    return (
        f"Of the clients with both scores, in {answers.what}: {'; '.join(said)}. Falling "
        "dependency is not in itself success."
    )


_SYMPTOMS = {
    "improved": "improved",
    "unchanged": "stayed as they were",
    "deteriorated": "got worse",
}
_DEPENDENCY = {
    "dependency lower": "became less dependent",
    "dependency same": "stayed as dependent as they were",
    "dependency higher": "became more dependent",
}


def _went(row: pd.Series) -> str:
    symptoms, dependency = str(row["term"]), str(row["contrast"])
    if (symptoms, dependency) == ("unchanged", "dependency same"):
        return "stayed as they were in both"
    said = _SYMPTOMS.get(symptoms, symptoms), _DEPENDENCY.get(dependency, dependency)
    return f"{said[0]} and {said[1]}"


def formal_page(answers: Answers) -> str:
    """Say the cells of the answer page as a paper does."""
    cells = _cells(answers)
    if cells.empty:
        asked = f"The cross-classification of reliable changes in {answers.what} and dependency"
        return reason_of_block(answers, "answer_page", "symptoms by dependency", asked)
    said = [
        f"{row['term']}, {row['contrast']}: {answers.lead(row, f'n = {count_of(row.n)}')}"
        for _, row in cells.iterrows()
    ]
    return f"Reliable changes ({cells['method'].iloc[0]}): {'; '.join(said)}."


BROUGHT_TOO = (
    f"Clients differed in this {BROUGHT_ALONG}, so that this may be what they brought along."
)
AVAILABLE, IMPUTED = "difference, all available data", "difference, imputed"


def plain_missing(answers: Answers) -> str:
    """Say who is missing, and what difference the missing could make."""
    parts = [_absent(answers), _available(answers), _tipping(answers), _brought_along(answers)]
    said = [part for part in parts if part]
    if said:
        return " ".join(said)
    asked = f"Clients without {answers.what}"
    return reason_of_block(answers, "missing", AVAILABLE, asked)


def _absent(answers: Answers) -> str:
    shares = {group: row_of_group(answers, "missing", "missing", group) for group in (A, B)}
    said = [
        f"{answers.lead(row, str(round(100 * row['estimate'])))} of 100 {IN_WORDS[group]} clients"
        for group, row in shares.items()
        if row is not None
    ]
    return f"{' and '.join(said)} have no score of {answers.what}." if said else ""


def _available(answers: Answers) -> str:
    rows = {"with all available scores": answers.known("missing", AVAILABLE),
            "with the missing ones filled in": answers.known("missing", IMPUTED)}  # fmt: skip
    said = [
        answers.lead(row, f"{apart(answers, row)} {how} ({plausibly_apart(row)})")
        for how, row in rows.items()
        if row is not None
    ]
    told = " and ".join(said)
    return f"In {answers.what}, the overly dependent ones are {told}." if said else ""


def _brought_along(answers: Answers) -> str:
    rows = [answers.known("missing", term) for term in (AVAILABLE, IMPUTED)]
    notes = " ".join(str(row["note"]) for row in rows if row is not None)
    return BROUGHT_TOO if BROUGHT_ALONG in notes else ""


def _tipping(answers: Answers) -> str:
    said = []
    has_worse = _has_worse(answers)
    for group in (A, B):
        row = answers.find("missing", f"tipping point, {group}")
        if row is None or row["status"] == "refused":
            continue
        who = f"missing {IN_WORDS[group]} clients"
        if pd.notna(row["estimate"]):
            size = answers.lead(row, f"{plain(abs(row['estimate']))}{answers.unit}")
            moved = f"fared {size} worse" if has_worse else f"scored {size} {side_of(row)}"
            said.append(f"turns if {who} {moved} than like clients")
        elif pd.notna(row["note"]):
            # What else is to be said of the row, such as a caution, comes after it.
            stands = str(row["note"]).split("; ", maxsplit=1)[0]
            shift = stands.removeprefix("the answer ").replace("-", "")
            said.append(f"{answers.lead(row, shift)} in {who}")
    return f"That answer {'; it '.join(said)}." if said else ""


def _has_worse(answers: Answers) -> bool:
    """Tell whether one end of the scale is worse, as the rows on change tell it."""
    rows = answers.rows[answers.rows["analysis"] == "change"]
    return bool(rows["term"].isin(["reliably better", "reliably worse"]).any())


def formal_missing(answers: Answers) -> str:
    """Say the differences without missing scores as a paper does."""
    moved = "worse" if _has_worse(answers) else "moved by what matters"
    terms = {AVAILABLE: "all available data", IMPUTED: "imputed",
             "difference, missing clients worse": f"missing clients {moved}"}  # fmt: skip
    said = [
        f"{name}: {answers.lead(row, _tested(row))}"
        for term, name in terms.items()
        if (row := answers.known("missing", term)) is not None
    ]
    if not said:
        return reason_of_block(answers, "missing", AVAILABLE, f"Missing scores of {answers.what}")
    return f"Difference in {answers.what}, {'; '.join(said)}."


def _tested(row: pd.Series) -> str:
    return f"{signed(row['estimate'])}, {interval(row)}, {p_value(row['p_value'])}"
