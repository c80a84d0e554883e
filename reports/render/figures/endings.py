"""How treatments end: the share of clients who have ended in each way, over sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from instruments.errors import RunError
from reports.render import FigureEntry
from reports.render.figures.drawing import Drawing
from reports.render.figures.marks import INK, MARKS, NARROW_MM, Mark, is_narrow, n_equals
from reports.render.naming import PAIR, name_group
from reports.render.numbers import write_interval, write_number, write_p
from reports.render.run_view import Run
from reports.render.table import common_status

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ANALYSIS, INCIDENCE, GRAY = "endings", "cumulative incidence", "Gray's test"
EVERYONE = "all clients"
GROUPS = (EVERYONE, *PAIR)
STYLES = MARKS | {EVERYONE: Mark(INK, "D", ":", "")}
CAPTION = (
    "Cumulative incidence (Aalen and Johansen): the share of clients whose treatment has ended in "
    "this way by a session. Endings compete: shares of all ways and of those still in treatment "
    "add up to 1. Marks: the share with its {level} interval, at sessions between which enough "
    "clients ended so; the lines only join them."
)


def describe_endings(run: Run, entry: FigureEntry) -> Drawing:
    """Return the cumulative incidence of every ending."""
    data = endings_data(run)
    if data.empty:
        raise RunError(
            "E_FIGURE_WITHHELD",
            "How treatments end cannot be shown.",
            where=entry.name,
            fix=f"The reason: {'; '.join(_reasons(run)) or 'nothing of it is known'}.",
        )
    kinds = sorted(set(data["ending"]))
    return Drawing(
        name=entry.name,
        kind=entry.kind,
        title=entry.title,
        caption=_caption(run, data, kinds),
        alt=_alt(data),
        plan_status=common_status(run.rows(ANALYSIS)["plan_status"]),
        data=data,
        draw=lambda figure: _draw(figure, data, kinds),
        height=lambda width: 18 + (55 * len(kinds) if width < NARROW_MM else 62),
    )


def endings_data(run: Run) -> pd.DataFrame:
    """Return one row per ending, group and session, as published."""
    found = run.rows(ANALYSIS, estimand=INCIDENCE)
    shown = found.dropna(subset="estimate") if not found.empty else found
    if shown.empty:
        return pd.DataFrame()
    data = pd.DataFrame(
        {
            "ending": shown["term"],
            "group": shown["group_a"].fillna(EVERYONE),
            "session": shown["contrast"].str.extract(r"(\d+)$", expand=False).astype(float),
            "share": shown["estimate"],
            "ci_low": shown["ci_low"],
            "ci_high": shown["ci_high"],
            "n": shown["n"],
        }
    )
    order = data["group"].map(GROUPS.index)
    ordered = data.assign(order=order).sort_values(["ending", "order", "session"])
    return ordered.drop(columns="order").reset_index(drop=True)


def _reasons(run: Run) -> list[str]:
    found = run.rows(ANALYSIS, estimand=INCIDENCE)
    return [] if found.empty else sorted({str(note) for note in found["note"].dropna()})


def _caption(run: Run, data: pd.DataFrame, kinds: list[str]) -> str:
    shown = {(row["ending"], row["group"]) for row in data.to_dict("records")}
    absent = [f"{kind} of {name_group(group)} clients" for kind in kinds for group in PAIR
              if (kind, group) not in shown]  # fmt: skip
    why = "Not drawn, because too few clients ended that way or too few did not"
    left_out = f" {why}: {', '.join(absent)}." if absent else ""
    tests = run.rows(ANALYSIS, method=GRAY)
    known = tests.dropna(subset="p_value") if not tests.empty else tests
    tested = [f"{row['term']} p {_p(row['p_value'])}" for row in known.to_dict("records")]
    gray = f" Gray's test of the two groups, unadjusted: {', '.join(tested)}." if tested else ""
    return f"{CAPTION.format(level=run.level_named)}{left_out}{gray}"


def _p(value: float) -> str:
    written = write_p(value)
    return written if written[0] in "<>" else f"= {written}"


def _alt(data: pd.DataFrame) -> str:
    said = []
    for (kind, group), rows in data.groupby(["ending", "group"], sort=False):
        last = rows.iloc[-1]
        ends = write_interval(last["ci_low"], last["ci_high"])
        said.append(
            f"{kind}, {name_group(str(group))} ({n_equals(last['n'])}): "
            f"{write_number(last['share'])} {ends} by session {last['session']:.0f}"
        )
    return f"Share of clients whose treatment has ended in each way. {'; '.join(said)}."


def _draw(figure: Figure, data: pd.DataFrame, kinds: list[str]) -> None:
    rows, columns = (len(kinds), 1) if is_narrow(figure) else (1, len(kinds))
    panels = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False).ravel()
    known: dict[str, Any] = {}
    for axes, kind in zip(panels, kinds, strict=True):
        axes.set_title(kind, loc="left")
        for group, curve in data[data["ending"] == kind].groupby("group", sort=False):
            known.setdefault(str(group), _draw_curve(axes, str(group), curve))
        axes.set_xlabel("sessions")
        axes.set_ylim(0, 1)
        axes.set_xlim(0, float(data["session"].max()) * 1.06)
    panels[0].set_ylabel("share who has ended so")
    sizes = data.groupby("group")["n"].max()
    labels = [f"{name_group(group)}, {n_equals(sizes[group])}" for group in known]
    figure.legend(known.values(), labels, loc="outside upper center",
                  ncols=1 if is_narrow(figure) else 3)  # fmt: skip


def _draw_curve(axes: Axes, group: str, curve: pd.DataFrame) -> Any:
    """Draw one group's shares, beside those of others at the same session; return its line."""
    mark = STYLES[group]
    aside = (GROUPS.index(group) - 1) * 0.012 * float(curve["session"].max())
    at = curve["session"] + aside
    axes.vlines(at, curve["ci_low"], curve["ci_high"], color=mark.colour, linewidth=1.0)
    (line,) = axes.plot([0, *at], [0, *curve["share"]], color=mark.colour, linestyle=mark.line,
                        linewidth=1.3, marker=mark.marker, markersize=5,
                        markerfacecolor="white", markevery=slice(1, None))  # fmt: skip
    return line
