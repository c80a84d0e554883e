"""What every kind of test shares."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

# Before numpy is imported: on small matrices threads wait for each other, twenty times as long.
# Analyses run in one thread too.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# How long an example takes depends on what else the machine does; speed is measured by make bench.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

REPOSITORY = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of real data beside the repository; its absence fails in CI and skips elsewhere."""
    folder = REPOSITORY.parent / "shared" / "data"
    if not folder.is_dir():
        reason = "../shared/data is not beside the repository, so real data cannot be read"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return folder


@pytest.fixture(scope="session")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the specimen run with its report, rendered once; nobody writes into it."""
    from reports.render import render_report
    from tests.golden.specimen import publish_specimen

    folder = publish_specimen(tmp_path_factory.mktemp("runs") / "specimen")
    render_report(folder)
    return folder
