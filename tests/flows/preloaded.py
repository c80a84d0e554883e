"""Imported once by the server that crashing runs are forked from."""

from flows.settings import apply_settings

apply_settings()

import matplotlib.pyplot  # noqa: E402
import pingouin  # noqa: E402

import tests.flows.small_study  # noqa: E402
from instruments.expectations import load_great_expectations  # noqa: E402

load_great_expectations()
import duckdb_sqlalchemy  # noqa: E402

import flows.validation.duckdb_source  # noqa: E402

__all__ = ["duckdb_sqlalchemy", "flows", "matplotlib", "pingouin", "tests"]
