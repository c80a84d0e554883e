"""A study with a course of known size, in every presentation."""

from __future__ import annotations

import numpy as np
import pandas as pd

from reports.declarations import Outcome, PresentationRule
from reports.study_data import Measure, StudyData

ECR = {"method": "mean", "higher": "more", "direction": "worse", "instrument": "ecr"}
CORE = {"method": "sum", "higher": "more distressed", "direction": "worse"}
OUTCOME = Outcome(scale="core_10.total", occasion="end", smallest_effect=3.0)
WEEKS = (0, 4, 12, 20, 30)
OCCASIONS = ("intake", "session", "month_3", "session", "end")
RULE = PresentationRule(
    rule="attachment", dependence="ecr.anxiety", independence="ecr.avoidance", cut=(4.0, 4.0)
)


def a_study(
    *,
    extra: float = 0.0,
    n: int = 160,
    level: float = 0.0,
    therapists: int = 16,
    weeks: tuple[int, ...] = WEEKS,
    spread: float = 0.8,
    has_days: bool = True,
) -> StudyData:
    """Four equal groups; everyone's score falls by 2 ln(1 + week), more or less by `extra`."""
    rng = np.random.default_rng(5)
    anxious, avoidant = np.arange(n) % 2 == 1, np.arange(n) % 4 > 1
    ids = np.array([f"c{k:04}" for k in range(n)])
    tilt = np.where(anxious & ~avoidant, 0.5, np.where(avoidant & ~anxious, -0.5, 0.0))
    slope = -2.0 + extra * tilt + rng.normal(0, spread, n)
    start = 24 + level * tilt + rng.normal(0, 4, n)
    rows = []
    for week, occasion in zip(weeks, OCCASIONS, strict=False):
        score = start + slope * np.log1p(week) + rng.normal(0, 1.5, n)
        rows.append(scores_of(ids, "core_10.total", occasion, week, score))
    rows.append(scores_of(ids, "ecr.anxiety", "intake", 0, np.where(anxious, 5.0, 2.0)))
    rows.append(scores_of(ids, "ecr.avoidance", "intake", 0, np.where(avoidant, 5.0, 2.0)))
    rows += [
        scores_of(ids, name, "end", weeks[-1], rng.normal(3, 1, n))
        for name in ("ecr.anxiety", "ecr.avoidance")
    ]
    clients = pd.DataFrame(
        {
            "clinic": "north",
            "therapist_id": [f"t{k // 4 % therapists:02}" for k in range(n)],
            "ending": "planned",
        },
        index=pd.Index(ids, name="client_id"),
    )
    measures = {
        "core_10.total": Measure("core_10.total", "core_10", "distress", 0, 40, **CORE),
        "ecr.anxiety": Measure("ecr.anxiety", label="anxiety", low=1, high=7, **ECR),
        "ecr.avoidance": Measure("ecr.avoidance", label="avoidance", low=1, high=7, **ECR),
    }
    scores = pd.concat(rows, ignore_index=True)
    if not has_days:
        scores = scores.assign(day=pd.NA, session=scores["session"] + 1)
    return StudyData(clients, scores, lambda *_: pd.DataFrame(), measures)


def scores_of(
    ids: np.ndarray, scale: str, occasion: str, week: int, values: np.ndarray
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "client_id": ids, "scale": scale, "occasion": occasion, "session": week,
            "day": 7 * week, "rater": "client", "target": "", "therapist_id": "t00",
            "clinic": "north", "value": values, "answered": 10, "item_count": 10,
            "is_prorated": False,
        }
    )  # fmt: skip
