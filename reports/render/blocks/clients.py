"""Who is compared: what each presentation rests on, and how the two groups differ at intake."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from reports.render.document import Block, Facts, Fold, Prose, refer, source
from reports.render.naming import GROUP_NAMES, decapitalise, name_scale
from reports.render.numbers import write_number
from reports.render.rounded import counts_are_rounded
from reports.render.run_view import Run
from reports.render.table import Cell, Column, Row, Table, number_of, text_of
from reports.wording import name_occasion

BALANCE = "groups_at_intake"
DIFFERENCE_THAT_SHOWS = 0.25
MOST_ROWS = 8


def presentations(run: Run) -> Iterator[Block]:
    """Yield the rule in words, and what each presentation rests on."""
    rule = run.facts("tables/rule")
    if not rule:
        yield Prose(("The study declares no presentation rule, so nobody is compared.",))
        return
    grey = (
        f"; scores nearer to a cut than the grey zone ({rule['grey_zone']} points) are "
        "indeterminate"
        if rule["grey_zone"]
        else ", without a grey zone"
    )
    yield Prose(
        (
            (
                f"Who presents how is decided by a declared rule, “{rule['rule']}”, from what "
                f"clients answered at {name_occasion(rule['landmark'])}: "
                f"{decapitalise(rule['dependence'])} stands for dependence, "
                f"{decapitalise(rule['independence'])} for independence. A score at or above its "
                f"cut is high. The cuts are {rule['cut']}{grey}."
            ),
            (
                "The rule decides the groups: another cut puts other people into them. So the "
                "continuous analysis comes first, and the groups illustrate it."
            ),
        )
    )
    yield Prose((_counts(run),), "note")
    pairs = [(name, rule[group]) for group, name in GROUP_NAMES.items() if group in rule]
    yield Facts(tuple(pairs))


def _counts(run: Run) -> str:
    """Say once what is true of every number of clients in a report."""
    least = run.provenance("disclosure").get("threshold", "")
    said = f"Numbers of clients below {least} are left out and stand as [c]."
    return f"{counts_are_rounded(run)} {said} Statistics come from the exact data.".strip()


def balance(run: Run) -> Iterator[Block]:
    """Yield the table of standardized differences at intake."""
    found = run.rows(BALANCE)
    if found.empty:
        return
    rows = [
        Row(
            (
                Cell(name_scale(run, str(row["term"]))),
                number_of(row, "estimate"),
                number_of(row, "n_a"),
                number_of(row, "n_b"),
                number_of(row, "n_missing"),
                Cell(_remark(row)),
            ),
            plan_status=str(row["plan_status"]),
        )
        for _, row in found.iterrows()
    ]
    table = Table(
        name="balance",
        title="The two groups at intake: standardized differences",
        columns=(
            Column("At intake"),
            Column("difference (SD)", "number"),
            Column("n dependent", "count"),
            Column("n independent", "count"),
            Column("missing", "count"),
            Column("remark"),
        ),
        rows=tuple(rows),
        notes=(
            (
                "Difference: overly dependent minus overly independent clients, in standard "
                "deviations of both groups; of categories without a sign. Above "
                f"{DIFFERENCE_THAT_SHOWS:g} the groups are worth comparing only with it in mind."
            ),
        ),
    )
    yield Prose((_largest(run, found),))
    yield table if len(rows) <= MOST_ROWS else Fold(table.title, (table,))


def _largest(run: Run, found: pd.DataFrame) -> str:
    """Say in which points the groups differ most at intake."""
    known = found.dropna(subset="estimate")
    sizes = known["estimate"].abs()
    apart = known[sizes >= DIFFERENCE_THAT_SHOWS].assign(size=sizes).nlargest(5, "size")
    if apart.empty:
        return (
            f"At intake the two groups lie less than {DIFFERENCE_THAT_SHOWS:g} standard deviations "
            "apart in everything that is known of both."
        )
    said = [
        f"{decapitalise(name_scale(run, str(row['term'])))} "
        f"({source(int(str(number)), write_number(row['estimate']))})"
        for number, row in apart.iterrows()
    ]
    return (
        "Already at intake the two groups differ, in standard deviations, most in "
        f"{', '.join(said)}{refer('table', 'balance')}: whatever follows may come from there."
    )


def _remark(row: object) -> str:
    note = text_of(row, "note").value
    return str(note or "")
