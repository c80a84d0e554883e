"""The estimate table: its columns, its order, its rounding and its families."""

from __future__ import annotations

import math
from dataclasses import replace

import pandas as pd
import pytest

from reports.estimates import (
    COUNT_COLUMNS,
    ESTIMATE_COLUMNS,
    NUMBER_COLUMNS,
    TEXT_COLUMNS,
    Estimate,
    adjust_families,
    join_tables,
    to_frame,
)

ROW = Estimate(
    analysis="comparison",
    outcome="core_10.total@end",
    term="difference",
    estimand="mean difference",
    method="Welch",
    plan_status="exploratory",
    status="ok",
)


def test_the_columns_are_those_of_the_design_in_their_order() -> None:
    assert " ".join(ESTIMATE_COLUMNS) == (
        "run_id analysis theme outcome term contrast group_a group_b estimand method estimate se "
        "statistic df p_value family p_adjusted ci_low ci_high ci_level n n_a n_b n_missing "
        "n_clusters plan_status status note"
    )
    assert sorted(TEXT_COLUMNS + NUMBER_COLUMNS + COUNT_COLUMNS) == sorted(ESTIMATE_COLUMNS)


def test_the_table_has_every_column_and_its_types_even_without_rows() -> None:
    empty, full = to_frame([]), to_frame([replace(ROW, n=3)])
    assert list(empty.columns) == list(ESTIMATE_COLUMNS)
    assert (empty.dtypes == full.dtypes).all()
    assert full["n"].dtype == "Int64"
    assert full["n_a"].isna().all()
    assert full["note"].isna().all()


def test_the_order_does_not_depend_on_the_order_of_the_rows() -> None:
    rows = [replace(ROW, term=term, group_a=group) for term in "cab" for group in ("y", None, "x")]
    pd.testing.assert_frame_equal(to_frame(rows), to_frame(reversed(rows)))
    assert to_frame(rows)["term"].tolist() == list("aaabbbccc")


def test_numbers_keep_ten_significant_digits() -> None:
    frame = to_frame([replace(ROW, estimate=1234.56789012345, se=1.23456789012345e-9)])
    assert frame["estimate"].item() == 1234.56789
    assert frame["se"].item() == 1.23456789e-9


def test_a_negative_zero_is_written_as_zero() -> None:
    frame = to_frame([replace(ROW, estimate=-0.0)])
    assert math.copysign(1, frame["estimate"].item()) == 1


def test_two_estimates_of_the_same_thing_are_refused() -> None:
    with pytest.raises(ValueError, match="same key: comparison, core_10"):
        to_frame([replace(ROW, estimate=1.0), replace(ROW, estimate=2.0)])


def test_joined_tables_are_one_table_of_all_rows() -> None:
    rows = [replace(ROW, term=term) for term in ("difference", "anxiety", "verdict")]
    joined = join_tables([to_frame(rows[:2]), to_frame(rows[2:])])
    pd.testing.assert_frame_equal(joined, to_frame(rows))
    pd.testing.assert_frame_equal(join_tables([to_frame(rows), to_frame([])]), to_frame(rows))
    with pytest.raises(ValueError, match="same key"):
        join_tables([to_frame(rows), to_frame(rows[:1])])


def test_the_run_stands_in_every_row() -> None:
    assert to_frame([ROW, replace(ROW, term="g")], run_id="r1")["run_id"].tolist() == ["r1", "r1"]


def test_holm_works_within_each_family_and_leaves_refused_rows_out() -> None:
    p_values = {"a": 0.01, "b": 0.04, "c": 0.03}
    rows = [replace(ROW, term=term, p_value=p, family="primary") for term, p in p_values.items()]
    other = replace(ROW, term="d", p_value=0.04, family="other")
    refused = replace(ROW, term="e", family="primary", p_value=0.5, status="refused")
    alone = replace(ROW, term="f", p_value=0.04)
    adjusted = adjust_families(to_frame([*rows, other, refused, alone])).set_index("term")
    assert adjusted.loc[["a", "b", "c", "d"], "p_adjusted"].tolist() == [0.03, 0.06, 0.06, 0.04]
    assert adjusted.loc[["e", "f"], "p_adjusted"].isna().all()
