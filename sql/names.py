"""Names and texts as DuckDB must see them."""

from __future__ import annotations

from collections.abc import Mapping

from instruments.errors import StoreError
from instruments.layout import StageColumn


def identifier(name: str) -> str:
    """Return a quoted identifier; what stands in quotes cannot end the statement."""
    if not name or "\0" in name or len(name) > 200:
        raise StoreError("E_NAME", "A name cannot be used in the store", fix="Rename the column.")
    return '"' + name.replace('"', '""') + '"'


def literal(value: str | int | float) -> str:
    """Return a literal: a number as it is, a text in quotes."""
    if isinstance(value, int | float):
        return repr(value)
    if "\0" in value:
        raise StoreError("E_NAME", "A text with a NUL cannot be used in the store")
    return "'" + value.replace("'", "''") + "'"


def answer_of(column: StageColumn) -> str:
    """Return a stage column with its missing codes set aside."""
    name = identifier(column.name)
    codes = ", ".join(literal(code) for code in column.staged_codes.values())
    return f"CASE WHEN {name} NOT IN ({codes}) THEN {name} END" if codes else name


def named_by(column: str, names: Mapping[str, str]) -> str:
    """Return what the code in a column stands for, NULL for one that is not declared."""
    cases = " ".join(f"WHEN {literal(code)} THEN {literal(name)}" for code, name in names.items())
    return f"CASE {identifier(column)} {cases} END"
