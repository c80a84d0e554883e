"""Each block's sentences: what is said, what is withheld, and what is never said."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from reports._block_differences import FOUR_TEST
from reports.block_sentences import BLOCKS, BlockSentences, write_block_sentences
from reports.estimates import Estimate, to_frame
from reports.render.document import source
from reports.sentences import write_sentences
from tests.unit.leading_numbers import numbers_that_lead_nowhere, rows_that_numbers_are_not_of

OUTCOME = "core_10.total@end"
PAIR = {"contrast": "overdependent - overindependent", "group_a": "overdependent",
        "group_b": "overindependent"}  # fmt: skip
COUNTS = {"n": 148, "n_a": 75, "n_b": 73}


def a_row(analysis: str, term: str, estimand: str, **facts: object) -> Estimate:
    base = Estimate(analysis=analysis, outcome=OUTCOME, term=term, estimand=estimand, method="m",
                    plan_status="exploratory", status="ok", ci_level=0.95)  # fmt: skip
    return replace(base, **facts)  # type: ignore[arg-type]


def a_study(word: str = "undecided") -> list[Estimate]:
    """The rows that the sentences of blocks are made of."""
    over = "points over 26 weeks"
    share = {"ci_low": 0.3, "ci_high": 0.6, "n": 70}
    return [
        a_row("course", "course", over, group_a="overdependent", estimate=-4.0, n=75),
        a_row("course", "course", over, group_a="overindependent", estimate=-5.2, n=73),
        a_row("course", "difference in course", over, estimate=1.2, ci_low=-1.4, ci_high=3.8,
              statistic=0.9, df=80.0, p_value=0.37, method="growth in logarithmic time", **PAIR,
              **COUNTS),
        a_row("course", "equivalence in course", over, estimate=1.2, ci_low=-1.0, ci_high=3.4,
              p_value=0.08, ci_level=0.9, **PAIR, **COUNTS),
        a_row("course", "verdict", "verdict", note=word, **PAIR, **COUNTS),
        a_row("four_presentations", "difference between presentations", "omega squared",
              estimate=0.08, statistic=4.2, df=90.0, p_value=0.004, ci_low=0.02, ci_high=0.2,
              n=240),
        a_row("four_presentations", "pair", "mean difference", estimate=-4.2, p_adjusted=0.003,
              group_a="mixed", group_b="neither", **COUNTS),
        a_row("change", "reliably better", "share", group_a="overdependent", estimate=0.44,
              method="Wilson's interval, JT, published reference", **share),
        a_row("change", "reliably better", "share", group_a="overindependent", estimate=0.6,
              method="Wilson's interval, JT, published reference", **share),
        a_row("answer_page", "improved", "count", contrast="dependency same", n=65),
        a_row("answer_page", "improved", "count", contrast="dependency lower", n=20),
        a_row("endings", "planned", "cumulative incidence", contrast="by session 20", estimate=0.2,
              ci_low=0.1, ci_high=0.3, n=240),
        a_row("endings", "planned", "cumulative incidence", contrast="by session 40", estimate=0.6,
              ci_low=0.5, ci_high=0.7, n=240),
        a_row("endings", "planned", "cumulative incidence", contrast="by session 40", estimate=0.55,
              group_a="overdependent", ci_low=0.4, ci_high=0.7, n=80),
        a_row("endings", "planned", "difference in cumulative incidence", method="Gray's test",
              statistic=1.2, df=1.0, p_value=0.27, n=170, **PAIR),
        a_row("missing", "missing", "share", group_a="overdependent", estimate=0.13, **share),
        a_row("missing", "missing", "share", group_a="overindependent", estimate=0.42, **share),
        a_row("missing", "difference, all available data", "mean difference", estimate=2.1,
              ci_low=-1.0, ci_high=5.2, p_value=0.18, **PAIR, **COUNTS),
        a_row("missing", "difference, imputed", "mean difference", estimate=1.7, ci_low=-1.7,
              ci_high=5.1, p_value=0.33, **PAIR, **COUNTS),
        a_row("missing", "tipping point, overdependent", "shift", estimate=-4.5, **PAIR, **COUNTS),
        a_row("missing", "tipping point, overindependent", "shift",
              note="the answer stands up to a shift of 12 points", **PAIR, **COUNTS),
        a_row("specification", "usable", "number", estimate=16.0, **PAIR, **COUNTS),
        a_row("specification", "median", "mean difference", estimate=1.5, **PAIR, **COUNTS),
        a_row("specification", "lowest", "mean difference", estimate=-0.4, **PAIR, **COUNTS),
        a_row("specification", "highest", "mean difference", estimate=3.2, **PAIR, **COUNTS),
        a_row("specification", "same sign as the median", "part", estimate=0.875, **PAIR,
              **COUNTS),
        a_row("specification", "beyond zero on its side", "part", estimate=0.25, **PAIR, **COUNTS),
        a_row("measurement_invariance", "highest step that holds across groups", "step",
              status="refused", note="fewer than 100 clients of a group answered every item"),
        a_row("measurement_invariance", "highest step that holds over occasions", "step",
              note="partial scalar; freed: intercept of item_3"),
    ]  # fmt: skip


# Numbers that are of no estimate: what shares are told of, and why something was refused.
KNOWN = ("of 100", "Of 100", "fewer than 100 clients")
SLOPES = [
    a_row("course", f"course by {part}", "points per standard deviation over 26 weeks",
          estimate=slope, ci_low=slope - 0.7, ci_high=slope + 0.7, statistic=slope / 0.35, df=110.0,
          p_value=p, method="growth in logarithmic time", n=200)
    for part, slope, p in (("dependence", -0.8, 0.03), ("independence", 0.2, 0.6))
]  # fmt: skip


def say(rows: list[Estimate], **facts: str) -> dict[str, BlockSentences]:
    found = write_block_sentences(to_frame(rows), OUTCOME, **facts)
    return {one.block: one for one in found}


def plainly(rows: list[Estimate], block: str) -> str:
    return say(rows, label="distress")[block].clinician.replace("\N{NO-BREAK SPACE}", " ")


def test_every_block_that_was_run_speaks_in_a_fixed_order() -> None:
    assert [*say(a_study())] == [*BLOCKS]
    assert [*say(a_study()[:5])] == ["course"]


@pytest.mark.parametrize(
    ("block", "said"),
    [
        ("course", ("fell by 4 points over 26 weeks in overly dependent clients; they fell by 5.2 "
                   "points over 26 weeks in overly independent clients; whether the two change "
                   "differently is undecided (the change lies 1.2 points higher in overly "
                   "dependent clients, plausibly 1.4 lower to 3.8 higher).")),
        ("four_presentations", ("clients who present as both score 4.2 points lower than clients "
                               "who present as neither.")),
        ("change", ("about 44 (plausibly 30 to 60) overly dependent ones were reliably better; "
                   "about 60 (plausibly 30 to 60) overly independent ones were reliably better.")),
        ("answer_page", ("65 improved and stayed as dependent as they were; 20 improved and became "
                        "less dependent. Falling dependency is not in itself success.")),
        ("endings", ("Of 100 clients, treatment ends as “planned” for about 60 (plausibly 50 to "
                    "70) by session 40. Of 100 overly dependent clients, treatment ends as "
                    "“planned” for about 55 (plausibly 40 to 70) by session 40.")),
        ("endings", "differ in how often it ends as “planned” is undecided."),
        ("missing", ("13 of 100 overly dependent clients and 42 of 100 overly independent clients "
                    "have no score of distress at the end.")),
        ("missing", ("turns if missing overly dependent clients fared 4.5 points worse than like "
                    "clients; it stands up to a shift of 12 points")),
        ("specification", ("Under 16 ways to make the groups and to score, the difference in "
                          "distress at the end runs from 0.4 points lower to 3.2 points higher in "
                          "overly dependent clients; 88% of them")),
        ("measurement_invariance", "could not be checked: fewer than 100 clients"),
        ("measurement_invariance", "measures the same before and after but for single items."),
    ],
)  # fmt: skip
def test_the_clinician_hears_direction_size_and_uncertainty(block: str, said: str) -> None:
    assert said in plainly(a_study(), block)


@pytest.mark.parametrize("term", ["reliably higher", None])
def test_of_a_scale_without_a_better_end_nobody_fares_worse(term: str | None) -> None:
    rows = [row if row.analysis != "change" else replace(row, term=term or "changed")
            for row in a_study() if row.term != "reliably worse"]  # fmt: skip
    rows.append(
        a_row(
            "missing",
            "difference, missing clients worse",
            "mean difference",
            estimate=2.4,
            ci_low=-1.0,
            ci_high=5.8,
            p_value=0.16,
            **PAIR,
            **COUNTS,
        )
    )
    said = say(rows, label="distress")["missing"]
    assert "overly dependent clients scored 4.5 points lower than like clients" in said.clinician
    assert "worse" not in said.clinician + said.author
    assert "missing clients moved by what matters: 2.40" in said.author


def test_a_caution_on_missing_scores_is_said_as_one_and_once() -> None:
    caution = "these scores went with dependence before treatment already: a difference; and so on"
    rows = [
        replace(row, status="caution", note=f"{row.note}; {caution}" if row.note else caution)
        if row.analysis == "missing" and row.estimand != "share" else row
        for row in a_study()
    ]  # fmt: skip
    said = plainly(rows, "missing")
    assert "it stands up to a shift of 12 points in missing overly independent clients." in said
    assert said.count("differed in this before treatment already") == 1
    assert "before treatment" not in plainly(a_study(), "missing")


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("different", "the two change differently ("),
        ("equivalent", "the two change alike"),
        ("different but trivially small", "but by less than matters"),
        ("undecided", "is undecided"),
    ],
)
def test_a_course_says_its_verdict(word: str, said: str) -> None:
    assert said in plainly(a_study(word), "course")


@pytest.mark.parametrize("word", ["equivalent", "different but trivially small"])
def test_a_course_that_is_alike_has_the_interval_that_shows_it(word: str) -> None:
    said = plainly(a_study(word), "course")
    assert "plausibly 1 lower to 3.4 higher in the 90% interval)" in said
    assert "3.8" not in said


def test_the_author_gets_statistics() -> None:
    said = {name: one.author.replace("\N{NO-BREAK SPACE}", " ")
            for name, one in say(a_study()).items()}  # fmt: skip
    assert "26 weeks 1.20 points, 95% CI [−1.40, 3.80], t(80) = 0.90, p = .370" in said["course"]
    assert "ω² = 0.08, 95% CI [0.02, 0.20]" in said["four_presentations"]
    assert "overdependent 44%, 95% CI [30%, 60%]" in said["change"]
    assert "imputed: 1.70, 95% CI [−1.70, 5.10], p = .330" in said["missing"]
    assert "all clients by session 40 = 0.60, 95% CI [0.50, 0.70]" in said["endings"]
    assert "χ²(1) = 1.20, p = .270" in said["endings"]
    assert "88% agree in sign, 25% exclude zero" in said["specification"]


def test_every_number_leads_to_the_row_that_it_comes_from() -> None:
    frame = to_frame([*a_study(), *SLOPES])
    for one in write_block_sentences(frame, OUTCOME, label="distress", mark=source):
        for text in (one.clinician, one.author):
            assert numbers_that_lead_nowhere(text, *KNOWN) == []
            assert rows_that_numbers_are_not_of(text, frame) == []


@pytest.mark.parametrize("word", ["different", "equivalent", "undecided"])
def test_some_things_are_never_said(word: str) -> None:
    for one in say(a_study(word)).values():
        for text in (one.clinician, one.author):
            assert not re.search(r"effect|no difference|caus|because|leads to|harm", text)
            assert "nan" not in text.lower()


def test_what_was_refused_says_why() -> None:
    rows = [replace(row, status="refused", note="too few", estimate=None, n=None)
            for row in a_study()]  # fmt: skip
    for one in say(rows).values():
        assert "too few" in one.clinician
        assert "nan" not in (one.clinician + one.author).lower()


def test_what_the_gate_withheld_is_said_to_be_withheld() -> None:
    frame = to_frame(a_study())
    numbers = frame.columns.intersection(["estimate", "ci_low", "ci_high", "p_value", "df"])
    frame[numbers] = np.nan
    frame[["n", "n_a", "n_b"]] = pd.NA
    gated = frame.assign(status="refused", note="withheld: fewer than 10 clients")
    for one in write_block_sentences(gated, OUTCOME):
        assert "withheld: fewer than 10 clients" in one.clinician
        assert not re.search(r"\d+ points", one.clinician)


def test_a_planned_block_says_so() -> None:
    rows = [replace(row, plan_status="confirmatory") if row.analysis == "course" else row
            for row in a_study()]  # fmt: skip
    said = say(rows)
    assert said["course"].plan_status == "confirmatory"
    assert said["missing"].plan_status == "exploratory"


def test_scores_that_went_with_dependence_before_are_no_news_of_treatment() -> None:
    note = "these scores went with dependence before treatment already: ..."
    row = a_row("overdependent_against_overindependent", "difference", "mean difference",
                estimate=3.0, ci_low=1.0, ci_high=5.0, statistic=2.0, df=80.0, p_value=0.01,
                status="caution", note=note, **PAIR, **COUNTS)  # fmt: skip
    said = write_sentences(to_frame([row]), OUTCOME).clinician
    assert "any difference afterwards may be what they brought along" in said
    assert "those who begin higher tend to fall further whatever is done" in said


def test_the_planned_mixed_model_is_the_headline() -> None:
    groups = "overdependent_against_overindependent"
    rows = [
        a_row(groups, "difference", "mean difference", estimate=3.0, ci_low=1.0, ci_high=5.0,
              statistic=2.0, df=80.0, p_value=0.01, **PAIR, **COUNTS),
        a_row(groups, "difference with therapists", "mean difference", estimate=2.5, ci_low=0.2,
              ci_high=4.8, statistic=1.9, df=20.0, p_value=0.03, plan_status="confirmatory",
              family="distress, plan version 1, Benjamini-Hochberg", **PAIR, **COUNTS),
        a_row(groups, "verdict", "verdict", note="different", plan_status="confirmatory",
              method="Benjamini-Hochberg-adjusted tests", **PAIR, **COUNTS),
    ]  # fmt: skip
    frame = to_frame(rows)
    frame.loc[frame["family"].notna(), "p_adjusted"] = 0.04
    said = write_sentences(frame, OUTCOME)
    assert "2.5 points higher on average" in said.clinician
    assert "comparison of the two groups; the rest is exploratory" in said.clinician
    author = said.author.replace("\N{NO-BREAK SPACE}", " ")
    assert "mixed model with therapists, t(20) = 1.90" in author
    assert "Benjamini-Hochberg-adjusted p = .040" in author


def test_an_adjusted_p_value_is_called_after_its_own_family() -> None:
    """The course of an outcome may be in another family than its groups at the end."""
    family = "change, plan version 1, Benjamini-Hochberg"
    planned = {"difference in course": "course", "course by dependence": "course",
               FOUR_TEST: "four_presentations"}  # fmt: skip
    frame = to_frame([*a_study(), *SLOPES])
    for term, analysis in planned.items():
        row = (frame["term"] == term) & (frame["analysis"] == analysis)
        frame.loc[row, ["family", "p_adjusted"]] = [family, 0.4]
    said = {one.block: one.author.replace("\N{NO-BREAK SPACE}", " ")
            for one in write_block_sentences(frame, OUTCOME)}  # fmt: skip
    assert said["course"].count("Benjamini-Hochberg-adjusted p = .400") == 2
    assert "Benjamini-Hochberg-adjusted p = .400" in said["four_presentations"]
    assert "Holm" not in "".join(said.values())


def test_an_outcome_outside_a_locked_plan_says_so() -> None:
    planned = a_row("course", "difference in course", "points", plan_status="confirmatory",
                    outcome="phq_9.total@end", **PAIR)  # fmt: skip
    frame = to_frame(
        [
            planned,
            a_row(
                "overdependent_against_overindependent",
                "difference",
                "mean difference",
                estimate=1.0,
                **PAIR,
                **COUNTS,
            ),
        ]
    )
    said = write_sentences(frame, OUTCOME).clinician
    assert said.endswith("Exploratory: the locked plan does not name it.")


def test_invariance_that_is_open_is_never_said_to_hold() -> None:
    rows = [
        a_row("measurement_invariance", "highest step that holds across groups", "step",
              note="scalar, undecided; too few clients to tell", status="caution", **PAIR)
    ]  # fmt: skip
    (said,) = write_block_sentences(to_frame(rows), OUTCOME, label="distress")
    assert "may measure the same in both groups: the clients are too few to tell" in said.clinician
    assert "scalar invariance remained undecided" in said.author
    assert "held" not in said.author


def test_the_course_is_told_without_groups_first() -> None:
    said = {one.block: one for one in
            write_block_sentences(to_frame([*SLOPES, *a_study()]), OUTCOME)}["course"]  # fmt: skip
    assert said.clinician.startswith("More dependence goes with another change in core 10 total")
    assert "it lies 0.8 points lower over 26 weeks for each standard deviation" in said.clinician
    assert "points per standard deviation over 26 weeks" in said.author
    assert "t(110" in said.author
    assert said.author.index("time × dependence") < said.author.index("difference in change")
