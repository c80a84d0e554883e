"""Did the clients differ before treatment already: then no later difference is of dependency."""

from __future__ import annotations

import pandas as pd

from reports.analyses._covariates import intake_values
from reports.analyses._inquiry import Inquiry
from reports.analyses._outcome_values import OutcomeValues
from reports.analyses._question import MIN_GROUP
from reports.methods.correlation import pearson
from reports.methods.result import NotEstimableError
from reports.presentation import PARTS

# A correlation that large is worth saying, whatever the number of clients.
NOTABLE = 0.10
CONFOUNDED = (
    "these scores went with {parts} before treatment already: a difference afterwards is not one "
    "that came with treatment, and adjusting for one fallible score does not remove it"
)


def find_confounding(inquiry: Inquiry, found: OutcomeValues) -> str | None:
    """Return a caution where the outcome's scores at intake go with the rule's scales.

    Severity goes with dependency between clients although dependency moves nothing: what the
    groups brought with them must not be told as what dependency did to them.
    """
    before = None if found.refusal else intake_values(inquiry, found)
    if before is None:
        return None
    usable = inquiry.usable
    parts = [part for part in PARTS if _goes_with(usable[part], before)]
    return CONFOUNDED.format(parts=" and ".join(parts)) if parts else None


def _goes_with(scores: pd.Series, before: pd.Series) -> bool:
    both = pd.concat([scores, before], axis=1).dropna().astype("float64")
    if len(both) < MIN_GROUP:
        return False
    try:
        found = pearson(both.iloc[:, 0], both.iloc[:, 1])
    except NotEstimableError:
        return False
    return abs(found.r) >= NOTABLE
