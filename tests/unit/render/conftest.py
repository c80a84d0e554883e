"""The specimen run as the tests of rendering see it."""

from __future__ import annotations

from pathlib import Path

import pytest

from reports.render.run_view import Run, load_run


@pytest.fixture(scope="session")
def run(rendered: Path) -> Run:
    """The loaded specimen."""
    return load_run(rendered)


@pytest.fixture(scope="session")
def page(rendered: Path) -> str:
    """The text of the specimen's report."""
    return (rendered / "report.html").read_text(encoding="utf-8")
