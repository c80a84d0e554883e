"""The gate of the client flow: from all clients to those compared, with the reason of each loss."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pandas as pd

from instruments.errors import GateError
from reports.disclosure.cleared import ClearedTable, Withheld, _issue_table, _issue_withheld
from reports.disclosure.linked import LinkedCounts, Relation, required_bound
from reports.disclosure.policy import DisclosurePolicy
from reports.disclosure.suppression import protect_table

COLUMNS = ("outcome", "position", "kind", "step", "n", "n_a", "n_b")
SIZES = ("n", "n_a", "n_b")
START, EXCLUDED, KEPT = "start", "excluded", "kept"
# What leaving a number out costs its readers: most, the clients compared.
COST = {START: 20.0, KEPT: 5.0, EXCLUDED: 1.0}
COST_OF_LAST = 40.0
UNSAFE = "Withheld: every form of the client flow would give a small number of clients away."


def gate_flow(frame: pd.DataFrame, policy: DisclosurePolicy) -> ClearedTable | Withheld:
    """Return the publishable form of the client flow of every outcome.

    Parameters
    ----------
    frame : DataFrame
        Columns ``outcome``, ``position``, ``kind`` (``start``, ``excluded``, ``kept``), ``step``,
        ``n``, ``n_a``, ``n_b``; or, in order, ``step`` and ``reason`` in place of position and
        kind, where rows with a reason are the exclusions on the way to their step. What is kept
        equals what was kept before minus the exclusions between; ``n_a`` and ``n_b``, where
        known, add up to ``n``.

    Returns
    -------
    ClearedTable or Withheld
        The same rows, numbered, with rounded counts, missing where they are left out. Where both
        groups are shown, ``n`` is their sum, as it is in the estimates.

    Notes
    -----
    Where fewer clients than the threshold were lost between two steps, one of the two is left out,
    since rounded numbers of 240 and 237 would tell that 1 to 9 are missing. The first steps of all
    outcomes are the same cells, so that none shows what another hides. A loss of nobody is shown
    as 0: it is nobody's trait. Without rounding, the groups and who lacks the first score count as
    known, since the estimates tell them: to leave those out would hide nothing.
    """
    frame = _numbered(frame) if "reason" in frame else frame
    cells = _Cells()
    rows = [row for outcome in _outcomes(frame) for row in cells.follow(outcome)]
    table = cells.table(policy)
    pattern = protect_table(table, policy)
    if pattern is None or pattern.left_out.all():
        return _issue_withheld("flow", UNSAFE, policy.digest)
    shown = np.where(pattern.left_out, np.nan, table.published(policy))
    published = frame.loc[:, list(COLUMNS)].sort_values(["outcome", "position"], ignore_index=True)
    for axis, column in enumerate(SIZES):
        places = [row[axis] for row in rows]
        published[column] = [np.nan if place is None else shown[place] for place in places]
    # As in the estimates: the sum of two rounded groups, not the rounded sum beside them.
    published["n"] = (published["n_a"] + published["n_b"]).where(
        published[list(SIZES)].notna().all(axis=1), published["n"]
    )
    kinds = dict.fromkeys(("outcome", "kind", "step"), "str")
    return _issue_table(published.astype(kinds | {"position": "int64"}), "flow", policy.digest)


def _numbered(flow: pd.DataFrame) -> pd.DataFrame:
    """Return a flow by step and reason as numbered rows of a kind."""
    position = flow.groupby("outcome", sort=False).cumcount()
    is_loss = flow["reason"].notna() & (flow["reason"] != "")
    kind = is_loss.map({True: EXCLUDED, False: KEPT}).mask(position == 0, START)
    step = flow["step"].where(~is_loss, flow["reason"])
    return flow.assign(position=position, kind=kind, step=step)


class _Step(NamedTuple):
    kind: str
    step: str
    sizes: tuple[int | None, int | None, int | None]


def _outcomes(frame: pd.DataFrame) -> Iterator[list[_Step]]:
    """Yield the steps of each outcome, in order."""
    missing = set(COLUMNS) - set(frame.columns)
    if missing:
        raise GateError("E_GATE_FLOW", "A client flow lacks columns.", where=", ".join(missing))
    ordered = frame.sort_values(["outcome", "position"])
    for _, steps in ordered.groupby("outcome", sort=True):
        sizes = steps[list(SIZES)].astype("Float64").to_numpy(dtype=float, na_value=np.nan)
        named = zip(steps["kind"], steps["step"], sizes, strict=True)
        yield [_Step(str(kind), str(step), _sizes(row)) for kind, step, row in named]


def _sizes(row: np.ndarray) -> tuple[int | None, int | None, int | None]:
    if (row < 0).any() or (row % 1 > 0).any() or np.isnan(row[0]):
        raise GateError("E_GATE_FLOW", "A client flow needs whole counts from 0.")
    n, a, b = (None if np.isnan(size) else int(size) for size in row)
    return n, a, b


Path = tuple[_Step, ...]
Places = tuple[int | None, ...]


@dataclass
class _Cells:
    """The counts of all flows; steps that outcomes share are one cell, found by their path."""

    counts: list[int] = field(default_factory=list)
    costs: list[float] = field(default_factory=list)
    relations: list[Relation] = field(default_factory=list)
    told: list[bool] = field(default_factory=list)
    places: dict[Path, Places] = field(default_factory=dict)
    linked: set[Path] = field(default_factory=set)

    def follow(self, steps: list[_Step]) -> list[Places]:
        """Take the steps of one outcome in, and return where their counts are."""
        if not steps or steps[0].kind != START or steps[-1].kind != KEPT:
            raise GateError("E_GATE_FLOW", "A client flow starts with all and ends with kept.")
        paths = [tuple(steps[: end + 1]) for end in range(len(steps))]
        told = _told_elsewhere(steps)
        rows = [
            self._place(path, is_last=len(path) == len(steps), is_told=is_told)
            for path, is_told in zip(paths, told, strict=True)
        ]
        before, lost = rows[0], list[Places]()
        for path, row in zip(paths[1:], rows[1:], strict=True):
            if path[-1].kind == EXCLUDED:
                lost.append(row)
                continue
            self._link(path, before, lost, row)
            before, lost = row, []
        return rows

    def _link(self, path: Path, before: Places, lost: list[Places], left: Places) -> None:
        """Link what was kept at a step to what was kept before it, once for all outcomes."""
        if path in self.linked:
            return
        self.linked.add(path)
        for axis in range(len(SIZES)):
            self._subtract(before[axis], [loss[axis] for loss in lost], left[axis])

    def _place(self, path: Path, *, is_last: bool, is_told: bool) -> Places:
        """Return where the counts of the last step of a path are; add them if it is new."""
        if path in self.places:
            return self.places[path]
        step = path[-1]
        cost = COST_OF_LAST if is_last else COST.get(step.kind, 1.0)
        row = tuple(
            None if size is None else self._add(size, cost, is_told=is_told) for size in step.sizes
        )
        self.places[path] = row
        if None not in row:
            self._relate(row[0], list(row[1:]))
        return row

    def _subtract(self, before: int | None, lost: list[int | None], left: int | None) -> None:
        """Link a step to the one before; small losses stay uncertain only if their sum does."""
        if before is not None and left is not None and None not in lost:
            self._relate(before, [*lost, left])

    def _add(self, count: int, cost: float, *, is_told: bool) -> int:
        self.counts.append(count)
        self.costs.append(cost)
        self.told.append(is_told)
        return len(self.counts) - 1

    def _relate(self, total: int | None, parts: list[int | None]) -> None:
        relation = Relation(_known(total), tuple(_known(part) for part in parts))
        if self.counts[relation.total] != sum(self.counts[part] for part in relation.parts):
            raise GateError("E_GATE_FLOW", "The steps of a client flow do not add up.")
        if relation not in self.relations:
            self.relations.append(relation)

    def table(self, policy: DisclosurePolicy) -> LinkedCounts:
        """Return all cells with what the rules say of each; of equals the later one stays shown."""
        counts = np.array(self.counts, dtype=np.int64)
        none = np.zeros(counts.size, dtype=bool)
        small = (counts > 0) & (counts < policy.threshold)
        cost = np.array(self.costs) + 0.001 * np.arange(counts.size)
        required = required_bound(counts, none, policy)
        told = np.array(self.told, dtype=bool) & ~small if policy.round_to == 1 else none
        return LinkedCounts(counts, tuple(self.relations), small, required, told, cost)


def _told_elsewhere(steps: list[_Step]) -> list[bool]:
    """Return which steps the estimate table tells too: all, the scores and groups of clients.

    Those are the steps up to the last but one that is kept, and the exclusions of one presentation
    each; of those for want of a score, only the first is the number without that score.
    """
    kept = [place for place, step in enumerate(steps) if step.kind == KEPT]
    groups = kept[-2] if len(kept) > 1 else 0
    scores = kept[0]
    return [
        place <= groups and (step.kind != EXCLUDED or place == 1 or place > scores)
        for place, step in enumerate(steps)
    ]


def _known(place: int | None) -> int:
    if place is None:
        raise GateError("E_GATE_FLOW", "A client flow lacks a count that a sum needs.")
    return place
