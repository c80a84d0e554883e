"""Exact results in the store: written as one, so that `out` is always of one run."""

from __future__ import annotations

import pandas as pd

from sql.gateway import Connection, transaction, value


def keep_results(
    connection: Connection, presentations: pd.DataFrame, estimates: pd.DataFrame, run_id: str
) -> None:
    """Replace `out` by the results of a run."""
    with transaction(connection):
        _replace(connection, "store.out.presentation", presentations)
        _replace(connection, "store.out.estimate", estimates.assign(run_id=run_id))
        remember(connection, "results", run_id)
    connection.execute("CHECKPOINT store")


def forget_results(connection: Connection) -> None:
    """Leave no results in the store, as its answers are others; in the caller's transaction."""
    for table in ("presentation", "estimate"):
        connection.execute(f"DELETE FROM store.out.{table}")
    connection.execute("DELETE FROM store.meta.state WHERE name = 'results'")


def remember(connection: Connection, name: str, content: str) -> None:
    """Note one fact about the store."""
    connection.execute("INSERT OR REPLACE INTO store.meta.state VALUES (?, ?)", [name, content])


def _replace(connection: Connection, table: str, frame: pd.DataFrame) -> None:
    connection.execute(f"DELETE FROM {table}")
    connection.register("results_frame", frame)
    connection.execute(f"INSERT INTO {table} BY NAME SELECT * FROM results_frame")
    connection.unregister("results_frame")


def held_results(connection: Connection) -> str | None:
    """Return the id of the run whose results the store holds."""
    query = "SELECT content FROM store.meta.state WHERE name = 'results'"
    return value(connection, query)  # type: ignore[no-any-return]
