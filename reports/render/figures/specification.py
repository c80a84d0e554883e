"""The specification curve: the same difference under every usable rule, cut and way of scoring."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from instruments.errors import RunError
from reports.render import FigureEntry
from reports.render.figures.drawing import Drawing
from reports.render.figures.marks import INK, MUTED, NARROW_MM, is_narrow, wrap
from reports.render.naming import name_outcome
from reports.render.numbers import write_count, write_number
from reports.render.run_view import Run
from reports.render.table import common_status

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ANALYSIS, TERM = "specification", "specification"
CAPTION = (
    "Each point is the difference between the two groups, with its {level} interval, not adjusted "
    "for the number of specifications, under one rule, cut and way of scoring, ordered by size; "
    "below, the marks say which. Filled: as the study declares it. Points on one side of zero say "
    "that the direction does not hang on these choices. How sure it is they do not say: all "
    "specifications are made from the same clients."
)


def describe_specifications(run: Run, entry: FigureEntry) -> Drawing:
    """Return the specification curve of one outcome."""
    facts = run.figure_facts(entry.name)
    data = specification_data(run, facts.get("outcome", ""))
    if data.empty:
        raise RunError(
            "E_FIGURE_WITHHELD",
            "No specification may be shown.",
            where=entry.name,
            fix="Every other rule or cut makes groups that are too small.",
        )
    choices = _choices(data)
    return Drawing(
        name=entry.name,
        kind=entry.kind,
        title=f"{name_outcome(run, facts.get('outcome', ''))}: every rule, cut and way of scoring",
        caption=CAPTION.format(level=run.level_named),
        alt=_alt(data),
        plan_status=common_status(data["plan_status"]),
        data=data,
        draw=lambda figure: _draw(figure, data, choices),
        height=lambda width: 62 + (6.0 if width < NARROW_MM else 4.6) * len(choices),
    )


def specification_data(run: Run, outcome: str) -> pd.DataFrame:
    """Return one row per specification, in the order of the estimates."""
    found = run.rows(ANALYSIS, outcome=outcome, term=TERM)
    found = found.dropna(subset="estimate") if not found.empty else found
    declared = run.facts("tables/rule").get("rule", "")
    rows: list[dict[str, Any]] = []
    for row in found.to_dict("records"):
        rule, cut, scoring = (*str(row["method"]).split("; "), "", "")[:3]
        keep = ("estimate", "ci_low", "ci_high", "n_a", "n_b", "plan_status")
        is_declared = rule == declared and cut == "cut as declared" and "complete" not in scoring
        rows.append(
            {"rule": rule, "cut": cut, "scoring": scoring, "is_declared": is_declared}
            | {name: row[name] for name in keep}
        )
    frame = pd.DataFrame(rows)
    return frame if frame.empty else frame.sort_values("estimate", ignore_index=True)


def _choices(data: pd.DataFrame) -> list[tuple[str, str]]:
    """Return every choice that was made, by what it is a choice of."""
    return [(kind, name) for kind in ("rule", "cut", "scoring") for name in sorted(set(data[kind]))]


def _alt(data: pd.DataFrame) -> str:
    higher = int((data["estimate"] > 0).sum())
    lowest, highest = data["estimate"].min(), data["estimate"].max()
    return (
        f"{len(data)} specifications, from {write_number(lowest)} to {write_number(highest)} "
        f"points; {higher} of them above zero."
    )


def _draw(figure: Figure, data: pd.DataFrame, choices: list[tuple[str, str]]) -> None:
    upper, lower = figure.subplots(
        2, 1, sharex=True, gridspec_kw={"height_ratios": (3, max(1.0, 0.42 * len(choices)))}
    )
    _draw_curve(upper, data)
    _draw_choices(lower, data, choices, narrow=is_narrow(figure))


def _draw_curve(axes: Axes, data: pd.DataFrame) -> None:
    axes.axhline(0, color=INK, linewidth=0.8)
    for place, row in enumerate(data.to_dict("records")):
        axes.plot((place, place), (row["ci_low"], row["ci_high"]), color=MUTED, linewidth=1.0)
        face = INK if row["is_declared"] else "white"
        axes.plot(place, row["estimate"], marker="o", markersize=5, color=INK,
                  markerfacecolor=face, linestyle="none")  # fmt: skip
    axes.set_ylabel("dependent minus\nindependent, points")
    axes.tick_params(axis="x", length=0, labelbottom=False)
    axes.set_title(f"{len(data)} specifications, {_sizes(data)}", loc="left", color=MUTED)


def _sizes(data: pd.DataFrame) -> str:
    sizes = data[["n_a", "n_b"]].sum(axis=1)
    least, most = write_count(sizes.min()), write_count(sizes.max())
    return f"n = {least}" if least == most else f"n = {least} to {most}"


def _draw_choices(
    axes: Axes, data: pd.DataFrame, choices: list[tuple[str, str]], *, narrow: bool
) -> None:
    for place, row in enumerate(data.to_dict("records")):
        made = [y for y, (kind, name) in enumerate(choices) if row[kind] == name]
        axes.plot([place] * len(made), made, marker="s", markersize=3.5, color=INK,
                  linestyle="none")  # fmt: skip
    names = [wrap(name, 34 if narrow else 60, 6.6) for _, name in choices]
    axes.set_yticks(range(len(choices)), names, fontsize=6.6)
    axes.set_ylim(len(choices) - 0.5, -0.5)
    axes.set_xticks([])
    axes.tick_params(axis="y", length=0)
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)
