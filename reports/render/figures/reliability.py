"""Reliability of each scale at each occasion."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pandas as pd

from instruments.errors import RunError
from reports.render import FigureEntry
from reports.render.figures.drawing import Drawing
from reports.render.figures.marks import FAINT, INK, MUTED, NARROW_MM, label_rows, n_equals
from reports.render.naming import name_outcome
from reports.render.numbers import write_interval, write_number
from reports.render.run_view import Run
from reports.render.table import common_status

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MEASURES = "measures"
PUBLISHED = ("published_low", "published_high")
_RANGE = re.compile(r"published samples, widened: ([0-9.]+) to ([0-9.]+)")


def describe_reliability(run: Run, entry: FigureEntry) -> Drawing:
    """Return alpha with its interval for each scale and occasion."""
    data = reliability_data(run)
    if data.empty:
        raise RunError(
            "E_FIGURE_WITHHELD",
            "No reliability may be shown.",
            where=entry.name,
            fix="Too few clients answered every item of a scale.",
        )
    return Drawing(
        name=entry.name,
        kind=entry.kind,
        title=entry.title,
        caption=f"Cronbach's alpha with {run.level_named} confidence interval, of clients who "
        "answered every item. Grey bars: what published samples had, widened by their uncertainty. "
        "Broken line: .70, below which differences between groups blur.",
        alt=_alt(run, data),
        plan_status=common_status(data["plan_status"]),
        data=data,
        draw=lambda figure: _draw(figure, data),
        height=lambda width: 18 + (11.5 if width < NARROW_MM else 7.5) * len(data),
    )


def reliability_data(run: Run) -> pd.DataFrame:
    """Return one row per occasion of each scale that is compared, of all clients."""
    found = run.rows(MEASURES, term="alpha", estimand="alpha")
    if not found.empty:
        found = found[found["group_a"].isna()].dropna(subset="estimate")
    if found.empty:
        return found
    compared = compared_scales(run)
    chosen = found["outcome"].str.partition("@")[0].isin(compared)
    found = found[chosen] if chosen.any() else found
    published = published_alphas(run)
    rows: list[dict[str, Any]] = [
        {"outcome": row["outcome"], "label": name_outcome(run, row["outcome"])}
        | dict(zip(PUBLISHED, published.get(row["outcome"], (None, None)), strict=True))
        | {name: row[name] for name in ("estimate", "ci_low", "ci_high", "n", "plan_status")}
        for row in found.to_dict("records")
    ]
    return pd.DataFrame(rows)


def published_alphas(run: Run) -> dict[str, tuple[float, float]]:
    """Return the range of published alphas of each scale, as the norm check has it."""
    checks = run.rows(MEASURES, term="norm check: alpha")
    found = {row["outcome"]: _RANGE.search(str(row["note"])) for row in checks.to_dict("records")}
    return {name: (float(m[1]), float(m[2])) for name, m in found.items() if m}


def compared_scales(run: Run) -> set[str]:
    """Return the scales of the rule and those of the outcomes."""
    rule = run.facts("tables/rule")
    scales = {rule.get("dependence_scale", ""), rule.get("independence_scale", "")}
    return scales | {str(name).partition("@")[0] for name in run.outcomes.index}


def _alt(run: Run, data: pd.DataFrame) -> str:
    said = [
        f"{row['label']} {write_number(row['estimate'], is_bounded=True)} "
        f"{write_interval(row['ci_low'], row['ci_high'], is_bounded=True)}"
        for row in data.to_dict("records")
    ]
    return f"Cronbach's alpha with {run.level_named} intervals. {'; '.join(said)}."


def _draw(figure: Figure, data: pd.DataFrame) -> None:
    axes = figure.add_subplot()
    axes.axvline(0.7, color=MUTED, linewidth=0.9, linestyle=(0, (4, 2)))
    places = range(len(data))
    for place, row in zip(places, data.to_dict("records"), strict=True):
        if not pd.isna(row["published_low"]):
            axes.plot((row["published_low"], row["published_high"]), (place, place), color=FAINT,
                      linewidth=7, solid_capstyle="butt", zorder=1)  # fmt: skip
        axes.plot((row["ci_low"], row["ci_high"]), (place, place), color=INK, linewidth=1.2)
        written = write_number(row["estimate"], is_bounded=True)
        axes.annotate(f"{written}, {n_equals(row['n'])}", (1.0, place), xytext=(4, 0),
                      xycoords=("axes fraction", "data"), textcoords="offset points",
                      va="center", fontsize=7, annotation_clip=False)  # fmt: skip
    axes.plot(data["estimate"], list(places), marker="o", markersize=4.5, color=INK,
              linestyle="none")  # fmt: skip
    label_rows(axes, list(data["label"]))
    axes.set_ylim(len(data) - 0.4, -0.6)
    axes.set_xlim(min(0.5, float(data["ci_low"].min()) - 0.02), 1.0)
    axes.set_xlabel("Cronbach's alpha")
