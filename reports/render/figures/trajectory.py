"""Courses of the two groups: the model's means with intervals, and observed means."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from instruments.errors import RunError
from reports.render import FigureEntry
from reports.render.figures.drawing import Drawing
from reports.render.figures.marks import MARKS, is_narrow, n_equals
from reports.render.naming import name_group, name_in_sentence
from reports.render.numbers import write_interval, write_number
from reports.render.run_view import Run

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

CAPTION = (
    "Lines: means of the growth model{shape} with {level} intervals, from every client of a group "
    "who has a score at any time; n is their number. Marks: plain means of the scores within a "
    "span of time, where enough clients have one. They rest on fewer clients than n, since those "
    "who left earlier are not in later ones."
)


def describe_trajectory(run: Run, entry: FigureEntry) -> Drawing:
    """Return the courses of an outcome."""
    data, facts = trajectory_data(run, entry.name), run.figure_facts(entry.name)
    if data.empty:
        raise RunError(
            "E_FIGURE_WITHHELD",
            "Nothing of these courses may be shown.",
            where=entry.name,
            fix="The groups are too small; see the disclosure rules in the report.",
        )
    return Drawing(
        name=entry.name,
        kind=entry.kind,
        title=f"Course of {name_in_sentence(run, facts.get('outcome', ''))}",
        caption=CAPTION.format(shape=_shape(facts), level=run.level_named),
        alt=_alt(data, facts),
        plan_status="exploratory",
        data=data,
        draw=lambda figure: _draw(figure, data, facts),
        height=lambda width: min(0.62 * width, 80) + 12,
    )


def trajectory_data(run: Run, name: str) -> pd.DataFrame:
    """Return means by group, source and time."""
    frame = run.frame(f"figures/{name}")
    if frame.empty:
        return frame
    shown = frame.dropna(subset="estimate")
    data = pd.DataFrame(
        {
            "group": shown["group_a"],
            "source": shown["method"],
            "time": shown["term"].astype(float),
            "mean": shown["estimate"],
            "ci_low": shown["ci_low"],
            "ci_high": shown["ci_high"],
            "n": shown["n"],
        }
    )
    return data.sort_values(["group", "source", "time"], ignore_index=True)


def _shape(facts: dict[str, str]) -> str:
    """Return how time enters the model, where the facts say so: " in log time"."""
    if not facts.get("shape"):
        return ""
    knot = f" with a knot at {facts['knot']} {facts.get('unit', '')}" if facts.get("knot") else ""
    return f" in {facts['shape']} time{knot}"


def _alt(data: pd.DataFrame, facts: dict[str, str]) -> str:
    said = []
    for group, rows in data[data["source"] == "model"].groupby("group", sort=True):
        first, last = rows.iloc[0], rows.iloc[-1]
        said.append(
            f"{name_group(str(group))} from {write_number(first['mean'])} to "
            f"{write_number(last['mean'])} {write_interval(last['ci_low'], last['ci_high'])}"
        )
    return f"Course of {facts.get('label', '')} over time: {'; '.join(said)}."


def _draw(figure: Figure, data: pd.DataFrame, facts: dict[str, str]) -> None:
    axes = figure.add_subplot()
    for group, rows in data.groupby("group", sort=True):
        _draw_group(axes, str(group), rows)
    axes.set_xlabel(facts.get("unit", "time"))
    axes.set_ylabel(facts.get("label", ""))
    figure.legend(loc="outside upper center", ncols=1 if is_narrow(figure) else 2)


def _draw_group(axes: Axes, group: str, rows: pd.DataFrame) -> None:
    mark = MARKS[group]
    model, seen = (rows[rows["source"] == source] for source in ("model", "observed"))
    label = f"{name_group(group)}, {n_equals(model['n'].max())}"
    axes.fill_between(model["time"], model["ci_low"], model["ci_high"], color=mark.colour,
                      alpha=0.18, linewidth=0)  # fmt: skip
    axes.plot(model["time"], model["mean"], color=mark.colour, linestyle=mark.line, linewidth=1.6,
              marker=mark.marker, markevery=[0] if len(model) else None, label=label)  # fmt: skip
    axes.plot(seen["time"], seen["mean"], color=mark.colour, marker=mark.marker, markersize=5,
              markerfacecolor="white", linestyle="none")  # fmt: skip
