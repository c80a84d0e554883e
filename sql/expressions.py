"""Regular expressions as DuckDB's engine knows them."""

from __future__ import annotations

from functools import cache

import duckdb

from sql.gateway import open_gateway


@cache
def can_match(expression: str) -> bool:
    """Whether the store can run an expression; looking ahead and references it cannot."""
    with open_gateway() as connection:
        try:
            connection.execute("SELECT regexp_full_match('', $1)", [expression]).fetchall()
        except duckdb.Error:
            return False
    return True
