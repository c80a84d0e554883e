"""The comparison: first without groups, then the two presentations side by side."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from reports.answers import GROUPS, say_reason
from reports.families import describe_adjustment, describe_families
from reports.render.answering import answering_tests, say_tests
from reports.render.document import Block, Fold, Heading, Prose, source
from reports.render.naming import GROUP_NAMES, PAIR, name_group, name_in_sentence, name_outcome
from reports.render.rounded import counts_are_rounded
from reports.render.run_view import Run
from reports.render.table import (
    Cell,
    Column,
    Row,
    Spanner,
    Table,
    common_status,
    interval_of,
    number_of,
    text_of,
)
from reports.sentences import write_sentences

AS_IN_A_PAPER = "In the words of a paper"
CONTINUOUS = "dependence_and_outcome"
DESCRIBED = "four_presentations"
PER_SD, STANDARDIZED = "points per standard deviation", "standardized coefficient"
SLOPES = ("dependence", "independence", "dependence x independence", "intake value")
NESTED = "difference with therapists"
ROBUST = (
    ("superiority", "probability that a dependent client scores higher"),
    ("trimmed difference", "difference of 20 % trimmed means, points"),
    ("rank test", "rank-biserial correlation"),
    ("adjusted difference", "difference at equal intake values, points"),
    (NESTED, "difference in a mixed model with therapists, points"),
)


def continuous_intro(run: Run) -> Iterator[Block]:
    """Yield what the continuous analysis does and why it comes first."""
    if run.rows(CONTINUOUS).empty:
        return
    yield Prose(
        (
            (
                "This is the primary analysis. Every client with both scores and the outcome "
                "enters, those in the grey zone too. Where the outcome was also measured at "
                "intake, its intake value is held equal."
            ),
        )
    )


def continuous(run: Run) -> Iterator[Block]:
    """Yield the regression coefficients of every outcome."""
    rows = [row for name in run.outcomes.index for row in _slope_rows(run, str(name))]
    if not rows:
        return
    yield Table(
        name="continuous",
        title="How the outcomes go with dependence and independence",
        columns=(
            Column("Goes with"),
            Column("b", "number", is_symbol=True),
            Column(f"{run.level_named} CI", "interval"),
            Column("β", "number"),
            Column("t", "number", is_symbol=True),
            Column("df", "number", places=0, is_symbol=True),
            Column("p", "p", is_symbol=True),
            Column("p adj.", "p"),
            Column("partial R²", "number", is_bounded=True),
        ),
        rows=tuple(rows),
        notes=(
            (
                "b: points of the outcome per standard deviation of the scale (intake value: per "
                "point). Least squares with heteroscedasticity-consistent (HC3) errors."
                f"{_adjusted(run, CONTINUOUS)}"
            ),
        ),
    )


def _slope_rows(run: Run, outcome: str) -> Iterator[Row]:
    found = run.rows(CONTINUOUS, outcome=outcome)
    found = found[found["status"] != "refused"] if not found.empty else found
    for term in SLOPES:
        of = {row["estimand"]: row for _, row in found[found["term"] == term].iterrows()}
        main = of.get(PER_SD, of.get("points per point"))
        if main is None:
            continue
        yield Row(
            (
                Cell(_term(run, term)),
                number_of(main, "estimate"),
                interval_of(main),
                number_of(of.get(STANDARDIZED), "estimate"),
                number_of(main, "statistic"),
                number_of(main, "df"),
                number_of(main, "p_value"),
                number_of(main, "p_adjusted"),
                number_of(of.get("partial R2"), "estimate"),
            ),
            group=f"{name_outcome(run, outcome)} (n = {_count(main)})",
            plan_status=str(main["plan_status"]),
        )


def _term(run: Run, term: str) -> str:
    rule = run.facts("tables/rule")
    return " × ".join(rule.get(part, part) for part in term.split(" x "))


def _count(row: Any) -> str:
    return Column("", "count").write(number_of(row, "n").value)


def group_intro(run: Run) -> Iterator[Block]:
    """Yield how to read groups that were cut from scales."""
    if run.rows(GROUPS).empty:
        return
    yield Prose(
        (
            (
                "The groups are the ends of two scales, so their differences are larger than "
                "differences among all clients would be: every g below is one of extreme groups. "
                "Read them as an illustration of the continuous analysis above."
            ),
        )
    )


def presentations(run: Run) -> Iterator[Block]:
    """Yield mean and spread of every outcome: the two groups side by side, then the others."""
    found = run.rows(DESCRIBED)
    found = found[found["group_a"].notna()] if not found.empty else found
    if found.empty:
        return
    yield _described(run, found, PAIR, "presentations", "Outcomes of the two presentations")
    others = tuple(
        name for name in GROUP_NAMES if name not in PAIR and name in set(found["group_a"])
    )
    if others:
        title = "Outcomes of the other clients"
        yield Fold(title, (_described(run, found, others, "other_presentations", title),))


def _described(
    run: Run, found: pd.DataFrame, groups: tuple[str, ...], name: str, title: str
) -> Table:
    columns = [Column("Outcome")]
    for _ in groups:
        columns += [
            Column("n", "count", is_symbol=True),
            Column("M", "number", is_symbol=True),
            Column("SD", "number", is_symbol=True),
        ]
    outcomes = [str(name) for name in run.outcomes.index if (found["outcome"] == name).any()]
    return Table(
        name=name,
        title=title,
        columns=tuple(columns),
        rows=tuple(_described_row(run, found, outcome, groups) for outcome in outcomes),
        spanners=tuple(
            Spanner(name_group(group).capitalize(), 1 + 3 * place, 3)
            for place, group in enumerate(groups)
        ),
    )


def _described_row(run: Run, found: pd.DataFrame, outcome: str, groups: tuple[str, ...]) -> Row:
    own = found[found["outcome"] == outcome]
    of = {(row["group_a"], row["term"]): row for _, row in own.iterrows()}
    cells = [Cell(name_outcome(run, outcome))]
    for group in groups:
        mean, sd = of.get((group, "mean")), of.get((group, "sd"))
        cells += [number_of(mean, "n"), number_of(mean, "estimate"), number_of(sd, "estimate")]
    return Row(tuple(cells), plan_status=common_status(own["plan_status"]))


def contrast(run: Run) -> Iterator[Block]:
    """Yield difference, effect size, tests and verdict of every outcome."""
    found = {str(name): _contrast_row(run, str(name)) for name in run.outcomes.index}
    rows = {name: row for name, row in found.items() if row is not None}
    if not rows:
        return
    yield Table(
        name="contrast",
        title="Overly dependent minus overly independent clients",
        columns=(
            Column("Outcome"),
            Column("n", "count", is_symbol=True),
            Column("n", "count", is_symbol=True),
            Column("points", "number"),
            Column(f"{run.level_named} CI", "interval"),
            Column("g", "number", is_symbol=True),
            Column(f"{run.level_named} CI", "interval"),
            Column("p", "p", is_symbol=True),
            Column("p adj.", "p"),
            Column("p", "p", is_symbol=True),
            Column("p adj.", "p"),
            Column("Verdict"),
        ),
        rows=tuple(rows.values()),
        spanners=(
            Spanner("Dep.", 1, 1),
            Spanner("Indep.", 2, 1),
            Spanner("Dependent minus independent", 3, 2),
            Spanner("Hedges' g", 5, 2),
            Spanner("Difference", 7, 2),
            Spanner("Alike", 9, 2),
        ),
        notes=(
            (
                f"Difference by {say_tests(run, list(rows))}. g of extreme groups, with exact "
                "interval. In brackets: the smallest difference that matters, in points. Alike: "
                f"test that any difference is smaller than that.{_adjusted(run, GROUPS)} Intervals "
                "are of one outcome taken alone. The verdict goes by the adjusted p-values, of an "
                "outcome outside the family by the plain ones."
            ),
        ),
    )


def _contrast_row(run: Run, outcome: str) -> Row | None:
    of = {row["term"]: row for _, row in run.rows(GROUPS, outcome=outcome).iterrows()}
    difference, equivalence = map(of.get, answering_tests(run, outcome))
    if difference is None or pd.isna(difference["estimate"]):
        return None
    size = of.get("standardized difference")
    return Row(
        (
            Cell(f"{name_outcome(run, outcome)} {_bound(of)}"),
            number_of(difference, "n_a"),
            number_of(difference, "n_b"),
            number_of(difference, "estimate"),
            interval_of(difference),
            number_of(size, "estimate"),
            interval_of(size),
            number_of(difference, "p_value"),
            number_of(difference, "p_adjusted"),
            number_of(equivalence, "p_value"),
            number_of(equivalence, "p_adjusted"),
            text_of(of.get("verdict"), "note"),
        ),
        plan_status=str(difference["plan_status"]),
    )


def _bound(of: dict[Any, Any]) -> str:
    row = of.get("smallest effect of interest")
    return "" if row is None or pd.isna(row["estimate"]) else f"(±{row['estimate']:g})"


def _adjusted(run: Run, analysis: str) -> str:
    """Say within which family tests were adjusted; nothing where none was."""
    rows = run.rows(analysis)
    families = describe_families(run.estimates, rows)
    return f" p adj.: {describe_adjustment(rows)} within {families}." if families else ""


def robust(run: Run) -> Iterator[Block]:
    """Yield the same comparison by methods that ask less of the data."""
    rows = [row for name in run.outcomes.index for row in _robust_rows(run, str(name))]
    if not rows:
        return
    table = Table(
        name="robust",
        title="The same comparison by other methods",
        columns=(
            Column("Method"),
            Column("estimate", "number"),
            Column(f"{run.level_named} CI", "interval"),
            Column("p", "p", is_symbol=True),
            Column("n", "count", is_symbol=True),
            Column("remark"),
        ),
        rows=tuple(rows),
        notes=(
            (
                "At equal intake values: of clients whose intake value is known too, so of fewer "
                "where it is missing. Mixed model: therapists, and clinics where there are "
                "several, have intercepts of their own, so that clients of one therapist are not "
                "taken as independent; the other methods take them so. None of these p-values is "
                "adjusted for the number of tests, unless a plan names its test."
            ),
        ),
    )
    yield Fold("The same comparison by other methods", (table,))


def _robust_rows(run: Run, outcome: str) -> Iterator[Row]:
    of = {row["term"]: row for _, row in run.rows(GROUPS, outcome=outcome).iterrows()}
    for term, words in ROBUST:
        row = of.get(term)
        if row is None or pd.isna(row["estimate"]):
            continue
        cells = (Cell(words), number_of(row, "estimate"), interval_of(row),
                 number_of(row, "p_value"), number_of(row, "n"),
                 Cell(_caution(row) if term == NESTED else ""))  # fmt: skip
        yield Row(cells, group=name_outcome(run, outcome), plan_status=str(row["plan_status"]))


def _caution(row: Any) -> str:
    return str(row["note"]) if row["status"] == "caution" and not pd.isna(row["note"]) else ""


def sentences(run: Run) -> Iterator[Block]:
    """Yield each outcome's answer in words, for clinicians and for authors."""
    silent = {str(outcome): _why_not_compared(run, str(outcome)) for outcome in run.outcomes.index}
    for outcome in (name for name, why in silent.items() if not why):
        label = name_in_sentence(run, outcome)
        said = write_sentences(run.estimates, outcome, label=label, mark=source)
        yield Heading(name_outcome(run, outcome))
        yield Prose(said.clinician_paragraphs)
        author = tuple(filter(None, (*said.author_paragraphs, counts_are_rounded(run))))
        yield Fold(AS_IN_A_PAPER, (Prose(author, "author"),))
    told = tuple(
        f"{name_outcome(run, outcome)}, is not compared: {why}."
        for outcome, why in silent.items()
        if why
    )
    if told:
        yield Prose(told, "note")


def _why_not_compared(run: Run, outcome: str) -> str:
    """Return the one reason for which nothing of an outcome was compared, if there is one."""
    rows = pd.concat([run.rows(name, outcome=outcome) for name in (CONTINUOUS, GROUPS)])
    if rows.empty or not rows["status"].eq("refused").all() or rows["note"].nunique() != 1:
        return ""
    return say_reason(str(rows["note"].iloc[0]))
