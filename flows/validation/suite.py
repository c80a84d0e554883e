"""Run the rules of one export as a suite of Great Expectations, inside DuckDB."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from flows.validation.statements import batch_query, joint_query, offending_sql
from instruments.errors import StoreError
from instruments.expectations import RESULT_FORMAT, load_great_expectations, to_expectation
from instruments.rule import Rule
from sql.gateway import Connection, value

TABLE = "rows"
# Two suites at once mix their results without an error.
_ONE_AT_A_TIME = threading.Lock()


def find_broken(connection: Connection, rules: Sequence[Rule]) -> tuple[Rule, ...]:
    """Return the rules that `stage.rows` breaks, in their order.

    What is staged must be committed, as the suite runs on a cursor of its own.

    Raises
    ------
    StoreError
        ``E_RULE_FAILED``: a rule could not be judged. That is a fault of the program or of a
        declaration, never a finding.
    """
    if not rules:
        return ()
    with _ONE_AT_A_TIME, _staged_batch(connection) as batch:
        alike = _alike(rules)
        expectations = [
            to_expectation(some[0], joint_query(some) if len(some) > 1 else batch_query(some[0]))
            for some in alike
        ]
        suite = load_great_expectations().ExpectationSuite(name="rules", expectations=expectations)
        judged = {
            result.expectation_config.meta["rule"]: _has_held(result)
            for result in batch.validate(suite, result_format=RESULT_FORMAT).results
        }
    broken = {
        rule.id
        for some in alike
        if not judged[some[0].id]
        for rule in some
        if len(some) == 1 or _is_broken(connection, rule)
    }
    return tuple(rule for rule in rules if rule.id in broken)


def _alike(rules: Sequence[Rule]) -> list[list[Rule]]:
    """Return the rules, those on the items of one form together.

    There may be hundreds, and Great Expectations takes longer to prepare an expectation than DuckDB
    takes to judge it.
    """
    found: dict[object, list[Rule]] = {}
    for rule in rules:
        is_of_items = rule.check.name == "in_set" and rule.columns[0].kind == "item"
        found.setdefault(rule.severity if is_of_items else rule.id, []).append(rule)
    return list(found.values())


def _is_broken(connection: Connection, rule: Rule) -> bool:
    return bool(value(connection, f"SELECT EXISTS ({offending_sql(rule)}\n)"))


def _has_held(result: Any) -> bool:
    if _has_raised(result.exception_info):
        raise StoreError(
            "E_RULE_FAILED",
            "A validation rule could not be run",
            where=result.expectation_config.meta["rule"],
            fix="Check the expressions that the study file declares; else report this as a bug.",
        )
    return bool(result.success)


def _has_raised(info: dict[str, Any] | None) -> bool:
    """Whether an expectation raised; there is one record, or one for each of its metrics."""
    if not info:
        return False
    if "raised_exception" in info:
        return bool(info["raised_exception"])
    return any(_has_raised(part) for part in info.values())


@contextmanager
def _staged_batch(connection: Connection) -> Iterator[Any]:
    """Yield `stage.rows` as a batch of a fresh context, and close what was opened for it."""
    gx = load_great_expectations()
    # Registers the DuckDB source, and needs Great Expectations to be loaded.
    from duckdb_sqlalchemy import ConnectionWrapper

    from flows.validation.duckdb_source import PassingContext

    cursor = connection.cursor()
    cursor.execute("USE stage")
    context = PassingContext()
    gx.data_context.set_context(context)
    source = context.data_sources.add_duckdb(
        "stage",
        connection_string="duckdb:///:memory:",
        # Every statement by itself: one that fails must not take the others with it.
        kwargs={"creator": lambda: ConnectionWrapper(cursor), "isolation_level": "AUTOCOMMIT"},
        create_temp_table=False,
    )
    try:
        asset = source.add_table_asset(TABLE, table_name=TABLE)
        yield asset.add_batch_definition_whole_table(TABLE).get_batch()
    finally:
        source.get_execution_engine().close()
        source.get_engine().dispose()
        cursor.close()
