"""The list of figures that a run can draw, in the order of its report."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from reports.analyses import Analysis, FigureData
from reports.analyses.dependence_and_outcome import ANALYSIS as CONTINUOUS
from reports.analyses.endings import ANALYSIS as ENDINGS
from reports.analyses.overdependent_against_overindependent import ANALYSIS as GROUPS
from reports.publishing.figure_data import GATED_KINDS

Entry = tuple[str, str, str, str]
COLUMNS = ("name", "kind", "title", "outcome")


def list_entries(analysis: Analysis) -> pd.DataFrame:
    """Return name, kind, title and outcome of each figure; kinds without data are left out."""
    return pd.DataFrame(_entries(analysis), columns=list(COLUMNS), dtype="str")


def drawable(analysis: Analysis) -> dict[str, FigureData]:
    """Return the figures that have a gate; a test holds that every kind has one."""
    return {name: one for name, one in analysis.figures.items() if one.kind in GATED_KINDS}


def _entries(analysis: Analysis) -> Iterator[Entry]:
    answered = analysis.estimates[analysis.estimates["status"] != "refused"]
    kinds = set(answered["analysis"])
    if GROUPS in kinds:
        yield "forest", "forest", "Overly dependent against overly independent clients", ""
    if CONTINUOUS in kinds:
        yield "slopes", "slopes", "Dependence, independence and each outcome, without groups", ""
    if len(analysis.flow):
        yield "flow", "flow", "From all clients to those compared", ""
    if (analysis.estimates["analysis"] == ENDINGS).any():
        # Where nothing is known of them, the figure says what to declare.
        yield "endings", "endings", "How treatments end", ""
    for name, figure in drawable(analysis).items():
        yield name, figure.kind, figure.title, str(figure.facts.get("outcome", ""))
    if "measures" in kinds:
        yield "reliability", "reliability", "Reliability of the scales that are compared", ""
        yield "missingness", "missingness", "Who answered what", ""
