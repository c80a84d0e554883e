"""Sudden gains and losses: large, stable changes between two neighbouring sessions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy import stats

from reports.methods.result import FloatArray, require_level

Better = Literal["lower", "higher"]
Kind = Literal["gain", "loss"]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class SuddenChange:
    """One sudden change: client (row), session before it (column, from zero), and its size."""

    client: int
    session: int
    before: float
    after: float


@dataclass(frozen=True)
class SuddenChanges:
    """All sudden gains, or all sudden losses, of the clients."""

    kind: Kind
    changes: tuple[SuddenChange, ...]
    n_clients: int
    n_testable: int

    @property
    def n_with_any(self) -> int:
        """Clients with at least one."""
        return len({change.client for change in self.changes})

    @property
    def n_with_several(self) -> int:
        """Clients with more than one."""
        clients = [change.client for change in self.changes]
        return sum(clients.count(client) > 1 for client in set(clients))


def find_sudden_changes(
    scores: npt.ArrayLike,
    *,
    cutoff: float,
    kind: Kind = "gain",
    better: Better = "lower",
    share: float = 0.25,
    level: float = 0.95,
) -> SuddenChanges:
    """Return the sudden gains or losses by the three criteria of Tang and DeRubeis.

    Between session N and N + 1 the score changes (1) by at least the cut-off, (2) by at least a
    quarter of the score at N, and (3) the mean of sessions N-2, N-1, N differs from that of
    N+1, N+2, N+3 by more than t sqrt(((n1 - 1) s1^2 + (n2 - 1) s2^2) / (n1 + n2 - 2)), with t
    the two-sided quantile on n1 + n2 - 2 degrees of freedom for the sessions available (2.776
    for six, 3.182 for five, 4.303 for four); two on each side at least. (3) is the published
    criterion: it has no factor for the standard error of a mean and tests nothing.

    For losses the second criterion is ``after - before >= share * before``, mirroring gains. In
    the R package `suddengains` it is ``before - after <= share * before``, which every rise meets,
    so that criterion never binds there; its counts of losses can be larger.

    Parameters
    ----------
    scores : array_like, shape (clients, sessions)
        Scores by session in order; NaN where missing.
    cutoff : float
        Smallest change of the first criterion, in scale points: published for the scale, or
        1.96 times `standard_error_of_difference`.
    kind : {"gain", "loss"}
        A gain goes towards the better end, a loss away from it.
    better : {"lower", "higher"}
        Which end of the scale is better.
    share : float
        Of the second criterion.
    level : float
        Of the third criterion.

    Returns
    -------
    SuddenChanges
        ``n_testable`` counts clients with at least one interval on which all three criteria
        could be judged; a gain that missing sessions hide is not found.

    Raises
    ------
    ValueError
        If there are fewer than four sessions, or cut-off or share are not positive.

    References
    ----------
    Tang & DeRubeis (1999), J Consult Clin Psychol 67(6), 894-904.
    https://doi.org/10.1037/0022-006X.67.6.894
    Wiedemann, Thew, Stott & Ehlers (2020), PLoS ONE 15(3), e0230276.
    https://doi.org/10.1371/journal.pone.0230276

    Examples
    --------
    >>> found = find_sudden_changes([[30, 31, 30, 18, 17, 16], [20, 19, 18, 17, 16, 15]], cutoff=7)
    >>> found.changes
    (SuddenChange(client=0, session=2, before=30.0, after=18.0),)
    """
    table = np.asarray(scores, dtype=np.float64)
    if table.ndim != 2 or table.shape[1] < 4:
        raise ValueError("sudden changes need clients by at least four sessions")
    if not (cutoff > 0 and share > 0):
        raise ValueError("cut-off and share are positive")
    require_level(level)
    # A fall is a gain where lower is better, and a loss where higher is.
    sign = 1.0 if (kind == "gain") == (better == "lower") else -1.0
    found, testable = [], np.zeros(len(table), dtype=bool)
    for session in range(1, table.shape[1] - 2):
        is_met, can_judge = _judge(table, session, sign, cutoff, share, level)
        testable |= can_judge
        found += [_change(table, int(client), session) for client in np.flatnonzero(is_met)]
    changes = tuple(sorted(found, key=lambda change: (change.client, change.session)))
    return SuddenChanges(kind, changes, len(table), int(testable.sum()))


def _judge(
    table: FloatArray, session: int, sign: float, cutoff: float, share: float, level: float
) -> tuple[Flags, Flags]:
    before, after = table[:, session], table[:, session + 1]
    pre = table[:, max(0, session - 2) : session + 1]
    post = table[:, session + 1 : session + 4]
    counts = [(~np.isnan(side)).sum(axis=1) for side in (pre, post)]
    can_judge = ~np.isnan(before) & ~np.isnan(after) & (counts[0] >= 2) & (counts[1] >= 2)
    step = sign * (before - after)
    is_met = can_judge & (step >= cutoff) & (step >= share * before)
    rows = np.flatnonzero(is_met)
    is_met[rows] = _is_stable(pre[rows], post[rows], sign, level)
    return is_met, can_judge


def _is_stable(pre: FloatArray, post: FloatArray, sign: float, level: float) -> Flags:
    df = (~np.isnan(pre)).sum(axis=1) + (~np.isnan(post)).sum(axis=1) - 2
    squares = sum(
        np.nansum((side - np.nanmean(side, axis=1, keepdims=True)) ** 2, axis=1)
        for side in (pre, post)
    )
    shift = sign * (np.nanmean(pre, axis=1) - np.nanmean(post, axis=1))
    stable: Flags = shift > stats.t.ppf((1 + level) / 2, df) * np.sqrt(squares / df)
    return stable


def _change(table: FloatArray, client: int, session: int) -> SuddenChange:
    return SuddenChange(
        client, session, float(table[client, session]), float(table[client, session + 1])
    )
