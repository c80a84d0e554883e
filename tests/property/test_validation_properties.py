"""Three ways to judge a table agree: the rule engine, our own statements, and plain Python."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.validation.statements import offending_sql
from flows.validation.suite import find_broken
from instruments.layout import Layout
from instruments.rules import derive_rules
from sql.gateway import Connection, open_gateway, open_stage, rows, statement
from sql.names import identifier
from tests.conftest import examples
from tests.property.random_tables import LAYOUTS, Row, make_table
from tests.property.rule_oracle import expected


@contextmanager
def staged(layout: Layout, table: list[Row]) -> Iterator[Connection]:
    """Put a table into the stage as it is."""
    columns = list(layout)
    types = ", ".join(f"{identifier(c.name)} {c.sql_type}" for c in columns)
    with open_gateway() as connection, open_stage(connection, 0, Path()):
        connection.execute(f"CREATE TABLE stage.rows (_record BIGINT, {types})")
        marks = ", ".join("?" for _ in range(len(columns) + 1))
        values = [[row["_record"], *(row[c.name] for c in columns)] for row in table]
        connection.executemany(f"INSERT INTO stage.rows VALUES ({marks})", values)
        if "client" in layout.roles:
            connection.execute(statement("stage/repeated"))
        yield connection


tables = st.tuples(st.integers(0, 2**32), st.integers(1, 45))


@pytest.mark.parametrize("name", sorted(LAYOUTS))
@settings(max_examples=examples(15), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(drawn=tables)
def test_statements_find_what_plain_python_finds(name: str, drawn: tuple[int, int]) -> None:
    layout = LAYOUTS[name]
    table = make_table(layout, *drawn)
    with staged(layout, table) as connection:
        for rule in derive_rules(layout):
            found = rows(connection, offending_sql(rule))
            assert len(found) == len(set(found)), rule.id
            assert set(found) == expected(rule, table), rule.id


@pytest.mark.parametrize("name", sorted(LAYOUTS))
@settings(max_examples=examples(5), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(drawn=tables)
def test_the_rule_engine_says_what_the_statements_say(name: str, drawn: tuple[int, int]) -> None:
    layout = LAYOUTS[name]
    rules = derive_rules(layout)
    table = make_table(layout, *drawn)
    with staged(layout, table) as connection:
        broken = {rule.id for rule in find_broken(connection, rules)}
        listed = {rule.id for rule in rules if rows(connection, offending_sql(rule))}
    assert broken == listed == {rule.id for rule in rules if expected(rule, table)}


@pytest.mark.parametrize("name", sorted(LAYOUTS))
def test_every_rule_is_broken_by_some_table_and_kept_by_another(name: str) -> None:
    layout = LAYOUTS[name]
    seen: dict[str, set[bool]] = {rule.id: set() for rule in derive_rules(layout)}
    for seed, size in product(range(200), (2, 45)):
        wanted = [rule for rule in derive_rules(layout) if len(seen[rule.id]) < 2]
        if not wanted:
            break
        table = make_table(layout, seed, size)
        for rule in wanted:
            seen[rule.id].add(bool(expected(rule, table)))
    assert [rule for rule, verdicts in seen.items() if len(verdicts) < 2] == []
