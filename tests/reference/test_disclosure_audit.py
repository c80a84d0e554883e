"""The audit against the interval audit of Tau-Argus, and its measured results on random tables."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from reports.disclosure.audit import audit_table
from reports.disclosure.counts import linked_counts
from reports.disclosure.crosstable import CrossTable
from reports.disclosure.linked import Flags, LinkedCounts
from reports.disclosure.policy import DisclosurePolicy
from reports.disclosure.suppression import choose_left_out, protect_table

LARGEST = 10_000


def random_tables(number: int, policy: DisclosurePolicy) -> list[tuple[CrossTable, LinkedCounts]]:
    """Return 3 x 5 tables of 0 to 29 clients a cell, with margins, always the same."""
    drawn = np.random.default_rng(20261124).integers(0, 30, size=(number, 3, 5))
    return [table_of(inner, policy) for inner in drawn]


def table_of(inner: np.ndarray, policy: DisclosurePolicy) -> tuple[CrossTable, LinkedCounts]:
    rows = [(f"r{i}", f"c{j}", int(n)) for (i, j), n in np.ndenumerate(inner)]
    frame = pd.DataFrame(rows, columns=["row", "column", "n"])
    cross = CrossTable.of(frame, ["row", "column"], None)
    return cross, linked_counts(cross.sums(frame, "n"), cross, policy)


def audit_by_tau_argus(
    table: LinkedCounts, left_out: Flags, policy: DisclosurePolicy, folder: Path
) -> dict[int, tuple[float, float]]:
    """Return the intervals that Tau-Argus finds; a rounded cell is one that may move a little."""
    engine = pytest.importorskip("pytauargus.engine")
    low, high = table.bounds(left_out, policy)
    high = np.minimum(high, LARGEST)
    lines = ["0", str(table.counts.size)]
    for cell, value in enumerate(table.counts):
        moves = left_out[cell] or low[cell] < high[cell]
        status = "u" if moves else "s"
        lines.append(f"{cell} {value} 1 {status} {low[cell]:.0f} {high[cell]:.0f} 0 0 0")
    lines.append(str(len(table.relations)))
    for total, parts in table.relations:
        terms = " ".join(f"{part} (1)" for part in parts)
        lines.append(f"0 {len(parts) + 1} : {total} (-1) {terms}")
    path = folder / "table.jj"
    path.write_text("\n".join(lines) + "\n")
    return {row["cell"]: (row["min"], row["max"]) for row in engine.audit_jj(str(path))}


@pytest.mark.parametrize("round_to", [pytest.param(1, marks=pytest.mark.slow), 5])
def test_intervals_are_those_of_tau_argus(tmp_path: Path, round_to: int) -> None:
    policy = DisclosurePolicy(threshold=7, round_to=round_to)
    compared = 0
    for cross, table in random_tables(40, policy):
        left_out = choose_left_out(table, policy)
        assert left_out is not None
        found = audit_table(table, left_out, policy)
        wanted = audit_by_tau_argus(table, left_out, policy, tmp_path)
        for cell, low, high in zip(found.cells, found.low, found.high, strict=True):
            assert (low, min(high, LARGEST)) == pytest.approx(wanted[cell], abs=1e-6), cross.cells[
                cell
            ]
            compared += 1
    assert compared > 200


def test_cells_left_out_alone_are_seen_through_as_by_tau_argus(tmp_path: Path) -> None:
    policy = DisclosurePolicy(threshold=7, round_to=1)
    seen_through = 0
    for _, table in random_tables(20, policy):
        found = audit_table(table, table.sensitive, policy)
        wanted = audit_by_tau_argus(table, table.sensitive, policy, tmp_path)
        weak = {cell for cell, (low, high) in wanted.items() if high < 7 or high - low < 1e-6}
        assert set(found.failing) == weak & set(found.cells)
        seen_through += len(weak)
    assert seen_through > 20


@pytest.mark.slow
@pytest.mark.parametrize("round_to", [1, 5])
def test_of_200_random_tables_with_margins_none_fails(tmp_path: Path, round_to: int) -> None:
    policy = DisclosurePolicy(threshold=7, round_to=round_to)
    for _, table in random_tables(200, policy):
        pattern = protect_table(table, policy)
        assert pattern is not None
        assert pattern.audit.passed
        for cell, (low, high) in audit_by_tau_argus(
            table, pattern.left_out, policy, tmp_path
        ).items():
            if table.sensitive[cell]:
                assert pattern.left_out[cell]
                assert high >= 7 - 1e-6
                assert high - low >= 1 - 1e-6


def direct_optimum(table: LinkedCounts, policy: DisclosurePolicy) -> float:
    """Return the least cost by the model written out whole, without cuts."""
    from scipy import sparse
    from scipy.optimize import Bounds, LinearConstraint, milp

    m, targets = table.counts.size, np.flatnonzero(table.sensitive)
    low, high = table.shown_bounds(policy)
    x, s = table.counts.astype(float), table.sensitive
    need = (table.required - x)[targets]
    most = need.max()
    down, up = np.minimum(x, most), np.minimum(high - x, most)
    shown_down = np.where(s, -down, np.maximum(low - x, -most))
    shown_up = np.where(s, most, up)
    sums = sparse.csr_matrix(table.sum_matrix())
    blocks = sparse.block_diag([sums] * targets.size)
    keep = sparse.hstack([sparse.csr_matrix((blocks.shape[0], m)), blocks])
    moves = sparse.identity(m * targets.size)
    above = sparse.vstack([sparse.diags(-(most - shown_up))] * targets.size)
    below = sparse.vstack([sparse.diags(down + shown_down)] * targets.size)
    least = np.tile(-down, targets.size)
    least[np.arange(targets.size) * m + targets] = need
    solved = milp(
        np.r_[table.cost, np.zeros(m * targets.size)],
        constraints=[
            LinearConstraint(keep, 0, 0),
            LinearConstraint(
                sparse.hstack([above, moves]), -np.inf, np.tile(shown_up, targets.size)
            ),
            LinearConstraint(
                sparse.hstack([below, moves]), np.tile(shown_down, targets.size), np.inf
            ),
        ],
        integrality=np.r_[np.ones(m), np.zeros(m * targets.size)],
        bounds=Bounds(
            np.r_[s.astype(float), least], np.r_[np.ones(m), np.full(moves.shape[0], most)]
        ),
        options={"mip_rel_gap": 0.0},
    )
    return float(solved.fun)


@pytest.mark.parametrize("round_to", [pytest.param(1, marks=pytest.mark.slow), 5])
def test_no_cheaper_pattern_exists(round_to: int) -> None:
    policy = DisclosurePolicy(threshold=7, round_to=round_to)
    for _, table in random_tables(25, policy):
        left_out = choose_left_out(table, policy)
        assert left_out is not None
        if table.sensitive.any():
            assert table.cost @ left_out == pytest.approx(direct_optimum(table, policy), abs=1e-6)
