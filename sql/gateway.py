"""The one module that opens DuckDB.

A connection is one in-memory database with up to two attached: `store`, the study's file, and
`stage`, where one export is read and checked. Statements live in files beside this module; the
templates are filled with identifiers of validated definitions only.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import jinja2

from instruments.errors import StoreError
from sql.names import identifier, literal

FOLDER = Path(__file__).resolve().parent
# Exports above this size are staged in a file of the scratch folder rather than in memory. It is
# not encrypted (DuckDB writes encrypted databases with an extension only); it goes with the stage,
# or in the next run after one that was killed.
STAGE_IN_MEMORY_BYTES = 400_000_000
# DuckDB shares work out by groups of 122,880 rows; over an export that fits into one its threads
# only wait for each other, which takes a sixth of the processor time.
ONE_THREAD_BYTES = 4_000_000
# The store in the newest format that the pinned engine writes: rows that a file adds are then
# written down without writing anew what describes all others.
STORAGE_VERSION = "v1.5.0"
# A file that writes more than this is written into the store when it is committed, and not into a
# log first; one that writes less waits in the log until the store is closed.
LOG_BYTES = "500KB"
# What a file adds is kept apart from the rows that are there already; after so many files they are
# put together. To do so for each would write up to 122,880 rows anew.
MERGED_FILES = 16
Connection = duckdb.DuckDBPyConnection
EngineError = duckdb.Error
ENGINE_VERSION = duckdb.__version__
# How DuckDB says that another process has the file open; damage is told in blocks.
_HELD_ELSEWHERE = ("Could not set lock", "Conflicting lock", "already open", "another process")


@contextmanager
def open_gateway(
    store: Path | None = None, scratch: Path | None = None, *, is_alone: bool = False
) -> Iterator[Connection]:
    """Open a connection, with the store attached where one is named.

    One that ``is_alone`` works without other threads until `share_work` calls them: to start and
    to end them takes longer than much of what is done with a small file.

    Raises
    ------
    StoreError
        ``E_STORE_LOCKED`` while another process writes, ``E_STORE_DAMAGED`` where the file is none.
    """
    connection = duckdb.connect(":memory:", config={"threads": 1} if is_alone else {})
    try:
        connection.execute("SET temp_file_encryption = true")
        connection.execute("SET TimeZone = 'UTC'")
        if scratch is not None:
            connection.execute(f"SET temp_directory = {literal(str(scratch))}")
        if store is not None:
            attach_store(connection, store)
        yield connection
    finally:
        connection.close()


def attach_store(connection: Connection, path: Path) -> None:
    """Attach a store to a connection without one.

    Raises
    ------
    StoreError
        ``E_STORE_LOCKED`` while another process writes, ``E_STORE_DAMAGED`` where the file is none.
    """
    try:
        # An absolute path, as DuckDB takes what stands before a colon for a kind of store.
        place = path if str(path) == ":memory:" else path.absolute()
        connection.execute(
            f"ATTACH {literal(str(place))} AS store (STORAGE_VERSION {literal(STORAGE_VERSION)})"
        )
        connection.execute(f"SET checkpoint_threshold = {literal(LOG_BYTES)}")
        connection.execute("SET max_vacuum_tasks = 0")
    except duckdb.IOException as error:
        if any(sign in str(error) for sign in _HELD_ELSEWHERE):
            raise StoreError(
                "E_STORE_LOCKED",
                "Another program is using the store",
                where=str(path),
                fix="Wait for the run to end; status, figure and table work meanwhile.",
            ) from None
        raise damaged(path) from None
    except duckdb.Error:  # corruption raises the bare class
        raise damaged(path) from None


def detach_store(connection: Connection) -> None:
    """Write down what is left to be written and release the store's file."""
    connection.execute("DETACH store")


def damaged(path: Path) -> StoreError:
    """Return the error of a store that cannot be read."""
    return StoreError(
        "E_STORE_DAMAGED",
        "The store cannot be read",
        where=str(path),
        fix="Build it again from archive and ledger: interdep rebuild",
    )


@contextmanager
def open_stage(connection: Connection, size: int, scratch: Path) -> Iterator[None]:
    """Attach an empty `stage` for one export of so many bytes, and drop it afterwards."""
    place = ":memory:" if size <= STAGE_IN_MEMORY_BYTES else str(scratch / "stage.duckdb")
    Path(place).unlink(missing_ok=True) if place != ":memory:" else None
    work_alone(connection) if size <= ONE_THREAD_BYTES else share_work(connection)
    connection.execute(f"ATTACH {literal(place)} AS stage")
    try:
        connection.execute(statement("stage/tables"))
        yield
    finally:
        connection.execute("DETACH stage")
        if place != ":memory:":
            Path(place).unlink(missing_ok=True)


def work_alone(connection: Connection) -> None:
    """Do what follows in one thread."""
    connection.execute("SET threads = 1")


def share_work(connection: Connection) -> None:
    """Do what follows in as many threads as there are processors."""
    connection.execute("RESET threads")


@contextmanager
def transaction(connection: Connection) -> Iterator[None]:
    """All of it or nothing."""
    connection.execute("BEGIN TRANSACTION")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def merge_files(connection: Connection, batch: int) -> None:
    """Let every so many files' rows be put together when the store is next written down."""
    if batch % MERGED_FILES == 0:
        connection.execute("RESET max_vacuum_tasks")


@cache
def statement(name: str) -> str:
    """Return a fixed statement by its file's name without ending, such as ``schema/core``."""
    return (FOLDER / f"{name}.sql").read_text(encoding="utf-8")


def fill(template: str, **context: Any) -> str:
    """Return a template of `sql/templates`, filled; an undefined name is an error."""
    return _environment().get_template(f"{template}.sql").render(**context)


@cache
def _environment() -> jinja2.Environment:
    # The statements are no HTML: `ident` and `literal` are the escapes that count here.
    environment = jinja2.Environment(  # noqa: S701
        loader=jinja2.FileSystemLoader(FOLDER / "templates"),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"ident": identifier, "literal": literal}
    return environment


def rows(connection: Connection, query: str, *parameters: object) -> list[tuple[Any, ...]]:
    """Return every row of a query."""
    return connection.execute(query, list(parameters)).fetchall()


def value(connection: Connection, query: str, *parameters: object) -> Any:
    """Return the one value of a query."""
    found = connection.execute(query, list(parameters)).fetchone()
    return found[0] if found else None


def columns_of(connection: Connection, table: str) -> list[str]:
    """Return the names of a table's columns in order; none where there is no such table.

    To ask the engine's own list of columns takes twenty times as long: it looks at every database.
    """
    try:
        described = connection.execute(f"FROM {table} LIMIT 0").description
    except duckdb.CatalogException:
        return []
    return [column[0] for column in described or ()]
