"""The gate of the estimate table: what its counts and shares tell."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from reports.disclosure.estimate_table import COUNTS
from reports.disclosure.policy import DisclosurePolicy
from reports.estimates import Estimate
from tests.unit.estimate_rows import (
    EXACTLY,
    contrast,
    gate,
    is_silent,
    mean_of,
    of_group,
    only,
    row,
)


def test_counts_are_rounded_and_add_up() -> None:
    published = only(contrast(31, 32, n_missing=13, n_clusters=7))
    assert published[["n", "n_a", "n_b", "n_missing"]].tolist() == [60, 30, 30, 15]
    assert published["n_clusters"] == 7


@pytest.mark.parametrize(("missing", "shown"), [(0, 0.0), (1, None), (9, None), (10, 10.0)])
def test_a_small_number_of_missing_is_hidden(missing: int, shown: float | None) -> None:
    published = only(contrast(40, 45, n_missing=missing))
    assert (None if np.isnan(published["n_missing"]) else published["n_missing"]) == shown
    assert published["n"] == 85


def test_without_rounding_a_small_number_of_missing_hides_the_counts_it_follows_from() -> None:
    published = only(contrast(40, 45, n_missing=2), policy=EXACTLY)
    assert published[list(COUNTS)].isna().all()
    assert not is_silent(published)
    assert only(contrast(40, 45, n_missing=20), policy=EXACTLY)["n"] == 85


def test_without_rounding_a_group_short_of_a_few_clients_of_another_row_loses_its_counts() -> None:
    """Not every row says how many are missing: 18,768 less 18,765 does."""
    whole = mean_of("overdependent", 18_768, outcome="ecr.anxiety@intake", df=18_767.0)
    few_lost = contrast(18_765, 6_630, outcome="age", df=25_393.0)
    mean = mean_of("overdependent", 18_765, outcome="age", df=18_764.0)
    count = count_of("overdependent", 18_765, outcome="age")
    published = gate(whole, few_lost, mean, count, policy=EXACTLY).set_index(["outcome", "term"])
    assert published.loc[("ecr.anxiety@intake", "mean"), ["n", "df"]].tolist() == [18_768, 18_767]
    assert published.loc["age", list(COUNTS)].isna().all(axis=None)
    assert published.loc["age", "df"].dropna().tolist() == [25_400, 18_760]
    assert published.loc[("age", "difference"), "estimate"] == 2.58
    many_lost = mean_of("overdependent", 18_700, outcome="age")
    assert gate(whole, many_lost, policy=EXACTLY)["n"].tolist() == [18_700, 18_768]
    assert gate(whole, mean)["n"].tolist() == [18_765, 18_770]


def count_of(group: str, n: int, **facts: Any) -> Estimate:
    return row("clients", "count", **({"group_a": group, "n": n} | facts))


def test_counts_take_others_with_them() -> None:
    rows = [count_of("mixed", 3), count_of("overdependent", 20), count_of("neither", 60)]
    published = gate(*rows, policy=EXACTLY).set_index("group_a")
    assert published["n"].isna().to_dict() == {
        "mixed": True, "overdependent": True, "neither": False,
    }  # fmt: skip
    assert published.loc["neither", "n"] == 60
    assert published.loc["overdependent", "status"] == "refused"


def test_an_estimate_that_is_a_count_is_published_as_that_count() -> None:
    published = gate(count_of("a", 22, estimate=22.0), count_of("b", 63, estimate=63.0))
    assert published["estimate"].tolist() == [20, 65]
    assert published["n"].tolist() == [20, 65]


def test_counts_of_a_cross_table_protect_each_other_along_both_sides() -> None:
    cells = {("improved", "a"): 30, ("improved", "b"): 25, ("unchanged", "a"): 40,
             ("unchanged", "b"): 35, ("worse", "a"): 2, ("worse", "b"): 15}  # fmt: skip
    rows = [row(term, "count", group_a=group, n=n, estimate=float(n))
            for (term, group), n in cells.items()]  # fmt: skip
    published = gate(*rows, policy=EXACTLY)
    hidden = published[published["estimate"].isna()]
    assert {"worse"} < set(hidden["term"])
    assert (hidden.groupby("term").size() >= 2).all()
    assert (hidden.groupby("group_a").size() >= 2).all()


def share(part: int, n: int, **facts: Any) -> Estimate:
    sizes = {"n": n, "n_a": part, "n_b": n - part}
    named = {"term": "improved"} | facts
    return row(estimand="share", **({"estimate": part / n} | sizes | named))


def test_a_share_is_that_of_the_rounded_counts() -> None:
    published = only(share(22, 98))
    assert published["estimate"] == 20 / 100
    assert published[["n", "n_a", "n_b"]].tolist() == [100, 20, 75]


def test_a_share_of_nobody_is_shown_where_it_is_no_trait() -> None:
    published = only(share(0, 98, term="prorated"))
    assert published["estimate"] == 0
    assert published[["n", "n_a", "n_b"]].tolist() == [100, 0, 100]
    assert is_silent(only(share(3, 98, term="prorated")))


def test_a_share_of_nobody_tells_a_trait_of_everybody_whatever_the_policy() -> None:
    assert is_silent(only(share(0, 98), policy=DisclosurePolicy(publish_zeros=True)))


def test_clients_who_are_hidden_in_one_question_are_hidden_in_all_of_its_outcome() -> None:
    """The count question knows two groups, and hides both; the means name a third beside them."""
    counts = [count_of("a", 3), count_of("b", 31)]
    means = [mean_of("a", 3), mean_of("b", 31), mean_of("c", 25), mean_of("d", 60)]
    published = gate(*counts, *means, policy=EXACTLY)
    assert published.loc[published["group_a"] == "b", "n"].isna().all()
    assert published.loc[published["group_a"] == "d", "n"].tolist() == [60]


def test_a_count_is_hidden_with_the_means_of_the_same_clients() -> None:
    means = [mean_of("a", 4), mean_of("b", 31), mean_of("c", 60), mean_of("d", 70)]
    counts = [count_of("b", 31), count_of("c", 60), count_of("d", 70)]
    published = gate(*means, *counts, policy=EXACTLY)
    shown = published[published["estimand"] == "count"].set_index("group_a")["n"]
    assert np.isnan(shown["b"])
    assert shown["d"] == 70


def test_the_groups_that_are_compared_are_the_last_to_be_withheld() -> None:
    means = [mean_of("mixed", 4), mean_of("overdependent", 31), mean_of("overindependent", 35),
             mean_of("neither", 90)]  # fmt: skip
    published = gate(*means, contrast(31, 35), policy=EXACTLY)
    silent = published[published["status"] == "refused"]
    assert set(silent["group_a"]) == {"mixed", "neither"}


@pytest.mark.parametrize("part", [0, 1, 9, 91, 98])
def test_a_share_of_few_or_of_nearly_all_is_withheld(part: int) -> None:
    published = only(share(part, 98))
    assert is_silent(published)
    assert published[["n_a", "n_b"]].isna().all()
    assert published["n"] == 100


def test_a_share_without_its_parts_is_recalculated_too() -> None:
    published = only(share(22, 98, n_a=None, n_b=None))
    assert published["estimate"] == 0.2
    assert published[["n_a", "n_b"]].isna().all()
    assert is_silent(only(share(2, 98, n_a=None, n_b=None)))


def test_shares_of_groups_do_not_subtract_to_a_small_part() -> None:
    """Of all 14 who improved 12 are in one group: so 2 are in the other."""
    rows = [share(14, 120), share(12, 60, group_a="a"), share(2, 60, group_a="b")]
    published = gate(*rows, policy=EXACTLY)
    assert is_silent(of_group(published, "b"))
    known = published[published["estimate"].notna()]
    assert len(known) <= 1


def test_a_weighted_share_follows_the_rules_of_statistics() -> None:
    published = only(row("model", "share", estimate=0.1234567, n=80, se=0.03))
    assert published["estimate"] == 0.123
    assert is_silent(only(row("model", "share", estimate=0.1234567, n=8, se=0.03)))
