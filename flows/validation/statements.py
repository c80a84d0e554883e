"""The statements of `sql/checks`, filled for one rule."""

from __future__ import annotations

import re
from functools import cache

import jinja2

from instruments.rule import Rule
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


@cache
def _environment() -> jinja2.Environment:
    # The statements are no HTML: `ident` and `literal` are the escapes that count here.
    environment = jinja2.Environment(  # noqa: S701
        loader=jinja2.FileSystemLoader(FOLDER / "checks"), undefined=jinja2.StrictUndefined
    )
    environment.filters |= {"ident": identifier, "literal": literal}
    environment.globals["cells"] = environment.get_template("macros/cells.sql").module
    return environment
