"""The gate of count tables: how many clients are in each cell of a table, with its margins."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np
import pandas as pd

from instruments.errors import GateError
from reports.disclosure.cleared import ClearedTable, Withheld, _issue_table, _issue_withheld
from reports.disclosure.crosstable import ALL, Cell, CrossTable
from reports.disclosure.linked import Flags, LinkedCounts, is_small, required_bound
from reports.disclosure.policy import DisclosurePolicy
from reports.disclosure.rounding import Counts, ratio_of_rounded
from reports.disclosure.suppression import protect_table

SHOWN, LEFT_OUT = "shown", "left out"
MARGIN_COST = 2.0
UNSAFE = (
    "Withheld: the table would give small groups of clients away, and no safe form of it was "
    "found. Publish fewer categories."
)


def gate_counts(
    frame: pd.DataFrame,
    policy: DisclosurePolicy,
    *,
    by: Sequence[str],
    count: str = "n",
    therapists: str | None = None,
    levels: Mapping[str, Sequence[str]] | None = None,
    within: Sequence[str] = (),
    impossible: Collection[Cell] = (),
) -> ClearedTable | Withheld:
    """Return the publishable form of a cross table of clients.

    Parameters
    ----------
    frame : DataFrame
        One row per cell: the label columns ``by``, the number of clients in ``count`` and, where
        ``therapists`` names a column, the number of therapists behind them. Cells without a row
        are empty; margins are calculated here (label ``all``).
    policy : DisclosurePolicy
        The rules of the study.
    by : sequence of str
        Label columns; few, since every further one multiplies the small cells.
    levels : mapping, optional
        Labels per column in the order to print them; otherwise those present, sorted.
    within : sequence of str
        ``share`` is the share of the clients with the same labels in these columns.
    impossible : collection of tuples
        Cells that are empty by definition, as every reader knows; they are shown as 0.

    Returns
    -------
    ClearedTable or Withheld
        Columns ``by``, ``n`` (rounded, missing where left out), ``share`` (of rounded counts) and
        ``state`` (``shown`` or ``left out``, the same for small cells and those that protect them).

    Notes
    -----
    Empty cells count as small unless ``policy.publish_zeros``: "nobody" tells as much about each
    member of a small group as "everybody", and with zeros hidden the lower bound of every cell left
    out is 0. With ``publish_zeros`` an empty cell is still left out where all clients of its row
    or column are in one other cell, for that row would be one trait of everybody in it.
    """
    cross = CrossTable.of(frame, by, levels)
    table = linked_counts(
        cross.sums(frame, count),
        cross,
        policy,
        therapists=None if therapists is None else cross.maxima(frame, therapists),
        impossible=impossible,
    )
    pattern = protect_table(table, policy, margins=cross.margins)
    if pattern is None or pattern.left_out.all():
        return _issue_withheld("counts", UNSAFE, policy.digest)
    shown = _published(cross, table, pattern.left_out, policy)
    shown.insert(len(by) + 1, "share", ratio_of_rounded(shown["n"], _wholes(cross, shown, within)))
    return _issue_table(shown, "counts", policy.digest)


def linked_counts(
    counts: Counts,
    cross: CrossTable,
    policy: DisclosurePolicy,
    *,
    therapists: Counts | None = None,
    impossible: Collection[Cell] = (),
) -> LinkedCounts:
    """Return the filled table with what the rules say of each of its cells."""
    known = np.array([cell in impossible for cell in cross.cells])
    if counts[known].any():
        raise GateError("E_GATE_COUNTS", "A cell that was declared impossible holds clients.")
    few = np.zeros(counts.size, dtype=bool)
    if therapists is not None:
        few = (therapists < policy.therapist_threshold) & (counts > 0)
    sensitive = (is_small(counts, cross.relations, policy) & ~known) | few
    depth = np.array([cell.count(ALL) for cell in cross.cells])
    cost = 1 + counts / (counts.max() + 1) + MARGIN_COST * depth
    required = required_bound(counts, few, policy)
    return LinkedCounts(counts, cross.relations, sensitive, required, known, cost)


def _published(
    cross: CrossTable, table: LinkedCounts, left_out: Flags, policy: DisclosurePolicy
) -> pd.DataFrame:
    shown = pd.DataFrame(cross.cells, columns=list(cross.by), dtype="str")
    shown["n"] = np.where(left_out, np.nan, table.published(policy))
    shown["state"] = np.where(left_out, LEFT_OUT, SHOWN)
    return shown.astype({"state": "str"})


def _wholes(cross: CrossTable, shown: pd.DataFrame, within: Sequence[str]) -> list[float]:
    """Return for each cell the published count of the margin that it is a share of."""
    count_of = dict(zip(cross.cells, shown["n"], strict=True))
    return [
        count_of[
            tuple(x if name in within else ALL for name, x in zip(cross.by, cell, strict=True))
        ]
        for cell in cross.cells
    ]
