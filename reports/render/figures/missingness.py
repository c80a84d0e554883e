"""Who answered what: the share of clients with a score, by scale and occasion."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from instruments.errors import RunError
from reports.render import FigureEntry
from reports.render.figures.drawing import Drawing
from reports.render.figures.marks import INK, MM_PER_INCH, NARROW_MM, wrap
from reports.render.naming import name_scale
from reports.render.numbers import write_count, write_percent
from reports.render.run_view import Run
from reports.study_data import OCCASIONS
from reports.wording import name_occasion

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MEASURES = "measures"
DARK = 0.55  # a share above it is written in white


def describe_missingness(run: Run, entry: FigureEntry) -> Drawing:
    """Return the map of scores, one row per scale, one column per occasion."""
    data = missingness_data(run)
    if data.empty:
        raise RunError(
            "E_FIGURE_WITHHELD",
            "No number of answered forms may be shown.",
            where=entry.name,
            fix="Too few clients filled in any form.",
        )
    scales, occasions = list(dict.fromkeys(data["scale"])), list(dict.fromkeys(data["occasion"]))
    everyone = write_count(data["clients"].iloc[0])
    return Drawing(
        name=entry.name,
        kind=entry.kind,
        title=entry.title,
        caption=f"Share of all {everyone} clients with a score; an empty field: no form there. "
        "Whoever is missing may differ from whoever is not.",
        alt=_alt(data),
        plan_status=None,
        data=data,
        draw=lambda figure: _draw(figure, data, scales, occasions),
        height=lambda width: (24 if width < NARROW_MM else 16) + 6.2 * len(scales),
    )


def missingness_data(run: Run) -> pd.DataFrame:
    """Return one row per scale and occasion: clients with a score, of all clients."""
    found = run.rows(MEASURES, term="mean")
    flow = run.frame("tables/flow")
    if found.empty or flow.empty:
        return pd.DataFrame()
    clients = float(flow.loc[flow["kind"] == "start", "n"].iloc[0])
    overall = found[found["group_a"].isna()].dropna(subset="n")
    rows: list[dict[str, Any]] = [
        _row(run, str(row["outcome"]), float(row["n"]), clients)
        for row in overall.to_dict("records")
    ]
    frame = pd.DataFrame(rows)
    return frame if frame.empty else frame.sort_values(["scale", "time", "occasion"])


def _row(run: Run, outcome: str, n: float, clients: float) -> dict[str, Any]:
    scale, _, occasion = outcome.partition("@")
    time = OCCASIONS.index(occasion) if occasion in OCCASIONS else len(OCCASIONS)
    return {
        "scale": scale,
        "label": name_scale(run, scale),
        "occasion": occasion,
        "time": time,
        "n": n,
        "clients": clients,
        "share": min(n / clients, 1.0),
    }


def _alt(data: pd.DataFrame) -> str:
    by_occasion = data.groupby(["time", "occasion"], sort=True)["share"]
    said = [
        f"{name_occasion(str(occasion))} "
        f"{write_percent(shares.min())} to {write_percent(shares.max())}"
        for (_, occasion), shares in by_occasion
    ]
    return f"Share of clients with a score, by scale and occasion: {'; '.join(said)}."


def _draw(figure: Figure, data: pd.DataFrame, scales: list[str], occasions: list[str]) -> None:
    axes = figure.add_subplot()
    ordered = sorted(occasions, key=lambda name: _time_of(data, name))
    for row in data.to_dict("records"):
        _draw_field(axes, ordered.index(row["occasion"]), scales.index(row["scale"]), row["share"])
    labels = dict(zip(data["scale"], data["label"], strict=True))
    width = figure.get_figwidth() * MM_PER_INCH * 0.42
    axes.set_yticks(range(len(scales)), [wrap(labels[scale], width, 7) for scale in scales],
                    fontsize=6.8)  # fmt: skip
    room = figure.get_figwidth() * MM_PER_INCH * 0.5 / len(ordered)
    heads = [wrap(name_occasion(name), room, 7) for name in ordered]
    axes.set_xticks(range(len(ordered)), heads)
    axes.set_xlim(-0.5, len(ordered) - 0.5)
    axes.set_ylim(len(scales) - 0.5, -0.5)
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)


def _time_of(data: pd.DataFrame, occasion: str) -> tuple[int, str]:
    return int(data.loc[data["occasion"] == occasion, "time"].iloc[0]), occasion


def _draw_field(axes: Axes, x: int, y: int, share: float) -> None:
    import matplotlib as mpl
    from matplotlib.patches import Rectangle

    colour = mpl.colormaps["Blues"](0.1 + 0.75 * share)
    axes.add_patch(Rectangle((x - 0.48, y - 0.46), 0.96, 0.92, facecolor=colour))
    axes.text(x, y, write_percent(share), ha="center", va="center", fontsize=6.8,
              color="white" if share > DARK else INK)  # fmt: skip
