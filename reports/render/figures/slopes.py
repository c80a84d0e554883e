"""Without groups: how dependence and independence go with each outcome."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from instruments.errors import RunError
from reports.render import FigureEntry
from reports.render.figures.drawing import Drawing
from reports.render.figures.marks import (
    DEPENDENCE,
    INDEPENDENCE,
    INK,
    NARROW_MM,
    Mark,
    is_narrow,
    label_rows,
    n_equals,
)
from reports.render.naming import name_outcome
from reports.render.numbers import write_interval, write_number
from reports.render.run_view import Run
from reports.render.table import common_status

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

CONTINUOUS = "dependence_and_outcome"
STANDARDIZED = "standardized coefficient"
TERMS: dict[str, Mark] = {"dependence": DEPENDENCE, "independence": INDEPENDENCE}


def describe_slopes(run: Run, entry: FigureEntry) -> Drawing:
    """Return the figure of standardized coefficients, one pair per outcome."""
    data = slope_data(run)
    if data.empty:
        raise RunError(
            "E_FIGURE_WITHHELD",
            "No coefficient may be shown.",
            where=entry.name,
            fix="Too few clients have both scores and an outcome; see the report.",
        )
    rule = run.facts("tables/rule")
    names = {term: rule.get(term, term) for term in TERMS}
    outcomes = data["outcome"].nunique()
    return Drawing(
        name=entry.name,
        kind=entry.kind,
        title=entry.title,
        caption=_caption(run, names),
        alt=_alt(run, data, names),
        plan_status=common_status(data["plan_status"]),
        data=data,
        draw=lambda figure: _draw(figure, data, names),
        height=lambda width: (34 if width < NARROW_MM else 26) + 14 * outcomes,
    )


def slope_data(run: Run) -> pd.DataFrame:
    """Return one row per outcome and coefficient, in the order of the study file."""
    rows = [
        row
        for outcome in run.outcomes.index
        for term in TERMS
        for row in _rows(run, str(outcome), term)
    ]
    return pd.DataFrame(rows)


def _rows(run: Run, outcome: str, term: str) -> list[dict[str, Any]]:
    found = run.rows(CONTINUOUS, outcome=outcome, term=term, estimand=STANDARDIZED)
    found = found.dropna(subset="estimate")
    keep = ["estimate", "ci_low", "ci_high", "n", "method", "plan_status"]
    return [
        {"outcome": outcome, "label": name_outcome(run, outcome), "term": term}
        | {name: row[name] for name in keep}
        for row in found.to_dict("records")
    ]


def _caption(run: Run, names: dict[str, str]) -> str:
    return (
        "How the outcome goes with the two scales of the presentation rule among all clients with "
        f"both scores, groups aside: standardized regression coefficients with {run.level_named} "
        f"confidence intervals, each adjusted for the other. Circle, full line: "
        f"{names['dependence']}; square, broken line: {names['independence']}."
    )


def _alt(run: Run, data: pd.DataFrame, names: dict[str, str]) -> str:
    said = [
        f"{row['label']} on {names[row['term']]}: {write_number(row['estimate'])} "
        f"{write_interval(row['ci_low'], row['ci_high'])}"
        for row in data.to_dict("records")
    ]
    return f"Standardized coefficients with {run.level_named} intervals. {'; '.join(said)}."


def _draw(figure: Figure, data: pd.DataFrame, names: dict[str, str]) -> None:
    axes = figure.add_subplot()
    axes.axvline(0, color=INK, linewidth=0.8)
    outcomes = list(dict.fromkeys(data["outcome"]))
    for term, mark in TERMS.items():
        rows = data[data["term"] == term]
        places = [outcomes.index(name) + (-0.12 if term == "dependence" else 0.18)
                  for name in rows["outcome"]]  # fmt: skip
        _draw_term(axes, rows, places, mark, names[term])
    labels = data.drop_duplicates("outcome")
    label_rows(axes, [f"{row['label']}\n{n_equals(row['n'])}" for row in labels.to_dict("records")])
    axes.set_ylim(len(outcomes) - 0.5, -0.5)
    reach = max(0.3, float(data[["ci_low", "ci_high"]].abs().max().max()) * 1.1)
    axes.set_xlim(-reach, reach)
    way = "\n" if is_narrow(figure) else " "
    axes.set_xlabel(f"standardized coefficient{way}(← lower outcome | higher outcome →)")
    figure.legend(loc="outside upper center", ncols=1 if is_narrow(figure) else 2)


def _draw_term(axes: Axes, rows: pd.DataFrame, places: list[float], mark: Mark, label: str) -> None:
    for place, row in zip(places, rows.to_dict("records"), strict=True):
        axes.plot((row["ci_low"], row["ci_high"]), (place, place), color=mark.colour,
                  linestyle=mark.line, linewidth=1.4)  # fmt: skip
    axes.plot(rows["estimate"], places, color=mark.colour, marker=mark.marker, markersize=6,
              linestyle="none", label=label)  # fmt: skip
