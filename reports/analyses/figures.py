"""The data behind each figure, exact: the gate decides what of them may be shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import pandas as pd

from reports.analyses._outcome_values import OutcomeValues
from reports.declarations import PresentationRule
from reports.presentation import PARTS, Cuts
from reports.study_data import Measure


@dataclass(frozen=True)
class FigureData:
    """One figure: its kind, one row per client, and the declared facts drawn beside them.

    A ``raincloud`` has the columns presentation and value; a ``plane`` has dependence,
    independence and presentation. Rows are sorted by their values, so that their order says
    nothing of who is who. ``facts`` hold labels, ranges, cuts and the grey zone; no data.
    """

    kind: Literal["raincloud", "plane"]
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


def name_figure(found: OutcomeValues) -> str:
    """Return the name of an outcome's figure: ``raincloud_core_10_total_at_end``."""
    return f"raincloud_{found.name.replace('.', '_').replace('@', '_at_')}"
