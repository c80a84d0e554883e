"""`interdep status`: from the ledger and the run folders alone, so it works during a run."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import typer

from flows.books import AcceptedFile, accepted_files
from flows.inbox import new_files, unclaimed_files
from flows.ledger import Ledger
from flows.sources.names import show_file
from flows.study import LATEST, Study, load_study
from flows.takeover import is_interrupted
from flows.tombstones import count_removed


def show_status(folder: Path, *, as_json: bool = False) -> int:
    """Print accepted files, what waits in the inbox and the latest run."""
    study = load_study(folder)
    facts = _facts(study, Ledger(study.ledger))
    typer.echo(json.dumps(facts, indent=2) if as_json else "\n".join(_lines(facts)))
    return 0


def _facts(study: Study, ledger: Ledger) -> dict[str, Any]:
    run = latest_run(study)
    removed = count_removed(ledger.entries())
    return {
        "study": study.file.study.id,
        "accepted": [_file(file, removed.get(file.sha256, 0)) for file in accepted_files(ledger)],
        "waiting": [show_file(file.path.name) for file in new_files(study, ledger)],
        "unclaimed": unclaimed_files(study),
        "interrupted": is_interrupted(ledger),
        "latest_run": run,
        "report": _report(study, run),
    }


def _file(file: AcceptedFile, removed: int) -> dict[str, Any]:
    """Return the counts of a file as it came in, and what happened to its rows since."""
    since = {
        "released": len(file.decisions.released),
        "rejected": len(file.decisions.rejected),
        "withdrawn": removed,
    }
    return {"name": file.name, "source": file.source_id, **asdict(file.counts), "since": since}


def latest_run(study: Study) -> str | None:
    """Return the id of the latest published run."""
    pointer = study.runs / LATEST
    return pointer.read_text(encoding="ascii").strip() if pointer.exists() else None


def _report(study: Study, run: str | None) -> str | None:
    report = study.runs / run / "report.html" if run else None
    return str(report) if report is not None and report.exists() else None


def _since(since: dict[str, int]) -> str:
    told = ", ".join(f"{count} {what}" for what, count in since.items() if count)
    return f" when it came in; since then {told}" if told else ""


def _lines(facts: dict[str, Any]) -> list[str]:
    accepted = [
        f"accepted  {f['name']}: {f['rows_in']} rows = {f['loaded']} loaded + "
        f"{f['quarantined']} quarantined + {f['known']} known{_since(f['since'])}"
        for f in facts["accepted"]
    ]
    waiting = [f"waiting   {name}" for name in facts["waiting"]]
    unclaimed = [f"unclaimed {name}: {why}" for name, why in facts["unclaimed"].items()]
    run = facts["latest_run"] or "none yet"
    state = (
        ["the last run was interrupted; the next one takes over"] if facts["interrupted"] else []
    )
    report = [f"its report: {facts['report']}"] if facts["report"] else []
    head, end = f"study {facts['study']}", f"latest run {run}"
    return [head, *accepted, *waiting, *unclaimed, *state, end, *report]
