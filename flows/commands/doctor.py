"""`interdep doctor`: what on this machine could make a run fail."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import typer
from packaging.requirements import Requirement

from flows.files import require_writable
from flows.settings import SETTINGS
from instruments.errors import InterdepError

Line = tuple[bool, str]


def examine(folder: Path | None) -> int:
    """Print a line per examined thing; the exit code is 1 where something is wrong."""
    lines = [*_python(), *_packages(), *_settings(), *_folders(folder), *_study(folder)]
    for is_well, text in lines:
        typer.echo(f"{'ok   ' if is_well else 'WRONG'} {text}")
    return 0 if all(is_well for is_well, _ in lines) else 1


def _python() -> Iterator[Line]:
    yield sys.version_info >= (3, 11), f"Python {sys.version.split()[0]} (3.11 or newer)"


def _packages() -> Iterator[Line]:
    """Compare the installed versions with the pins that the project declares."""
    for written in metadata.requires("interdep") or []:
        needed = Requirement(written)
        if needed.marker is not None and not needed.marker.evaluate({"extra": ""}):
            continue
        yield _compare(needed)


def _compare(needed: Requirement) -> Line:
    try:
        found = metadata.version(needed.name)
    except metadata.PackageNotFoundError:
        return False, f"{needed} is not installed: install requirements.lock"
    is_met = needed.specifier.contains(found, prereleases=True)
    unmet = "" if is_met else f" does not meet {needed.specifier}"
    return is_met, f"{needed.name} {found}{unmet}"


def _settings() -> Iterator[Line]:
    url = os.environ.get("PREFECT_API_URL")
    yield True, f"Prefect server: {url}" if url else "Prefect server: each run starts its own"
    for name, wanted in SETTINGS.items():
        if name.endswith("ANALYTICS_ENABLED"):
            found = os.environ.get(name, wanted)
            yield found.lower() in ("false", "0"), f"{name}={found}"


def _folders(folder: Path | None) -> Iterator[Line]:
    home = Path(os.environ.get("PREFECT_HOME", "~/.prefect")).expanduser()
    for place in (home, *([folder] if folder else [])):
        try:
            require_writable(place)
        except InterdepError as error:
            yield False, str(error)
        else:
            yield True, f"{place} can be written"


def _study(folder: Path | None) -> Iterator[Line]:
    if folder is None:
        return
    from flows.ledger import Ledger
    from flows.study import load_study

    try:
        study = load_study(folder)
        entries = Ledger(study.ledger).entries()
    except InterdepError as error:
        yield False, str(error)
    else:
        yield True, f'study "{study.file.study.id}", {len(entries)} entries in the ledger'
