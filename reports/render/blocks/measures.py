"""The measures: what they are, how reliably they measure here, whether their keys seem right."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from reports.render.document import Block, Fold, Listing, Prose, source
from reports.render.naming import PAIR, name_group, name_outcome
from reports.render.numbers import MISSING
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
    status_of,
)

MEASURES = "measures"
NORM = "norm check: "
READY_MADE = "ready-made scores"
MOST_ROWS = 12


def alarms(run: Run) -> Iterator[Block]:
    """Yield the reverse-key alarm and the norm check, or that neither found anything."""
    found = run.rows(MEASURES)
    if found.empty:
        return
    keys = found[found["note"].fillna("").str.contains("keyed the wrong way")]
    norms = found[found["term"].str.startswith(NORM) & (found["status"] == "caution")]
    yield _key_alarm(run, keys)
    yield from _norm_alarm(run, norms, found)


def _key_alarm(run: Run, keys: pd.DataFrame) -> Block:
    if keys.empty:
        return Prose(
            ("Reverse-key alarm: no item of any scale looks keyed the wrong way.",), "note"
        )
    by_scale = {
        str(outcome): ", ".join(_item(term) for term in sorted(set(rows["term"]), key=_place))
        for outcome, rows in keys.groupby("outcome", sort=True)
    }
    said = [f"{name_outcome(run, scale)}: items {items}" for scale, items in by_scale.items()]
    return Prose(
        (
            (
                f"Reverse-key alarm. {'; '.join(said)} seem to be keyed the wrong way. Check "
                "which form and version was used, and whether the export holds these items "
                "already reversed. Until then do not rely on these scales."
            ),
        ),
        "caution",
    )


def _item(name: str) -> str:
    return name.removeprefix("item_").replace("_", " ")


def _place(name: str) -> tuple[str, int]:
    head, _, number = name.rpartition("_")
    return head, int(number) if number.isdigit() else 0


def _norm_alarm(run: Run, norms: pd.DataFrame, found: pd.DataFrame) -> Iterator[Block]:
    checked = found[found["term"].str.startswith(NORM) & found["estimate"].notna()]
    scales = checked["outcome"].str.partition("@")[0].nunique() if len(checked) else 0
    asked = f"{len(checked)} figures (means, spreads, alphas) of {scales} scales"
    if norms.empty:
        if scales:
            text = f"Norm check: {asked} were compared with published ones; all lie within."
            yield Prose((text,), "note")
        return
    yield Prose(
        (
            (
                f"Norm check: of {asked}, {len(norms)} lie outside what was published, which may "
                "be the sample, but also a wrong key, range or unit."
            ),
        ),
        "caution",
    )
    yield Listing(tuple(_norm_line(run, row) for _, row in norms.iterrows()))


def _norm_line(run: Run, row: Any) -> str:
    column = Column("", "number", is_bounded=row["estimand"] == "alpha")
    number = source(int(row.name), column.write(row["estimate"]))
    what = f"{name_outcome(run, row['outcome'])}: {row['estimand']} {number}"
    note = str(row["note"]).partition(";")[0]
    return f"{what} ({note})"


def reliability(run: Run) -> Iterator[Block]:
    """Yield level, spread and reliability of every scale, then reliability by presentation."""
    found = run.rows(MEASURES)
    if found.empty:
        return
    yield from _ready_made(run, found)
    table = _overall(run, found[found["group_a"].isna()])
    yield table if len(table.rows) <= MOST_ROWS else Fold(table.title, (table,))
    yield from _by_group(run, found)


def _ready_made(run: Run, found: pd.DataFrame) -> Iterator[Block]:
    """Yield of which scales there are no items, so that nobody takes a blank for an oversight."""
    own = found["note"].fillna("").str.contains(READY_MADE)
    scales = {str(outcome).partition("@")[0] for outcome in found.loc[own, "outcome"]}
    if not scales:
        return
    names = ", ".join(name_outcome(run, scale) for scale in sorted(scales))
    said = (
        f"Ready-made scores: of {names} an export holds no items, so neither reliability nor keys "
        "could be checked here, and nobody knows which scores had unanswered items."
    )
    yield Prose((said,), "caution")


def _overall(run: Run, found: pd.DataFrame) -> Table:
    rows = []
    for outcome in dict.fromkeys(found["outcome"]):
        if "mean" not in set(found.loc[found["outcome"] == outcome, "term"]):
            continue
        of = _terms(found, str(outcome))
        cells = (
            Cell(name_outcome(run, str(outcome))),
            number_of(of.get("mean"), "n"),
            number_of(of.get("mean"), "estimate"),
            number_of(of.get("sd"), "estimate"),
            _of_items(of.get("alpha"), "n"),
            _of_items(of.get("alpha"), "estimate"),
            interval_of(of.get("alpha")),
            _of_items(of.get("omega"), "estimate"),
            interval_of(of.get("omega")),
            _of_items(of.get("sem"), "estimate"),
            _of_items(of.get("prorated"), "estimate"),
        )
        rows.append(Row(cells, plan_status=status_of(of.get("mean"))))
    return Table(
        name="reliability",
        title="Level, spread and reliability of each scale, all clients",
        columns=(
            Column("Scale, occasion"),
            Column("n", "count", is_symbol=True),
            Column("M", "number", is_symbol=True),
            Column("SD", "number", is_symbol=True),
            Column("n of α", "count"),
            Column("α", "number", is_bounded=True),
            Column(f"{run.level_named} CI", "interval", is_bounded=True),
            Column("ω", "number", is_bounded=True),
            Column(f"{run.level_named} CI", "interval", is_bounded=True),
            Column("SEM", "number", is_symbol=True),
            Column("prorated", "percent"),
        ),
        rows=tuple(rows),
        notes=(
            (
                "α: Cronbach's alpha with Feldt's interval, of clients who answered every item: n "
                "of α. ω: omega total of the same clients, of one factor on which items may weigh "
                "differently; its interval allows for skewed answers. SEM: standard error of "
                "measurement in points. Prorated: scores with unanswered items. First session "
                "form: of the forms filled in at sessions, each client's first with a score."
            ),
        ),
    )


def _of_items(row: Any, column: str) -> Cell:
    """Return a figure of items as a cell; a dash where there are none, which nobody left out."""
    has_items = row is not None and READY_MADE not in str(row["note"])
    return number_of(row, column) if has_items else Cell(MISSING)


def _terms(found: pd.DataFrame, outcome: str) -> dict[str, Any]:
    rows = found[found["outcome"] == outcome]
    return {str(row["term"]): row for _, row in rows.iterrows()}


PER_GROUP = 5  # n, alpha and omega, each of these with its interval


def _by_group(run: Run, found: pd.DataFrame) -> Iterator[Block]:
    alphas = found[(found["term"] == "alpha") & found["group_a"].isin(PAIR)]
    if alphas.empty:
        return
    omegas = {
        (row["outcome"], row["group_a"]): row
        for _, row in found[found["term"] == "omega"].iterrows()
    }
    rows = []
    for outcome in dict.fromkeys(alphas["outcome"]):
        own = alphas[alphas["outcome"] == outcome]
        of = {str(row["group_a"]): row for _, row in own.iterrows()}
        cells = [Cell(name_outcome(run, str(outcome)))]
        for group in PAIR:
            row = of.get(group)
            cells += [_of_items(row, "n"), number_of(row, "estimate"), interval_of(row)]
            omega = omegas.get((outcome, group))
            cells += [number_of(omega, "estimate"), interval_of(omega)]
        rows.append(Row(tuple(cells), plan_status=common_status(own["plan_status"])))
    columns = [Column("Scale, occasion")]
    for _ in PAIR:
        columns += [
            Column("n", "count", is_symbol=True),
            Column("α", "number", is_bounded=True),
            Column(f"{run.level_named} CI", "interval", is_bounded=True),
            Column("ω", "number", is_bounded=True),
            Column(f"{run.level_named} CI", "interval", is_bounded=True),
        ]
    table = Table(
        name="reliability_by_group",
        title="Reliability in each of the two groups",
        columns=tuple(columns),
        rows=tuple(rows),
        spanners=tuple(
            Spanner(name_group(group).capitalize(), 1 + PER_GROUP * place, PER_GROUP)
            for place, group in enumerate(PAIR)
        ),
        notes=(
            (
                "α: Cronbach's alpha; ω: omega total. A scale that the rule cut has a restricted "
                "range within each group, so both are lower there than among all clients."
            ),
        ),
    )
    yield Fold("Reliability in each of the two groups", (table,))


def instruments(run: Run) -> Iterator[Block]:
    """Yield what each scale is, and which keys were not seen in a source."""
    frame = run.frame("tables/measures")
    if frame.empty:
        return
    unseen = frame.loc[frame["is_verified"] != "yes", "abbreviation"].unique()
    if len(unseen):
        yield Prose(
            (
                (
                    f"The keys of {', '.join(sorted(unseen))} were not seen in a source: their "
                    "scores are as sure as these keys."
                ),
            ),
            "caution",
        )
    rows = [
        Row(
            (
                Cell(f"{row['label']}"),
                Cell(f"{row['low']} to {row['high']}"),
                Cell(f"{row['higher']} ({row['direction']})"),
                Cell(f"{row['recall_days']} days" if row["recall_days"] else ""),
                Cell(str(row["key_confidence"])),
            ),
            group=f"{row['instrument_name']} ({row['abbreviation']})",
        )
        for row in frame.to_dict("records")
    ]
    table = Table(
        name="measures",
        title="The measures: range, meaning and recall period",
        columns=(
            Column("Scale"),
            Column("range here"),
            Column("higher means (is)"),
            Column("asks about the last"),
            Column("key confidence"),
        ),
        rows=tuple(rows),
        notes=(
            (
                "Key confidence: A seen in the source or proven on data, B secondary, C tentative. "
                "Source, key and licence of each instrument stand in the appendix."
            ),
        ),
    )
    yield Fold("The measures: range, meaning and recall period", (table,))
