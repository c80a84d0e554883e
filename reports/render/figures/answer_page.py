"""The answer page: change of symptoms by change of dependency, three by three."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from instruments.errors import RunError
from reports.render import FigureEntry
from reports.render.figures.drawing import Drawing
from reports.render.figures.marks import FAINT, INK, NARROW_MM, is_narrow
from reports.render.naming import decapitalise, name_group, name_in_sentence
from reports.render.numbers import write_count
from reports.render.run_view import Run

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ANALYSIS = "answer_page"
SYMPTOMS = ("improved", "unchanged", "deteriorated")
DEPENDENCY = ("lower", "same", "higher")
MOST_MM = 95
EVERYONE = "all clients"
ALL = "all"
Counts = Mapping[tuple[str, str], float | None]


def describe_answer_page(run: Run, entry: FigureEntry) -> Drawing:
    """Return the answer page of one outcome."""
    facts = run.figure_facts(entry.name)
    data = answer_page_data(run, facts.get("outcome", ""))
    groups = list(dict.fromkeys(data["group"])) if not data.empty else []
    if not groups:
        raise RunError(
            "E_FIGURE_WITHHELD",
            "No cell of the answer page may be shown.",
            where=entry.name,
            fix="The groups are too small for nine cells.",
        )
    return Drawing(
        name=entry.name,
        kind=entry.kind,
        title=f"Change of {name_in_sentence(run, facts.get('outcome', ''))} and of "
        f"{decapitalise(facts.get('dependency_label', 'dependency'))}",
        caption="Numbers of clients by reliable change; the area of a square follows its number. "
        f"Upwards: {facts.get('label', '')}; across: {facts.get('dependency_label', '')}. Falling "
        "dependency is not in itself success. [c]: left out by the disclosure rules.",
        alt=_alt(data),
        plan_status="exploratory",
        data=data,
        draw=lambda figure: _draw(figure, data, groups),
        height=lambda width: _height(width, len(groups)),
    )


def _height(width: float, groups: int) -> float:
    if width < NARROW_MM:
        return 12 + 0.9 * width * groups
    return 16 + min(width / groups, MOST_MM)


def answer_page_data(run: Run, outcome: str) -> pd.DataFrame:
    """Return one row per group and cell, and one per group with all its clients."""
    found = run.rows(ANALYSIS, outcome=outcome, estimand="count")
    rows: list[dict[str, Any]] = []
    for row in found.to_dict("records"):
        dependency = ALL if pd.isna(row["contrast"]) else str(row["contrast"]).split()[-1]
        group = EVERYONE if pd.isna(row["group_a"]) else str(row["group_a"])
        rows.append(
            {"group": group, "symptoms": row["term"], "dependency": dependency, "n": row["n"]}
        )
    frame = pd.DataFrame(rows, columns=["group", "symptoms", "dependency", "n"])
    is_cell = frame["symptoms"].isin(SYMPTOMS) & frame["dependency"].isin(DEPENDENCY)
    shown = set(frame.loc[is_cell & frame["n"].notna(), "group"])
    return frame[frame["group"].isin(shown) & (frame["symptoms"].isin((*SYMPTOMS, ALL)))]


def _alt(data: pd.DataFrame) -> str:
    cells = data[(data["group"] == data["group"].iloc[0]) & data["symptoms"].isin(SYMPTOMS)
                 & data["dependency"].isin(DEPENDENCY)]  # fmt: skip
    said = [
        f"symptoms {row['symptoms']}, dependency {row['dependency']}: {write_count(row['n'])}"
        for row in cells.to_dict("records")
    ]
    return f"Three by three table of change, {data['group'].iloc[0]}. {'; '.join(said)}."


def _draw(figure: Figure, data: pd.DataFrame, groups: list[str]) -> None:
    shape = (len(groups), 1) if is_narrow(figure) else (1, len(groups))
    for place, group in enumerate(groups, start=1):
        axes = figure.add_subplot(*shape, place)
        own = data[data["group"] == group]
        counts = {
            (row["symptoms"], row["dependency"]): None if pd.isna(row["n"]) else float(row["n"])
            for row in own.to_dict("records")
        }
        _draw_page(axes, counts)
        total = write_count(counts.get((ALL, ALL)))
        axes.set_title(f"{name_group(group)}: n = {total}", loc="left")


def _draw_page(axes: Axes, counts: Counts) -> None:
    known = [n for (symptoms, part), n in counts.items() if ALL not in (symptoms, part) and n]
    most = max(known, default=1.0)
    for y, symptoms in enumerate(SYMPTOMS):
        for x, dependency in enumerate(DEPENDENCY):
            _draw_cell(axes, x, y, counts.get((symptoms, dependency)), most)
    axes.set_xticks(range(3), [f"dependency\n{name}" for name in DEPENDENCY])
    axes.set_yticks(range(3), [f"symptoms\n{name}" for name in SYMPTOMS])
    axes.set_xlim(-0.55, 2.55)
    axes.set_ylim(2.55, -0.55)
    axes.set_aspect("equal")
    axes.tick_params(length=0, labelsize=6.8)
    for spine in axes.spines.values():
        spine.set_visible(False)


def _draw_cell(axes: Axes, x: int, y: int, n: float | None, most: float) -> None:
    from matplotlib.patches import Rectangle

    axes.add_patch(Rectangle((x - 0.5, y - 0.5), 1, 1, facecolor="none", edgecolor=FAINT))
    if n:
        side = 0.96 * (n / most) ** 0.5
        axes.add_patch(Rectangle((x - side / 2, y - side / 2), side, side, facecolor="#9ecae1",
                                 edgecolor="#3182bd", linewidth=0.8))  # fmt: skip
    axes.text(x, y, write_count(n), ha="center", va="center", fontsize=7.5, color=INK)
