"""How treatments end: competing endings over time.

Dropout, planned end and transfer compete: who ends in one way cannot end in another. One minus
Kaplan and Meier would count those who left by another door as if they could still come.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from reports.methods._ending_codes import code_endings, code_of
from reports.methods.result import (
    FloatArray,
    Interval,
    NotEstimableError,
    as_sample,
    require_level,
)

NEARLY_NONE = 1e-12


@dataclass(frozen=True)
class IncidencePoint:
    """Share of clients who had ended in this way by that time, and how many were still in."""

    time: float
    share: float
    interval: Interval | None
    at_risk: int


@dataclass(frozen=True)
class IncidenceCurve:
    """Cumulative incidence of one ending."""

    ending: str
    points: tuple[IncidencePoint, ...]
    n: int
    n_events: int


@dataclass(frozen=True)
class GrayTest:
    """Gray's test that the incidence of an ending is the same in all groups."""

    statistic: float
    df: int
    p_value: float


def cumulative_incidence(
    times: npt.ArrayLike,
    endings: Sequence[str],
    *,
    still_in: str = "in_treatment",
    at: Sequence[float] | None = None,
    level: float = 0.95,
) -> tuple[IncidenceCurve, ...]:
    """Return the cumulative incidence of every ending (Aalen-Johansen).

    I_k(t) is the sum over times s <= t of S(s-) d_k(s) / n(s), with S the share still in
    treatment, d_k the endings of kind k and n the clients at risk. Intervals on the scale of
    log(-log I) from Gray's variance.

    Parameters
    ----------
    times : array_like, shape (n,)
        Time in treatment of each client until the end, or until last seen.
    endings : sequence of str, length n
        Kind of ending, or `still_in` for clients whose treatment went on (censored).
    still_in : str
        Word for clients in treatment.
    at : sequence of float, optional
        Times to report, by default all times of an ending.
    level : float
        Confidence level.

    Returns
    -------
    tuple of IncidenceCurve
        By ending in alphabetical order. Incidences of all endings and the share still in
        treatment add up to 1. The interval is None where nobody has ended in this way yet, or
        everybody has. Times after the last client was seen are left out.

    Raises
    ------
    ValueError
        If a time is missing or negative, an ending is missing, or lengths differ.
    NotEstimableError
        If no treatment ended.

    References
    ----------
    Aalen & Johansen (1978), Scand J Stat 5(3), 141-150.
    Gray (1988), Ann Stat 16(3), 1141-1154. https://doi.org/10.1214/aos/1176350951

    Examples
    --------
    >>> curves = cumulative_incidence(
    ...     [2, 3, 5, 8], ["dropout", "planned", "dropout", "in_treatment"], at=[4, 6])
    >>> [(c.ending, [round(p.share, 2) for p in c.points]) for c in curves]
    [('dropout', [0.25, 0.5]), ('planned', [0.25, 0.25])]
    """
    require_level(level)
    time, codes, kinds = code_endings(times, endings, still_in)
    from comprisk import CumulativeIncidence

    fitted = CumulativeIncidence().fit(time, codes).curves_
    wanted = sorted(set(time[codes > 0])) if at is None else [t for t in at if t <= time.max()]
    return tuple(
        IncidenceCurve(
            kind,
            tuple(_point(fitted[None, code], float(t), time, level) for t in wanted),
            len(time),
            int((codes == code).sum()),
        )
        for code, kind in enumerate(kinds, start=1)
    )


def compare_incidence(
    times: npt.ArrayLike,
    endings: Sequence[str],
    groups: Sequence[str],
    *,
    ending: str,
    still_in: str = "in_treatment",
) -> GrayTest:
    """Test whether an ending is as frequent over time in every group (Gray's test).

    Parameters
    ----------
    times, endings, still_in
        As for `cumulative_incidence`.
    groups : sequence of str, length n
        Group of each client.
    ending : str
        The ending in question; the others compete.

    Returns
    -------
    GrayTest
        Chi-square on groups minus one degrees of freedom. Clients of one therapist count as
        independent.

    Raises
    ------
    ValueError
        As for `cumulative_incidence`, or if a group is missing.
    NotEstimableError
        If there are fewer than two groups, or nobody ended so.

    References
    ----------
    Gray (1988), Ann Stat 16(3), 1141-1154. https://doi.org/10.1214/aos/1176350951

    Examples
    --------
    >>> times = list(range(1, 41))
    >>> endings = ["dropout" if t % 3 else "planned" for t in times]
    >>> test = compare_incidence(times, endings, ["a", "b"] * 20, ending="dropout")
    >>> test.df, round(test.p_value, 2)
    (1, 0.99)
    """
    time, codes, kinds = code_endings(times, endings, still_in)
    labels = pd.Series(list(groups))
    if len(labels) != len(time) or labels.isna().any():
        raise ValueError("every client has a group")
    if labels.nunique() < 2:
        raise NotEstimableError("fewer than two groups")
    from comprisk.gray_test import gray_test

    found = gray_test(time, codes, labels.astype(str).to_numpy(), cause=code_of(ending, kinds))
    return GrayTest(float(found.stat), int(found.df), float(found.pvalue))


def expand_to_sessions(
    clients: pd.DataFrame, *, last_session: str, ending: str, of_kind: str
) -> pd.DataFrame:
    """Return one row per client and session at risk, for a discrete-time hazard.

    Parameters
    ----------
    clients : DataFrame
        One row per client.
    last_session : str
        Column with the number of the client's last session, one or more.
    ending : str
        Column with the kind of ending.
    of_kind : str
        The ending in question. Who ended otherwise, or not, leaves the risk set after the last
        session without the event.

    Returns
    -------
    DataFrame
        All columns of the client, repeated, with ``session`` (from 1) and ``has_ended`` (1 in
        the last session of clients who ended so). Join what changes from session to session.

    Raises
    ------
    ValueError
        If a last session is missing or below one.

    Examples
    --------
    >>> clients = pd.DataFrame(
    ...     {"client_id": ["a", "b"], "sessions": [2, 1], "end_reason": ["dropout", "planned"]})
    >>> expand_to_sessions(
    ...     clients, last_session="sessions", ending="end_reason", of_kind="dropout"
    ... )[["client_id", "session", "has_ended"]].to_numpy().tolist()
    [['a', 1, 0], ['a', 2, 1], ['b', 1, 0]]
    """
    counts = as_sample(clients[last_session], at_least=0)
    if (counts < 1).any() or (counts != np.round(counts)).any():
        raise ValueError("the last session is a whole number from 1")
    repeats = counts.astype(int)
    rows = clients.loc[clients.index.repeat(repeats)].reset_index(drop=True)
    # Number within the client: position less the number of rows of the clients before.
    session = np.arange(repeats.sum()) - np.repeat(np.cumsum(repeats) - repeats, repeats) + 1
    is_last = session == rows[last_session].to_numpy()
    has_ended = (is_last & (rows[ending] == of_kind).to_numpy()).astype(int)
    return rows.assign(session=session, has_ended=has_ended)


def _point(curve: Any, time: float, times: FloatArray, level: float) -> IncidencePoint:
    reached = np.flatnonzero(np.asarray(curve.times) <= time)
    at_risk = int((times >= time).sum())
    if reached.size == 0:
        return IncidencePoint(time, 0.0, None, at_risk)
    share = float(curve.cif[reached[-1]])
    se = math.sqrt(float(curve.var[reached[-1]]))
    if not NEARLY_NONE < share < 1 - NEARLY_NONE:  # sums of shares end a last bit beside 1
        return IncidencePoint(time, share, None, at_risk)
    half = float(stats.norm.ppf((1 + level) / 2)) * se / (share * abs(math.log(share)))
    ends = Interval(share ** math.exp(half), share ** math.exp(-half), level)
    return IncidencePoint(time, share, ends, at_risk)
