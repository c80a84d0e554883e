"""A wheel holds everything that the program reads: statements, definitions, templates, styles."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

PACKAGES = ("instruments", "sql", "reports", "flows")
DATA = (".sql", ".toml", ".html", ".css", ".mplstyle", ".json", ".typ", ".csl")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Return the names in the wheel of the project, built from a copy without an index."""
    source = tmp_path_factory.mktemp("source")
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *PACKAGES,
         "pyproject.toml", "README.md", "LICENSE"],
        cwd=REPOSITORY, capture_output=True, text=True, check=True,
    )  # fmt: skip
    for name in listed.stdout.splitlines():
        if (REPOSITORY / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_bytes((REPOSITORY / name).read_bytes())
    target = tmp_path_factory.mktemp("wheel")
    built = subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation",
         "--no-index", "--disable-pip-version-check", "--wheel-dir", str(target), str(source)],
        capture_output=True, text=True,
    )  # fmt: skip
    assert built.returncode == 0, built.stderr
    (path,) = target.glob("*.whl")
    with zipfile.ZipFile(path) as opened:
        return set(opened.namelist())


def files(*endings: str) -> set[str]:
    return {
        path.relative_to(REPOSITORY).as_posix()
        for package in PACKAGES
        for path in (REPOSITORY / package).rglob("*")
        if path.suffix in endings and "__pycache__" not in path.parts
    }


def test_a_wheel_holds_every_module(wheel: set[str]) -> None:
    assert files(".py") - wheel == set()


def test_a_wheel_holds_every_file_that_the_program_reads(wheel: set[str]) -> None:
    kept = files(*DATA)
    assert {Path(name).suffix for name in kept} >= {".sql", ".toml", ".html", ".css", ".mplstyle"}
    assert kept - wheel == set()


def test_a_wheel_holds_no_tests_and_no_studies(wheel: set[str]) -> None:
    assert not [name for name in wheel if name.startswith(("tests/", "demo/", "real/"))]


def test_every_kind_of_file_in_the_packages_is_known(wheel: set[str]) -> None:
    """A new kind of data file must be declared in pyproject.toml, or it stays behind."""
    kinds = {
        path.suffix or path.name
        for package in PACKAGES
        for path in (REPOSITORY / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    # The picture on the first page of README is of no use to the program.
    assert kinds - {".png"} <= {".py", ".typed", "py.typed", *DATA}


def test_types_are_announced(wheel: set[str]) -> None:
    assert {f"{package}/py.typed" for package in PACKAGES} <= wheel
