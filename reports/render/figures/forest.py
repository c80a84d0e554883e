"""Forest plot: how far the two kinds of clients lie apart, in units of what would matter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from instruments.errors import RunError
from reports.answers import GROUPS
from reports.families import describe_adjustment, describe_families
from reports.render import FigureEntry
from reports.render.answering import answering_tests
from reports.render.figures.drawing import Drawing
from reports.render.figures.marks import (
    ABOVE,
    BEHIND_TEXT,
    INK,
    MUTED,
    NARROW_MM,
    is_narrow,
    label_rows,
)
from reports.render.naming import name_outcome
from reports.render.numbers import write_count, write_interval, write_number
from reports.render.run_view import Run
from reports.render.table import common_status

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Beyond this many smallest differences an interval ends in an arrow, so that bounds stay visible.
FARTHEST = 8.0
VERDICT_MARKS = {
    "different": ("D", True),
    "different but trivially small": ("D", False),
    "equivalent": ("s", True),
    "undecided": ("o", False),
}
LINES = (
    "Difference between the means of overly dependent and overly independent clients, in multiples "
    "of the smallest difference that matters for each outcome; within the shaded band it is too "
    "small to matter. The lines are intervals of one outcome taken alone, not adjusted for the "
    "number of tests: thin, the {level} confidence interval; thick, the {alike:.0%} interval "
    "of the equivalence test."
)
TOGETHER = (
    "The mark is the verdict, from p-values that are {adjusted} within {families}; so beside "
    "“undecided” a thin line may keep off zero, or a thick one stay inside the band."
)
ALONE = "The mark is the verdict, from p-values that are not adjusted for the number of tests."
MARKS = (
    "Filled diamond: different; open diamond: different but trivially small; filled square: "
    "equivalent; open circle: undecided."
)


def describe_forest(run: Run, entry: FigureEntry) -> Drawing:
    """Return the forest plot of a run's group comparisons."""
    data = forest_data(run)
    if data.empty:
        raise RunError(
            "E_FIGURE_WITHHELD",
            "No difference between the groups may be shown.",
            where=entry.name,
            fix="The groups are too small, or every outcome was refused; see the report.",
        )
    return Drawing(
        name=entry.name,
        kind=entry.kind,
        title=entry.title,
        caption=_caption(run),
        alt=_alt(run, data),
        plan_status=common_status(data["plan_status"]),
        data=data,
        draw=lambda figure: _draw(figure, data),
        height=lambda width: 24 + (16 if width < NARROW_MM else 11) * len(data),
    )


def forest_data(run: Run) -> pd.DataFrame:
    """Return one row per compared outcome, in the order of the study file."""
    rows = [row for name in run.outcomes.index if (row := _row(run, str(name))) is not None]
    return pd.DataFrame(rows)


def _row(run: Run, outcome: str) -> dict[str, Any] | None:
    found = {row["term"]: row for _, row in run.rows(GROUPS, outcome=outcome).iterrows()}
    difference, equivalence = map(found.get, answering_tests(run, outcome))
    bound = found.get("smallest effect of interest")
    if difference is None or bound is None or pd.isna(difference["estimate"]):
        return None
    verdict = found.get("verdict")
    unit = float(bound["estimate"])
    low, high = (None, None) if equivalence is None else equivalence[["ci_low", "ci_high"]]
    return {
        "outcome": outcome,
        "label": name_outcome(run, outcome),
        "smallest_effect": unit,
        "difference": difference["estimate"],
        "ci_low": difference["ci_low"],
        "ci_high": difference["ci_high"],
        "equivalence_low": low,
        "equivalence_high": high,
        "n_a": difference["n_a"],
        "n_b": difference["n_b"],
        "verdict": "" if verdict is None or pd.isna(verdict["note"]) else verdict["note"],
        "plan_status": difference["plan_status"],
    }


def _caption(run: Run) -> str:
    """Say which intervals are drawn, and what the verdict rests on: they are not the same."""
    compared, rows = run.provenance("comparison"), run.rows(GROUPS)
    alpha = float(compared.get("alpha", ".05"))
    families = describe_families(run.estimates, rows)
    verdict = TOGETHER.format(adjusted=describe_adjustment(rows), families=families)
    lines = LINES.format(level=run.level_named, alike=1 - 2 * alpha)
    return f"{lines} {verdict if families else ALONE} {MARKS}"


def _alt(run: Run, data: pd.DataFrame) -> str:
    said = [
        f"{row['label']}: {write_number(row['difference'])} "
        f"{write_interval(row['ci_low'], row['ci_high'])}, {row['verdict'] or 'no verdict'}"
        for row in data.to_dict("records")
    ]
    return (
        "Forest plot of differences, overly dependent minus overly independent clients, in points "
        f"with {run.level_named} intervals. {'; '.join(said)}."
    )


def _draw(figure: Figure, data: pd.DataFrame) -> None:
    axes = figure.add_subplot()
    reach = _reach(data)
    axes.axvspan(-1, 1, facecolor="#e6ebf0", linewidth=0)
    axes.axvline(0, color=INK, linewidth=0.8)
    for end in (-1, 1):
        axes.axvline(end, color=MUTED, linewidth=0.8, linestyle=(0, (4, 2)))
    for place, row in enumerate(data.to_dict("records")):
        _draw_row(axes, place, row, reach)
        _write_row(axes, place, row, is_narrow=is_narrow(figure))
    label_rows(axes, list(data["label"]))
    _frame(axes, len(data), reach, is_narrow=is_narrow(figure))


def _reach(data: pd.DataFrame) -> float:
    ends = data[["ci_low", "ci_high"]].abs().max(axis=1) / data["smallest_effect"]
    return min(FARTHEST, max(2.0, float(ends.max()) * 1.08))


def _draw_row(axes: Axes, place: int, row: dict[Any, Any], reach: float) -> None:
    unit = row["smallest_effect"]
    _interval(axes, place, row["ci_low"] / unit, row["ci_high"] / unit, reach, 1.0)
    if not pd.isna(row["equivalence_low"]):
        ends = row["equivalence_low"] / unit, row["equivalence_high"] / unit
        _interval(axes, place, *ends, reach, 3.2)
    marker, is_filled = VERDICT_MARKS.get(row["verdict"], ("o", False))
    value = row["difference"] / unit
    if abs(value) <= reach:
        face = INK if is_filled else "white"
        axes.plot(value, place, marker=marker, markersize=6.5, color=INK, markerfacecolor=face,
                  markeredgewidth=1.1, linestyle="none", zorder=4)  # fmt: skip


def _write_row(axes: Axes, place: int, row: dict[Any, Any], *, is_narrow: bool) -> None:
    """Write difference, interval, verdict and counts beside a row, or below it."""
    numbers = f"{write_number(row['difference'])} {write_interval(row['ci_low'], row['ci_high'])}"
    counts = f"n = {write_count(row['n_a'])} and {write_count(row['n_b'])}"
    if is_narrow:
        axes.annotate(f"{numbers}; {row['verdict']}; {counts}", (0, place + ABOVE),
                      xycoords=("axes fraction", "data"), va="center", fontsize=6.5,
                      bbox=BEHIND_TEXT)  # fmt: skip
        return
    axes.annotate(f"{numbers}\n{row['verdict']}; {counts}", (1, place), xytext=(4, 0),
                  xycoords=("axes fraction", "data"), textcoords="offset points", va="center",
                  fontsize=7.2, linespacing=1.35, annotation_clip=False)  # fmt: skip


def _interval(axes: Axes, place: int, low: float, high: float, reach: float, width: float) -> None:
    shown = max(low, -reach), min(high, reach)
    axes.plot(shown, (place, place), color=INK, linewidth=width, solid_capstyle="butt", zorder=3)
    for end, beyond, marker in ((-reach, low < -reach, "<"), (reach, high > reach, ">")):
        if beyond:
            axes.plot(end, place, marker=marker, color=INK, markersize=5, clip_on=False)


def _frame(axes: Axes, count: int, reach: float, *, is_narrow: bool) -> None:
    axes.set_xlim(-reach, reach)
    axes.set_ylim(count - 0.4, -0.6)
    way = (
        "← lower in overly dependent clients    |    higher in overly dependent clients →"
        if not is_narrow
        else "← overly dependent lower | higher →"
    )
    axes.set_xlabel(f"{way}\n(1 = the smallest difference that matters)")
    axes.annotate("too small to matter", (0, 1), xycoords=("data", "axes fraction"),
                  xytext=(0, 3), textcoords="offset points", ha="center", color=MUTED,
                  fontsize=6.8)  # fmt: skip
