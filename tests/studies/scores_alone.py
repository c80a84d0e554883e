"""A study of which only scores are known: what a presentation needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from reports.study_data import Measure, StudyData


def scores_alone(
    scores: pd.DataFrame, measures: Mapping[str, Measure], clients: Sequence[str] | None = None
) -> StudyData:
    """Return the study; its clients are those who have a score, where none are named."""
    known = sorted(set(scores["client_id"])) if clients is None else list(clients)
    index = pd.Index(known, name="client_id", dtype="str")
    return StudyData(pd.DataFrame(index=index), scores, lambda *_: pd.DataFrame(), measures)
