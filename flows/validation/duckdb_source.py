"""DuckDB as a data source of Great Expectations, through its own extension points.

Great Expectations 1.24 has none, and its plain SQL source closes the connection before it fetches:
a DuckDB result dies with its connection, so the engine here keeps one. A context lasts as long as
one file is judged, and keeps no settings. Importing this module registers the source;
`load_great_expectations` comes first.
"""

from __future__ import annotations

import builtins
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from great_expectations.core.config_provider import _ConfigurationProvider
from great_expectations.data_context.data_context.ephemeral_data_context import (
    EphemeralDataContext,
)
from great_expectations.data_context.types.base import (
    DataContextConfig,
    InMemoryStoreBackendDefaults,
    ProgressBarsConfig,
)
from great_expectations.datasource.fluent.sql_datasource import SQLDatasource
from great_expectations.execution_engine.sqlalchemy_execution_engine import (
    SqlAlchemyExecutionEngine,
)


class DuckDBExecutionEngine(SqlAlchemyExecutionEngine):
    """An engine whose results outlive the call that made them."""

    @contextmanager
    def get_connection(self) -> Iterator[Any]:
        """Yield the one connection of this engine."""
        if self._connection is None:
            self._connection = self.engine.connect()
        yield self._connection


class DuckDBDatasource(SQLDatasource):
    """A source of tables in DuckDB: ``context.data_sources.add_duckdb(...)``."""

    # Its name is how Great Expectations tells sources apart; each subclass narrows it so.
    type: Literal["duckdb"] = "duckdb"  # type: ignore[assignment]

    @property
    def execution_engine_type(self) -> builtins.type[DuckDBExecutionEngine]:
        """The engine that keeps its connection."""
        return DuckDBExecutionEngine


class PassingContext(EphemeralDataContext):
    """A context of one file, without progress bars, whose settings are written nowhere."""

    def __init__(self) -> None:
        super().__init__(
            DataContextConfig(
                store_backend_defaults=InMemoryStoreBackendDefaults(),
                progress_bars=ProgressBarsConfig(globally=False),
            )
        )

    def _register_providers(self, config_provider: _ConfigurationProvider) -> None:
        """Let no setting stand for a variable: for each, the whole environment would be copied."""

    def _save_project_config(self) -> None:
        """Keep nothing: each change would be written as YAML that nobody reads, in 15 ms."""
