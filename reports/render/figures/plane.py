"""The plane of dependence and independence: where clients lie, where the rule cuts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from instruments.errors import RunError
from reports.render import FigureEntry
from reports.render.figures.drawing import Drawing
from reports.render.figures.marks import INK, MUTED, NARROW_MM, is_narrow, n_equals, wrap
from reports.render.run_view import Run
from reports.wording import name_occasion

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

CORNERS = (
    ("overly dependent", 0.985, 0.015, "right", "bottom"),
    ("overly independent", 0.015, 0.985, "left", "top"),
    ("mixed", 0.985, 0.985, "right", "top"),
    ("neither", 0.015, 0.015, "left", "bottom"),
)
SCORED = "with both scores"
CAPTION = (
    "Tiles are halved as long as both halves hold enough clients to be shown. Darker: more clients "
    "per unit of area. Lines: the cuts of the rule; hatched: the grey zone, in which clients count "
    "as indeterminate."
)


def describe_plane(run: Run, entry: FigureEntry) -> Drawing:
    """Return the plane of the two scales of the rule."""
    drawn, facts = run.frame(f"figures/{entry.name}"), run.figure_facts(entry.name)
    tiles = _tiles(drawn)
    if tiles.empty:
        raise RunError(
            "E_FIGURE_WITHHELD",
            "Nothing of this figure may be shown.",
            where=entry.name,
            fix="Too few clients have both scores; see the disclosure rules in the report.",
        )
    points, size = drawn[drawn["layer"] == "point"], _size(run, tiles)
    return Drawing(
        name=entry.name,
        kind=entry.kind,
        title=f"{entry.title} at {name_occasion(facts.get('landmark', ''))}",
        caption=CAPTION,
        alt=_alt(tiles, facts, size),
        plan_status="exploratory",
        data=tiles,
        draw=lambda figure: _draw(figure, tiles, points, facts, size),
        height=lambda width: 1.15 * width if width < NARROW_MM else min(0.8 * width, 130),
    )


def _tiles(drawn: pd.DataFrame) -> pd.DataFrame:
    """Return the tiles with their four sides."""
    if drawn.empty:
        return drawn
    cells = drawn[drawn["layer"] == "cell"]
    return pd.DataFrame(
        {
            "dependence_low": cells["x"],
            "dependence_high": cells["x_high"],
            "independence_low": cells["y"],
            "independence_high": cells["y_high"],
            "n": cells["n"],
            "density": cells["density"],
        }
    ).reset_index(drop=True)


def _size(run: Run, tiles: pd.DataFrame) -> str:
    """Say how many clients are drawn, as the client flow does; where it must not, the tiles do."""
    flow = run.frame("tables/flow")
    known = flow.loc[flow["step"] == SCORED, "n"].dropna() if len(flow) else tiles["n"].iloc[:0]
    if len(known):
        return n_equals(known.iloc[0])
    return f"about {int(tiles['n'].sum()):,}, the sum of tiles that are each rounded"


def _alt(tiles: pd.DataFrame, facts: dict[str, str], size: str) -> str:
    most = tiles.nlargest(1, "density").iloc[0]
    cuts = [facts[key] for key in ("dependence_cut", "independence_cut") if key in facts]
    return (
        f"Density of the clients with both scores ({size}) over "
        f"{facts['dependence_label']} (across) and {facts['independence_label']} (upwards), cut at "
        f"{' and '.join(cuts) or 'values left out'}. Most clients per area lie at "
        f"{most['dependence_low']:.1f} to {most['dependence_high']:.1f} across and "
        f"{most['independence_low']:.1f} to {most['independence_high']:.1f} upwards."
    )


def _draw(
    figure: Figure, tiles: pd.DataFrame, points: pd.DataFrame, facts: dict[str, str], size: str
) -> None:
    axes = figure.add_subplot()
    _draw_tiles(figure, axes, tiles)
    if not points.empty:
        axes.plot(points["x"], points["y"], linestyle="none", marker=".", markersize=2, color=INK)
    _draw_cuts(axes, facts)
    axes.set_xlim(float(facts["dependence_low"]), float(facts["dependence_high"]))
    axes.set_ylim(float(facts["independence_low"]), float(facts["independence_high"]))
    axes.set_xlabel(f"{facts['dependence_label']} (dependence)")
    axes.set_ylabel(f"{facts['independence_label']} (independence)")
    title = f"clients with both scores: {size}"
    axes.set_title(wrap(title, 65, 8.5) if is_narrow(figure) else title, loc="left", color=MUTED)
    for text, x, y, across, upwards in CORNERS:
        axes.text(x, y, text, transform=axes.transAxes, ha=across, va=upwards, fontweight="bold",
                  bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.5,
                        "alpha": 0.85})  # fmt: skip


def _draw_tiles(figure: Figure, axes: Axes, tiles: pd.DataFrame) -> None:
    from matplotlib.collections import PatchCollection
    from matplotlib.patches import Rectangle

    patches = [
        Rectangle(
            (row["dependence_low"], row["independence_low"]),
            row["dependence_high"] - row["dependence_low"],
            row["independence_high"] - row["independence_low"],
        )
        for row in tiles.to_dict("records")
    ]
    drawn = PatchCollection(patches, cmap="Blues", edgecolor="white", linewidth=0.4)
    drawn.set_array(tiles["density"].to_numpy())
    drawn.set_clim(0, float(tiles["density"].max()) * 1.15)
    axes.add_collection(drawn)
    where: dict[str, Any] = (
        {"location": "bottom", "shrink": 0.8} if is_narrow(figure) else {"shrink": 0.6}
    )
    bar = figure.colorbar(drawn, ax=axes, aspect=22, **where)
    bar.set_label("density (1: as if spread evenly)")
    bar.outline.set_visible(False)


def _draw_cuts(axes: Axes, facts: dict[str, str]) -> None:
    style: dict[str, Any] = {
        "facecolor": "none",
        "edgecolor": "#6e7781",
        "hatch": "/////",
        "linewidth": 0,
    }
    for part, span, line in (
        ("dependence", axes.axvspan, axes.axvline),
        ("independence", axes.axhspan, axes.axhline),
    ):
        if f"{part}_cut" not in facts:
            continue  # a median of too few clients
        cut, grey = float(facts[f"{part}_cut"]), float(facts[f"{part}_grey"])
        if grey > 0:
            span(cut - grey, cut + grey, **style)
        line(cut, color=INK, linewidth=1.2)
