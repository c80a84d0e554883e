"""The flow of clients: from all of them to those compared, losses to the side."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from instruments.errors import RunError
from reports.render import FigureEntry
from reports.render.figures.drawing import Drawing
from reports.render.figures.marks import INK, MM_PER_INCH, MUTED, wrap
from reports.render.naming import name_outcome
from reports.render.numbers import write_count
from reports.render.rounded import counts_are_rounded
from reports.render.run_view import Run

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

EXCLUDED, MISSING = "excluded", "outcome missing"
PAIR_WORDS = "overly dependent and overly independent"
LINE_MM, GAP_MM = 4.3, 6.0
MAIN, LOSSES = 0.6, 0.5  # widths and places, as shares of the figure
MAIN_SIZE, LOSS_SIZE = 7.8, 7.0


@dataclass(frozen=True)
class Box:
    """One box of the flow: lines of text, and the box of losses on the way to it."""

    lines: tuple[str, ...]
    losses: tuple[str, ...] = ()

    def fit(self, width: float) -> Box:
        """Return the box with its lines broken to fit a figure of a width in millimetres."""
        return Box(
            tuple(_broken(self.lines, width * MAIN - 4, MAIN_SIZE)),
            tuple(_broken(self.losses, width * (1 - LOSSES) - 6, LOSS_SIZE)),
        )

    @property
    def height(self) -> float:
        """Height of the box, in millimetres."""
        return LINE_MM * len(self.lines) + 3.5

    @property
    def loss_height(self) -> float:
        """Height of the box of losses, in millimetres; none without losses."""
        return LINE_MM * len(self.losses) + 3.5 if self.losses else 0.0

    @property
    def room(self) -> float:
        """Room above the box for the arrow and the losses, in millimetres."""
        return max(GAP_MM, self.loss_height + 4)


def _broken(lines: Iterable[str], width: float, size: float) -> Iterator[str]:
    for line in lines:
        yield from wrap(line, width, size).split("\n")


def describe_flow(run: Run, entry: FigureEntry) -> Drawing:
    """Return the flow of clients."""
    data = flow_data(run)
    if data.empty:
        raise RunError(
            "E_FIGURE_WITHHELD",
            "The client flow may not be shown.",
            where=entry.name,
            fix=run.why_withheld("tables/flow"),
        )
    boxes = [*_boxes(shared_steps(data)), *_last_box(run, data)]
    return Drawing(
        name=entry.name,
        kind=entry.kind,
        title=entry.title,
        caption=_caption(run),
        alt=_alt(boxes),
        plan_status=None,
        data=data,
        draw=lambda figure: _draw(figure, boxes),
        height=lambda width: _height([box.fit(width) for box in boxes]),
    )


def _caption(run: Run) -> str:
    return (
        "Every client who is not compared, with the first reason that applies; the last reason, a "
        f"missing outcome, is counted for each outcome. {counts_are_rounded(run)}"
    ).strip()


def flow_data(run: Run) -> pd.DataFrame:
    """Return the flow of every outcome, outcomes in the order of the study file."""
    flow = run.frame("tables/flow")
    if flow.empty:
        return flow
    order = {name: place for place, name in enumerate(run.outcomes.index)}
    by_file = flow["outcome"].map(order).fillna(len(order))
    ordered = flow.assign(_file=by_file).sort_values(["_file", "outcome", "position"])
    return ordered.reset_index(drop=True).loc[:, list(flow.columns)]


def shared_steps(flow: pd.DataFrame) -> pd.DataFrame:
    """Return the steps up to the contrast, which all outcomes share."""
    first = flow[flow["outcome"] == flow["outcome"].iloc[0]]
    kept = first.index[first["kind"] != EXCLUDED]
    shared: pd.DataFrame = first.loc[: kept[-2]] if len(kept) > 2 else first
    return shared


def _boxes(steps: pd.DataFrame) -> Iterator[Box]:
    losses: list[str] = []
    for row in steps.to_dict("records"):
        line = f"{row['step']}: {write_count(row['n'])}"
        if row["kind"] == EXCLUDED:
            losses.append(line)
        else:
            yield Box((line, *_pair(row)), ("not among them:", *losses) if losses else ())
            losses = []


def _pair(row: dict[Hashable, Any]) -> tuple[str, ...]:
    """Return the two groups as a line, where any of them is shown."""
    if pd.isna(row["n_a"]) and pd.isna(row["n_b"]):
        return ()
    a, b = write_count(row["n_a"]), write_count(row["n_b"])
    return (f"overly dependent {a}, overly independent {b}",)


def _last_box(run: Run, flow: pd.DataFrame) -> Iterator[Box]:
    """Yield the box of those compared, a line per outcome that was not refused."""
    refused = flow.loc[flow["step"].str.startswith("refused"), "outcome"]
    asked = flow[~flow["outcome"].isin(refused)]
    lines = list(_of_outcomes(run, asked.drop_duplicates("outcome", keep="last")))
    lost = list(_of_outcomes(run, asked[asked["step"] == MISSING]))
    if lines:
        yield Box(
            (f"compared: {PAIR_WORDS}", *lines),
            (f"{MISSING}: {PAIR_WORDS}", *lost) if lost else (),
        )


def _of_outcomes(run: Run, rows: pd.DataFrame) -> Iterator[str]:
    """Yield a line per outcome with both groups."""
    for row in rows.to_dict("records"):
        a, b = write_count(row["n_a"]), write_count(row["n_b"])
        yield f"{name_outcome(run, row['outcome'])}: {a} and {b}"


def _alt(boxes: list[Box]) -> str:
    said = [
        ". ".join((*(f"lost: {'; '.join(box.losses)}" for _ in box.losses[:1]), *box.lines))
        for box in boxes
    ]
    return f"Flow of clients. {'. '.join(said)}."


def _height(boxes: list[Box]) -> float:
    return sum(box.height + box.room for box in boxes)


def _draw(figure: Figure, boxes: list[Box]) -> None:
    width = figure.get_figwidth() * MM_PER_INCH
    fitted = [box.fit(width) for box in boxes]
    figure.set_layout_engine("none")
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.set_xlim(0, width)
    axes.set_ylim(_height(fitted), 0)
    axes.set_axis_off()
    middle, y = width * MAIN / 2 + 1, 0.0
    for place, box in enumerate(fitted):
        above, y = y, y + (box.room if place else 2)
        if place:
            _arrow(axes, (middle, above), (middle, y))
            _draw_losses(axes, box, width, middle, (above + y) / 2)
        _draw_box(axes, box.lines, (middle, y), (width * MAIN, box.height), MAIN_SIZE)
        y += box.height


def _draw_losses(axes: Axes, box: Box, width: float, middle: float, y: float) -> None:
    if not box.losses:
        return
    left = width * LOSSES
    _arrow(axes, (middle, y), (left, y))
    centre, room = (left + width - 2) / 2, width - 2 - left
    corner = (centre, y - box.loss_height / 2)
    _draw_box(axes, box.losses, corner, (room, box.loss_height), LOSS_SIZE, muted=True)


def _draw_box(
    axes: Axes, lines: tuple[str, ...], top: tuple[float, float], size: tuple[float, float],
    points: float, *, muted: bool = False,
) -> None:  # fmt: skip
    """Draw a box whose upper side has its middle at ``top``."""
    from matplotlib.patches import Rectangle

    (x, y), (width, height) = top, size
    axes.add_patch(Rectangle((x - width / 2, y), width, height, facecolor="white",
                             edgecolor=MUTED if muted else INK,
                             linestyle="--" if muted else "-", linewidth=0.9))  # fmt: skip
    axes.text(x, y + height / 2, "\n".join(lines), ha="center", va="center", fontsize=points,
              linespacing=1.35)  # fmt: skip


def _arrow(axes: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    axes.annotate("", end, start, arrowprops={"arrowstyle": "-|>", "color": INK,
                                              "linewidth": 0.9, "shrinkA": 0,
                                              "shrinkB": 0})  # fmt: skip
