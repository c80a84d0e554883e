"""The SQL keeps its rules, and every statement is among those that are linted."""

from __future__ import annotations

import pytest

from tests.conftest import REPOSITORY
from tests.structure.lint_sql import (
    GENERATED,
    filled_checks,
    filled_templates,
    fixed_statements,
    lint,
)

SQL = REPOSITORY / "sql"


def test_every_statement_is_linted() -> None:
    linted = {name for name, _ in fixed_statements()} | {*filled_checks(), *filled_templates()}
    kept = {f"sql/{path.relative_to(SQL).as_posix()}" for path in SQL.rglob("*.sql")}
    assert kept - linted == {"sql/checks/macros/cells.sql"}


@pytest.mark.parametrize(
    ("name", "statement"), list(fixed_statements()), ids=lambda text: text[:40]
)
def test_a_fixed_statement_keeps_the_rules(name: str, statement: str) -> None:
    assert lint(name, statement, []) == []


@pytest.mark.parametrize("name", ["in_set", "conflict", "straight_line"])
def test_a_filled_check_keeps_the_rules(name: str) -> None:
    statement = filled_checks()[f"sql/checks/{name}.sql"]
    assert lint(name, statement, GENERATED) == []


@pytest.mark.parametrize(
    "wrong",
    [
        "SELECT a FROM b WHERE\n",
        "select a FROM b\n",
        "SELECT DISTINCT(a) FROM b\n",
        "SELECT a x FROM b\n",
        "SELECT a FROM b WHERE c = NULL\n",
    ],
)
def test_bad_sql_would_be_noticed(wrong: str) -> None:
    assert lint("wrong", wrong, [])


@pytest.mark.parametrize(
    "wrong", ["SELECT a FROM b WHERE", "SELECT a x FROM b", "SELECT a FROM b WHERE c = NULL"]
)
def test_bad_sql_would_be_noticed_in_a_filled_template_too(wrong: str) -> None:
    assert lint("wrong", wrong, GENERATED)


def test_every_statement_says_at_its_head_what_it_makes() -> None:
    silent = [
        str(path.relative_to(SQL))
        for path in SQL.rglob("*.sql")
        if not path.read_text(encoding="utf-8").startswith(("-- ", "{#"))
    ]
    assert silent == []
