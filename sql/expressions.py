"""Regular expressions and formats of dates as DuckDB's engine knows them."""

from __future__ import annotations

from functools import cache

import duckdb

from sql.gateway import open_gateway, value


@cache
def can_match(expression: str) -> bool:
    """Whether the store can run an expression; looking ahead and references it cannot."""
    with open_gateway() as connection:
        try:
            connection.execute("SELECT regexp_full_match('', $1)", [expression]).fetchall()
        except duckdb.Error:
            return False
    return True


@cache
def can_read_days(date_format: str) -> bool:
    """Whether a day written in a format is the same day when it is read again."""
    there_and_back = (
        "SELECT CAST(try_strptime(strftime(day, $1), $1) AS DATE) = day "
        "FROM (SELECT DATE '2024-11-27' AS day)"
    )
    with open_gateway() as connection:
        try:
            return bool(value(connection, there_and_back, date_format))
        except duckdb.Error:
            return False
