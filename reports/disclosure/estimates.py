"""The gate of the estimate table: which rows may show their statistics, and which counts."""

from __future__ import annotations

import pandas as pd

from instruments.errors import GateError
from reports.disclosure.cleared import ClearedTable, _issue_table
from reports.disclosure.policy import DisclosurePolicy
from reports.disclosure.precision import coarsen_statistics
from reports.disclosure.rounding import round_counts

ESTIMATE_COLUMNS = (
    "run_id", "analysis", "theme", "outcome", "term", "contrast", "group_a", "group_b", "estimand",
    "method", "estimate", "se", "statistic", "df", "p_value", "family", "p_adjusted", "ci_low",
    "ci_high", "ci_level", "n", "n_a", "n_b", "n_missing", "n_clusters", "plan_status", "status",
    "note",
)  # fmt: skip
STATISTICS = ("estimate", "se", "statistic", "df", "p_value", "p_adjusted", "ci_low", "ci_high")
GROUP_COUNTS = ("n", "n_a", "n_b")
COUNTS = (*GROUP_COUNTS, "n_missing")
NUMBERS = (*STATISTICS, "ci_level", *COUNTS, "n_clusters")
TEXTS = tuple(column for column in ESTIMATE_COLUMNS if column not in NUMBERS)


def gate_estimates(frame: pd.DataFrame, policy: DisclosurePolicy) -> ClearedTable:
    """Return the publishable form of the tidy estimate table."""
    exact = admit_estimates(frame)
    published = coarsen_statistics(exact, policy)
    few = _is_small(exact, policy)
    published.loc[few, [*STATISTICS, *COUNTS, "n_clusters"]] = float("nan")
    published.loc[few, "status"] = "refused"
    published.loc[few, "note"] = "withheld: too few clients or therapists"
    for column in COUNTS:
        published[column] = _publish_counts(published[column], policy)
    return _issue_table(published, "estimates", policy.digest)


def admit_estimates(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the declared columns in their order, texts as text and numbers as floats."""
    missing = sorted(set(ESTIMATE_COLUMNS) - set(frame.columns))
    unknown = sorted(set(map(str, frame.columns)) - set(ESTIMATE_COLUMNS))
    if missing or unknown:
        raise GateError(
            "E_GATE_COLUMNS",
            f"The estimate table has {len(unknown)} unknown and {len(missing)} missing columns.",
            where=", ".join(missing) or "unknown columns",
            fix="Pass exactly the columns of out.estimate.",
        )
    admitted = frame.loc[:, list(ESTIMATE_COLUMNS)].reset_index(drop=True)
    kinds: dict[str, str] = dict.fromkeys(NUMBERS, "float64") | dict.fromkeys(TEXTS, "str")
    return admitted.astype(kinds)


def _is_small(exact: pd.DataFrame, policy: DisclosurePolicy) -> pd.Series:
    groups = (exact[list(GROUP_COUNTS)] < policy.min_group_for_statistics).any(axis=1)
    return groups | (exact["n_clusters"] < policy.therapist_threshold)


def _publish_counts(counts: pd.Series, policy: DisclosurePolicy) -> pd.Series:
    shown = counts.where(counts >= policy.threshold)
    rounded = round_counts(shown.fillna(0), policy.round_to)
    return pd.Series(rounded, index=counts.index, dtype=float).where(shown.notna())
