"""What all figures share: which groups may be seen, and layers as one cleared table."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from reports.disclosure.cells import hide_cells
from reports.disclosure.cleared import ClearedTable, Withheld, _issue_table, _issue_withheld
from reports.disclosure.policy import DisclosurePolicy
from reports.disclosure.precision import SIGNIFICANT_DIGITS, significant
from reports.disclosure.rounding import Floats

TOO_FEW = "Withheld: no group is large enough to be drawn."
Values = Floats
"""Exact values of one group, sorted."""


def layer_of(name: str, cleared: ClearedTable | Withheld, **columns: str) -> pd.DataFrame | None:
    if isinstance(cleared, Withheld):
        return None
    named = {source: target for target, source in columns.items()}
    return cleared.frame.rename(columns=named).assign(layer=name)


def join_layers(policy: DisclosurePolicy, *layers: pd.DataFrame | None) -> ClearedTable | Withheld:
    """Return the layers that there are as one table, its labels first."""
    drawn = [layer for layer in layers if layer is not None]
    if not drawn:
        return _issue_withheld("figure", TOO_FEW, policy.digest)
    table = pd.concat(drawn, ignore_index=True)
    if "group" not in table:
        table["group"] = pd.Series(index=table.index, dtype="str")
    labels = ["layer", "group"]
    ordered = table[[*labels, *(column for column in table if column not in labels)]]
    return _issue_table(ordered.astype(dict.fromkeys(labels, "str")), "figure", policy.digest)


def each_group(
    frame: pd.DataFrame,
    policy: DisclosurePolicy,
    draw: Callable[[Values], pd.DataFrame],
    *,
    varied: bool = False,
) -> ClearedTable | Withheld:
    """Draw every group that may be seen (and is not one repeated value, where that matters)."""
    drawn = []
    known = frame.loc[:, ["group", "value"]].dropna()
    for name in visible_groups(known["group"], policy.min_bin, policy):
        values = np.sort(known.loc[known["group"] == name, "value"].to_numpy(dtype=float))
        if not (varied and values[0] == values[-1]):
            part = draw(values)
            part.insert(0, "group", name)
            drawn.append(part)
    return figure_of(pd.concat(drawn, ignore_index=True) if drawn else pd.DataFrame(), policy)


def visible_groups(groups: pd.Series, least: int, policy: DisclosurePolicy) -> list[str]:
    """Return the groups that are large enough and give no small one away by their size."""
    sizes = groups.value_counts().sort_index()
    stricter = policy.model_copy(update={"threshold": least, "publish_zeros": False})
    none = np.zeros(len(sizes), dtype=bool)
    counts = np.asarray(sizes, dtype=np.int64)
    hidden = hide_cells([(str(name),) for name in sizes.index], counts, none, stricter)
    return [str(name) for name in sizes.index[~hidden]]


def figure_of(drawn: pd.DataFrame, policy: DisclosurePolicy) -> ClearedTable | Withheld:
    if drawn.empty:
        return _issue_withheld("figure", TOO_FEW, policy.digest)
    return _issue_table(drawn.astype({"group": "str"}), "figure", policy.digest)


def three_digits(values: Floats) -> Floats:
    return np.array([significant(float(value), SIGNIFICANT_DIGITS) for value in values])
