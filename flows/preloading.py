"""What a run imports late, imported while Prefect's server starts."""

from __future__ import annotations

from importlib import import_module

from instruments.expectations import load_great_expectations

# Each brings libraries that are slow to import and that nearly every run asks for.
NEEDED_LATE = ("duckdb_sqlalchemy", "pingouin", "comprisk", "matplotlib.figure")


def load_what_comes_late() -> None:
    """Import what checking, comparing and drawing ask for when they are called."""
    load_great_expectations()
    for name in NEEDED_LATE:
        import_module(name)
