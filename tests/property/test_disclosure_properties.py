"""Whatever the table: a reader of what is published cannot work out what is not.

The reader here has only the published frame and the policy, and calculates with inequalities over
the inner cells, in another form than the gate's own audit.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as some
from scipy.optimize import linprog

from reports.disclosure.cells import hide_cells
from reports.disclosure.cleared import ClearedTable
from reports.disclosure.counts import gate_counts
from reports.disclosure.figures import gate_histogram
from reports.disclosure.flow import gate_flow
from reports.disclosure.plane import gate_plane
from reports.disclosure.policy import DisclosurePolicy
from reports.disclosure.precision import significant
from reports.disclosure.rounding import counts_behind, ratio_of_rounded, round_counts
from tests.conftest import examples

QUICK = settings(max_examples=examples(60), deadline=None, derandomize=True)


@st.composite
def policies(draw: st.DrawFn) -> DisclosurePolicy:
    threshold = draw(st.integers(3, 12))
    return DisclosurePolicy(
        threshold=threshold,
        round_to=draw(st.integers(1, min(threshold, 6))),
        publish_zeros=draw(st.booleans()),
    )


def tables(most: int = 40) -> st.SearchStrategy[np.ndarray]:
    shapes = some.array_shapes(min_dims=2, max_dims=2, min_side=2, max_side=4)
    return some.arrays(np.int64, shapes, elements=st.integers(0, most))


def tidy(inner: np.ndarray) -> pd.DataFrame:
    rows = [(f"r{i}", f"c{j}", int(n)) for (i, j), n in np.ndenumerate(inner)]
    return pd.DataFrame(rows, columns=["row", "column", "n"])


def what_a_reader_can_tell(
    published: pd.DataFrame, policy: DisclosurePolicy
) -> dict[tuple[str, str], tuple[float, float]]:
    """Return the interval of every cell that is left out, from the published frame alone."""
    rows = sorted(set(published["row"]) - {"all"})
    columns = sorted(set(published["column"]) - {"all"})
    inner = [(row, column) for row in rows for column in columns]
    covers = {
        (row, column): np.array(
            [float(row in (r, "all") and column in (c, "all")) for r, c in inner]
        )
        for row in [*rows, "all"]
        for column in [*columns, "all"]
    }
    above, limits, hidden = [], [], []
    for row, column, n in zip(published["row"], published["column"], published["n"], strict=True):
        if np.isnan(n):
            hidden.append((row, column))
            continue
        low, high = (float(bound) for bound in counts_behind(n, policy.round_to))
        low = max(low, policy.threshold) if n else 0.0
        above += [covers[row, column], -covers[row, column]]
        limits += [high if n else 0.0, -low]
    return {
        cell: (bound(covers[cell], above, limits, 1.0), bound(covers[cell], above, limits, -1.0))
        for cell in hidden
    }


def bound(cell: np.ndarray, above: list[np.ndarray], limits: list[float], sign: float) -> float:
    solved = linprog(
        sign * cell,
        A_ub=np.array(above) if above else None,
        b_ub=np.array(limits) if above else None,
        bounds=(0, None),
    )
    assert solved.status in (0, 3)
    return float(sign * solved.fun) if solved.status == 0 else np.inf


@QUICK
@given(tables(), policies())
def test_no_cell_left_out_can_be_pinned(inner: np.ndarray, policy: DisclosurePolicy) -> None:
    cleared = gate_counts(tidy(inner), policy, by=["row", "column"])
    if not isinstance(cleared, ClearedTable):
        return
    for low, high in what_a_reader_can_tell(cleared.frame, policy).values():
        assert high >= policy.threshold - 1e-6
        assert high - low >= 1 - 1e-6


@QUICK
@given(tables(), policies())
def test_no_small_count_is_shown(inner: np.ndarray, policy: DisclosurePolicy) -> None:
    cleared = gate_counts(tidy(inner), policy, by=["row", "column"])
    if not isinstance(cleared, ClearedTable):
        return
    exact = dict(zip(np.ndindex(inner.shape), inner.ravel().tolist(), strict=True))
    shown = cleared.frame[cleared.frame["state"] == "shown"]
    for row, column, n in zip(shown["row"], shown["column"], shown["n"], strict=True):
        if "all" in (row, column):
            continue
        count = exact[int(row[1:]), int(column[1:])]
        assert count >= policy.threshold or (count == 0 and policy.publish_zeros)
        assert n == round_counts(count, policy.round_to)


@QUICK
@given(tables(), policies(), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(
    inner: np.ndarray, policy: DisclosurePolicy, random: object
) -> None:
    frame = tidy(inner)
    shuffled = frame.sample(frac=1, random_state=random.randrange(2**31))  # type: ignore[attr-defined]
    one, other = (gate_counts(f, policy, by=["row", "column"]) for f in (frame, shuffled))
    assert type(one) is type(other)
    if isinstance(one, ClearedTable) and isinstance(other, ClearedTable):
        pd.testing.assert_frame_equal(one.frame, other.frame)


@QUICK
@given(st.lists(st.integers(0, 60), min_size=1, max_size=6), policies(), st.integers(0, 12))
def test_groups_do_not_give_each_other_away_through_their_total(
    sizes: list[int], policy: DisclosurePolicy, rest: int
) -> None:
    keys = [*((f"g{i}",) for i in range(len(sizes))), (None,)]
    counts = np.array([*sizes, sum(sizes) + rest])
    hidden = hide_cells(keys, counts, np.zeros(len(keys), dtype=bool), policy)
    low, high = counts_behind(round_counts(counts, policy.round_to), policy.round_to)
    low = np.where(counts == 0, 0, np.maximum(low, policy.threshold))
    high = np.where(counts == 0, 0, high)
    for place in np.flatnonzero(hidden[:-1]):
        if hidden[-1]:
            continue
        others = [low[i] for i in range(len(sizes)) if i != place and not hidden[i]]
        assert high[-1] - sum(others) >= policy.threshold


@QUICK
@given(
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=1, max_size=4),
    st.integers(0, 120),
    policies(),
)
def test_steps_of_a_flow_never_subtract_to_a_small_loss(
    losses: list[tuple[int, int]], left: int, policy: DisclosurePolicy
) -> None:
    total = left + sum(map(sum, losses))
    rows: list[tuple[str, int]] = [("start", total)]
    for pair in losses:
        rows += [("excluded", loss) for loss in pair]
        total -= sum(pair)
        rows.append(("kept", total))
    frame = pd.DataFrame(
        [("o", i, kind, f"s{i}", n, None, None) for i, (kind, n) in enumerate(rows)],
        columns=["outcome", "position", "kind", "step", "n", "n_a", "n_b"],
    )
    cleared = gate_flow(frame, policy)
    if not isinstance(cleared, ClearedTable):
        return
    shown = cleared.frame
    kept = shown[shown["kind"] != "excluded"]["n"].to_numpy()
    exact = np.array([n for kind, n in rows if kind != "excluded"])
    for before in range(len(kept)):
        for after in range(before + 1, len(kept)):
            lost = exact[before] - exact[after]
            if np.isnan(kept[[before, after]]).any() or not 0 < lost < policy.threshold:
                continue
            _, high = counts_behind(kept[before], policy.round_to)
            low, _ = counts_behind(kept[after], policy.round_to)
            assert high - max(low, policy.threshold) >= policy.threshold


@given(st.integers(0, 10_000), st.integers(1, 100))
def test_a_rounded_count_hides_exactly_its_interval(count: int, base: int) -> None:
    published = round_counts(count, base)
    low, high = counts_behind(published, base)
    assert low <= count <= high
    assert published % base == 0
    assert round_counts([low, high], base).tolist() == [published, published]
    assert high + 1 == counts_behind(published + base, base)[0]


@given(st.lists(st.integers(0, 500), min_size=1, max_size=6), st.integers(1, 20))
def test_ratios_are_those_of_the_rounded_counts(parts: list[int], base: int) -> None:
    whole = round_counts(sum(parts), base)
    rounded = round_counts(parts, base)
    ratios = ratio_of_rounded(rounded, whole)
    if whole == 0:
        assert np.isnan(ratios).all()
    else:
        assert ((ratios >= 0) & (ratios <= 1)).all()
        inside = rounded <= whole
        assert np.allclose(ratios[inside] * whole, rounded[inside])


@QUICK
@given(
    st.lists(st.floats(0, 27), min_size=3, max_size=120),
    policies(),
)
def test_every_bar_holds_enough_clients(values: list[float], policy: DisclosurePolicy) -> None:
    frame = pd.DataFrame({"group": "all clients", "value": values})
    cleared = gate_histogram(frame, policy, edges=np.arange(0, 28, 1.5).tolist())
    if not isinstance(cleared, ClearedTable):
        assert len(values) < policy.min_bin
        return
    bars = cleared.frame
    ends = bars["high"].to_numpy()
    for low, high in zip(bars["low"], ends, strict=True):
        held = [v for v in values if low <= v < high or (v == high == ends[-1])]
        assert len(held) >= policy.min_bin
    assert bars["low"].iloc[0] == 0
    assert ends[-1] == 27
    assert np.isclose(bars["share"].sum(), 1)


@QUICK
@given(
    st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5)), min_size=3, max_size=150), policies()
)
def test_every_rectangle_holds_enough_clients_and_all_are_in_one(
    points: list[tuple[int, int]], policy: DisclosurePolicy
) -> None:
    frame = pd.DataFrame(points, columns=["x", "y"]).assign(group="a")
    cleared = gate_plane(frame, policy, x_range=(1, 5), y_range=(1, 5))
    if not isinstance(cleared, ClearedTable):
        assert len(points) < policy.min_bin
        return
    held = [count_in(box, points) for box in cleared.frame.itertuples()]
    assert sum(held) == len(points)
    assert min(held) >= policy.min_bin


def count_in(box: object, points: list[tuple[int, int]]) -> int:
    x, x_high, y, y_high = (getattr(box, side) for side in ("x", "x_high", "y", "y_high"))
    return sum(
        x <= a and (a < x_high or x_high == 5) and y <= b and (b < y_high or y_high == 5)
        for a, b in points
    )


@given(st.floats(1e-6, 1e6), st.integers(1, 6))
def test_significant_digits_move_a_value_by_half_a_unit_at_most(value: float, digits: int) -> None:
    assert abs(significant(value, digits) - value) <= value * 0.5 * 10 ** (1 - digits) * 1.0001
