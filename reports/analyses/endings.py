"""How treatments end: endings that compete, over sessions, of all clients and both groups."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from reports.analyses._contrast import EXTREMES, named
from reports.analyses._inquiry import Inquiry
from reports.analyses._question import (
    MIN_GROUP,
    NESTING,
    TOO_FEW_AT_ALL,
    Question,
    limits,
    reason_of,
)
from reports.analyses._shares import TOO_RARE
from reports.estimates import Estimate
from reports.methods.endings import IncidencePoint, compare_incidence, cumulative_incidence
from reports.methods.result import FloatArray, NotEstimableError

ANALYSIS, THEME, OUTCOME = "endings", "how treatments end", "treatment"
STILL_IN = "ongoing"
INCIDENCE = ("cumulative incidence", "Aalen-Johansen")
GRAY = ("difference in cumulative incidence", "Gray's test")
NOT_DECLARED = (
    "no source says how treatments end: declare reason, reasons and session in [source.ending]"
)
KNOWN_LATER = "presentations are known only after intake: who left before has none"
NOBODY_ENDED = "no treatment has ended yet"
# Times are reported on a grid, so that none of them is one client's last session.
GRID, MOST_STEPS = 5, 6


@dataclass(frozen=True)
class _Endings:
    """Clients with a known ending, by ``client_id``: session, ending, presentation."""

    clients: pd.DataFrame

    def of(self, group: str | None) -> pd.DataFrame:
        """Return the clients of one presentation, or all."""
        is_in = self.clients["presentation"] == group
        return self.clients if group is None else self.clients[is_in]

    @property
    def kinds(self) -> list[str]:
        """The endings that occur, in a fixed order."""
        return sorted(set(self.clients["ending"]) - {STILL_IN})

    def steps(self, kind: str, group: str | None) -> list[int]:
        """Return the sessions at which an ending is reported of a group, from 0 to the last.

        Steps in which both groups and all others have enough endings are those of everybody;
        where there are none, all clients have steps of their own and a group the last one only.
        """
        ended = self.clients[self.clients["ending"] == kind]
        sessions = ended["session"].to_numpy()
        is_in = [ended["presentation"].eq(name).to_numpy(dtype=bool) for name in EXTREMES]
        parts = [sessions[own] for own in (*is_in, ~np.logical_or(*is_in))]
        shared = self._cut(parts, len(ended))
        if len(shared) > 2 or group is not None:
            return shared
        return self._cut([sessions], len(ended))

    def _cut(self, parts: list[FloatArray], total: int) -> list[int]:
        """Return a grid's sessions between which every part has enough, and all have a sixth."""
        last = GRID * math.ceil(self.clients["session"].max() / GRID)
        steps = [0]
        for end in range(GRID, last, GRID):
            within = [int(((at > steps[-1]) & (at <= end)).sum()) for at in parts]
            after = [int((at > end).sum()) for at in parts]
            if min(*within, *after) >= MIN_GROUP and sum(within) >= total / MOST_STEPS:
                steps.append(end)
        return [*steps, last]


def follow_endings(inquiry: Inquiry) -> list[Estimate]:
    """Return the cumulative incidence of every ending, and tests of the two groups.

    Endings compete: who leaves in one way cannot leave in another. No step is so short that few
    clients ended in it.
    """
    question = Question(ANALYSIS, THEME, OUTCOME)
    reason = _refusal(inquiry)
    endings = None if reason else _gather(inquiry)
    if endings is not None:
        reason = _too_little(endings)
    if endings is None or reason:
        return [question.refuse("endings", *INCIDENCE, reason or NOT_DECLARED)]
    rows = [row for group in (None, *EXTREMES) for row in _rows(question, inquiry, endings, group)]
    return [*rows, *_tests(question, inquiry, endings)]


def _refusal(inquiry: Inquiry) -> str | None:
    if inquiry.standing.refusal:
        return inquiry.standing.refusal
    if inquiry.data.place_in_time(inquiry.rule.landmark) > 0:
        return KNOWN_LATER
    clients = inquiry.data.clients
    if "ending_session" not in clients or clients["ending_session"].isna().all():
        return NOT_DECLARED
    return None


def _gather(inquiry: Inquiry) -> _Endings:
    usable = inquiry.usable
    told = inquiry.data.clients.reindex(usable.index)[["ending", "ending_session"]]
    told = told.rename(columns={"ending_session": "session"})
    known = told.assign(presentation=usable["presentation"]).dropna(subset=["ending", "session"])
    return _Endings(known.astype({"session": "float64"}))


def _too_little(endings: _Endings) -> str | None:
    if len(endings.clients) < MIN_GROUP:
        return TOO_FEW_AT_ALL
    return None if endings.kinds else NOBODY_ENDED


def _rows(
    question: Question, inquiry: Inquiry, endings: _Endings, group: str | None
) -> Iterator[Estimate]:
    """Yield the incidence of every ending; ``n_a`` have ended so by then, ``n_b`` have not."""
    own = endings.of(group)
    everyone = inquiry.usable.index if group is None else inquiry.members_of(group)
    facts = {"group_a": group, "n": len(own), "n_missing": len(everyone) - len(own),
             "n_clusters": inquiry.data.count_therapists(own.index)}  # fmt: skip
    for kind in endings.kinds:
        ended = int((own["ending"] == kind).sum())
        if min(ended, len(own) - ended) < MIN_GROUP:
            yield question.refuse(kind, *INCIDENCE, TOO_RARE, **facts)
        else:
            steps = endings.steps(kind, group)[1:]
            yield from _incidence(question, own, kind, steps, inquiry.level, facts)


def _incidence(
    question: Question,
    own: pd.DataFrame,
    kind: str,
    steps: list[int],
    level: float,
    facts: dict[str, Any],
) -> Iterator[Estimate]:
    """Yield the share that has ended so by each step; after the last client it stays as it is."""
    reached = [min(float(step), own["session"].max()) for step in steps]
    found = _points(own, kind, reached, level)
    for step, time in zip(steps, reached, strict=True):
        point = found[time]
        ended = int(((own["ending"] == kind) & (own["session"] <= time)).sum())
        interval = {} if point.interval is None else limits(point.interval)
        yield question.answer(kind, *INCIDENCE, contrast=f"by session {step}",
                              estimate=point.share, n_a=ended, n_b=len(own) - ended,
                              **interval, **facts)  # fmt: skip


def _points(
    own: pd.DataFrame, kind: str, times: list[float], level: float
) -> dict[float, IncidencePoint]:
    """Return the incidence of an ending by time."""
    curves = cumulative_incidence(own["session"], list(own["ending"]), still_in=STILL_IN,
                                  at=sorted(set(times)), level=level)  # fmt: skip
    return {point.time: point for one in curves if one.ending == kind for point in one.points}


def _tests(question: Question, inquiry: Inquiry, endings: _Endings) -> Iterator[Estimate]:
    """Yield whether each ending comes as often in both extreme groups, where both have enough."""
    groups = [endings.of(group) for group in EXTREMES]
    both = pd.concat(groups)
    everyone = sum(len(inquiry.members_of(group)) for group in EXTREMES)
    sizes = {"n": len(both), "n_a": len(groups[0]), "n_b": len(groups[1]),
             "n_missing": everyone - len(both),
             "n_clusters": inquiry.data.count_therapists(both.index)}  # fmt: skip
    for kind in endings.kinds:
        ended = [int((group["ending"] == kind).sum()) for group in groups]
        fewest = min(min(n, len(group) - n) for n, group in zip(ended, groups, strict=True))
        if fewest < MIN_GROUP:
            yield question.refuse(kind, *GRAY, TOO_RARE, **named(EXTREMES), **sizes)
            continue
        try:
            test = compare_incidence(both["session"], list(both["ending"]),
                                     list(both["presentation"]), ending=kind,
                                     still_in=STILL_IN)  # fmt: skip
        except NotEstimableError as error:
            yield question.refuse(kind, *GRAY, reason_of(error), **named(EXTREMES), **sizes)
            continue
        note = NESTING if sizes["n_clusters"] else None
        yield question.answer(kind, *GRAY, statistic=test.statistic, df=float(test.df), note=note,
                              p_value=test.p_value, **named(EXTREMES), **sizes)  # fmt: skip
