"""The store's file of one study: opened when it is first needed, sealed when it is closed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from flows.seal import seal
from sql.gateway import (
    Connection,
    EngineError,
    attach_store,
    detach_store,
    open_gateway,
    work_alone,
)


class OpenStore:
    """One connection, to which a study's store is attached; its holder holds the study's lock."""

    def __init__(self, path: Path, scratch: Path) -> None:
        self.path = path
        self.scratch = scratch
        self._stack = ExitStack()
        self._opened: Connection | None = None
        self._is_attached = False

    @property
    def connection(self) -> Connection:
        """The connection, with the store attached."""
        connection = self._open()
        if not self._is_attached:
            attach_store(connection, self.path)
            self._is_attached = True
        return connection

    @contextmanager
    def building(self, part: Path) -> Iterator[Connection]:
        """Attach, instead of the store, a new one that is to take its place."""
        connection = self._open()
        try:
            if self._is_attached:
                self._is_attached = False
                detach_store(connection)
            attach_store(connection, part)
            yield connection
            detach_store(connection)
        except BaseException:
            self.drop()
            raise

    def close(self) -> None:
        """Write down what is left to be written, release the file and seal it."""
        has_store = self._is_attached
        if self._opened is not None:
            # To close is to write the last rows down, column by column: threads that share so
            # little wait for each other. After a fatal error nothing can be set nor written.
            with suppress(EngineError):
                work_alone(self._opened)
        self.drop()
        if has_store:
            seal(self.path)

    def drop(self) -> None:
        """Release the file, whatever it is."""
        self._opened, self._is_attached = None, False
        self._stack.close()

    def _open(self) -> Connection:
        if self._opened is None:
            opened = open_gateway(scratch=self.scratch, is_alone=True)
            self._opened = self._stack.enter_context(opened)
        return self._opened
