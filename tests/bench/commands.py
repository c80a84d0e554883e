"""What a user waits for: help, a figure, the demonstration; Prefect's start apart."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

MAIN = "from flows.cli import main; main()"


def measure() -> dict[str, float]:
    """Return seconds of whole processes, the median of five for the short ones."""
    with tempfile.TemporaryDirectory() as name:
        demo = Path(name) / "demo"
        environment = os.environ | {"PREFECT_HOME": str(Path(name) / "prefect")}
        other_home = os.environ | {"PREFECT_HOME": str(Path(name) / "other")}
        first = _seconds("demo", str(demo), env=environment)
        again = _seconds("demo", str(demo), env=environment)
        drawing = ("figure", "forest", "-s", str(demo), "--out", name)
        figure = _median(lambda: _seconds(*drawing))
        figure_imports = _median(lambda: _import_seconds(*drawing))
        plain = _plain_run(demo)
        server_first, server_again = (_server_start(demo, other_home) for _ in range(2))
    help_seconds = _median(lambda: _seconds("--help"))
    return {
        "help_s": help_seconds,
        "figure_s": figure,
        "figure_imports_s": figure_imports,
        "demo_first_s": first,
        "demo_again_s": again,
        "demo_without_prefect_s": plain,
        "server_first_s": server_first,
        "server_again_s": server_again,
    }


def _plain_run(demo: Path) -> float:
    """Run the same study without Prefect, imports included."""
    code = (
        "import shutil, sys; from pathlib import Path; from flows.run import run_study;"
        "folder = Path(sys.argv[1]);"
        "[shutil.rmtree(folder / name) for name in ('runs', 'archive', 'quarantine')];"
        "[(folder / name).unlink() for name in ('store.duckdb', 'ledger.jsonl')];"
        "run_study(folder, lambda message: None)"
    )
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", code, str(demo)], check=True, capture_output=True)
    return time.perf_counter() - began


def _server_start(demo: Path, environment: dict[str, str]) -> float:
    """Start Prefect's server as a run does, and wait for it with nothing else to do."""
    code = (
        "import sys; from pathlib import Path; from flows.server import serving\n"
        "with serving(Path(sys.argv[1])) as server: server.await_health()"
    )
    began = time.perf_counter()
    subprocess.run(
        [sys.executable, "-c", code, str(demo)], check=True, capture_output=True, env=environment
    )
    return time.perf_counter() - began


def _seconds(*arguments: str, env: dict[str, str] | None = None) -> float:
    began = time.perf_counter()
    subprocess.run(
        [sys.executable, "-c", MAIN, *arguments], check=True, capture_output=True, env=env
    )
    return time.perf_counter() - began


def _import_seconds(*arguments: str) -> float:
    """Return what a command's imports take, which the interpreter tells itself."""
    told = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", MAIN, *arguments],
        check=True, capture_output=True, text=True,
    ).stderr  # fmt: skip
    return sum(map(int, re.findall(r"^import time: +(\d+) \|", told, re.MULTILINE))) / 1e6


def _median(work: Callable[[], float]) -> float:
    return sorted(work() for _ in range(5))[2]


if __name__ == "__main__":
    sys.stdout.write(json.dumps(measure()) + "\n")
