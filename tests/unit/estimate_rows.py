"""Estimate rows as analyses write them, and the gate that they go through."""

from __future__ import annotations

from typing import Any

import pandas as pd

from reports.disclosure.estimate_table import STATISTICS
from reports.disclosure.estimates import gate_estimates
from reports.disclosure.policy import DisclosurePolicy
from reports.estimates import Estimate, to_frame

POLICY = DisclosurePolicy()
EXACTLY = DisclosurePolicy(round_to=1)
SAID = {
    "estimate": 2.583333333, "se": 0.2123456789, "statistic": 12.16573, "df": 61.37,
    "p_value": 0.01234567, "ci_low": 2.158641975, "ci_high": 3.008024691, "ci_level": 0.95,
}  # fmt: skip


def row(term: str = "difference", estimand: str = "mean", **facts: Any) -> Estimate:
    named = {"analysis": "question", "outcome": "core_10.total@end", "method": "m"} | facts
    status = named.pop("status", "ok")
    return Estimate(term=term, estimand=estimand, plan_status="exploratory", status=status, **named)


def contrast(n_a: int, n_b: int, **facts: Any) -> Estimate:
    groups = {"group_a": "overdependent", "group_b": "overindependent", "contrast": "a - b"}
    return row(**(groups | SAID | {"n": n_a + n_b, "n_a": n_a, "n_b": n_b} | facts))


def mean_of(group: str | None, n: int, **facts: Any) -> Estimate:
    return row("mean", **(SAID | {"group_a": group, "n": n} | facts))


def gate(*rows: Estimate, policy: DisclosurePolicy = POLICY) -> pd.DataFrame:
    return gate_estimates(to_frame(rows), policy).frame


def only(*rows: Estimate, policy: DisclosurePolicy = POLICY) -> pd.Series:
    published = gate(*rows, policy=policy)
    assert len(published) == 1
    return published.iloc[0]


def of_group(published: pd.DataFrame, group: str) -> pd.Series:
    return published[published["group_a"] == group].iloc[0]


def is_silent(published: pd.Series) -> bool:
    return published[list(STATISTICS)].isna().all() and published["status"] == "refused"
