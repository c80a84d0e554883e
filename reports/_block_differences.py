"""Sentences on courses, all presentations, other specifications, and what the scale measures."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from reports._block_parts import A, B, apart, clients_of, reason_of_block, row_of_group
from reports.answers import Answers, both_p, count_of, is_clear, say_range, telling_row
from reports.families import WITHHELD
from reports.wording import decimals, interval, p_value, plain, plausibly_apart, signed

_DIFFER = {
    "different": "the two change differently",
    "different but trivially small": "the two change differently, but by less than matters",
    "equivalent": "the two change alike, within what would matter",
    "undecided": "whether the two change differently is undecided",
}


_BY_SCALE = ("dependence", "independence")


def plain_course(answers: Answers) -> str:
    """Say what the course goes with, without groups first, then how both groups changed."""
    return _without_groups_first(answers, _plain_slope, _plain_groups)


def _without_groups_first(
    answers: Answers, slope: Callable[[Answers, str], str], groups: Callable[[Answers], str]
) -> str:
    said = [*(slope(answers, part) for part in _BY_SCALE), groups(answers)]
    return " ".join(filter(None, said))


def _plain_slope(answers: Answers, part: str) -> str:
    row = answers.known("course", f"course by {part}")
    if row is None:
        return ""
    size = f"{apart(answers, row)} {_over(row)} for each standard deviation, {plausibly_apart(row)}"
    said = answers.lead(row, size)
    if not is_clear(row):
        return f"Whether {part} goes with the change in {answers.what} is undecided ({said})."
    return f"More {part} goes with another change in {answers.what}: it lies {said}."


def _over(row: pd.Series) -> str:
    return str(row["estimand"]).removeprefix("points ").removeprefix("per standard deviation ")


def _plain_groups(answers: Answers) -> str:
    row = answers.known("course", "difference in course")
    if row is None:
        return _everyones_course(answers) or reason_of_block(
            answers, "course", "difference in course", f"The course of {answers.what}"
        )
    first, second = (row_of_group(answers, "course", "course", group) for group in (A, B))
    word = answers.verdict_of("course")
    verdict = _DIFFER.get(word or "", "there is no verdict on the two")
    told = telling_row(word, row, answers.known("course", "equivalence in course"))
    side = f"the change lies {apart(answers, row)} in {clients_of(A)}"
    if first is None or second is None:
        between = answers.lead(told, f"{side} {_over(row)}, {say_range(word, told)}")
        return f"How {answers.what} changes: {verdict} ({between})."
    between = answers.lead(told, f"{side}, {say_range(word, told)}")
    moved = [answers.lead(each, _moved(answers, each)) for each in (first, second)]
    return (
        f"The scores behind {answers.what} {moved[0]} in {clients_of(A)}; they {moved[1]} in "
        f"{clients_of(B)}; {verdict} ({between})."
    )


def _moved(answers: Answers, row: pd.Series) -> str:
    """Say that scores rose or fell, and by how much.

    >>> row = pd.Series({"estimate": -4.0, "estimand": "points over 26 weeks"})
    >>> _moved(Answers(pd.DataFrame(), "distress", " points"), row)
    'fell by 4 points over 26 weeks'
    """
    size = plain(abs(row["estimate"]))
    if size == "0":
        return f"stayed the same {_over(row)}"
    way = "rose" if row["estimate"] > 0 else "fell"
    return f"{way} by {size}{answers.unit} {_over(row)}"


def _everyones_course(answers: Answers) -> str:
    """Say how all clients changed, where groups cannot be compared."""
    row = row_of_group(answers, "course", "course", None)
    if row is None:
        return ""
    moved = answers.lead(row, f"{_moved(answers, row)}, {plausibly_apart(row)}")
    return (
        f"In all clients together, the scores behind {answers.what} {moved}; groups made from "
        "these scores cannot be compared in them."
    )


def formal_course(answers: Answers) -> str:
    """Say as a paper does what the course goes with, and how it differs between groups."""
    return _without_groups_first(answers, _formal_slope, _formal_groups)


def _formal_slope(answers: Answers, part: str) -> str:
    row = answers.known("course", f"course by {part}")
    if row is None:
        return ""
    said = (
        f"b = {signed(row['estimate'])}{answers.unit} per standard deviation {_over(row)}, "
        f"{interval(row)}, t({decimals(row['df'])}) = {signed(row['statistic'])}, {both_p(row)}, "
        f"n = {count_of(row['n'])}"
    )
    method = str(row["method"]).capitalize()
    return f"{method}, time × {part} for {answers.what}: {answers.lead(row, said)}."


def _formal_groups(answers: Answers) -> str:
    row = answers.known("course", "difference in course")
    if row is None:
        return reason_of_block(
            answers, "course", "difference in course", f"Growth of {answers.what}"
        )
    tested = (
        f"(n = {count_of(row['n_a'])} and {count_of(row['n_b'])}): difference in change "
        f"{_over(row)} {signed(row['estimate'])}{answers.unit}, {interval(row)}, "
        f"t({decimals(row['df'])}) = {signed(row['statistic'])}, {both_p(row)}"
    )
    said = (
        f"{str(row['method']).capitalize()}, with clients' own courses and therapists "
        f"{answers.lead(row, tested)}"
    )
    alike = answers.known("course", "equivalence in course")
    if alike is not None:
        said = f"{said}; equivalence: {answers.lead(alike, f'{both_p(alike)}, {interval(alike)}')}"
    return f"{said}; verdict: {answers.verdict_of('course') or WITHHELD}."


FOUR_TEST = "difference between presentations"


def plain_four(answers: Answers) -> str:
    """Say whether presentations differ, and which; the comparison tells of the two extremes."""
    row = answers.known("four_presentations", FOUR_TEST)
    if row is None:
        asked = f"All presentations on {answers.what}"
        return reason_of_block(answers, "four_presentations", FOUR_TEST, asked)
    found = _pairs_apart(answers)
    p = row["p_value"] if pd.isna(row["p_adjusted"]) else row["p_adjusted"]
    if p >= 1 - row["ci_level"]:
        return f"Whether the presentations differ in {answers.what} at all is undecided."
    if not found:
        return f"The presentations differ in {answers.what}, but no other two of them clearly."
    return f"The presentations differ in {answers.what}: {'; '.join(found)}."


def _pairs_apart(answers: Answers) -> list[str]:
    rows = answers.rows
    pairs = rows[(rows["analysis"] == "four_presentations") & (rows["term"] == "pair")]
    is_told = pairs["group_a"].isin((A, B)) & pairs["group_b"].isin((A, B))
    clear = pairs[(pairs["p_adjusted"] < 1 - pairs["ci_level"]) & ~is_told]
    return [
        f"{clients_of(row['group_a'])} score {answers.lead(row, apart(answers, row))} than "
        f"{clients_of(row['group_b'])}"
        for _, row in clear.iterrows()
    ]


def formal_four(answers: Answers) -> str:
    """Say the tests of all presentations as a paper does."""
    row = answers.known("four_presentations", FOUR_TEST)
    if row is None:
        asked = f"Welch's analysis of variance of {answers.what}"
        return reason_of_block(answers, "four_presentations", FOUR_TEST, asked)
    ranks = answers.find("four_presentations", f"{FOUR_TEST}, by ranks")
    robust = "" if ranks is None or pd.isna(ranks["statistic"]) else (
        f"; Kruskal-Wallis {answers.lead(ranks, _by_ranks(ranks))}"
    )  # fmt: skip
    said = (
        f"Welch's F = {signed(row['statistic'])} (error df = {decimals(row['df'])}), "
        f"{both_p(row)}, ω² = {signed(row['estimate'])}, {interval(row)}"
    )
    return f"{answers.lead(row, said)}{robust}."


def _by_ranks(row: pd.Series) -> str:
    return f"H({decimals(row['df'])}) = {signed(row['statistic'])}, {p_value(row['p_value'])}"


def plain_rule(answers: Answers) -> str:
    """Say how far the difference depends on how groups are made."""
    found = [answers.known("specification", term) for term in
             ("lowest", "highest", "same sign as the median", "usable")]  # fmt: skip
    low, high, same, usable = found
    if low is None or high is None:
        asked = f"Whether the rule matters for {answers.what}"
        return reason_of_block(answers, "specification", "median", asked)
    share = "" if same is None else (
        f"; {answers.lead(same, f'{same.estimate:.0%}')} of them agree in its direction"
    )  # fmt: skip
    how_many = "other" if usable is None else answers.lead(usable, f"{usable['estimate']:.0f}")
    lowest, highest = (answers.lead(row, apart(answers, row)) for row in (low, high))
    return (
        f"Under {how_many} ways to make the groups and to score, the difference in {answers.what} "
        f"runs from {lowest} to {highest} in {clients_of(A)}{share}."
    )


def formal_rule(answers: Answers) -> str:
    """Say the specification curve as a paper does."""
    terms = ("usable", "median", "lowest", "highest", "same sign as the median",
             "beyond zero on its side")  # fmt: skip
    rows = [answers.known("specification", term) for term in terms]
    if any(row is None for row in rows[:4]):
        asked = f"The specification curve of {answers.what}"
        return reason_of_block(answers, "specification", "median", asked)
    usable, median, low, high, same, beyond = (
        WITHHELD if row is None else answers.lead(row, how(float(row["estimate"])))
        for row, how in zip(rows, (_whole, signed, signed, signed, _share, _share), strict=True)
    )
    return (
        f"Over {usable} specifications the median difference is {median}, from {low} to {high}; "
        f"{same} agree in sign, {beyond} exclude zero."
    )


def _whole(value: float) -> str:
    return f"{value:.0f}"


def _share(value: float) -> str:
    return f"{value:.0%}"


_WHAT = {
    "across groups": "in both groups",
    "over occasions": "before and after",
}
_HOLDS = {
    "scalar": "measures the same {what}",
    "partial scalar": "measures the same {what} but for single items",
    "scalar, undecided": "may measure the same {what}: the clients are too few to tell",
    "partial scalar, undecided": "does not measure the same {what} in single items, and the "
    "clients are too few to tell whether it does in the others",
}


def plain_invariance(answers: Answers) -> str:
    """Say whether the scale measures the same in both groups, and before and after."""
    said = " ".join(text for what in _WHAT if (text := _invariant(answers, what)))
    return f"For {answers.what}: {said[:1].lower()}{said[1:]}" if said else ""


def _invariant(answers: Answers, what: str) -> str:
    row = answers.find("measurement_invariance", f"highest step that holds {what}")
    if row is None:
        return ""
    if row["status"] == "refused" or pd.isna(row["note"]):
        note = WITHHELD if pd.isna(row["note"]) else str(row["note"])
        asked = f"Whether the scale measures the same {_WHAT[what]} could not be checked"
        return f"{asked}: {note}."
    step = str(row["note"]).split("; ", maxsplit=1)[0]
    said = _HOLDS.get(step, "does not measure the same {what}, so scores are not comparable")
    return f"The scale {said.format(what=_WHAT[what])}."


def formal_invariance(answers: Answers) -> str:
    """Say which step of invariance holds as a paper does."""
    said = []
    for what in _WHAT:
        row = answers.find("measurement_invariance", f"highest step that holds {what}")
        if row is None or row["status"] == "refused" or pd.isna(row["note"]):
            continue
        step = str(row["note"]).split("; ", maxsplit=1)[0]
        changes = [
            f"{level}: {answers.lead(change, f'ΔCFI = {signed(change.estimate)}')}"
            for level in ("metric", "scalar")
            if (change := answers.known("measurement_invariance", f"{level} {what}",
                                        "change of CFI")) is not None
        ]  # fmt: skip
        seen = ", ".join(changes) or "no further step"
        held, _, doubt = step.partition(", ")
        verb = "invariance remained undecided" if doubt else "invariance held"
        said.append(f"{what} {held} {verb} ({seen})")
    if said:
        return f"For {answers.what}, {'; '.join(said)}."
    asked = f"Invariance of {answers.what}"
    return reason_of_block(
        answers, "measurement_invariance", "highest step that holds across groups", asked
    )
