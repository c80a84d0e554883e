"""The data behind the figures on their way to the gate: smoothed, binned, or left out.

Every figure has layers, each a file of its own: ``figures/<figure>-density`` and so on. Its
declared facts (labels, range, cuts) stand in the layer ``facts``.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from reports.analyses import FigureData
from reports.disclosure.cleared import ClearedTable, Withheld
from reports.disclosure.figures import gate_density, gate_histogram, gate_points, gate_quantiles
from reports.disclosure.policy import DisclosurePolicy
from reports.disclosure.precision import significant
from reports.disclosure.texts import gate_texts

Layer = tuple[str, ClearedTable | Withheld]
FACT_DIGITS = 4
# As many rows of tiles on the plane as this; a tile is widened until enough clients are in it.
MOST_BANDS, FEWEST_BANDS = 24, 8


def gate_figure(figure: FigureData, policy: DisclosurePolicy) -> Iterator[Layer]:
    """Yield the publishable layers of one figure."""
    yield "facts", gate_texts(_facts(figure), policy)
    yield from _LAYERS[figure.kind](figure, policy)


def _facts(figure: FigureData) -> pd.DataFrame:
    """Return facts as text; a cut that is a median is a number of the data, so it is rounded."""
    facts = {"kind": figure.kind, "title": figure.title, **figure.facts}
    rows = [(name, _fact(facts[name])) for name in sorted(facts)]
    return pd.DataFrame(rows, columns=["name", "value"], dtype="str")


def _fact(value: float | str) -> str:
    return value if isinstance(value, str) else f"{significant(float(value), FACT_DIGITS):g}"


def _raincloud_layers(figure: FigureData, policy: DisclosurePolicy) -> Iterator[Layer]:
    frame = figure.frame.rename(columns={"presentation": "group"})
    low, high = (figure.facts.get(end) for end in ("low", "high"))
    if low is not None and high is not None:
        yield "density", gate_density(frame, policy, low=float(low), high=float(high))
    yield "quantiles", gate_quantiles(frame, policy)
    yield "points", gate_points(frame, policy, values=("value",))


def _plane_layers(figure: FigureData, policy: DisclosurePolicy) -> Iterator[Layer]:
    yield "tiles", gate_tiles(figure, policy)
    renamed = figure.frame.rename(
        columns={"presentation": "group", "dependence": "x", "independence": "y"}
    )
    yield "points", gate_points(renamed, policy)


def gate_tiles(figure: FigureData, policy: DisclosurePolicy) -> ClearedTable | Withheld:
    """Return how many clients lie where on the plane: bars within each band of independence.

    Bands and the finest tiles follow from the declared ranges. Within a band tiles are merged
    from the left until each holds enough clients; a band with too few is left out.
    """
    frame, count = figure.frame, _band_count(len(figure.frame), policy)
    x_edges = _edges(figure, "dependence", count)
    y_edges = _edges(figure, "independence", count)
    band = np.clip(np.searchsorted(y_edges, frame["independence"], side="right") - 1, 0, count - 1)
    long = pd.DataFrame(
        {
            "group": [f"{y_edges[k]:.4g} to {y_edges[k + 1]:.4g}" for k in band],
            "value": frame["dependence"].to_numpy(),
        }
    )
    return gate_histogram(long, policy, edges=x_edges.tolist())


def _band_count(clients: int, policy: DisclosurePolicy) -> int:
    wanted = round(np.sqrt(clients / policy.min_bin) * 2)
    return int(np.clip(wanted, FEWEST_BANDS, MOST_BANDS))


def _edges(figure: FigureData, part: str, count: int) -> np.ndarray:
    low, high = (float(figure.facts[f"{part}_{end}"]) for end in ("low", "high"))
    return np.linspace(low, high, count + 1)


_LAYERS = {"raincloud": _raincloud_layers, "plane": _plane_layers}
