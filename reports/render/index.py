"""The index page of a study's runs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from instruments.errors import InterdepError
from reports.render import RunLine
from reports.render.page import make_environment
from reports.render.run_view import Run, load_run
from reports.render.writing import write_together

PAGES = (
    ("report.html", "report"),
    ("changes.html", "what changed"),
    ("report.docx", "Word"),
    ("report.pdf", "PDF"),
    ("estimates.csv", "estimates"),
)


def write_index(runs: Path, lines: Sequence[RunLine]) -> Path:
    """Write ``index.html`` into the folder of all runs; runs are listed in the order given.

    A run that cannot be read is listed as such: the page is also the place where one notices.
    """
    rows = [_row(runs, line) for line in lines]
    titles = [row["title"] for row in rows if row["title"]]
    page = make_environment().get_template("index.html")
    text = page.render(rows=rows, title=titles[0] if titles else "Runs")
    return write_together(runs, {"index.html": text.encode()})[0]


def _row(runs: Path, line: RunLine) -> dict[str, object]:
    folder = runs / line.run_id
    try:
        run = load_run(folder)
    except InterdepError as error:
        return {"line": line, "title": "", "fault": error.what, "pages": [], "facts": {}}
    pages = [(f"{line.run_id}/{name}", word) for name, word in PAGES if (folder / name).is_file()]
    about = run.provenance("run")
    return {"line": line, "title": about.get("study_title", ""), "fault": "", "pages": pages,
            "facts": _facts(run)}  # fmt: skip


def _facts(run: Run) -> dict[str, str]:
    refused = 0 if run.estimates.empty else int((run.estimates["status"] == "refused").sum())
    return {
        "files": str(run.frame("tables/files").shape[0]),
        "estimates": f"{len(run.estimates) - refused:,}",
        "refused": f"{refused:,}",
        "plan": run.plan_status,
    }
