"""The shapes that time can have in a course: straight, slowing, or in two straight pieces."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import numpy as np
import pandas as pd

from reports.methods.result import FloatArray

Shape = Literal["linear", "log", "piecewise"]


def time_columns(
    times: pd.Series[float], *, shape: Shape = "linear", knot: float | None = None
) -> pd.DataFrame:
    """Return the columns that carry time in a growth model.

    ``linear``: t. ``log``: ln(1 + t), fast at first and slowing. ``piecewise``: min(t, knot) and
    max(t - knot, 0), one slope before the knot and one after.

    Parameters
    ----------
    times : Series of float
        Time since the start, zero or more, in any unit. Its name becomes the stem of the names.
    shape : {"linear", "log", "piecewise"}
        Form of the trajectory.
    knot : float, optional
        Time of the bend; only and always for ``piecewise``.

    Returns
    -------
    DataFrame
        One column, or two for ``piecewise``. Missing times stay missing.

    Raises
    ------
    ValueError
        If a time is negative under ``log``, or a knot is missing or not called for.

    Examples
    --------
    >>> weeks = pd.Series([0.0, 3.0, 8.0], name="week")
    >>> time_columns(weeks, shape="piecewise", knot=4.0)
       week_before  week_after
    0          0.0         0.0
    1          3.0         0.0
    2          4.0         4.0
    """
    values = np.asarray(times.to_numpy(dtype=np.float64, na_value=np.nan), dtype=np.float64)
    told = {f"{times.name}{ending}": column for ending, column in _shaped(values, shape, knot)}
    return pd.DataFrame(told, index=times.index)


def time_spans(
    since: float, until: float, *, shape: Shape = "linear", knot: float | None = None
) -> list[float]:
    """Return how far each column of `time_columns` goes between two times.

    Examples
    --------
    >>> time_spans(0, 10, shape="piecewise", knot=4.0)
    [4.0, 6.0]
    """
    ends = np.array([since, until], dtype=np.float64)
    return [float(column[1] - column[0]) for _, column in _shaped(ends, shape, knot)]


def _shaped(
    times: FloatArray, shape: Shape, knot: float | None
) -> Iterator[tuple[str, FloatArray]]:
    """Yield each column that carries time, with the end of its name."""
    if (shape == "piecewise") != (knot is not None):
        raise ValueError("a piecewise trajectory has a knot, and no other has one")
    if knot is not None:
        yield "_before", np.minimum(times, knot)
        yield "_after", np.maximum(times - knot, 0.0)
    elif shape == "linear":
        yield "", times
    elif (times < 0).any():
        raise ValueError("logarithmic time starts at zero, and some time is negative")
    else:
        yield "_log", np.log1p(times)
