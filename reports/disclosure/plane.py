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

FINEST = 1 / 16


def gate_plane(
    frame: pd.DataFrame,
    policy: DisclosurePolicy,
    *,
    x_range: tuple[float, float],
    y_range: tuple[float, float],
) -> ClearedTable | Withheld:
    """Return clients on a plane of two scales as rectangles, and as points if that is allowed.

    The declared ranges are halved again and again, along the longer side first, as long as both
    halves hold ``min_bin`` clients: no rectangle holds fewer, so none has to be left out, and the
    edges say nothing but which halves were large enough. Columns ``layer`` (``cell``, ``point``),
    ``group``, ``x``, ``y``, ``x_high``, ``y_high``, ``n`` (rounded) and ``density`` (share of the
    clients over share of the area).
    """
    complete = frame[["x", "y"]].dropna().to_numpy(dtype=float)
    box = _Box(*x_range, *y_range)
    if len(complete) < policy.min_bin:
        return _issue_withheld("figure", TOO_FEW, policy.digest)
    if not _inside(complete, box).all():
        raise GateError("E_GATE_FIGURE", "The declared ranges do not cover all values.")
    cells = _halve(complete, box, box, policy.min_bin)
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

    def halves(self, axis: int) -> tuple[_Box, _Box]:
        if axis == 0:
            middle = (self.x + self.x_high) / 2
            return self._replace(x_high=middle), self._replace(x=middle)
        middle = (self.y + self.y_high) / 2
        return self._replace(y_high=middle), self._replace(y=middle)


def _inside(points: Floats, box: _Box) -> Flags:
    x, y = points[:, 0], points[:, 1]
    return np.asarray((x >= box.x) & (x <= box.x_high) & (y >= box.y) & (y <= box.y_high))


def _halve(points: Floats, box: _Box, plane: _Box, least: int) -> list[tuple[_Box, int]]:
    """Return the smallest rectangles that hold ``least`` points each; the upper half has its edge.

    A rectangle is not halved beyond a 16th of the plane along each side.
    """
    wide = (box.x_high - box.x) / (plane.x_high - plane.x)
    tall = (box.y_high - box.y) / (plane.y_high - plane.y)
    for axis in (0, 1) if wide >= tall else (1, 0):
        lower, upper = box.halves(axis)
        is_upper = points[:, axis] >= upper[2 * axis]
        held = int(is_upper.sum())
        if min(held, len(points) - held) >= least and (wide, tall)[axis] > FINEST:
            return [
                *_halve(points[~is_upper], lower, plane, least),
                *_halve(points[is_upper], upper, plane, least),
            ]
    return [(box, len(points))]
