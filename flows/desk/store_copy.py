"""A copy of the store as the last run left it, to look at while another run may be under way.

DuckDB lets nobody read a file that another process writes, and a reader would keep a run out. So
the file is copied: where its seal fits the copy, that is the store of the last run, whoever holds
it by now; without a fitting seal it is copied while nobody can hold it.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from flows.declared import declarations_digest
from flows.seal import is_sealed, seal_of
from flows.study import Study
from flows.takeover import hold_study
from instruments.errors import RunError, StoreError
from sql.gateway import Connection, EngineError, open_gateway, value

CHANGING = "A run is changing the store, so the file was not compared with it; check it again then."
DAMAGED = "The store cannot be read, so the file was not compared; the next run builds it again."
OUTDATED = "study.toml was changed since the last run; the store is as that run left it."


@dataclass(frozen=True)
class OpenCopy:
    """A connection, whether a store is attached to it, and what a reader should know of that."""

    connection: Connection
    has_store: bool = False
    caveat: str = ""


@contextmanager
def open_store_copy(study: Study, scratch: Path) -> Iterator[OpenCopy]:
    """Open a connection with a copy of the store, or without where none can be had."""
    with ExitStack() as stack:
        copy, caveat = _copy(study, scratch) if study.store.exists() else (None, "")
        found = None if copy is None else _open(study, copy, scratch, stack)
        if copy is not None and found is None:
            caveat = DAMAGED
        if found is None:
            found = OpenCopy(stack.enter_context(open_gateway(scratch=scratch)), caveat=caveat)
        yield found


def _open(study: Study, copy: Path, scratch: Path, stack: ExitStack) -> OpenCopy | None:
    """Return a connection to the copy; None where it is damaged."""
    try:
        connection = stack.enter_context(open_gateway(copy, scratch))
        query = "SELECT content FROM store.meta.state WHERE name = 'declarations'"
        is_outdated = value(connection, query) != declarations_digest(study)
    except (StoreError, EngineError):
        return None
    return OpenCopy(connection, has_store=True, caveat=OUTDATED if is_outdated else "")


def _copy(study: Study, scratch: Path) -> tuple[Path | None, str]:
    """Copy the store; return where the copy lies, or why there is none."""
    copy = scratch / study.store.name
    if _copy_sealed(study, copy):
        return copy, ""
    try:
        with hold_study(study):
            shutil.copyfile(study.store, copy)
    except (RunError, OSError):
        return None, CHANGING
    return copy, ""


def _copy_sealed(study: Study, copy: Path) -> bool:
    try:
        # The seal goes first: one that is taken meanwhile does not fit.
        shutil.copyfile(seal_of(study.store), seal_of(copy))
        shutil.copyfile(study.store, copy)
        return is_sealed(copy)
    except OSError:
        return False
