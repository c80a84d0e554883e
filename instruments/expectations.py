"""Rules as expectations of Great Expectations, which is imported only when one is made."""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Mapping
from functools import cache
from typing import Any

from instruments.rule import Rule, Severity

# Results say whether a rule holds and nothing else: richer formats carry the values of cells.
RESULT_FORMAT = "BOOLEAN_ONLY"
_SEVERITIES: Mapping[Severity, str] = {
    "fatal": "critical",
    "error": "critical",
    "warning": "warning",
    "note": "info",
}


@cache
def load_great_expectations() -> Any:
    """Import Great Expectations without its telemetry and return it."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    # It logs what a failed statement said, and that may quote a cell.
    # Modules of it set levels of their own, so its messages are kept from every handler.
    silenced = logging.getLogger("great_expectations")
    silenced.propagate = False
    silenced.addHandler(logging.NullHandler())
    with warnings.catch_warnings():
        # It imports sre_constants and sre_parse, which Python 3.11 renamed; one module of it,
        # at import, and nothing that we could call differently.
        warnings.filterwarnings(
            "ignore",
            message=r"module 'sre_(constants|parse|compile)' is deprecated",
            category=DeprecationWarning,
        )
        import great_expectations
    return great_expectations


def to_expectation(rule: Rule, query: str) -> Any:
    """Return the expectation that fails where a query finds an offending row.

    ``query`` has ``{batch}`` for the table. Great Expectations has sets and required cells of its
    own, but looks the whole catalogue of the database up for them, which takes longer than to judge
    every other rule of a small file; and the statement that names the offending rows is this one.
    """
    load_great_expectations()
    from instruments.offending_rows import ExpectNoOffendingRows

    told: dict[str, Any] = {"meta": {"rule": rule.id}, "severity": _SEVERITIES[rule.severity]}
    return ExpectNoOffendingRows(unexpected_rows_query=query, **told)
