"""From the store to what the analyses receive."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache, lru_cache

import pandas as pd

from flows.books import AcceptedFile
from flows.layout import lay_out
from flows.perspectives import Perspectives, perspective_of, perspectives_of
from flows.study import Study
from instruments.layout import Placement
from instruments.scale import Scale
from instruments.scale_names import scale_name, scale_parts
from reports.study_data import Measure, StudyData, measure_of
from sql.gateway import Connection
from sql.study_frames import (
    Answers,
    Forms,
    read_answers,
    read_clients,
    read_forms,
    read_scores,
)

# Analyses ask for the answers to the scales of a form, most of them one after the other.
FORMS_KEPT = 8


def load_study_data(
    study: Study, connection: Connection, accepted: Iterable[AcceptedFile]
) -> StudyData:
    """Read clients and scores; items are read when an analysis asks for them."""
    placed = scales_of(study, accepted)

    placements = {id(placement): placement for placement, _ in placed.values()}

    @cache
    def forms() -> Forms:
        return read_forms(connection)

    @lru_cache(maxsize=FORMS_KEPT)
    def read(placement: int) -> Answers:
        return read_answers(connection, placements[placement], forms())

    def items(scale_name: str, occasion: str) -> pd.DataFrame:
        placement, scale = placed[scale_name]
        return read(id(placement)).of(scale.id, occasion)

    scores = with_perspectives(read_scores(connection), perspectives_of(study))
    return StudyData(read_clients(connection), scores, items, _measures(placed))


def measures_of(study: Study, accepted: Iterable[AcceptedFile]) -> dict[str, Measure]:
    """Return every scale that the accepted files hold, by name."""
    return _measures(scales_of(study, accepted))


def _measures(placed: Mapping[str, tuple[Placement, Scale]]) -> dict[str, Measure]:
    return {
        name: measure_of(placement, scale, scale_parts(name).perspective)
        for name, (placement, scale) in placed.items()
    }


def scales_of(study: Study, accepted: Iterable[AcceptedFile]) -> dict[str, tuple[Placement, Scale]]:
    """Return every scale that the accepted files hold, with the first form block it stands in.

    Blocks with items go before those with ready-made scores: of these nothing can be computed.
    """
    headers = {file.source_id: file.header for file in accepted}
    layouts = (
        lay_out(source, headers[source.id], study.catalog)
        for source in study.sources
        if source.id in headers
    )
    placements = [placement for layout in layouts for placement in layout.placements]
    perspectives = perspectives_of(study)
    found: dict[str, tuple[Placement, Scale]] = {}
    for placement in sorted(placements, key=lambda placement: placement.is_ready_made):
        perspective = perspective_of(perspectives, placement)
        for scale in placement.scales:
            name = scale_name(placement.definition.id, scale.id, perspective)
            found.setdefault(name, (placement, scale))
    return found


def with_perspectives(scores: pd.DataFrame, perspectives: Perspectives) -> pd.DataFrame:
    """Return scores whose scales are named by whom and about whom they are."""
    if not any(perspectives.values()):
        return scores
    forms = scores["scale"].str.partition(".")[0]
    endings = pd.Series("", index=scores.index, dtype="str")
    for (form, rater, target), ending in perspectives.items():
        is_own = (forms == form) & (scores["rater"] == rater) & (scores["target"] == target)
        endings[is_own] = f":{ending}" if ending else ""
    return scores.assign(scale=scores["scale"] + endings)
