"""`interdep plan new`, `interdep plan check` and `interdep plan lock`."""

from __future__ import annotations

import tempfile
from pathlib import Path

import typer

from flows.books import accepted_files
from flows.desk.new_file import write_new
from flows.ledger import Ledger
from flows.outcome import DONE, NOTHING_NEW
from flows.plan_draft import draft_plan
from flows.plan_scope import known_study
from flows.plans import first_showing, lock_plan, plan_path, require_plan, standing_of
from flows.study import Study, load_study
from flows.study_data import load_study_data
from flows.takeover import hold_study
from reports.plan import Plan
from reports.plan_check import check_plan
from reports.plan_power import Detection, find_detections
from reports.plan_standing import Standing
from reports.plan_words import describe_plan
from sql.gateway import open_gateway


def begin_plan(folder: Path) -> int:
    """Write a commented plan.toml begun from the study file; one that is there stays as it is.

    Raises
    ------
    RunError
        ``E_FILE_EXISTS``.
    """
    study = load_study(folder)
    path = plan_path(study)
    known = known_study(study, accepted_files(Ledger(study.ledger)))
    write_new(path, draft_plan(study.file, known))
    typer.echo(f"wrote {path}; say in it what you expect, then: interdep plan check {folder}")
    return DONE


def tell_plan(folder: Path) -> int:
    """Check a plan and print in words what it will do and what it can detect."""
    study = load_study(folder)
    with hold_study(study):
        ledger = Ledger(study.ledger)
        plan = _checked_plan(study, ledger)
        standing = standing_of(study, ledger)
        found = _detections(study, ledger, plan, standing)
    threshold = study.file.disclosure.threshold
    typer.echo("\n".join(describe_plan(plan, standing, found, threshold)))
    return DONE


def lock(folder: Path) -> int:
    """Lock a plan in the ledger, and say what its version is and what has changed."""
    study = load_study(folder)
    with hold_study(study):
        ledger = Ledger(study.ledger)
        plan = _checked_plan(study, ledger)
        before = standing_of(study, ledger)
        locked = lock_plan(study, ledger, plan)
        after = standing_of(study, ledger)
        shown = first_showing(ledger)
    if locked is None:
        typer.echo(f"The plan is locked already, as version {after.version}; nothing changed.")
        return NOTHING_NEW
    typer.echo(f"Locked as version {locked.version}, sha256 {locked.sha256}.")
    for change in before.changes:
        typer.echo(f"  {change}")
    if after.late:
        typer.echo(_late(after, is_first=locked.version == 1 and shown is not None))
    return DONE


def _late(standing: Standing, *, is_first: bool) -> str:
    names = ", ".join(sorted(standing.late))
    when = "before any plan was locked" if is_first else "before it was locked as it stands"
    return f"Outcomes had been shown {when}, so these stay exploratory: {names}."


def _checked_plan(study: Study, ledger: Ledger) -> Plan:
    plan = require_plan(study)
    check_plan(plan, known_study(study, accepted_files(ledger)))
    return plan


def _detections(
    study: Study, ledger: Ledger, plan: Plan, standing: Standing
) -> tuple[Detection, ...]:
    accepted = accepted_files(ledger)
    if not accepted or not study.store.exists():
        return ()
    with (
        tempfile.TemporaryDirectory(prefix="interdep-") as scratch,
        open_gateway(study.store, Path(scratch)) as connection,
    ):
        return find_detections(plan, standing, load_study_data(study, connection, accepted))
