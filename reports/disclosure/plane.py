"""The gate of the plane of two scales: rectangles that each hold enough clients."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from instruments.errors import GateError
from reports.disclosure.cleared import ClearedTable, Withheld, _issue_withheld
from reports.disclosure.figure_parts import TOO_FEW, join_layers, layer_of, three_digits
from reports.disclosure.figures import gate_points
from reports.disclosure.linked import Flags
from reports.disclosure.policy import DisclosurePolicy
from reports.disclosure.rounding import Floats, round_counts

STEPS = 16


def gate_plane(
    frame: pd.DataFrame,
    policy: DisclosurePolicy,
    *,
    x_range: tuple[float, float],
    y_range: tuple[float, float],
) -> ClearedTable | Withheld:
    """Return clients on a plane of two scales as rectangles, and as points if that is allowed.

    The declared ranges are cut again and again on a grid of sixteenths, the longer side first and
    as near to its middle as can be, as long as both parts hold ``min_bin`` clients. No rectangle
    holds fewer, so none has to be left out, and the edges say nothing but which cuts were allowed.
    Columns ``layer`` (``cell``, ``point``),
    ``group``, ``x``, ``y``, ``x_high``, ``y_high``, ``n`` (rounded) and ``density`` (share of the
    clients over share of the area).
    """
    complete = frame[["x", "y"]].dropna().to_numpy(dtype=float)
    box = _Box(*x_range, *y_range)
    if len(complete) < policy.min_bin:
        return _issue_withheld("figure", TOO_FEW, policy.digest)
    if not _inside(complete, box).all():
        raise GateError("E_GATE_FIGURE", "The declared ranges do not cover all values.")
    cells = _divide(complete, box, box, policy.min_bin)
    drawn = pd.DataFrame([box for box, _ in cells], columns=["x", "x_high", "y", "y_high"])
    counts = np.array([count for _, count in cells], dtype=np.int64)
    drawn["n"] = round_counts(counts, policy.round_to).astype(float)
    area = (drawn["x_high"] - drawn["x"]) * (drawn["y_high"] - drawn["y"]) / box.area
    drawn["density"] = three_digits((drawn["n"] / drawn["n"].sum() / area).to_numpy(dtype=float))
    points = gate_points(frame, policy)
    return join_layers(policy, drawn.assign(layer="cell"), layer_of("point", points, x="x", y="y"))


class _Box(NamedTuple):
    """A rectangle; its upper sides belong to it only where they are those of the plane."""

    x: float
    x_high: float
    y: float
    y_high: float

    @property
    def area(self) -> float:
        return (self.x_high - self.x) * (self.y_high - self.y)

    def parts(self, axis: int, cut: float) -> tuple[_Box, _Box]:
        if axis == 0:
            return self._replace(x_high=cut), self._replace(x=cut)
        return self._replace(y_high=cut), self._replace(y=cut)

    def side(self, axis: int) -> tuple[float, float]:
        return (self.x, self.x_high) if axis == 0 else (self.y, self.y_high)


def _inside(points: Floats, box: _Box) -> Flags:
    x, y = points[:, 0], points[:, 1]
    return np.asarray((x >= box.x) & (x <= box.x_high) & (y >= box.y) & (y <= box.y_high))


def _divide(points: Floats, box: _Box, plane: _Box, least: int) -> list[tuple[_Box, int]]:
    """Return the smallest rectangles that hold ``least`` points each; the upper has the edge."""
    for axis in sorted((0, 1), key=lambda axis: -_relative_length(box, plane, axis)):
        for cut in _cuts(box, plane, axis):
            is_upper = points[:, axis] >= cut
            if min(is_upper.sum(), (~is_upper).sum()) >= least:
                lower, upper = box.parts(axis, cut)
                return [
                    *_divide(points[~is_upper], lower, plane, least),
                    *_divide(points[is_upper], upper, plane, least),
                ]
    return [(box, len(points))]


def _relative_length(box: _Box, plane: _Box, axis: int) -> float:
    (low, high), (lowest, highest) = box.side(axis), plane.side(axis)
    return (high - low) / (highest - lowest)


def _cuts(box: _Box, plane: _Box, axis: int) -> list[float]:
    """Return where a box can be cut: sixteenths of the plane, those nearest to its middle first."""
    low, high = box.side(axis)
    lowest, highest = plane.side(axis)
    grid = [lowest + step * (highest - lowest) / STEPS for step in range(1, STEPS)]
    middle = (low + high) / 2
    return sorted((cut for cut in grid if low < cut < high), key=lambda cut: abs(cut - middle))
