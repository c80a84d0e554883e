"""The gate: the border between the store and what is published under ``runs/``.

Exact tables go in, cleared ones come out; a cleared table can be written, loaded a year later
without the store, and rendered. Nothing else can.
"""

from reports.disclosure.cleared import (
    Cleared,
    ClearedNumber,
    ClearedTable,
    ClearedText,
    Withheld,
    load_cleared,
    require_cleared,
    write_cleared,
)
from reports.disclosure.counts import gate_counts
from reports.disclosure.estimates import gate_estimates
from reports.disclosure.figures import (
    gate_density,
    gate_histogram,
    gate_points,
    gate_quantiles,
    gate_raincloud,
)
from reports.disclosure.flow import gate_flow
from reports.disclosure.notes import holds_small_count
from reports.disclosure.plane import gate_plane
from reports.disclosure.policy import DisclosurePolicy
from reports.disclosure.texts import gate_facts, gate_texts

__all__ = [
    "Cleared",
    "ClearedNumber",
    "ClearedTable",
    "ClearedText",
    "DisclosurePolicy",
    "Withheld",
    "gate_counts",
    "gate_density",
    "gate_estimates",
    "gate_facts",
    "gate_flow",
    "gate_histogram",
    "gate_plane",
    "gate_points",
    "gate_quantiles",
    "gate_raincloud",
    "gate_texts",
    "holds_small_count",
    "load_cleared",
    "require_cleared",
    "write_cleared",
]
