"""The statements of `sql/checks`, filled for one rule."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Iterator
from functools import cache
from itertools import groupby

import jinja2

from instruments.layout import StageColumn
from instruments.rule import Rule
from sql.events import ONE_EVENT
from sql.gateway import FOLDER
from sql.names import identifier, literal

STAGED_ROWS = "stage.rows"
# What SQLAlchemy would take for a parameter, such as the minutes of a time in a label.
_COLON = re.compile(r":(?=\w)")


def offending_sql(rule: Rule, table: str = STAGED_ROWS) -> str:
    """Return the query of a rule's offending rows: ``_record`` and ``column_name``.

    ``_record`` is NULL where the whole file is meant, ``column_name`` where the whole row is.
    """
    template = _environment().get_template(f"{rule.check.name}.sql")
    return template.render(table=table, columns=rule.columns, **rule.check.given)


def joint_query(rules: Iterable[Rule]) -> str:
    """Return a query that has a row exactly where a rule is broken, with ``{batch}`` as its table.

    One row says it all, and holds no cell's value. The answers to several items, each in a set, are
    read once. The batch is `stage.rows` and stands in the query once, by that name everywhere else:
    to plan the subquery that is put in its place takes longer than many a rule.
    """
    items: list[Rule] = []
    parts = ["SELECT 1 FROM {batch} WHERE false"]
    for rule in rules:
        if is_of_items(rule):
            items.append(rule)
        else:
            parts.append(f"SELECT 1 FROM ({_escaped(offending_sql(rule))}\n) AS rule_{len(parts)}")  # noqa: S608
    if items:
        parts.append(f"SELECT 1 FROM {STAGED_ROWS} WHERE {_escaped(_any_outside(items))}")  # noqa: S608
    return f"SELECT 1 AS is_broken FROM ({' UNION ALL '.join(parts)}) AS offending LIMIT 1"  # noqa: S608


def is_of_items(rule: Rule) -> bool:
    """Whether a rule says which answers an item may have."""
    return rule.check.name == "in_set" and rule.columns[0].kind == "item"


def _escaped(query: str) -> str:
    """Return a query with what Great Expectations and SQLAlchemy would take for parameters."""
    return _COLON.sub(r"\\:", query.replace("{", "{{").replace("}", "}}"))


def is_outside(column: StageColumn, values: Iterable[str | int | float]) -> str:
    """Return the test of whether a cell holds none of some values; it fails an empty cell too."""
    name = identifier(column.name)
    if column.sql_type != "SMALLINT":
        return f"{name} NOT IN ({', '.join(map(literal, values))})"
    # A list of numbers would be joined like a table, which takes ten times as long to plan.
    return " AND ".join(f"{name} NOT BETWEEN {first} AND {last}" for first, last in _runs(values))


def _any_outside(rules: Iterable[Rule]) -> str:
    """Return the test of whether the cell of any item holds none of the values of its rule.

    Items whose values are the same whole numbers without a gap are compared at once: to plan a test
    for each of them takes longer than to run it.
    """
    tests: list[str] = []
    alike: dict[tuple[int, int], list[str]] = {}
    for rule in rules:
        column = rule.columns[0]
        values: tuple[int | float | str, ...] = tuple(rule.check.given["values"])  # type: ignore[arg-type]
        runs = list(_runs(values)) if column.sql_type == "SMALLINT" else []
        if len(runs) == 1:
            alike.setdefault(runs[0], []).append(identifier(column.name))
        else:
            tests.append(f"({is_outside(column, values)})")
    for (first, last), names in alike.items():
        cells = ", ".join(names)
        tests.append(f"least({cells}) < {first} OR greatest({cells}) > {last}")
    return " OR ".join(tests)


def _runs(values: Iterable[str | int | float]) -> Iterator[tuple[int, int]]:
    """Yield the first and last of every run of whole numbers."""
    numbers = sorted(map(int, set(values)))
    for _, run in groupby(enumerate(numbers), lambda place: place[1] - place[0]):
        found = [number for _, number in run]
        yield found[0], found[-1]


def answer(column: StageColumn) -> str:
    """Return the answer in a cell of numbers, NULL where there is none.

    Codes outside the range are no answers already: naming them would double the planning.
    """
    name = identifier(column.name)
    test = f"{name} BETWEEN {literal(column.low)} AND {literal(column.high)}"  # type: ignore[arg-type]
    return f"CASE WHEN {test}{_no_code(column)} THEN {name} END"


def _no_code(column: StageColumn) -> str:
    """Return the further test that a number of the range is no code; empty where none can be."""
    low, high = column.low, column.high
    within = [code for code in column.staged_codes.values() if low <= code <= high]  # type: ignore[operator]
    listed = ", ".join(map(literal, within))
    return f" AND {identifier(column.name)} NOT IN ({listed})" if within else ""


def is_answer_above(column: StageColumn, limit: float) -> str:
    """Return the test of whether the answer in a cell of numbers is above a limit."""
    name, high = identifier(column.name), literal(column.high)  # type: ignore[arg-type]
    if column.sql_type == "SMALLINT":
        return f"{name} BETWEEN {math.floor(limit) + 1} AND {high}{_no_code(column)}"
    return f"{name} > {literal(limit)} AND {name} <= {high}{_no_code(column)}"


def count_answers(column: StageColumn) -> str:
    """Return how many cells of a column of numbers hold an answer.

    Two comparisons with one bound each are planned in half the time of one that has both.
    """
    if _no_code(column):
        return f"count({answer(column)})"
    name, low, high = identifier(column.name), literal(column.low), literal(column.high)  # type: ignore[arg-type]
    # Of nothing but empty cells DuckDB counts NULL.
    return f"coalesce(count_if({name} >= {low}) - count_if({name} > {high}), 0)"


def of_each_kind(columns: Iterable[StageColumn], flipped: Collection[str]) -> list[StageColumn]:
    """Return one column of each range, codes and direction."""
    found = {
        (column.low, column.high, *column.staged_codes.values(), column.name in flipped): column
        for column in columns
    }
    return list(found.values())


def answers(columns: Iterable[StageColumn]) -> str:
    """Return the answers in several cells, as a list for `coalesce`."""
    return ", ".join(map(answer, columns))


@cache
def _environment() -> jinja2.Environment:
    # The statements are no HTML: `ident` and `literal` are the escapes that count here.
    environment = jinja2.Environment(  # noqa: S701
        loader=jinja2.FileSystemLoader(FOLDER / "checks"), undefined=jinja2.StrictUndefined
    )
    environment.filters |= {"ident": identifier, "literal": literal}
    environment.globals |= {"is_outside": is_outside, "one_event": ONE_EVENT}
    environment.globals |= {"answer": answer, "answers": answers, "count_answers": count_answers}
    environment.globals |= {"is_answer_above": is_answer_above, "of_each_kind": of_each_kind}
    environment.globals["cells"] = environment.get_template("macros/cells.sql").module
    return environment
