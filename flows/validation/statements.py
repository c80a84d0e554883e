"""The statements of `sql/checks`, filled for one rule."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import groupby

import jinja2

from instruments.layout import StageColumn
from instruments.rule import Rule
from sql.events import ONE_EVENT
from sql.gateway import FOLDER
from sql.names import identifier, literal

STAGED_ROWS = "stage.rows"
# Stands for the table while braces are doubled; no identifier and no literal can hold it.
_TABLE_MARK = "\0"
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
    read once.
    """
    items: list[str] = []
    parts: list[str] = []
    for rule in rules:
        if is_of_items(rule):
            values = rule.check.given["values"]
            items.append(f"({is_outside(rule.columns[0], values)})")  # type: ignore[arg-type]
        else:
            parts.append(f"SELECT 1 FROM ({_batch_sql(rule)}\n) AS rule_{len(parts)}")  # noqa: S608
    if items:
        parts.append(f"SELECT 1 FROM {{batch}} WHERE {' OR '.join(items)}")  # noqa: S608
    return f"SELECT 1 AS is_broken FROM ({' UNION ALL '.join(parts)}) AS offending LIMIT 1"  # noqa: S608


def is_of_items(rule: Rule) -> bool:
    """Whether a rule says which answers an item may have."""
    return rule.check.name == "in_set" and rule.columns[0].kind == "item"


def _batch_sql(rule: Rule) -> str:
    query = offending_sql(rule, _TABLE_MARK).replace("{", "{{").replace("}", "}}")
    return _COLON.sub(r"\\:", query).replace(_TABLE_MARK, "{batch}")


def is_outside(column: StageColumn, values: Iterable[str | int | float]) -> str:
    """Return the test of whether a cell holds none of some values; it fails an empty cell too."""
    name = identifier(column.name)
    if column.sql_type != "SMALLINT":
        return f"{name} NOT IN ({', '.join(map(literal, values))})"
    # A list of numbers would be joined like a table, which takes ten times as long to plan.
    return " AND ".join(f"{name} NOT BETWEEN {first} AND {last}" for first, last in _runs(values))


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
    name, low, high = identifier(column.name), column.low, column.high
    within = [code for code in column.staged_codes.values() if low <= code <= high]  # type: ignore[operator]
    codes = f" AND {name} NOT IN ({', '.join(map(literal, within))})" if within else ""
    test = f"{name} BETWEEN {literal(low)} AND {literal(high)}{codes}"  # type: ignore[arg-type]
    return f"CASE WHEN {test} THEN {name} END"


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
    environment.globals |= {"answer": answer, "answers": answers}
    environment.globals["cells"] = environment.get_template("macros/cells.sql").module
    return environment
