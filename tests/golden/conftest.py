"""The specimen run, published and rendered once."""

from __future__ import annotations

from pathlib import Path

import pytest

from reports.render import render_report
from tests.golden.specimen import publish_specimen


@pytest.fixture(scope="session")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the specimen run, with its report."""
    folder = publish_specimen(tmp_path_factory.mktemp("runs") / "specimen")
    render_report(folder)
    return folder
