"""Response surface: does it matter that two scores agree, and in which way they differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from reports.methods.regression import least_squares
from reports.methods.result import Interval, as_sample, require_level, t_test

# Rows: b0 b1 (x) b2 (y) b3 (x^2) b4 (xy) b5 (y^2).
_PARAMETERS = {
    "a1": (0, 1, 1, 0, 0, 0),
    "a2": (0, 0, 0, 1, 1, 1),
    "a3": (0, 1, -1, 0, 0, 0),
    "a4": (0, 0, 0, 1, -1, 1),
}


@dataclass(frozen=True)
class SurfaceParameter:
    """One parameter of the surface, with its robust error."""

    name: str
    estimate: float
    se: float
    t: float
    df: float
    p_value: float
    interval: Interval


@dataclass(frozen=True)
class ResponseSurface:
    """The four parameters and the six coefficients they are made of."""

    a1: SurfaceParameter
    a2: SurfaceParameter
    a3: SurfaceParameter
    a4: SurfaceParameter
    coefficients: tuple[float, ...]
    r2: float
    n: int


def response_surface(
    outcome: npt.ArrayLike, x: npt.ArrayLike, y: npt.ArrayLike, *, level: float = 0.95
) -> ResponseSurface:
    """Return the response surface of an outcome over two commensurable scores.

    z = b0 + b1 x + b2 y + b3 x^2 + b4 x y + b5 y^2 by least squares with HC3 errors. Along the
    line of agreement (x = y): slope a1 = b1 + b2 and curvature a2 = b3 + b4 + b5; along the line
    of disagreement (x = -y): slope a3 = b1 - b2 and curvature a4 = b3 - b4 + b5. Agreement goes
    with a higher outcome where a4 < 0 while a3 is near 0. Assumes independent dyads, and x and y
    on the same scale and centred at the same point (the scale's midpoint, or the grand mean of
    both): centring each at its own mean moves the line of agreement.

    Parameters
    ----------
    outcome : array_like, shape (n,)
        Outcome of each dyad, in scale points.
    x, y : array_like, shape (n,)
        The two scores, such as the client's and the therapist's.
    level : float
        Confidence level of the intervals.

    Returns
    -------
    ResponseSurface
        Slopes and curvatures in outcome points per unit, and per unit squared.

    Raises
    ------
    ValueError
        If a value is missing (drop and count dyads first) or lengths differ.
    NotEstimableError
        If there are fewer than seven dyads or the six terms are collinear.

    References
    ----------
    Edwards & Parry (1993), Acad Manage J 36(6), 1577-1613. https://doi.org/10.5465/256822
    Shanock et al. (2010), J Bus Psychol 25, 543-554. https://doi.org/10.1007/s10869-010-9183-4

    Examples
    --------
    >>> x, y = [-2, -1, 0, 1, 2, -1, 1, 2, 0], [-2, 0, 1, 1, 2, -2, 2, 0, -1]
    >>> outcome = [5, 4, 4, 6, 5, 4, 5, 3, 4]
    >>> surface = response_surface(outcome, x, y)
    >>> round(surface.a4.estimate, 3)
    -2.677
    """
    require_level(level)
    response, first, second = (as_sample(values) for values in (outcome, x, y))
    if not len(response) == len(first) == len(second):
        raise ValueError("outcome and the two scores differ in length")
    design = pd.DataFrame(
        {"x": first, "y": second, "xx": first**2, "xy": first * second, "yy": second**2}
    )
    plain = least_squares(response, design, np.ones(design.shape[1] + 1))
    return _surface(plain, plain.get_robustcov_results(cov_type="HC3", use_t=True), level)


def _surface(plain: Any, robust: Any, level: float) -> ResponseSurface:
    parameters = {name: _parameter(robust, name, level) for name in _PARAMETERS}
    return ResponseSurface(
        **parameters,
        coefficients=tuple(float(b) for b in plain.params),
        r2=float(plain.rsquared),
        n=int(plain.nobs),
    )


def _parameter(robust: Any, name: str, level: float) -> SurfaceParameter:
    weights = np.array(_PARAMETERS[name], dtype=np.float64)
    estimate = float(weights @ robust.params)
    se = float(np.sqrt(weights @ robust.cov_params() @ weights))
    df = float(robust.df_resid)
    test = t_test(estimate, se, df, level)
    return SurfaceParameter(name, estimate, se, test.t, df, test.p_value, test.interval)
