"""Each outcome's answer in words: one for clinicians, one for authors, from estimates alone."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from reports.answers import (
    CONTINUOUS,
    GROUPS,
    PER_SD,
    Answers,
    Mark,
    both_p,
    count_of,
    gather_answers,
    is_clear,
    join_sentences,
    missing_part,
    say_range,
    telling_row,
)
from reports.deciding_tests import WELCH
from reports.families import WITHHELD
from reports.wording import decimals, interval, plain, plausibly_apart, signed

# What a row says whose scores went with dependence before treatment.
BROUGHT_ALONG = "before treatment already"


@dataclass(frozen=True)
class OutcomeSentences:
    """What is said of one outcome: in plain language, and in the form that a paper prints.

    The paragraphs leave out the meaning of the presentations, which is that of all outcomes.
    """

    outcome: str
    clinician: str
    author: str
    clinician_paragraphs: tuple[str, ...] = ()
    author_paragraphs: tuple[str, ...] = ()
    meaning: str = ""


def write_sentences(
    estimates: pd.DataFrame, outcome: str, *, label: str | None = None, mark: Mark | None = None
) -> OutcomeSentences:
    """Return the sentences of one outcome, from exact or from gated estimates.

    Direction, size, uncertainty and the verdict of the equivalence test are said as the rows have
    them; what the rows withhold or refuse is said to be so. Nothing is called an effect, and an
    undecided question is never called answered with no. ``mark`` is given the row number of each
    estimate with the words that say its numbers, and returns these words so that they lead there.
    """
    answers = gather_answers(estimates, outcome, label, mark)
    clinician = _paragraphs(
        [_plain_continuous(answers)],
        [_plain_groups(answers), _pairs(answers), _detectable(answers)],
        [_brought_along(answers)],
        [_plain_status(answers)],
    )
    meaning = _meaning(answers)
    author = _paragraphs(
        [_formal_continuous(answers)],
        [_formal_groups(answers), _formal_equivalence(answers)],
        [_formal_families(answers), _formal_status(answers)],
    )
    joined = join_sentences([*clinician[:-1], meaning, clinician[-1]]), join_sentences(list(author))
    return OutcomeSentences(outcome, *joined, clinician, author, meaning)


def _paragraphs(*parts: list[str]) -> tuple[str, ...]:
    """Return what belongs together as one paragraph each, without the empty ones."""
    return tuple(text for part in parts if (text := join_sentences(part)))


def _plain_continuous(answers: Answers) -> str:
    said = [_plain_slope(answers, term) for term in ("dependence", "independence")]
    known = [text for text in said if text]
    if known:
        return f"Among all clients, {'; '.join(known)}."
    asked = f"How dependence goes with {answers.what}"
    return missing_part(answers, CONTINUOUS, "dependence", asked)


def _plain_slope(answers: Answers, term: str) -> str:
    row = answers.known(CONTINUOUS, term, PER_SD)
    if row is None:
        return ""
    size = _distance(answers, row, "higher" if row["estimate"] > 0 else "lower")
    how_sure = answers.lead(row, f"{size} for each standard deviation, {plausibly_apart(row)}")
    if not is_clear(row):
        return f"it is undecided whether {term} goes with {answers.what} ({how_sure})"
    direction = "higher" if row["estimate"] > 0 else "lower"
    return f"more {term} goes with {direction} {answers.what} ({how_sure})"


def _plain_groups(answers: Answers) -> str:
    row = answers.known(GROUPS, answers.tests[0])
    if row is None:
        asked = (
            f"The comparison of overly dependent with overly independent clients on {answers.what}"
        )
        return missing_part(answers, GROUPS, answers.tests[0], asked)
    higher = "higher" if row["estimate"] > 0 else "lower"
    verdict = answers.verdict
    told = telling_row(verdict, row, answers.known(GROUPS, answers.tests[1]))
    how_much = answers.lead(
        told, f"{_distance(answers, row, higher)} on average, {say_range(verdict, told)}"
    )
    return _VERDICTS.get(verdict or "", _NO_VERDICT).format(
        what=answers.what,
        higher=higher,
        how_much=how_much,
        bound=_bound(answers),
        alone=_alone(answers, row),
    )


def _alone(answers: Answers, row: pd.Series) -> str:
    """Say that one interval which keeps off zero is no difference where many were looked at."""
    if row["ci_low"] <= 0 <= row["ci_high"] or pd.isna(row["ci_low"]):
        return ""
    together = answers.families(GROUPS) or "the other tests"
    return f"; taken alone it would count as a difference, among {together} it does not"


def _distance(answers: Answers, row: pd.Series, higher: str) -> str:
    size = plain(abs(row["estimate"]))
    return "just as high" if size == "0" else f"{size}{answers.unit} {higher}"


_PRESENTING = "Presenting as overly dependent rather than overly independent goes with"
_VERDICTS = {
    "different": f"{_PRESENTING} {{higher}} {{what}}: {{how_much}}.",
    "different but trivially small": (
        f"{_PRESENTING} slightly {{higher}} {{what}}, by less than {{bound}}: {{how_much}}."
    ),
    "equivalent": (
        "Overly dependent and overly independent clients are alike in {what}: any difference is "
        "less than {bound} ({how_much})."
    ),
    "undecided": (
        "Whether overly dependent and overly independent clients differ in {what} is undecided: "
        "the overly dependent ones are {how_much}, and neither a difference nor likeness within "
        "{bound} is shown{alone}."
    ),
}
_NO_VERDICT = "Overly dependent clients are, in {what}, {how_much}; there is no verdict."


def _bound(answers: Answers) -> str:
    row = answers.known(GROUPS, "smallest effect of interest")
    if row is None:
        return "the smallest difference that matters"
    size = answers.lead(row, f"{plain(row['estimate'])}{answers.unit}")
    return f"the {size} that would matter"


def _pairs(answers: Answers) -> str:
    row = answers.known(GROUPS, "superiority")
    if row is None or answers.verdict is None:
        return ""
    share = float(row["estimate"])
    word = "dependent" if share >= 0.5 else "independent"
    times = round(100 * max(share, 1 - share))
    return (
        f"Of 100 pairs of one overly dependent and one overly independent client, the overly "
        f"{word} one has the higher score in {answers.lead(row, f'about {times}')}."
    )


def _detectable(answers: Answers) -> str:
    """Say what these clients could have shown, where the question stays open."""
    row = answers.known(GROUPS, "smallest detectable difference")
    if row is None or answers.verdict != "undecided":
        return ""
    size = answers.lead(row, f"about {plain(row['estimate'])}{answers.unit}")
    return f"With these clients, only a difference of {size} or more could be counted on to show."


def _brought_along(answers: Answers) -> str:
    """Say that clients differed before treatment: what they brought may be all there is."""
    rows = [
        answers.known(GROUPS, answers.tests[0]),
        answers.known(CONTINUOUS, "dependence", PER_SD),
    ]
    if not any(row is not None and BROUGHT_ALONG in str(row["note"]) for row in rows):
        return ""
    return (
        "Clients differed in this before treatment already, so any difference afterwards may be "
        "what they brought along and says nothing of what dependence does; how they changed is "
        "told by their course, in which those who begin higher tend to fall further whatever is "
        "done."
    )


def _meaning(answers: Answers) -> str:
    row = answers.known(GROUPS, "difference")
    parts = [] if row is None or pd.isna(row["note"]) else str(row["note"]).split("; ")
    said = dict(part.split(": ", 1) for part in parts if ": " in part)
    if not {"overdependent", "overindependent"} <= set(said):
        return ""
    return (
        f"Overly dependent means {said['overdependent']}, overly independent "
        f"{said['overindependent']}."
    )


def _statuses(answers: Answers) -> tuple[str, str]:
    """Return the plan status of the continuous question and of the comparison of groups."""
    rows = (answers.find(CONTINUOUS, "dependence", PER_SD), answers.find(GROUPS, answers.tests[0]))
    continuous, groups = ("exploratory" if row is None else str(row["plan_status"]) for row in rows)
    return continuous, groups


def _plain_status(answers: Answers) -> str:
    continuous, groups = _statuses(answers)
    if continuous == groups == "confirmatory":
        return "Confirmatory: the plan was locked beforehand."
    if "confirmatory" in (continuous, groups):
        planned = "the comparison of the two groups" if groups == "confirmatory" else (
            "how dependence goes with the outcome"
        )  # fmt: skip
        return (
            f"Confirmatory, as planned and locked beforehand: {planned}; the rest is exploratory."
        )
    if answers.has_plan:
        return "Exploratory: the locked plan does not name it."
    return "Exploratory: no plan was locked beforehand."


def _formal_continuous(answers: Answers) -> str:
    said = [
        _formal_slope(answers, row, term)
        for term in ("dependence", "independence", "dependence x independence")
        if (row := answers.known(CONTINUOUS, term, PER_SD)) is not None
    ]
    if not said:
        asked = f"The regression of {answers.what} on dependence and independence"
        return missing_part(answers, CONTINUOUS, "dependence", asked)
    first = answers.known(CONTINUOUS, "dependence", PER_SD)
    clients = "" if first is None else f" ({_number(answers, first)})"
    return f"In the regression of {answers.what}{clients}, {'; '.join(said)}."


def _number(answers: Answers, row: pd.Series) -> str:
    return answers.lead(row, f"N = {count_of(row['n'])}")


def _formal_slope(answers: Answers, row: pd.Series, term: str) -> str:
    said = (
        f"b = {signed(row['estimate'])}, {interval(row)}, t({decimals(row['df'])}) = "
        f"{signed(row['statistic'])}, {both_p(row)}"
    )
    return f"{term.replace(' x ', ' × ')}: {answers.lead(row, said)}"


def _formal_groups(answers: Answers) -> str:
    row = answers.known(GROUPS, answers.tests[0])
    if row is None:
        asked = f"The comparison of presentations on {answers.what}"
        return missing_part(answers, GROUPS, answers.tests[0], asked)
    test = "Welch's" if answers.tests == WELCH else "mixed model with therapists,"
    said = (
        f"Overdependent (n = {count_of(row['n_a'])}) minus overindependent clients "
        f"(n = {count_of(row['n_b'])}): {signed(row['estimate'])}{answers.unit}, "
        f"{interval(row)}, {test} t({decimals(row['df'])}) = {signed(row['statistic'])}, "
        f"{both_p(row)}"
    )
    return f"{answers.lead(row, said)}, {_formal_size(answers)}."


def _formal_size(answers: Answers) -> str:
    row = answers.known(GROUPS, "standardized difference")
    if row is None:
        return f"Hedges' g {WITHHELD}"
    size = answers.lead(row, f"Hedges' g = {signed(row['estimate'])}, {interval(row)}")
    return f"{size}, extreme groups"


def _formal_equivalence(answers: Answers) -> str:
    row = answers.known(GROUPS, answers.tests[1])
    bound = answers.known(GROUPS, "smallest effect of interest")
    if row is None or bound is None:
        return ""
    word = answers.verdict or WITHHELD
    within = answers.lead(bound, f"±{decimals(bound['estimate'])}{answers.unit}")
    tested = answers.lead(row, f"{both_p(row)}, {interval(row)}")
    return f"Equivalence within {within}: {tested}; verdict: {word}."


def _formal_families(answers: Answers) -> str:
    """Say which tests were adjusted together, and how many they are."""
    asked = {"the regression": CONTINUOUS, "the comparison of groups": GROUPS}
    said = [
        f"those of {what} within {families}"
        for what, analysis in asked.items()
        if (families := answers.families(analysis))
    ]
    return f"Adjusted p-values: {', '.join(said)}." if said else ""


def _formal_status(answers: Answers) -> str:
    continuous, groups = _statuses(answers)
    if continuous != groups:
        return f"The regression was {continuous}, the comparison of groups {groups}."
    return f"The analysis was {continuous}."
