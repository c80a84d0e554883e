"""The statements of `sql/checks`, filled for one rule."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
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


def batch_query(rule: Rule) -> str:
    """Return a query that has a row exactly where a rule is broken, with ``{batch}`` as its table.

    One row says it all, and holds no cell's value.
    """
    query = offending_sql(rule, _TABLE_MARK).replace("{", "{{").replace("}", "}}")
    query = _COLON.sub(r"\\:", query).replace(_TABLE_MARK, "{batch}")
    return f"SELECT 1 AS is_broken FROM ({query}\n) AS offending LIMIT 1"  # noqa: S608


def joint_query(rules: Sequence[Rule]) -> str:
    """Return such a query for the answers to several items, each in a set: rows are read once."""
    broken = " OR ".join(
        f"({is_outside(rule.columns[0], rule.check.given['values'])})"  # type: ignore[arg-type]
        for rule in rules
    )
    return f"SELECT 1 AS is_broken FROM {{batch}} WHERE {broken} LIMIT 1"  # noqa: S608


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


@cache
def _environment() -> jinja2.Environment:
    # The statements are no HTML: `ident` and `literal` are the escapes that count here.
    environment = jinja2.Environment(  # noqa: S701
        loader=jinja2.FileSystemLoader(FOLDER / "checks"), undefined=jinja2.StrictUndefined
    )
    environment.filters |= {"ident": identifier, "literal": literal}
    environment.globals |= {"is_outside": is_outside, "one_event": ONE_EVENT}
    environment.globals["cells"] = environment.get_template("macros/cells.sql").module
    return environment
