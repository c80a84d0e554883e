"""What every kind of test shares."""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import filelock
import pytest
from hypothesis import settings

# Before numpy is imported: on small matrices threads wait for each other, twenty times as long.
# Analyses run in one thread too.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# Large tables and figures are freed by counting; what is left for the search for cycles is little,
# and each search walks through all that the libraries hold.
gc.set_threshold(50_000, 20, 20)

# How long an example takes depends on what else the machine does; speed is measured by make bench.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

# `make slow` draws as many examples as a property deserves, the quick tests a third of them.
DRAWS_ALL = os.environ.get("EXAMPLES") == "all"


def examples(count: int) -> int:
    """Return how many examples a property is tried on, of so many in `make slow`."""
    return count if DRAWS_ALL else -(-count // 3)


def pytest_collection_finish() -> None:
    """Spare what was imported and collected every later search for garbage: it stays anyway."""
    gc.freeze()


REPOSITORY = Path(__file__).resolve().parent.parent
# Writes something into a folder that is not there yet.
Make = Callable[[Path], object]


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
def made(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Make], Path]:
    """Return a function that returns the folder that another one makes.

    It is made once for all tests of all workers; nobody writes into it or opens its store.
    """
    root = tmp_path_factory.getbasetemp()
    root = (root.parent if root.name.startswith("popen-") else root) / "made"
    root.mkdir(exist_ok=True)

    def make_once(make: Make) -> Path:
        name = f"{make.__module__}.{make.__qualname__}"
        folder, done = root / name, root / f"{name}.done"
        with filelock.FileLock(root / f"{name}.lock"):
            if not done.exists():
                shutil.rmtree(folder, ignore_errors=True)  # of a make that failed
                make(folder)
                done.touch()
        return folder

    return make_once


@pytest.fixture
def copied(made: Callable[[Make], Path], tmp_path: Path) -> Callable[..., Path]:
    """Return a function that copies such a folder for one test, which may change it."""

    def copy(make: Make, name: str = "study") -> Path:
        return Path(shutil.copytree(made(make), tmp_path / name))

    return copy


def render_specimen(folder: Path) -> None:
    """Publish the specimen run and render its report."""
    from reports.render import render_report
    from tests.golden.specimen import publish_specimen

    render_report(publish_specimen(folder))


@pytest.fixture(scope="session")
def rendered(made: Callable[[Make], Path]) -> Path:
    """The folder of the specimen run with its report; nobody writes into it."""
    return made(render_specimen)
