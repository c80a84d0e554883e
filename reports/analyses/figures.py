"""The data behind each figure, exact: the gate decides what of them may be shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd

from reports.analyses._course_data import CourseData
from reports.analyses._outcome_values import OutcomeValues
from reports.analyses.answer_page import AnswerPageRows
from reports.analyses.course import Course
from reports.analyses.specification import SpecificationRows
from reports.declarations import PresentationRule
from reports.methods.growth import GrowthModel, predict_trajectory
from reports.presentation import PARTS, Cuts
from reports.study_data import Measure

# Names of scales have marks that no name of a file should have.
_NOT_IN_FILES = str.maketrans(".:", "__")
TRAJECTORY_STEPS, OBSERVED_SPANS = 26, 6
FigureKind = Literal["raincloud", "plane", "trajectory", "answer_page", "specification_curve"]


@dataclass(frozen=True)
class FigureData:
    """One figure: its kind, its exact data, and the declared facts drawn beside them.

    - ``raincloud``: one row per client, with presentation and value.
    - ``plane``: one row per client, with dependence, independence and presentation.
    - ``trajectory``: one row per presentation, source and time, with time, mean, ci_low, ci_high
      and n, the clients behind it. Source is ``model`` (the growth model's means with intervals)
      or ``observed`` (means of scores within a span of time, at its middle, without intervals).
    - ``answer_page``: one row per client, with presentation, symptoms (improved, unchanged,
      deteriorated) and dependency (lower, same, higher).
    - ``specification_curve``: one row per specification in the order of estimates, with
      `reports.analyses.specification.COLUMNS`.

    Rows about clients are sorted by their values, so that their order says nothing of who is who.
    ``facts`` hold labels, ranges, cuts and the grey zone; no data.
    """

    kind: FigureKind
    title: str
    frame: pd.DataFrame
    facts: Mapping[str, float | str] = field(default_factory=dict)


def draw_raincloud(
    presentations: pd.DataFrame, found: OutcomeValues, measure: Measure | None
) -> FigureData:
    """Return the values of one outcome by presentation."""
    known = presentations.dropna(subset="presentation")
    values = known["client_id"].map(found.values)
    frame = pd.DataFrame({"presentation": known["presentation"], "value": values}).dropna()
    ordered = frame.sort_values(["presentation", "value"]).reset_index(drop=True)
    facts: dict[str, float | str] = {"outcome": found.name, "label": found.label}
    if measure is not None:
        facts |= {"low": measure.low, "high": measure.high, "higher": measure.higher}
    return FigureData("raincloud", found.label, ordered, facts)


def draw_plane(
    presentations: pd.DataFrame,
    rule: PresentationRule,
    cuts: Cuts,
    measures: Mapping[str, Measure],
) -> FigureData:
    """Return every client with both scores on the plane of dependence and independence."""
    usable = presentations[presentations["is_usable"].astype(bool)]
    columns = [*PARTS, "presentation"]
    ordered = usable[columns].sort_values(columns).reset_index(drop=True)
    facts: dict[str, float | str] = {"rule": rule.rule, "landmark": rule.landmark}
    for part in PARTS:
        measure = measures[getattr(rule, part)]
        cut, grey = cuts.of(part)
        facts |= {
            f"{part}_label": measure.label,
            f"{part}_low": measure.low,
            f"{part}_high": measure.high,
            f"{part}_cut": cut,
            f"{part}_grey": grey,
        }
    return FigureData("plane", "Dependence and independence", ordered, facts)


def draw_trajectory(found: OutcomeValues, course: Course, measure: Measure) -> FigureData | None:
    """Return the courses of the two extreme groups, None where there is no model to draw."""
    data, growth = course.data, course.growth
    if data is None or growth is None:
        return None
    frame = pd.concat([_modelled(data, growth), _observed(data)], ignore_index=True)
    facts: dict[str, float | str] = {
        "outcome": found.name,
        "label": found.label,
        "unit": data.unit,
        "horizon": float(data.horizon),
        "shape": course.shape.shape,
        "low": measure.low,
        "high": measure.high,
        "higher": measure.higher,
    }
    if course.shape.knot is not None:
        facts["knot"] = course.shape.knot
    return FigureData("trajectory", f"Course of {found.label}", frame, facts)


def _modelled(data: CourseData, growth: GrowthModel) -> pd.DataFrame:
    times = [data.horizon * step / TRAJECTORY_STEPS for step in range(TRAJECTORY_STEPS + 1)]
    points = predict_trajectory(growth, times)
    sizes = {level: len(data.members_of(level)) for level in {point.level for point in points}}
    return pd.DataFrame(
        {
            "presentation": [point.level for point in points],
            "source": "model",
            "time": [point.time for point in points],
            "mean": [point.mean.estimate for point in points],
            "ci_low": [point.mean.interval.low for point in points],
            "ci_high": [point.mean.interval.high for point in points],
            "n": [sizes[point.level] for point in points],
        }
    )


def _observed(data: CourseData) -> pd.DataFrame:
    """Return the mean score within each span of time; time 0 is a span of its own."""
    rows = data.in_contrast
    rows = rows[rows["time"] <= data.horizon]
    width = data.horizon / OBSERVED_SPANS
    told = pd.DataFrame(
        {
            "presentation": rows["presentation"].array,
            "span": np.ceil(rows["time"].to_numpy() / width).astype(np.int64),
            "score": rows["score"].array, "client": rows["client_id"].array.codes,
        }
    )  # fmt: skip
    grouped = told.groupby(["presentation", "span"], sort=True)
    parts = {"mean": grouped["score"].mean(), "n": grouped["client"].nunique()}
    means = pd.DataFrame(parts).reset_index()
    middle = ((means["span"] - 0.5) * width).clip(lower=0.0)
    empty = np.full(len(means), np.nan)
    return pd.DataFrame(
        {
            "presentation": means["presentation"], "source": "observed", "time": middle,
            "mean": means["mean"], "ci_low": empty, "ci_high": empty, "n": means["n"],
        }
    )  # fmt: skip


def draw_answer_page(found: OutcomeValues, page: AnswerPageRows, label: str) -> FigureData | None:
    """Return both changes of every client, None where the page was refused."""
    if page.clients is None:
        return None
    columns = ["presentation", "symptoms", "dependency"]
    ordered = page.clients[columns].sort_values(columns).reset_index(drop=True)
    facts: dict[str, float | str] = {
        "outcome": found.name, "label": found.label, "dependency": str(page.dependency),
        "dependency_label": label,
    }  # fmt: skip
    return FigureData("answer_page", f"{found.label} and {label}", ordered, facts)


def draw_specifications(found: OutcomeValues, rows: SpecificationRows) -> FigureData | None:
    """Return the specification curve of an outcome, None where no specification was usable."""
    if rows.curve is None:
        return None
    facts: dict[str, float | str] = {"outcome": found.name, "label": found.label}
    title = f"{found.label} under every rule, cut and way of scoring"
    return FigureData("specification_curve", title, rows.curve, facts)


def name_figure(found: OutcomeValues, kind: FigureKind = "raincloud") -> str:
    """Return the name of an outcome's figure: ``raincloud_core_10_total_at_end``."""
    return f"{kind}_{found.name.replace('@', '_at_').translate(_NOT_IN_FILES)}"
