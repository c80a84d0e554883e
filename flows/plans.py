"""The plan of a study: its file, its locks in the ledger, and what they make of its results."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flows.ledger import Entry, Ledger
from flows.study import Study
from flows.study_checks import check_presentation
from flows.toml_places import TomlFile
from instruments.errors import PlanError
from reports.plan import Plan, describe_changes, keeps_family, substance_of
from reports.plan_standing import NO_PLAN, Standing

PLAN_FILE = "plan.toml"
PLAN_TOML = TomlFile(PLAN_FILE, "plan", "plan", PlanError)
LOCKED = "plan_locked"


@dataclass(frozen=True)
class PlanLock:
    """One locked version of a plan, as the ledger holds it."""

    version: int
    number: int
    sha256: str
    content: dict[str, Any]


def plan_path(study: Study) -> Path:
    """Return where the plan of a study lies."""
    return study.folder / PLAN_FILE


def require_fitting_rule(study: Study) -> None:
    """Refuse a study whose own rule no comparison could follow; a plan's is checked with the plan.

    Raises
    ------
    StudyError
        Where the presentation rule does not fit the scales.
    """
    if not plan_path(study).exists():
        check_presentation(study, study.file.presentation)


def load_plan(study: Study) -> Plan | None:
    """Return the plan of a study, None where it has none.

    Raises
    ------
    PlanError
        With the line, the offending key and the nearest valid one.
    """
    path = plan_path(study)
    if not path.exists():
        return None
    return PLAN_TOML.load(_read(path), Plan)


def require_plan(study: Study) -> Plan:
    """Return the plan of a study.

    Raises
    ------
    PlanError
        ``E_PLAN_MISSING`` where there is none.
    """
    plan = load_plan(study)
    if plan is None:
        raise PlanError(
            "E_PLAN_MISSING",
            "There is no plan.toml in this study",
            where=str(study.folder),
            fix="Begin one with: interdep plan new",
        )
    return plan


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise PlanError(
            "E_PLAN_UNREADABLE",
            "The plan cannot be read as UTF-8 text",
            where=str(path),
            fix="Check its permissions and encoding.",
        ) from None


def plan_locks(ledger: Ledger) -> list[PlanLock]:
    """Return every locked version, oldest first."""
    return [_lock(entry) for entry in ledger.entries(LOCKED)]


def _lock(entry: Entry) -> PlanLock:
    facts = entry.facts
    return PlanLock(facts["version"], entry.number, facts["sha256"], dict(facts["content"]))


def standing_of(study: Study, ledger: Ledger) -> Standing:
    """Return the plan of a study with what its locks are worth."""
    plan = load_plan(study)
    if plan is None:
        return NO_PLAN
    locks = plan_locks(ledger)
    latest = locks[-1] if locks else None
    return Standing(
        plan=plan,
        version=latest.version if latest else 0,
        changes=describe_changes(latest.content, plan.content) if latest else (),
        late=_late(plan, locks, first_showing(ledger)),
    )


def first_showing(ledger: Ledger) -> int | None:
    """Return the number of the first entry after which outcomes by group had been shown."""
    shown = (
        entry.number
        for entry in ledger.entries("run_finished")
        if entry.facts.get("has_shown_outcomes", True)
    )
    return next(shown, None)


def _late(plan: Plan, locks: Sequence[PlanLock], shown: int | None) -> frozenset[str]:
    """Return the hypotheses that no version locked in time held as they stand now.

    Those are late too whose family has lost members that it had when outcomes were first shown.
    """
    if shown is None:
        return frozenset()
    in_time = [lock.content for lock in locks if lock.number < shown]
    now = plan.content
    return frozenset(
        one.id
        for one in plan.hypothesis
        if not _is_in(now, one.id, in_time) or not keeps_family(in_time[-1], now, one.family)
    )


def _is_in(content: dict[str, Any], name: str, versions: Iterable[dict[str, Any]]) -> bool:
    wanted = substance_of(content, name)
    return any(substance_of(version, name) == wanted for version in versions)


def lock_plan(study: Study, ledger: Ledger, plan: Plan) -> PlanLock | None:
    """Lock a plan as a new version; None where it is locked as it stands.

    The entry holds the whole content, so that what is changed later can be said.
    """
    locks = plan_locks(ledger)
    if locks and locks[-1].sha256 == plan.digest:
        return None
    entry = ledger.append(
        LOCKED,
        version=len(locks) + 1,
        sha256=plan.digest,
        file_sha256=hashlib.sha256(plan_path(study).read_bytes()).hexdigest(),
        content=plan.content,
    )
    return _lock(entry)
