"""All scores of a scale after the landmark, in weeks (or sessions) since: to fit growth to."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
import pandas as pd

from reports.analyses._inquiry import Inquiry
from reports.analyses._missing_data import NO_THERAPIST
from reports.analyses._outcome_values import INTAKE
from reports.analyses._question import GROUP_A, GROUP_B
from reports.methods.result import FloatArray
from reports.study_data import are_among

HORIZONS = {"weeks": (4, 13, 26, 52), "sessions": (5, 10, 20, 40)}
DAYS_OF_A_WEEK = 7


@dataclass(frozen=True)
class CourseData:
    """One row per score: client_id, time, score, therapist_id, presentation (NaN outside groups).

    Clients and therapists are categories: models, counts and groups of them are asked for often.
    ``horizon`` is the round number of weeks (or sessions) over which change is told: the longest
    that half of the clients were followed for. ``left_out`` are the clients whose therapist is not
    known, where others' are: a model with therapists cannot have them.
    """

    rows: pd.DataFrame
    unit: str
    horizon: int
    left_out: pd.Index

    @cached_property
    def in_contrast(self) -> pd.DataFrame:
        """The scores of the two extreme groups."""
        return self.rows[self.rows["presentation"].isin([GROUP_A, GROUP_B])]

    def of_each(self, known: pd.Series) -> pd.api.extensions.ExtensionArray:
        """Return for each row what is known of its client."""
        clients = self.rows["client_id"].array
        told: pd.api.extensions.ExtensionArray = known.reindex(clients.categories).array
        return told.take(clients.codes)

    @cached_property
    def clients(self) -> pd.DataFrame:
        """How many scores each client has, and the presentation, by ``client_id``."""
        of_client = self.rows["client_id"].cat
        codes, first, counts = np.unique(of_client.codes, return_index=True, return_counts=True)
        told = self.rows["presentation"].array.take(first)
        index = of_client.categories[codes]
        return pd.DataFrame({"scores": counts, "presentation": told}, index=index)

    def members_of(self, *groups: str) -> pd.Index:
        """Return the clients with a score of some presentations, all clients without one."""
        everyone = self.clients
        members: pd.Index = everyone.index
        return members[everyone["presentation"].isin(groups)] if groups else members

    def repeated(self, group: str) -> int:
        """Return how many clients of a group have two scores or more."""
        clients = self.clients
        return int(((clients["presentation"] == group) & (clients["scores"] > 1)).sum())

    def scored_within(self, group: str, until: float) -> int:
        """Return how many clients of a group have a score after the start and up to a time."""
        time = self.rows["time"]
        own = self.rows[(self.rows["presentation"] == group) & (time > 0) & (time <= until)]
        return int(own["client_id"].nunique())

    @property
    def most_scores(self) -> int:
        """The largest number of scores that one client has."""
        return int(self.clients["scores"].max())


def gather_course(inquiry: Inquiry, scale: str) -> CourseData | None:
    """Return the scores of a scale from the landmark on, None where none can be placed in time.

    Time counts from each client's own landmark; clients for whom its day (its session, where no
    score has a day) is not known are left out.
    """
    scores, everyone = inquiry.data.course_of(scale), inquiry.usable
    if everyone.empty:
        return None
    of_client = everyone.index.get_indexer(pd.Index(scores["client_id"]))
    day, session, score = (
        scores[name].to_numpy(dtype=np.float64, na_value=np.nan)
        for name in ("day", "session", "value")
    )
    has_days = not np.isnan(day[of_client >= 0]).all()
    unit, moment, step = ("weeks", day, DAYS_OF_A_WEEK) if has_days else ("sessions", session, 1)
    start = _start(inquiry, "day" if has_days else "session")[of_client]
    is_at_landmark = scores["occasion"].eq(inquiry.rule.landmark).to_numpy(dtype=bool)
    time = np.where(is_at_landmark & ~np.isnan(start), 0.0, moment - start) / step
    kept = (of_client >= 0) & (time >= 0)
    if not kept.any():
        return None
    own = of_client[kept]
    therapists = pd.Categorical(inquiry.data.clients["therapist_id"].reindex(everyone.index))
    rows = pd.DataFrame(
        {
            "client_id": pd.Categorical.from_codes(own, everyone.index),
            "time": time[kept],
            "score": score[kept],
            "therapist_id": therapists.take(own),
            "presentation": everyone["presentation"].array.take(own),
        }
    )
    is_known = rows["therapist_id"].notna()
    if rows["therapist_id"].nunique() < 2:
        is_known[:] = True
    left_out = pd.Index(rows.loc[~is_known, "client_id"].unique())
    rows = rows[is_known]
    return CourseData(rows, unit, _horizon(rows, unit), left_out)


def _start(inquiry: Inquiry, unit: Literal["day", "session"]) -> FloatArray:
    """Return when each usable client filled in the rule's form: that occasion is time 0.

    An intake without the number of a session comes before the first one.
    """
    then = inquiry.data.scores_at(inquiry.rule.dependence, inquiry.rule.landmark)[unit]
    if unit == "session" and inquiry.rule.landmark == INTAKE:
        then = then.fillna(0)
    moments = then.reindex(inquiry.usable.index)
    start: FloatArray = moments.to_numpy(dtype=np.float64, na_value=np.nan)
    return start


def _horizon(rows: pd.DataFrame, unit: str) -> int:
    reached = float(rows.groupby("client_id", observed=True)["time"].max().median())
    within = [horizon for horizon in HORIZONS[unit] if horizon <= reached]
    return within[-1] if within else HORIZONS[unit][0]


def course_facts(inquiry: Inquiry, course: CourseData, *groups: str) -> dict[str, Any]:
    """Return the sizes that stand in a row about one or two groups, all clients without one.

    They are those of the models, and a note says so where clients lack a known therapist.
    """
    clients = course.members_of(*groups)
    members = [inquiry.members_of(group) for group in groups] or [inquiry.usable.index]
    has_lost = any(are_among(course.left_out, own).any() for own in members)
    facts: dict[str, Any] = {
        "n": len(clients),
        "n_missing": sum(map(len, members)) - len(clients),
        "n_clusters": inquiry.data.count_therapists(clients),
        "note": NO_THERAPIST if has_lost else None,
    }
    if len(groups) == 2:
        n_a, n_b = (len(course.members_of(group)) for group in groups)
        facts |= {"n_a": n_a, "n_b": n_b}
    return facts
