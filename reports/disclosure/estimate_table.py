"""The shape of the estimate table as the gate admits it, and what its columns are to the gate."""

from __future__ import annotations

import pandas as pd

from instruments.errors import GateError
from reports.estimates import ESTIMATE_COLUMNS

STATISTICS = ("estimate", "se", "statistic", "df", "p_value", "p_adjusted", "ci_low", "ci_high")
GROUP_SIZES = ("n", "n_a", "n_b")
COUNTS = (*GROUP_SIZES, "n_missing")
NUMBERS = (*STATISTICS, "ci_level", *COUNTS, "n_clusters")
TEXTS = tuple(column for column in ESTIMATE_COLUMNS if column not in NUMBERS)

# Estimands that are counts or parts of counts.
COUNT, SHARE = "count", "share"
# Shares of which 0 is no trait of clients: every form was filled in whole.
HARMLESS_AT_ZERO = ("prorated",)
# Rows that repeat a number of the study file: it was there before the clients.
DECLARED_METHOD, DECLARED_TERM = "declared", "smallest effect of interest"


def admit_estimates(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the declared columns in their order, texts as text and numbers as floats.

    Raises
    ------
    GateError
        ``E_GATE_COLUMNS``: a column is missing, or one is unknown; what is not known cannot pass.
    """
    missing = sorted(set(ESTIMATE_COLUMNS) - set(frame.columns))
    unknown = set(frame.columns) - set(ESTIMATE_COLUMNS)
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


def label(value: object) -> str | None:
    """Return a text cell as a label, ``None`` where it is missing or means everybody."""
    return None if pd.isna(value) or value in ("", "all") else str(value)  # type: ignore[call-overload]


def is_declared(exact: pd.DataFrame) -> pd.Series:
    """Return the rows that repeat a number of the study file, which is about no client."""
    named = (exact["method"] == DECLARED_METHOD) | (exact["term"] == DECLARED_TERM)
    return named & exact[list(GROUP_SIZES)].isna().all(axis=1)
