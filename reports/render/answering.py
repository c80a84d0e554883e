"""Which tests answer the comparison of an outcome, so that table, figure and verdict agree."""

from __future__ import annotations

from collections.abc import Sequence

from reports.answers import GROUPS
from reports.deciding_tests import OF_GROUPS, WELCH, WITH_THERAPISTS, TestPair, deciding_pair
from reports.render.naming import name_in_sentence
from reports.render.run_view import Run


def answering_tests(run: Run, outcome: str) -> TestPair:
    """Return the tests of difference and of equivalence that the verdict of an outcome is of."""
    rows = run.rows(GROUPS, outcome=outcome)
    return WELCH if rows.empty else deciding_pair(rows.to_dict("records"), OF_GROUPS)


def say_tests(run: Run, outcomes: Sequence[str]) -> str:
    """Say by which tests these outcomes are compared."""
    nested = [one for one in outcomes if answering_tests(run, one) == WITH_THERAPISTS]
    if not nested:
        return "Welch's test"
    if len(nested) == len(outcomes):
        return "the planned mixed model with therapists"
    named = ", ".join(name_in_sentence(run, one) for one in nested)
    return f"Welch's test, of {named} by the planned mixed model with therapists"
