"""The store's file: what files add is kept apart, and put together every so often."""

from __future__ import annotations

from pathlib import Path

import pytest

from sql.gateway import (
    MERGED_FILES,
    ONE_THREAD_BYTES,
    merge_files,
    open_gateway,
    open_stage,
    share_work,
    value,
)

PIECES = "SELECT count(DISTINCT row_group_id) FROM pragma_storage_info('store.main.answers')"


def add_file(store: Path, batch: int) -> int:
    """Add one row as a run does; return in how many pieces the table then is."""
    with open_gateway(store) as connection:
        merge_files(connection, batch)
        connection.execute("CREATE TABLE IF NOT EXISTS store.answers (batch INTEGER)")
        connection.execute("INSERT INTO store.answers VALUES (?)", [batch])
    with open_gateway(store) as connection:
        return int(value(connection, PIECES))


def test_what_files_add_is_put_together_after_so_many(tmp_path: Path) -> None:
    store = tmp_path / "store.duckdb"
    pieces = [add_file(store, batch) for batch in range(1, 2 * MERGED_FILES + 1)]
    once = list(range(1, MERGED_FILES))
    assert pieces == [*once, 1, *(count + 1 for count in once), 1]
    with open_gateway(store) as connection:
        assert value(connection, "SELECT count(*) FROM store.answers") == 2 * MERGED_FILES


@pytest.mark.parametrize(("size", "is_alone"), [(ONE_THREAD_BYTES, True), (10**8, False)])
def test_a_small_file_is_worked_on_in_one_thread(tmp_path: Path, size: int, is_alone: bool) -> None:
    threads = "SELECT current_setting('threads')"
    with open_gateway() as connection:
        all_ = value(connection, threads)
    with open_gateway(is_alone=True) as connection:
        assert value(connection, threads) == 1
        with open_stage(connection, size, tmp_path):
            assert value(connection, threads) == (1 if is_alone else all_)
        share_work(connection)
        assert value(connection, threads) == all_
