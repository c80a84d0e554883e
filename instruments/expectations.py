"""Rules as expectations of Great Expectations, which is imported only when one is made."""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Callable, Mapping, Sequence
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


def to_expectation(rule: Rule, write_query: Callable[[Rule], str]) -> Any:
    """Return the expectation that fails exactly where a rule is broken.

    ``write_query`` returns the statement that selects a rule's offending rows, with ``{batch}``
    for the table; it is asked for the checks that Great Expectations has no expectation for.
    """
    expectations = load_great_expectations().expectations
    common = _common(rule)
    if rule.check.name == "in_set":
        return expectations.ExpectColumnValuesToBeInSet(
            column=rule.columns[0].name, value_set=list(_values(rule)), **common
        )
    if rule.check.name == "not_null":
        return expectations.ExpectColumnValuesToNotBeNull(column=rule.columns[0].name, **common)
    from instruments.offending_rows import ExpectNoOffendingRows

    return ExpectNoOffendingRows(unexpected_rows_query=write_query(rule), **common)


def to_joint_expectation(
    rules: Sequence[Rule], write_query: Callable[[Sequence[Rule]], str]
) -> Any:
    """Return one expectation of several rules alike, which fails where any of them is broken.

    Great Expectations takes longer to prepare an expectation than DuckDB takes to judge it.
    """
    load_great_expectations()
    from instruments.offending_rows import ExpectNoOffendingRows

    return ExpectNoOffendingRows(unexpected_rows_query=write_query(rules), **_common(rules[0]))


def _common(rule: Rule) -> dict[str, Any]:
    return {"meta": {"rule": rule.id}, "severity": _SEVERITIES[rule.severity]}


def _values(rule: Rule) -> Any:
    return rule.check.given["values"]
