"""Raincloud: an outcome by presentation, as cloud (density), box (quantiles) and mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from instruments.errors import RunError
from reports.render import FigureEntry
from reports.render.figures.drawing import Drawing
from reports.render.figures.marks import INK, MARKS, MM_PER_INCH, n_equals, wrap
from reports.render.naming import GROUP_NAMES, PAIR, name_group, name_outcome
from reports.render.numbers import write_interval, write_number
from reports.render.run_view import Run
from reports.render.table import common_status

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DESCRIBED = "four_presentations"
LAYERS = ("density", "quantiles", "points")
CLOUD, BOX = 0.46, 0.15
# Of fewer clients, what the disclosure rules leave of a cloud is less than its middle half.
FEWEST_FOR_CLOUD = 40


def describe_raincloud(run: Run, entry: FigureEntry) -> Drawing:
    """Return the raincloud of one outcome."""
    layers = _layers(run.frame(f"figures/{entry.name}"))
    facts = run.figure_facts(entry.name)
    means = _means(run, facts.get("outcome", ""))
    layers["density"] = _of_large_groups(layers["density"], means)
    shown = [name for name in GROUP_NAMES if name in _groups_in(layers)]
    if not shown:
        raise RunError(
            "E_FIGURE_WITHHELD",
            "Nothing of this figure may be shown.",
            where=entry.name,
            fix="No group is large enough; see the disclosure rules in the report.",
        )
    label = name_outcome(run, facts.get("outcome", ""))
    return Drawing(
        name=entry.name,
        kind=entry.kind,
        title=label,
        caption=_caption(run, layers),
        alt=_alt(label, shown, means),
        plan_status=common_status(str(row["plan_status"]) for row in means.values()),
        data=_data(layers, means, shown),
        draw=lambda figure: _draw(figure, layers, means, shown, label, facts),
        height=lambda width: 16 + 17 * len(shown),
    )


def _layers(frame: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return density, quantiles and points, each with the names of its own values."""
    if "probability" in frame:  # an outcome without a declared range has quantiles only
        return dict.fromkeys(("density", "points"), pd.DataFrame()) | {"quantiles": frame}
    names = {"density": {"y": "density"}, "quantiles": {"x": "value", "y": "probability"},
             "points": {"x": "value"}}  # fmt: skip
    layer = {"density": "density", "quantiles": "quantile", "points": "point"}
    if frame.empty:
        return dict.fromkeys(names, frame)
    return {
        name: _cleared(frame[frame["layer"] == layer[name]].rename(columns=renamed), renamed)
        for name, renamed in names.items()
    }


def _cleared(layer: pd.DataFrame, renamed: Mapping[str, str]) -> pd.DataFrame:
    """Return a layer's own values; without rows where the gate withheld all of them."""
    own = layer.dropna(axis=1, how="all")
    return own if set(renamed.values()) <= set(own.columns) else own.iloc[:0]


def _groups_in(layers: dict[str, pd.DataFrame]) -> set[str]:
    return {str(g) for frame in layers.values() if not frame.empty for g in frame["group"]}


def _of_large_groups(density: pd.DataFrame, means: dict[str, dict[str, Any]]) -> pd.DataFrame:
    """Return the clouds of groups that are large enough for one, by their published size."""
    large = [group for group, row in means.items() if row["n"] >= FEWEST_FOR_CLOUD]
    return density if density.empty else density[density["group"].isin(large)]


def _means(run: Run, outcome: str) -> dict[str, dict[str, Any]]:
    found = run.rows(DESCRIBED, outcome=outcome, term="mean")
    return {str(row["group_a"]): row for row in found.to_dict("records")}  # type: ignore[misc]


def _caption(run: Run, layers: dict[str, pd.DataFrame]) -> str:
    points = "Each dot is one client." if not layers["points"].empty else (
        "Single clients are not shown."
    )  # fmt: skip
    cloud = (
        "Cloud: smoothed distribution, broken off where too few clients are left; groups of fewer "
        f"than {FEWEST_FOR_CLOUD} clients have none. "
        if not layers["density"].empty
        else ""
    )
    return (
        f"{cloud}Box: the middle half with its median; whiskers: 5th and 95th percentile. Box and "
        "whiskers are drawn only where enough clients lie beyond their ends; else the median "
        f"stands alone. White mark: mean with {run.level_named} confidence interval. {points}"
    )


def _alt(label: str, shown: list[str], means: dict[str, dict[str, Any]]) -> str:
    said = []
    for group in shown:
        row = means.get(group)
        if row is not None and not pd.isna(row["estimate"]):
            ends = write_interval(row["ci_low"], row["ci_high"])
            said.append(
                f"{name_group(group)} mean {write_number(row['estimate'])} {ends}, "
                f"{n_equals(row['n'])}"
            )
    return f"Distribution of {label} by presentation. {'; '.join(said)}."


def _data(
    layers: dict[str, pd.DataFrame], means: dict[str, dict[str, Any]], shown: list[str]
) -> pd.DataFrame:
    parts = [frame.assign(layer=name) for name, frame in layers.items() if not frame.empty]
    kept = [means[group] for group in shown if group in means]
    columns = ["group_a", "estimate", "ci_low", "ci_high", "n"]
    mean = pd.DataFrame(kept, columns=columns).rename(columns={"group_a": "group"})
    whole = pd.concat([*parts, mean.assign(layer="mean")], ignore_index=True)
    return whole[["layer", "group", *[c for c in whole if c not in ("layer", "group")]]]


def _draw(
    figure: Figure,
    layers: dict[str, pd.DataFrame],
    means: dict[str, dict[str, Any]],
    shown: list[str],
    label: str,
    facts: dict[str, str],
) -> None:
    axes = figure.add_subplot()
    tallest = layers["density"]["density"].max() if not layers["density"].empty else 1.0
    for place, group in enumerate(shown):
        own = {name: _of(frame, group) for name, frame in layers.items()}
        _draw_cloud(axes, place, group, own["density"], float(tallest))
        _draw_box(axes, place, group, own["quantiles"])
        _draw_points(axes, place, group, own["points"])
        _draw_mean(axes, place, group, means.get(group))
    counts = [means.get(group, {}).get("n") for group in shown]
    texts = [f"{name_group(g)}\n{n_equals(n)}" for g, n in zip(shown, counts, strict=True)]
    axes.set_yticks(range(len(shown)), texts)
    for tick, group in zip(axes.get_yticklabels(), shown, strict=True):
        tick.set_fontweight("bold" if group in PAIR else "normal")
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.set_ylim(len(shown) - 0.5, -CLOUD - 0.12)
    if "low" in facts and "high" in facts:
        axes.set_xlim(float(facts["low"]), float(facts["high"]))
    axes.set_xlabel(wrap(label, figure.get_figwidth() * MM_PER_INCH * 0.6, 8))


def _of(frame: pd.DataFrame, group: str) -> pd.DataFrame:
    return frame if frame.empty else frame[frame["group"] == group]


def _draw_cloud(axes: Axes, place: int, group: str, density: pd.DataFrame, tallest: float) -> None:
    if density.empty:
        return
    mark = MARKS[group]
    top = place - 0.04 - CLOUD * density["density"].to_numpy() / tallest
    base = np.full_like(top, place - 0.04)
    is_main = group in PAIR
    axes.fill_between(density["x"], base, top, facecolor=mark.colour,
                      alpha=0.30 if is_main else 0.16, linewidth=0)  # fmt: skip
    axes.fill_between(density["x"], base, top, facecolor="none", edgecolor=mark.colour,
                      hatch=mark.hatch if is_main else "", linewidth=0, alpha=0.5)  # fmt: skip
    axes.plot(density["x"], top, color=mark.colour, linestyle=mark.line, linewidth=1.1)


def _draw_box(axes: Axes, place: int, group: str, quantiles: pd.DataFrame) -> None:
    from matplotlib.patches import Rectangle

    at = dict(zip(quantiles.get("probability", []), quantiles.get("value", []), strict=True))
    low, middle, high = (at.get(p, np.nan) for p in (0.25, 0.5, 0.75))
    colour, y = MARKS[group].colour, place + 0.11
    if np.isfinite(low) and np.isfinite(high):
        axes.add_patch(Rectangle((low, y - BOX / 2), high - low, BOX, facecolor="white",
                                 edgecolor=colour, linewidth=1.1, zorder=2))  # fmt: skip
        for inner, outer in ((low, at.get(0.05, np.nan)), (high, at.get(0.95, np.nan))):
            axes.plot((inner, outer), (y, y), color=colour, linewidth=1.0)
    if np.isfinite(middle):
        axes.plot((middle, middle), (y - BOX / 2, y + BOX / 2), color=colour, linewidth=2.2,
                  zorder=3)  # fmt: skip


def _draw_points(axes: Axes, place: int, group: str, points: pd.DataFrame) -> None:
    if points.empty:
        return
    spread = np.array([_spread(number) for number in range(len(points))])
    axes.plot(points["value"], place + 0.02 + 0.20 * spread, linestyle="none", marker=".",
              markersize=2.5, color=MARKS[group].colour, alpha=0.6)  # fmt: skip


def _spread(number: int) -> float:
    """Return a place between 0 and 1 that looks random and is not (van der Corput's sequence)."""
    place, half = 0.0, 0.5
    while number:
        place += half * (number % 2)
        number, half = number // 2, half / 2
    return place


def _draw_mean(axes: Axes, place: int, group: str, mean: dict[str, Any] | None) -> None:
    if mean is None or pd.isna(mean["estimate"]):
        return
    y = place + 0.31
    axes.plot((mean["ci_low"], mean["ci_high"]), (y, y), color=INK, linewidth=1.2)
    axes.plot(mean["estimate"], y, marker=MARKS[group].marker, markersize=5.5, color=INK,
              markerfacecolor="white", linestyle="none", zorder=4)  # fmt: skip
