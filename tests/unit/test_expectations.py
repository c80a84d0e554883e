"""How a rule becomes an expectation of Great Expectations."""

from __future__ import annotations

import logging
import os
import subprocess
import sys

import pytest

from instruments.expectations import RESULT_FORMAT, load_great_expectations, to_expectation
from instruments.layout import StageColumn
from instruments.rule import Check, Rule, Severity

COLUMN = StageColumn("core_10__item_1", "q1", "item", 0, 4)


def make_rule(check: Check, severity: Severity = "error") -> Rule:
    """Return a rule of one column."""
    return Rule(
        "core_10__item_1.x", "E_X", "conformance", severity, (COLUMN,), check, "Wrong.", "Mend it."
    )


QUERY = "SELECT core_10__item_1 FROM {batch} WHERE false"


def test_a_rule_is_judged_by_the_statement_that_names_its_offending_rows() -> None:
    expectation = to_expectation(make_rule(Check("not_null")), QUERY)
    assert type(expectation).__name__ == "ExpectNoOffendingRows"
    assert expectation.unexpected_rows_query.startswith("SELECT core_10__item_1 FROM {batch}")


def test_offending_rows_are_counted_and_not_fetched() -> None:
    expectation = to_expectation(make_rule(Check("form_empty")), QUERY)
    assert expectation.metric_dependencies == ("unexpected_rows_query.row_count",)


def test_an_expectation_knows_its_rule_and_how_bad_it_is() -> None:
    severities: list[tuple[Severity, str]] = [
        ("error", "critical"),
        ("warning", "warning"),
        ("note", "info"),
    ]
    for severity, expected in severities:
        expectation = to_expectation(make_rule(Check("not_null"), severity), QUERY)
        assert expectation.meta == {"rule": "core_10__item_1.x"}
        assert expectation.severity == expected


def test_results_say_whether_and_not_what() -> None:
    assert RESULT_FORMAT == "BOOLEAN_ONLY"


def test_telemetry_is_off() -> None:
    load_great_expectations()
    assert os.environ["GX_ANALYTICS_ENABLED"] == "false"


def test_no_message_of_the_engine_reaches_a_handler(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Modules of it set levels of their own, so a level on its logger would not do."""
    load_great_expectations()
    heard = logging.StreamHandler()
    logging.getLogger().addHandler(heard)
    try:
        logging.getLogger("great_expectations.data_context.types.base").info("a message")
    finally:
        logging.getLogger().removeHandler(heard)
    seen = capsys.readouterr()
    assert "a message" not in seen.err + seen.out


def test_it_is_imported_without_a_warning_and_only_when_needed() -> None:
    code = (
        "import sys, instruments.expectations as e;"
        "print('great_expectations' in sys.modules);"
        "e.load_great_expectations();"
        "print('great_expectations' in sys.modules)"
    )
    command = [sys.executable, "-W", "error", "-c", code]
    seen = subprocess.run(command, capture_output=True, text=True, check=True)
    assert seen.stdout.split() == ["False", "True"]
    assert seen.stderr == ""
