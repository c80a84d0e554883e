"""The specimen's report in a real browser."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def report(rendered: Path) -> str:
    """The address of the specimen's report."""
    return (rendered / "report.html").as_uri()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Chromium; its absence fails in CI and skips elsewhere."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        reason = "Chromium is not installed: run tests/browser/install.sh"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(Path(path)), args=["--no-sandbox"])
        yield browser
        browser.close()
