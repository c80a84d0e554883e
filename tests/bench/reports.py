"""What a clinic researcher waits for: the report of the demonstration study in all formats."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

MAIN = "from flows.cli import main; main()"


def measure() -> dict[str, float]:
    """Return seconds of all formats in one go, then of the page and of the documents alone."""
    with tempfile.TemporaryDirectory() as name:
        demo = Path(name) / "demo"
        subprocess.run([sys.executable, "-c", MAIN, "demo", str(demo)], check=True,
                       capture_output=True)  # fmt: skip
        runs = demo / "runs"
        return _report(runs / (runs / "latest").read_text(encoding="utf-8").strip())


def _report(folder: Path) -> dict[str, float]:
    from reports.render import render_documents, render_report
    from reports.render.report import VIEWS

    _import_all()
    return {
        "report_s": _seconds(lambda: render_documents(folder, formats=tuple(VIEWS))),
        "page_s": _seconds(lambda: render_report(folder)),
        "documents_s": _seconds(lambda: render_documents(folder)),
    }


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _import_all() -> None:
    import docx  # noqa: F401
    import matplotlib.figure  # noqa: F401
    import typst  # noqa: F401


if __name__ == "__main__":
    sys.stdout.write(json.dumps(measure()) + "\n")
