"""`interdep profile`: propose the study file for exports that it has never seen."""

from __future__ import annotations

from pathlib import Path

import typer

from flows.profiling import propose_study
from flows.study import STUDY_FILE
from instruments.catalog import load_catalog


def profile_files(files: list[Path], study: Path) -> int:
    """Print a study file for some exports; what it is not sure of stands in its comments."""
    own = study / "instruments"
    catalog = load_catalog(own if (study / STUDY_FILE).exists() and own.is_dir() else None)
    typer.echo(propose_study(files, catalog), nl=False)
    return 0
