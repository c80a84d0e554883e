"""One module per kind of figure: each turns cleared data into a `Drawing`."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from reports.render import FigureEntry
from reports.render.figures.answer_page import describe_answer_page
from reports.render.figures.client_flow import describe_flow
from reports.render.figures.drawing import Drawing
from reports.render.figures.endings import describe_endings
from reports.render.figures.forest import describe_forest
from reports.render.figures.missingness import describe_missingness
from reports.render.figures.plane import describe_plane
from reports.render.figures.raincloud import describe_raincloud
from reports.render.figures.reliability import describe_reliability
from reports.render.figures.slopes import describe_slopes
from reports.render.figures.specification import describe_specifications
from reports.render.figures.trajectory import describe_trajectory
from reports.render.run_view import Run

BUILDERS: Mapping[str, Callable[[Run, FigureEntry], Drawing]] = {
    "answer_page": describe_answer_page,
    "endings": describe_endings,
    "flow": describe_flow,
    "forest": describe_forest,
    "missingness": describe_missingness,
    "plane": describe_plane,
    "raincloud": describe_raincloud,
    "reliability": describe_reliability,
    "slopes": describe_slopes,
    "specification_curve": describe_specifications,
    "trajectory": describe_trajectory,
}
