"""What corrected exports moved: answers, scores, presentations, and published estimates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import pandas as pd

from flows.books import AcceptedFile, accepted_files
from flows.ledger import Ledger
from flows.perspectives import perspectives_of
from flows.plans import standing_of
from flows.study import Study
from flows.study_data import load_study_data, scales_of, with_perspectives
from instruments.layout import Placement, score_name
from instruments.scale import Scale
from instruments.scale_names import without_perspective
from reports.plan_standing import Standing
from sql.amendments import Amendment, read_amendments, read_scores_before
from sql.gateway import Connection


@dataclass(frozen=True)
class AmendedFile:
    """One file that corrected earlier ones, and what it changed."""

    file: AcceptedFile
    amendments: tuple[Amendment, ...]

    def count(self, kind: str) -> int:
        """Return how many answers, facts or scores it changed."""
        return sum(one.kind == kind for one in self.amendments)

    @property
    def clients(self) -> int:
        """How many clients it concerns."""
        return len({one.client_id for one in self.amendments})


@dataclass(frozen=True)
class MovedPresentation:
    """A client whose presentation is another one than before."""

    client_id: str
    before: str
    after: str


@dataclass(frozen=True)
class MovedEstimates:
    """The published estimates of two runs that both have, and those of them that moved."""

    before: str
    after: str
    compared: int
    moved: pd.DataFrame


def amended_files(connection: Connection, accepted: Iterable[AcceptedFile]) -> list[AmendedFile]:
    """Return the files that changed what earlier ones had said, in their order."""
    by_batch: dict[int, list[Amendment]] = {}
    for one in read_amendments(connection):
        by_batch.setdefault(one.batch, []).append(one)
    return [
        AmendedFile(file, tuple(by_batch[file.batch]))
        for file in accepted
        if file.batch in by_batch
    ]


def first_new_batch(ledger: Ledger) -> int | None:
    """Return the first file since the run before the last, or since the last one if any came.

    None where no run was published, or nothing came in since.
    """
    since: int | None = None
    latest: int | None = None
    known: set[str] = set()
    has_run = False
    for entry in ledger.entries():
        if entry.kind == "file_accepted" and entry.facts["sha256"] not in known:
            known.add(entry.facts["sha256"])
            latest = entry.facts["batch"] if latest is None and has_run else latest
        elif entry.kind == "run_finished":
            has_run, since, latest = True, latest, None
    return latest if latest is not None else since


def moved_presentations(
    study: Study, ledger: Ledger, connection: Connection, batch: int
) -> list[MovedPresentation]:
    """Return the clients who were there before a batch and present otherwise since."""
    from reports.exclusions import present_clients

    standing, accepted = standing_of(study, ledger), accepted_files(ledger)
    rule = standing.rule(study.file.presentation)
    data = load_study_data(study, connection, accepted)
    wanted = _items_of(scales_of(study, accepted), _scales_needed(rule.scales, standing))
    before_batch = read_scores_before(connection, batch, wanted)
    scores = with_perspectives(before_batch, perspectives_of(study))
    earlier = replace(data, scores=scores)
    before, after = (
        present_clients(one, rule, standing).set_index("client_id")["presentation"]
        for one in (earlier, data)
    )
    return [
        MovedPresentation(str(client), _name(before[client]), _name(after[client]))
        for client in sorted(set(scores["client_id"]))
        if _name(before[client]) != _name(after[client])
    ]


def _name(presentation: object) -> str:
    return "not known" if pd.isna(presentation) else str(presentation)  # type: ignore[call-overload]


def _scales_needed(scales: Iterable[str], standing: Standing) -> set[str]:
    """Return the scales of the rule and of what the plan excludes clients by."""
    exclusions = standing.plan.exclusion if standing.plan else ()
    return {*scales, *(one.scale for one in exclusions if one.scale is not None)}


def _items_of(
    placed: Mapping[str, tuple[Placement, Scale]], wanted: Iterable[str]
) -> dict[str, tuple[str, ...]]:
    """Return the items of each scale that is wanted, whoever it is by or about."""
    return {without_perspective(name): _own_items(*placed[name])
            for name in sorted(wanted) if name in placed}  # fmt: skip


def _own_items(placement: Placement, scale: Scale) -> tuple[str, ...]:
    """Return the items and the ready-made score of a scale, of a composite also of its parts."""
    parts = [placement.definition.get_scale(name) for name in scale.terms]
    items = [item for part in parts or [scale] for item in placement.items_of(part)]
    return (*items, *(score_name(one.id) for one in (scale, *parts)))


def moved_estimates(study: Study, ledger: Ledger) -> MovedEstimates | None:
    """Compare what the last two different runs published; None where there are not two."""
    from reports.render.changes import match_estimates
    from reports.render.run_view import load_run

    finished = [str(entry.facts["run_id"]) for entry in ledger.entries("run_finished")]
    runs = list(dict.fromkeys(reversed(finished)))[:2]
    if len(runs) < 2 or not all((study.runs / run / "run.json").is_file() for run in runs):
        return None
    after, before = (load_run(study.runs / run).estimates for run in runs)
    both = match_estimates(before, after)
    shared, moved = both[both["in_both"]], both[both["has_moved"]]
    return MovedEstimates(runs[1], runs[0], len(shared), moved)
