"""Run the rules of one export as a suite of Great Expectations, inside DuckDB."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from flows.validation.statements import is_of_items, joint_query, offending_sql
from instruments.errors import StoreError
from instruments.expectations import RESULT_FORMAT, load_great_expectations, to_expectation
from instruments.rule import Rule
from sql.gateway import Connection, EngineError, rows, value

TABLE = "rows"
# In a file of so many rows every rule is judged in less time than an expectation takes.
FEW_ROWS = 122_880
COUNTED = "SELECT (SELECT count(*) FROM stage.rows), EXISTS (SELECT 1 FROM stage.repeated LIMIT 1)"
# Checks that look at clients of more than one row only: in most exports there are none.
OF_REPEATED = ("conflict", "event_conflict", "jump", "known_row", "two_values")
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
    ((row_count, is_repeated),) = rows(connection, COUNTED)
    open_ = [rule for rule in rules if is_repeated or rule.check.name not in OF_REPEATED]
    if not open_:
        return ()
    with _ONE_AT_A_TIME, _staged_batch(connection) as batch:
        together = _together(open_, is_small=row_count <= FEW_ROWS)
        expectations = [to_expectation(some[0], joint_query(some)) for some in together]
        suite = load_great_expectations().ExpectationSuite(name="rules", expectations=expectations)
        judged = {
            result.expectation_config.meta["rule"]: result
            for result in batch.validate(suite, result_format=RESULT_FORMAT).results
        }
    found = (_broken_of(connection, some, judged[some[0].id]) for some in together)
    broken = {rule.id for some in found for rule in some}
    return tuple(rule for rule in rules if rule.id in broken)


def _broken_of(connection: Connection, rules: Sequence[Rule], result: Any) -> list[Rule]:
    """Return the broken ones of some rules that were judged together."""
    if _has_raised(result.exception_info):
        # Judged by itself, the one that cannot be run says so.
        raise next((e for rule in rules if (e := _error_of(connection, rule))), _failed(rules[0]))
    if result.success:
        return []
    return [rule for rule in rules if len(rules) == 1 or _is_broken(connection, rule)]


def _together(rules: Sequence[Rule], *, is_small: bool) -> list[list[Rule]]:
    """Return the rules, those together that one expectation judges.

    There may be hundreds, and Great Expectations takes longer to prepare an expectation than DuckDB
    takes to judge it, but for rules of whole forms over many rows. Where those that are judged
    together do not hold, each is judged by itself.
    """
    found: dict[object, list[Rule]] = {}
    for rule in rules:
        found.setdefault(rule.severity if is_small or is_of_items(rule) else rule.id, []).append(
            rule
        )
    return list(found.values())


def _is_broken(connection: Connection, rule: Rule) -> bool:
    return bool(value(connection, f"SELECT EXISTS ({offending_sql(rule)}\n)"))


def _error_of(connection: Connection, rule: Rule) -> StoreError | None:
    try:
        _is_broken(connection, rule)
    except EngineError:
        return _failed(rule)
    return None


def _failed(rule: Rule) -> StoreError:
    return StoreError(
        "E_RULE_FAILED",
        "A validation rule could not be run",
        where=rule.id,
        fix="Check the expressions that the study file declares; else report this as a bug.",
    )


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
