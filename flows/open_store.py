"""The store's file of one study: opened when it is first needed, sealed when it is closed."""

from __future__ import annotations

from contextlib import ExitStack, suppress
from pathlib import Path

from flows.seal import seal
from sql.gateway import Connection, EngineError, open_gateway


class OpenStore:
    """One connection to a store; its holder holds the study's lock."""

    def __init__(self, path: Path, scratch: Path) -> None:
        self.path = path
        self.scratch = scratch
        self._stack = ExitStack()
        self._connection: Connection | None = None

    @property
    def connection(self) -> Connection:
        """The connection, with the store attached."""
        if self._connection is None:
            self._connection = self._stack.enter_context(open_gateway(self.path, self.scratch))
        return self._connection

    def close(self) -> None:
        """Write down what is left to be written, release the file and seal it."""
        if self._connection is None:
            return
        # To close is to write the last rows down, column by column: threads that share so little
        # wait for each other. After a fatal error nothing can be set, and nothing is written.
        with suppress(EngineError):
            self._connection.execute("SET threads = 1")
        self.drop()
        seal(self.path)

    def drop(self) -> None:
        """Release the file, whatever it is."""
        self._connection = None
        self._stack.close()
