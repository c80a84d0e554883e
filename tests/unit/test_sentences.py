"""The answer in words: what is said, what is never said, and what is said to be withheld."""

from __future__ import annotations

import doctest
import functools
import re
from dataclasses import replace
from types import ModuleType

import numpy as np
import pandas as pd
import pytest

from reports import declarations, families, wording
from reports.disclosure.estimates import gate_estimates
from reports.disclosure.policy import DisclosurePolicy
from reports.estimates import Estimate, adjust_families, to_frame
from reports.render.document import source
from reports.sentences import OutcomeSentences, write_sentences
from tests.unit.leading_numbers import MARK, numbers_that_lead_nowhere, rows_that_numbers_are_not_of

OUTCOME = "core_10.total@end"
FAMILY = "primary outcomes, groups"
COUNTS = {"n": 148, "n_a": 75, "n_b": 73}
WHO = (
    "overdependent: high anxiety, low avoidance (self-report); "
    "overindependent: high avoidance, low anxiety (self-report)"
)


def a_row(analysis: str, term: str, estimand: str, **facts: object) -> Estimate:
    base = Estimate(analysis=analysis, outcome=OUTCOME, term=term, estimand=estimand, method="m",
                    plan_status="exploratory", status="ok", ci_level=0.95)  # fmt: skip
    return replace(base, **facts)  # type: ignore[arg-type]


def a_block(
    word: str = "different", *, difference: float = 7.97, share: float = 0.79, slope: float = 3.79
) -> list[Estimate]:
    """The rows that sentences are made of."""
    groups = "overdependent_against_overindependent"
    return [
        a_row("dependence_and_outcome", "dependence", "points per standard deviation",
              estimate=slope, ci_low=slope - 0.5, ci_high=slope + 0.5, statistic=14.04, df=395.0,
              p_value=0.0001 if abs(slope) > 0.5 else 0.6, n=400),
        a_row(groups, "difference", "mean difference", estimate=difference, statistic=6.87,
              ci_low=difference - 2.3, ci_high=difference + 2.3, df=134.29, p_value=0.0312,
              family=FAMILY, note=WHO, **COUNTS),
        a_row(groups, "standardized difference", "Hedges' g", estimate=1.13, ci_low=0.78,
              ci_high=1.47, **COUNTS),
        a_row(groups, "superiority", "probability of superiority", estimate=share, **COUNTS),
        a_row(groups, "smallest effect of interest", "mean difference", estimate=3.0),
        a_row(groups, "equivalence", "mean difference", estimate=difference, ci_level=0.9,
              ci_low=difference - 1.9, ci_high=difference + 1.9, p_value=0.9996, family=FAMILY,
              **COUNTS),
        a_row(groups, "verdict", "verdict", note=word, **COUNTS),
    ]  # fmt: skip


def say(rows: list[Estimate], **facts: str) -> OutcomeSentences:
    said = write_sentences(adjust_families(to_frame(rows)), OUTCOME, **facts)
    return OutcomeSentences(
        said.outcome,
        said.clinician.replace("\N{NO-BREAK SPACE}", " "),
        said.author.replace("\N{NO-BREAK SPACE}", " "),
    )


def test_a_difference_has_direction_size_and_uncertainty() -> None:
    said = say(a_block(), label="distress").clinician
    assert (
        "Presenting as overly dependent rather than overly independent goes with higher distress "
        "at the end: 8 points higher on average, plausibly 5.7 to 10.3."
    ) in said
    assert "the overly dependent one has the higher score in about 79" in said


def test_the_direction_follows_the_sign() -> None:
    said = say(a_block(difference=-7.97, share=0.21)).clinician
    assert "goes with lower core 10 total at the end: 8 points lower" in said
    assert "the overly independent one has the higher score in about 79" in said


def test_the_range_of_a_difference_has_the_directions_of_its_words() -> None:
    """Nobody is 0.4 lower, "plausibly −0.7 to −0.07"."""
    clear = say(a_block(difference=-7.97)).clinician
    assert "8 points lower on average, plausibly 5.7 to 10.3." in clear
    unclear = say(a_block("undecided", difference=-1.2)).clinician
    assert "1.2 points lower on average, plausibly 3.5 lower to 1.1 higher, and" in unclear
    unclear = say(a_block("undecided", difference=1.2)).clinician
    assert "1.2 points higher on average, plausibly 1.1 lower to 3.5 higher, and" in unclear


def test_a_difference_that_is_lost_among_many_tests_says_so() -> None:
    """An interval of one test that keeps off zero reads as a difference, beside "undecided"."""
    alone = f"taken alone it would count as a difference, among “{FAMILY}” (2 tests) it does not"
    assert alone in say(a_block("undecided", difference=4.0)).clinician
    assert alone not in say(a_block("undecided", difference=1.2)).clinician
    assert alone not in say(a_block("different", difference=4.0)).clinician


def test_an_adjusted_p_value_names_its_family_and_the_size_of_it() -> None:
    said = say(a_block())
    assert f"Adjusted p-values: those of the comparison of groups within “{FAMILY}” (2 tests)." in (
        said.author
    )
    alone = [replace(row, family=None) for row in a_block()]
    assert "Adjusted" not in say(alone).author


def test_each_adjusted_p_value_is_called_after_its_own_family() -> None:
    families = {
        "dependence": "slopes, plan version 1, Benjamini-Hochberg",
        "difference": "ends, plan version 3, Holm",
        "equivalence": "of an earlier release",
    }
    rows = [replace(row, family=families.get(row.term)) for row in a_block()]
    said = say(rows).author
    assert "p < .001, Benjamini-Hochberg-adjusted p < .001" in said
    assert "p = .031, Holm-adjusted p = .031" in said
    assert "p > .999, adjusted p > .999" in said


def test_the_continuous_answer_comes_first() -> None:
    said = say(a_block())
    assert said.clinician.startswith("Among all clients, more dependence goes with higher")
    assert said.author.startswith("In the regression of core 10 total at the end (N = 400)")


def test_an_unclear_slope_is_undecided() -> None:
    said = say(a_block(slope=0.2)).clinician
    assert "it is undecided whether dependence goes with core 10 total at the end" in said


def test_alike_clients_are_said_to_be_alike_within_a_bound() -> None:
    said = say(a_block("equivalent", difference=0.2)).clinician
    assert "alike in core 10 total at the end: any difference is less than the 3 points" in said


@pytest.mark.parametrize("word", ["equivalent", "different but trivially small"])
def test_likeness_has_the_interval_that_shows_it(word: str) -> None:
    """The interval of the difference is wider and may reach beyond what would matter."""
    said = say(a_block(word, difference=-1.0)).clinician
    assert (
        "1 points lower on average, plausibly 2.9 lower to 0.9 higher in the 90% interval" in said
    )
    assert "3.3 lower" not in said
    usual = say(a_block("undecided", difference=-1.0)).clinician
    assert "plausibly 3.3 lower to 1.3 higher, and" in usual


def test_likeness_whose_own_interval_is_withheld_says_which_one_it_shows() -> None:
    frame = adjust_families(to_frame(a_block("equivalent", difference=-1.0)))
    said = write_sentences(withheld(frame, ["equivalence"]), OUTCOME).clinician
    assert "plausibly 3.3 lower to 1.3 higher in the 95% interval" in said


def test_a_level_that_is_no_whole_number_is_not_rounded() -> None:
    rows = [replace(row, ci_level=0.975) for row in a_block()]
    assert "97.5% CI [5.67, 10.27]" in say(rows).author


def test_a_trivial_difference_says_both() -> None:
    said = say(a_block("different but trivially small", difference=1.0)).clinician
    assert "slightly higher" in said
    assert "by less than the 3 points that would matter" in said


def test_an_undecided_question_is_not_answered() -> None:
    said = say(a_block("undecided", difference=1.2)).clinician
    assert "is undecided" in said
    assert "neither a difference nor likeness within the 3 points" in said


@pytest.mark.parametrize(
    "word", ["different", "equivalent", "different but trivially small", "undecided"]
)
@pytest.mark.parametrize("difference", [7.97, -1.2, 0.0])
def test_some_things_are_never_said(word: str, difference: float) -> None:
    said = say(a_block(word, difference=difference))
    for text in (said.clinician, said.author):
        assert not re.search(r"effect of|no effect|no difference|caus|because|leads to", text)
        assert "nan" not in text.lower()


def test_the_author_gets_what_the_manual_asks_for() -> None:
    said = say(a_block()).author
    assert (
        "Overdependent (n = 75) minus overindependent clients (n = 73): 7.97 points, 95% CI "
        "[5.67, 10.27], Welch's t(134.29) = 6.87, p = .031, Holm-adjusted p = .062, "
        "Hedges' g = 1.13, 95% CI [0.78, 1.47], extreme groups."
    ) in said
    assert "Equivalence within ±3 points: p > .999" in said
    assert "90% CI [6.07, 9.87]; verdict: different." in said


def test_negative_numbers_have_a_true_minus_sign() -> None:
    said = say(a_block(difference=-7.97))
    assert "−7.97 points, 95% CI [−10.27, −5.67]" in said.author
    words = ("Holm-adjusted", "self-report", "p-values")
    numbers = functools.reduce(lambda text, word: text.replace(word, ""), words, said.author)
    assert "-" not in numbers


def test_signs_and_numbers_stay_on_one_line() -> None:
    frame = adjust_families(to_frame(a_block()))
    assert "p\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}.031" in write_sentences(frame, OUTCOME).author


def test_the_plan_status_is_said() -> None:
    assert "Exploratory: no plan was locked" in say(a_block()).clinician
    locked = [replace(row, plan_status="confirmatory") for row in a_block()]
    assert say(locked).author.endswith("The analysis was confirmatory.")
    mixed = [locked[0], *a_block()[1:]]
    assert say(mixed).author.endswith(
        "The regression was confirmatory, the comparison of groups exploratory."
    )
    assert "how dependence goes with the outcome; the rest is exploratory" in say(mixed).clinician


def test_the_groups_are_described_as_self_report() -> None:
    assert (
        "Overly dependent means high anxiety, low avoidance (self-report), overly independent "
        "high avoidance, low anxiety (self-report)."
    ) in say(a_block()).clinician


def test_a_refused_outcome_says_why() -> None:
    rows = [replace(row, status="refused", note="circular: it is part of the rule",
                    estimate=None) for row in a_block()[:2]]  # fmt: skip
    said = say(rows)
    assert (
        "not analysed: it is part of the rule and would be compared with itself." in said.clinician
    )
    assert said.author.count("was not analysed: it is part of the rule") == 2


def test_an_outcome_that_nobody_analysed_says_so() -> None:
    said = write_sentences(to_frame([]), "age")
    assert "was not analysed" in said.clinician
    assert "Exploratory" in said.clinician


def withheld(frame: pd.DataFrame, terms: list[str]) -> pd.DataFrame:
    """The table after the gate withheld the rows of some terms."""
    gone = frame["term"].isin(terms)
    numbers = ["estimate", "se", "statistic", "df", "p_value", "p_adjusted", "ci_low", "ci_high"]
    gated = frame.copy()
    gated.loc[gone, numbers] = np.nan
    gated.loc[gone, ["n", "n_a", "n_b"]] = pd.NA
    gated.loc[gone, "status"] = "refused"
    gated.loc[gone, "note"] = "withheld: too few clients or therapists"
    return gated


def test_a_withheld_comparison_says_so_and_gives_no_number() -> None:
    frame = adjust_families(to_frame(a_block()))
    terms = ["difference", "standardized difference", "superiority", "equivalence", "verdict"]
    said = write_sentences(withheld(frame, terms), OUTCOME)
    for text in (said.clinician, said.author):
        assert "withheld: too few clients or therapists" in text
        assert "7.97" not in text
        assert "different" not in text
        assert "nan" not in text.lower()


def test_single_withheld_numbers_are_said_to_be_withheld() -> None:
    frame = adjust_families(to_frame(a_block()))
    row = frame["term"] == "difference"
    frame.loc[row, ["ci_low", "ci_high", "p_value", "p_adjusted", "df", "statistic"]] = np.nan
    frame.loc[row, "n_a"] = pd.NA
    said = write_sentences(withheld(frame, ["verdict", "standardized difference"]), OUTCOME)
    assert "its uncertainty is withheld" in said.clinician
    assert "there is no verdict" in said.clinician
    assert said.author.count("withheld") >= 5
    assert "nan" not in (said.clinician + said.author).lower()


def test_sentences_on_a_gated_table_are_those_of_the_exact_one_when_nothing_is_small() -> None:
    frame = adjust_families(to_frame(a_block()))
    gated = gate_estimates(frame, DisclosurePolicy()).frame
    said = write_sentences(gated, OUTCOME)
    assert "goes with higher core 10 total at the end" in said.clinician
    assert "verdict: different" in said.author


@pytest.mark.parametrize("module", [wording, families, declarations])
def test_the_documented_examples_of_numbers_hold(module: ModuleType) -> None:
    result = doctest.testmod(module)
    assert (result.failed, result.attempted > 0) == (0, True)


def test_attributes_are_not_measured_in_points() -> None:
    rows = [replace(row, outcome="age") for row in a_block()]
    said = write_sentences(adjust_families(to_frame(rows)), "age")
    assert "8 higher on average" in said.clinician
    assert "points" not in said.clinician + said.author


@pytest.mark.parametrize("word", ["different", "different but trivially small", "equivalent",
                                  "undecided"])  # fmt: skip
def test_every_number_leads_to_the_row_that_it_comes_from(word: str) -> None:
    groups = "overdependent_against_overindependent"
    more = [
        a_row("dependence_and_outcome", term, "points per standard deviation", estimate=0.2,
              ci_low=-0.4, ci_high=0.8, statistic=0.7, df=395.0, p_value=0.5, n=400)
        for term in ("independence", "dependence x independence")
    ]  # fmt: skip
    more.append(a_row(groups, "smallest detectable difference", "points", estimate=5.2))
    frame = adjust_families(to_frame([*a_block(word), *more]))
    said = write_sentences(frame, OUTCOME, label="distress", mark=source)
    for text in (said.clinician, said.author):
        assert numbers_that_lead_nowhere(text, "Of 100 pairs", "(2 tests)") == []
        assert rows_that_numbers_are_not_of(text, frame) == []
        assert MARK.search(text)


def test_numbers_without_a_mark_or_with_that_of_another_row_are_noticed() -> None:
    frame = to_frame(a_block())
    assert numbers_that_lead_nowhere(write_sentences(frame, OUTCOME).author) != []
    other = int(frame.index[frame["term"] == "superiority"][0])
    assert rows_that_numbers_are_not_of(source(other, "8 points"), frame) == [("8", other + 1)]
