"""All scores of a scale after the landmark, in weeks since then: what growth is fitted to."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from reports.analyses._inquiry import Inquiry
from reports.analyses._question import GROUP_A, GROUP_B
from reports.study_data import StudyData, are_among

HORIZONS = {"weeks": (4, 13, 26, 52), "sessions": (5, 10, 20, 40)}
DAYS_OF_A_WEEK = 7


@dataclass(frozen=True)
class CourseData:
    """One row per score: client_id, time, score, therapist_id, presentation (NaN outside groups).

    Clients and therapists are categories: models, counts and groups of them are asked for often.
    ``horizon`` is the round number of weeks (or sessions) over which change is told: the longest
    that half of the clients were followed for.
    """

    rows: pd.DataFrame
    unit: str
    horizon: int

    @property
    def in_contrast(self) -> pd.DataFrame:
        """The scores of the two extreme groups."""
        return self.rows[self.rows["presentation"].isin([GROUP_A, GROUP_B])]

    def of_each(self, known: pd.Series) -> pd.api.extensions.ExtensionArray:
        """Return for each row what is known of its client."""
        return _of_each(self.rows["client_id"].array, known)

    @cached_property
    def clients(self) -> pd.DataFrame:
        """How many scores each client has, and the presentation, by ``client_id``."""
        of_client = self.rows["client_id"].cat
        counts = np.bincount(of_client.codes, minlength=len(of_client.categories))
        told = self.rows.drop_duplicates("client_id").set_index("client_id")["presentation"]
        frame = pd.DataFrame({"scores": counts}, index=pd.Index(of_client.categories))
        frame["presentation"] = told.reindex(frame.index)
        return frame[frame["scores"] > 0]

    def members_of(self, *groups: str) -> pd.Index:
        """Return the clients with a score of some presentations, all clients without one."""
        everyone = self.clients
        members: pd.Index = everyone.index
        return members[everyone["presentation"].isin(groups)] if groups else members

    def repeated(self, group: str) -> int:
        """Return how many clients of a group have two scores or more."""
        clients = self.clients
        return int(((clients["presentation"] == group) & (clients["scores"] > 1)).sum())

    @property
    def most_scores(self) -> int:
        """The largest number of scores that one client has."""
        return int(self.clients["scores"].max())


def gather_course(inquiry: Inquiry, scale: str) -> CourseData | None:
    """Return the scores of a scale from the landmark on, None where none can be placed in time."""
    data = inquiry.data
    scores = data.course_of(scale)
    known = scores[are_among(scores["client_id"], inquiry.usable.index)]
    unit = "weeks" if known["day"].notna().any() else "sessions"
    time = _weeks(data, inquiry, known) if unit == "weeks" else known["session"].astype("float64")
    clients = pd.Categorical(known["client_id"])
    presentation = inquiry.presentations.set_index("client_id")["presentation"]
    rows = pd.DataFrame(
        {
            "client_id": clients,
            "time": time,
            "score": known["value"].astype("float64"),
            "therapist_id": _of_each(clients, data.clients["therapist_id"]).astype("category"),
            "presentation": _of_each(clients, presentation),
        },
        index=known.index,
    )
    timed = rows[rows["time"].notna() & (rows["time"] >= 0)].reset_index(drop=True)
    if timed.empty:
        return None
    return CourseData(timed, unit, _horizon(timed, unit))


def _of_each(clients: pd.Categorical, known: pd.Series) -> pd.api.extensions.ExtensionArray:
    """Return what is known of the client of each row."""
    told: pd.api.extensions.ExtensionArray = known.reindex(clients.categories).array
    return told.take(clients.codes)


def _weeks(data: StudyData, inquiry: Inquiry, known: pd.DataFrame) -> pd.Series:
    """Return weeks since the client's form at the landmark; that occasion itself is time 0."""
    rule = inquiry.rule
    start = data.scores_at(rule.dependence, rule.landmark)["day"].astype("float64")
    days = known["day"].astype("float64") - known["client_id"].map(start)
    at_landmark = known["occasion"] == rule.landmark
    return days.mask(at_landmark, 0.0) / DAYS_OF_A_WEEK


def _horizon(rows: pd.DataFrame, unit: str) -> int:
    reached = float(rows.groupby("client_id")["time"].max().median())
    within = [horizon for horizon in HORIZONS[unit] if horizon <= reached]
    return within[-1] if within else HORIZONS[unit][0]


def course_facts(inquiry: Inquiry, course: CourseData, *groups: str) -> dict[str, Any]:
    """Return the sizes that stand in a row about one or two groups, all clients without one."""
    clients = course.members_of(*groups)
    members = sum(len(inquiry.members_of(group)) for group in groups) or len(inquiry.usable)
    facts: dict[str, Any] = {
        "n": len(clients),
        "n_missing": members - len(clients),
        "n_clusters": inquiry.data.count_therapists(clients),
    }
    if len(groups) == 2:
        n_a, n_b = (len(course.members_of(group)) for group in groups)
        facts |= {"n_a": n_a, "n_b": n_b}
    return facts
