"""A proposal of the study file for exports that it has never seen, with its reasons and doubts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from flows.profiling.proposal import propose_sources
from flows.profiling.writing import write_study
from instruments.catalog import Catalog

__all__ = ["propose_study"]


def propose_study(paths: Sequence[Path], catalog: Catalog) -> str:
    """Return a study file for exports that nobody declared yet, as TOML with comments.

    Raises
    ------
    ExportError
        A file cannot be read at all.
    """
    return write_study(propose_sources(paths, catalog), catalog)
