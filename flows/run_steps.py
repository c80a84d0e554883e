"""The steps of a run around its files: mend, find, compare, publish, finish."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd

from flows.books import accepted_files
from flows.files import replaced
from flows.identity import identify_run
from flows.inbox import new_files
from flows.plan_scope import known_study
from flows.plans import require_fitting_rule, standing_of
from flows.publication import describe_run
from flows.reconcile import reconcile
from flows.run_pages import write_changes, write_index
from flows.study import LATEST
from flows.study_data import load_study_data
from flows.takeover import is_interrupted
from flows.workbench import workbench
from instruments.errors import RunError
from reports.analyses import analyse
from reports.plan_check import check_plan
from reports.publication import publish_run
from reports.render import render_report
from sql.gateway import share_work
from sql.results import held_results, keep_results


def require_rule(key: str) -> None:
    """Stop before any file is taken in where no comparison could follow."""
    require_fitting_rule(workbench(key).study)


def mend(key: str) -> None:
    """Bring the store in line with the ledger."""
    bench = workbench(key)
    done = reconcile(bench.study, bench.ledger, bench.store)
    bench.reports.extend(done.reports)
    if done.outcome == "read again":
        bench.tell(f"study.toml changed: {done.file_count} files read again")
    elif done.outcome in ("replayed", "rebuilt"):
        bench.tell(f"store {done.outcome} from archive and ledger: {done.file_count} files")


def find(key: str) -> int:
    """List the new files of the inbox; return how many there are."""
    bench = workbench(key)
    bench.files = new_files(bench.study, bench.ledger)
    return len(bench.files)


def identify(key: str) -> bool:
    """Name the run; return whether anything is left to be done.

    Raises
    ------
    RunError
        ``E_NO_DATA`` where no file was ever accepted.
    """
    bench = workbench(key)
    accepted = accepted_files(bench.ledger)
    if not accepted:
        raise RunError(
            "E_NO_DATA",
            "No export of this study was accepted yet",
            where=str(bench.study.exports),
            fix='Put exports there; the patterns under "files" in study.toml must match them.',
        )
    standing = standing_of(bench.study, bench.ledger)
    if standing.plan is not None:
        check_plan(standing.plan, known_study(bench.study, accepted))
    if standing.refusal:
        bench.tell("; ".join([standing.refusal, *standing.changes]))
    bench.provenance = identify_run(bench.study, accepted, standing)
    is_published = bench.run_folder.is_dir() and not is_interrupted(bench.ledger)
    return not (is_published and held_results(bench.connection) == bench.provenance.run_id)


def compare(key: str) -> None:
    """Run the analyses and keep their exact results in the store."""
    bench = workbench(key)
    bench.tell("compare")
    bench.begin()
    compute(key)


def compute(key: str) -> None:
    """Run the analyses and keep their results; the ledger has nothing to say of it."""
    bench = workbench(key)
    file = bench.study.file
    share_work(bench.connection)
    # Arrow's texts are made for long columns: with those of an analysis, each call costs more.
    with pd.option_context("mode.string_storage", "python"):
        data = load_study_data(bench.study, bench.connection, accepted_files(bench.ledger))
        bench.analysis = analyse(
            data,
            file.presentation,
            file.outcome,
            file.comparison,
            file.study.seed,
            standing=bench.require_provenance().standing,
        )
    keep_results(
        bench.connection,
        bench.analysis.presentations,
        bench.analysis.estimates,
        bench.require_provenance().run_id,
    )


def publish(key: str) -> None:
    """Pass the results through the gate, write the run's folder, draw its report."""
    bench = workbench(key)
    bench.tell("publish")
    if bench.analysis is None:
        raise RuntimeError("a run is published after its comparison")
    part = bench.run_folder.with_name(f".{bench.run_folder.name}.part")
    part.mkdir(parents=True)
    context = describe_run(bench)
    publish_run(part, bench.analysis, bench.study.file.disclosure, context)
    render_report(part)
    write_changes(bench.study, bench.ledger, context.run_id, part)
    _take_place(part, bench.run_folder)


def _take_place(part: Path, folder: Path) -> None:
    """Put a finished folder where the run belongs; the same run again has the same bytes."""
    if folder.exists():
        shutil.rmtree(folder)
    part.rename(folder)


def finish(key: str) -> None:
    """Name the run as the latest, list it among all runs and close it in the ledger."""
    bench = workbench(key)
    run_id = bench.require_provenance().run_id
    has_shown = bench.require_provenance().standing.refusal is None
    with replaced(bench.study.runs / LATEST) as part:
        part.write_text(run_id + "\n", encoding="ascii")
    write_index(bench.study, bench.ledger, run_id)
    bench.ledger.append("run_finished", run_id=run_id, has_shown_outcomes=has_shown)
