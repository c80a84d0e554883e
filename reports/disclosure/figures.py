"""The gate of figures: no dot, bar, bump or whisker that is one client.

Each function takes exact values, one per client, in a long frame with a column ``group`` (one label
for all where there is one group), and returns figure data in which every number stands for at
least ``policy.min_bin`` clients. Groups are gated apart; one that is too small is left out, and if
none remains the figure is withheld.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from instruments.errors import GateError
from reports.disclosure.cleared import ClearedTable, Withheld, _issue_withheld
from reports.disclosure.figure_parts import (
    Values,
    each_group,
    figure_of,
    join_layers,
    layer_of,
    three_digits,
    visible_groups,
)
from reports.disclosure.policy import DisclosurePolicy
from reports.disclosure.rounding import Counts, Floats, ratio_of_rounded, round_counts

GRID_STEPS = 100
NO_POINTS = "Withheld: the disclosure rules of this study do not allow one dot per client."


def gate_points(
    frame: pd.DataFrame, policy: DisclosurePolicy, *, values: Sequence[str] = ("x", "y")
) -> ClearedTable | Withheld:
    """Return raw points, if the policy allows them, of groups of at least ``threshold`` clients.

    Points are sorted by value, so that neither row order nor an id ties them to clients.
    """
    if not policy.show_points:
        return _issue_withheld("figure", NO_POINTS, policy.digest)
    columns = ["group", *values]
    complete = frame.loc[:, columns].dropna().sort_values(columns, ignore_index=True)
    visible = visible_groups(complete["group"], policy.threshold, policy)
    return figure_of(complete[complete["group"].isin(visible)], policy)


def gate_histogram(
    frame: pd.DataFrame, policy: DisclosurePolicy, *, edges: Sequence[float]
) -> ClearedTable | Withheld:
    """Return bars ``low, high, n, share, density`` on declared edges, merged until all are large.

    ``edges`` come from the form's range, never from the data, and must cover it; so the outermost
    bar does not end at one client's value. Shares and densities are calculated from rounded counts.
    """
    limits = np.asarray(edges, dtype=float)

    def bars(values: Values) -> pd.DataFrame:
        if values[0] < limits[0] or values[-1] > limits[-1]:
            raise GateError("E_GATE_FIGURE", "The declared edges do not cover all values.")
        counts, _ = np.histogram(values, bins=limits)
        low, high, merged = _merge_small(limits, counts.astype(np.int64), policy.min_bin)
        return _with_densities(low, high, round_counts(merged, policy.round_to))

    return each_group(frame, policy, bars)


def _merge_small(edges: Floats, counts: Counts, least: int) -> tuple[Floats, Floats, Counts]:
    """Merge bars from the left until each holds ``least``; a small rest joins the last bar."""
    stops, held = [0], list[int]()
    running = 0
    for place, count in enumerate(counts.tolist(), start=1):
        running += count
        if running >= least:
            stops.append(place)
            held.append(running)
            running = 0
    held[-1] += running
    stops[-1] = counts.size
    return edges[stops[:-1]], edges[stops[1:]], np.array(held, dtype=np.int64)


def _with_densities(low: Floats, high: Floats, rounded: Counts) -> pd.DataFrame:
    share = ratio_of_rounded(rounded, rounded.sum())
    density = share / (high - low)
    return pd.DataFrame(
        {"low": low, "high": high, "n": rounded.astype(float), "share": share, "density": density}
    )


def gate_density(
    frame: pd.DataFrame, policy: DisclosurePolicy, *, low: float, high: float
) -> ClearedTable | Withheld:
    """Return a smoothed density ``x, density`` on a grid over the declared range.

    A Gaussian kernel with Silverman's bandwidth. The curve ends where fewer than ``min_bin``
    clients lie beyond, so no extreme value shows, and breaks (missing) where fewer than
    ``min_bin`` lie within two bandwidths, so that no bump is one client. Grid points depend on
    the declared range only.
    """
    grid = np.linspace(low, high, GRID_STEPS + 1)

    def curve(values: Values) -> pd.DataFrame:
        from scipy.stats import gaussian_kde

        kernel = gaussian_kde(values, bw_method="silverman")
        width = float(np.sqrt(kernel.covariance[0, 0]))
        within = _count_within(values, grid - 2 * width, grid + 2 * width)
        beyond = np.minimum(
            np.searchsorted(values, grid, side="left"),
            values.size - np.searchsorted(values, grid, side="right"),
        )
        safe = (within >= policy.min_bin) & (beyond >= policy.min_bin)
        density = np.where(safe, kernel(grid), np.nan)
        return pd.DataFrame({"x": grid, "density": three_digits(density)})

    return each_group(frame, policy, curve, varied=True)


def _count_within(values: Values, low: Floats, high: Floats) -> Counts:
    left = np.searchsorted(values, low, side="left")
    return (np.searchsorted(values, high, side="right") - left).astype(np.int64)


def gate_quantiles(
    frame: pd.DataFrame,
    policy: DisclosurePolicy,
    *,
    probabilities: Sequence[float] = (0.05, 0.25, 0.5, 0.75, 0.95),
) -> ClearedTable | Withheld:
    """Return Harrell-Davis quantiles ``probability, value``, missing near the ends.

    A quantile needs ``min_bin`` clients on each side; 0 and 1, the extremes, never have them. The
    Harrell-Davis estimate weighs all order statistics, so it is no one client's value.

    References
    ----------
    Harrell & Davis (1982), Biometrika 69(3), 635-640, doi:10.1093/biomet/69.3.635
    """
    wanted = np.asarray(probabilities, dtype=float)

    def quantiles(values: Values) -> pd.DataFrame:
        from scipy.stats.mstats import hdquantiles

        sides = np.floor(values.size * np.minimum(wanted, 1 - wanted) + 1e-9)
        estimate = np.asarray(hdquantiles(values, prob=np.clip(wanted, 1e-9, 1 - 1e-9)))
        value = np.where(sides >= policy.min_bin, estimate, np.nan)
        return pd.DataFrame({"probability": wanted, "value": three_digits(value)})

    return each_group(frame, policy, quantiles)


def gate_raincloud(
    frame: pd.DataFrame, policy: DisclosurePolicy, *, low: float, high: float
) -> ClearedTable | Withheld:
    """Return everything that a raincloud shows, as layers of one table.

    ``layer`` is ``density`` (``x``, ``y`` its height), ``quantile`` (``x`` the value, ``y`` the
    probability) or, if the policy allows points, ``point`` (``x``). ``low`` and ``high`` are the
    declared range of the scale.
    """
    density = gate_density(frame, policy, low=low, high=high)
    quantiles = gate_quantiles(frame, policy)
    points = gate_points(frame, policy, values=("value",))
    return join_layers(
        policy,
        layer_of("density", density, x="x", y="density"),
        layer_of("quantile", quantiles, x="value", y="probability"),
        layer_of("point", points, x="value"),
    )
