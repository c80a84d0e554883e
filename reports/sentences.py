"""Each outcome's answer in words: one for clinicians, one for authors, from estimates alone."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from reports.families import describe_families
from reports.wording import (
    decimals,
    interval,
    no_break,
    p_value,
    plain,
    plain_interval,
    signed,
)

GROUPS = "overdependent_against_overindependent"
CONTINUOUS = "dependence_and_outcome"
PER_SD = "points per standard deviation"
PLAIN = ("difference", "equivalence")
NESTED = ("difference with therapists", "equivalence with therapists")
# What a row says whose scores went with dependence before treatment.
BROUGHT_ALONG = "before treatment already"
WITHHELD = "withheld"


@dataclass(frozen=True)
class OutcomeSentences:
    """What is said of one outcome: in plain language, and in the form that a paper prints."""

    outcome: str
    clinician: str
    author: str


@dataclass(frozen=True)
class Answers:
    """The estimates of one outcome, and what it is called."""

    rows: pd.DataFrame
    what: str
    unit: str
    has_plan: bool = False
    everything: pd.DataFrame | None = None

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
    def tests(self) -> tuple[str, str]:
        """The tests of difference and equivalence that answer: the planned ones, or Welch's."""
        planned = self.find(GROUPS, NESTED[0])
        is_planned = planned is not None and planned["plan_status"] == "confirmatory"
        return NESTED if is_planned else PLAIN

    def families(self, analysis: str) -> str:
        """The families that the tests of an analysis were adjusted in, with their sizes."""
        own = self.rows[self.rows["analysis"] == analysis]
        return describe_families(self.rows if self.everything is None else self.everything, own)

    @property
    def adjustment(self) -> str:
        """How p-values were adjusted: "Holm-adjusted"."""
        row = self.find(GROUPS, "verdict")
        method = "" if row is None or pd.isna(row["method"]) else str(row["method"])
        return (
            method.removesuffix(" tests") if method.endswith("-adjusted tests") else "Holm-adjusted"
        )


def write_sentences(
    estimates: pd.DataFrame, outcome: str, *, label: str | None = None
) -> OutcomeSentences:
    """Return the sentences of one outcome, from exact or from gated estimates.

    Direction, size, uncertainty and the verdict of the equivalence test are said as the rows have
    them; what the rows withhold or refuse is said to be so. Nothing is called an effect, and an
    undecided question is never called answered with no.
    """
    answers = gather_answers(estimates, outcome, label)
    clinician = [_plain_continuous(answers), _plain_groups(answers), _pairs(answers),
                 _detectable(answers), _brought_along(answers), _meaning(answers),
                 _plain_status(answers)]  # fmt: skip
    author = [_formal_continuous(answers), _formal_groups(answers), _formal_equivalence(answers),
              _formal_families(answers), _formal_status(answers)]  # fmt: skip
    return OutcomeSentences(outcome, join_sentences(clinician), join_sentences(author))


def gather_answers(estimates: pd.DataFrame, outcome: str, label: str | None) -> Answers:
    """Return the estimates of one outcome with what it is called in a sentence."""
    scale, _, occasion = outcome.partition("@")
    named = label or scale.replace(".", " ").replace("_", " ")
    what = f"{named} at {occasion.replace('_', ' ')}" if occasion else named
    # Attributes have units of their own, which the estimates do not know.
    unit = " points" if occasion else ""
    has_plan = bool((estimates["plan_status"] == "confirmatory").any())
    return Answers(estimates[estimates["outcome"] == outcome], what, unit, has_plan, estimates)


def join_sentences(parts: list[str]) -> str:
    """Return sentences as one text, without the empty ones."""
    return no_break(" ".join(part for part in parts if part))


def _missing_part(answers: Answers, analysis: str, term: str, asked: str) -> str:
    """Say why there is no number: nobody asked, it was refused, or it is withheld."""
    row = answers.find(analysis, term)
    if row is None:
        return f"{asked} was not analysed."
    if row["status"] != "refused":
        return f"{asked}: the figures are {WITHHELD}."
    note = "" if pd.isna(row["note"]) else str(row["note"])
    if note.startswith(WITHHELD):
        return f"{asked}: {note}."
    return f"{asked} was not analysed: {note}."


def _plain_continuous(answers: Answers) -> str:
    said = [_plain_slope(answers, term) for term in ("dependence", "independence")]
    known = [text for text in said if text]
    if known:
        return f"Among all clients, {'; '.join(known)}."
    asked = f"How dependence goes with {answers.what}"
    return _missing_part(answers, CONTINUOUS, "dependence", asked)


def _plain_slope(answers: Answers, term: str) -> str:
    row = answers.known(CONTINUOUS, term, PER_SD)
    if row is None:
        return ""
    slope = f"{plain(row['estimate'])}{answers.unit}"
    how_sure = f"{slope} for each standard deviation, {_range(row)}"
    if not _is_clear(row):
        return f"it is undecided whether {term} goes with {answers.what} ({how_sure})"
    direction = "higher" if row["estimate"] > 0 else "lower"
    return f"more {term} goes with {direction} {answers.what} ({how_sure})"


def _is_clear(row: pd.Series) -> bool:
    p = row["p_value"] if pd.isna(row["p_adjusted"]) else row["p_adjusted"]
    return bool(p < 1 - row["ci_level"])


def _range(row: pd.Series) -> str:
    if pd.isna(row["ci_low"]) or pd.isna(row["ci_high"]):
        return f"its uncertainty is {WITHHELD}"
    return f"plausibly {plain_interval(row)}"


def _plain_groups(answers: Answers) -> str:
    row = answers.known(GROUPS, answers.tests[0])
    if row is None:
        asked = (
            f"The comparison of overly dependent with overly independent clients on {answers.what}"
        )
        return _missing_part(answers, GROUPS, answers.tests[0], asked)
    higher = "higher" if row["estimate"] > 0 else "lower"
    how_much = f"{_distance(answers, row, higher)} on average, {_span(row)}"
    return _VERDICTS.get(answers.verdict or "", _NO_VERDICT).format(
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


def _span(row: pd.Series) -> str:
    """Return the range of a difference in the words "lower" and "higher", without signs."""
    low, high = sorted(abs(row[limit]) for limit in ("ci_low", "ci_high"))
    if pd.isna(low) or pd.isna(high):
        return _range(row)
    if row["ci_low"] < 0 < row["ci_high"]:
        lower, higher = plain(-row["ci_low"]), plain(row["ci_high"])
        return f"plausibly {lower} lower to {higher} higher"
    return f"plausibly {plain(low)} to {plain(high)}"


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
    return f"the {plain(row['estimate'])}{answers.unit} that would matter"


def _pairs(answers: Answers) -> str:
    row = answers.known(GROUPS, "superiority")
    if row is None or answers.verdict is None:
        return ""
    share = float(row["estimate"])
    word = "dependent" if share >= 0.5 else "independent"
    times = round(100 * max(share, 1 - share))
    return (
        f"Of 100 pairs of one overly dependent and one overly independent client, the overly "
        f"{word} one has the higher score in about {times}."
    )


def _detectable(answers: Answers) -> str:
    """Say what these clients could have shown, where the question stays open."""
    row = answers.known(GROUPS, "smallest detectable difference")
    if row is None or answers.verdict != "undecided":
        return ""
    return (
        f"With these clients, only a difference of about {plain(row['estimate'])}{answers.unit} or "
        "more could be counted on to show."
    )


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
        "told by their course."
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
        _formal_slope(row, term, answers.adjustment)
        for term in ("dependence", "independence", "dependence x independence")
        if (row := answers.known(CONTINUOUS, term, PER_SD)) is not None
    ]
    if not said:
        asked = f"The regression of {answers.what} on dependence and independence"
        return _missing_part(answers, CONTINUOUS, "dependence", asked)
    first = answers.known(CONTINUOUS, "dependence", PER_SD)
    clients = "" if first is None else f" (N = {count_of(first['n'])})"
    return f"In the regression of {answers.what}{clients}, {'; '.join(said)}."


def _formal_slope(row: pd.Series, term: str, how: str) -> str:
    return (
        f"{term.replace(' x ', ' × ')}: b = {signed(row['estimate'])}, {interval(row)}, "
        f"t({decimals(row['df'])}) = {signed(row['statistic'])}, {both_p(row, how)}"
    )


def _formal_groups(answers: Answers) -> str:
    row = answers.known(GROUPS, answers.tests[0])
    if row is None:
        asked = f"The comparison of presentations on {answers.what}"
        return _missing_part(answers, GROUPS, answers.tests[0], asked)
    test = "Welch's" if answers.tests == PLAIN else "mixed model with therapists,"
    return (
        f"Overdependent (n = {count_of(row['n_a'])}) minus overindependent clients "
        f"(n = {count_of(row['n_b'])}): {signed(row['estimate'])}{answers.unit}, "
        f"{interval(row)}, {test} t({decimals(row['df'])}) = {signed(row['statistic'])}, "
        f"{both_p(row, answers.adjustment)}, {_formal_size(answers)}."
    )


def _formal_size(answers: Answers) -> str:
    row = answers.known(GROUPS, "standardized difference")
    if row is None:
        return f"Hedges' g {WITHHELD}"
    return f"Hedges' g = {signed(row['estimate'])}, {interval(row)}, extreme groups"


def _formal_equivalence(answers: Answers) -> str:
    row = answers.known(GROUPS, answers.tests[1])
    bound = answers.known(GROUPS, "smallest effect of interest")
    if row is None or bound is None:
        return ""
    word = answers.verdict or WITHHELD
    return (
        f"Equivalence within ±{decimals(bound['estimate'])}{answers.unit}: "
        f"{both_p(row, answers.adjustment)}, {interval(row)}; verdict: {word}."
    )


def _formal_families(answers: Answers) -> str:
    """Say which tests were adjusted together, and how many they are."""
    asked = {"the regression": CONTINUOUS, "the comparison of groups": GROUPS}
    said = [
        f"those of {what} within {families}"
        for what, analysis in asked.items()
        if (families := answers.families(analysis))
    ]
    return f"Adjusted p-values: {', '.join(said)}." if said else ""


def both_p(row: pd.Series, adjustment: str = "Holm-adjusted") -> str:
    """Write the p-value, and the adjusted one where there is one."""
    if pd.isna(row["p_adjusted"]):
        return p_value(row["p_value"])
    return f"{p_value(row['p_value'])}, {adjustment} {p_value(row['p_adjusted'])}"


def count_of(n: object) -> str:
    """Write a number of clients, or that it is withheld."""
    return WITHHELD if pd.isna(n) else f"{int(n):,}"  # type: ignore[call-overload]


def _formal_status(answers: Answers) -> str:
    continuous, groups = _statuses(answers)
    if continuous != groups:
        return f"The regression was {continuous}, the comparison of groups {groups}."
    return f"The analysis was {continuous}."
