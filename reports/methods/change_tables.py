"""How many clients changed in which way: in symptoms alone, and in symptoms and dependency."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from scipy import stats

from reports.methods.reliable_change import CHANGES, DIRECTIONS, SYMPTOM_CHANGES, Labels
from reports.methods.result import Interval, require_level


@dataclass(frozen=True)
class ChangeShare:
    """How many clients changed in one way, and their share with Wilson's interval."""

    change: str
    count: int
    share: float
    interval: Interval


@dataclass(frozen=True)
class AnswerPage:
    """Clients by reliable change of symptoms (rows) and of dependency (columns)."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]
    n: int


def change_shares(changes: Labels, *, level: float = 0.95) -> tuple[ChangeShare, ...]:
    """Return how many clients changed in each way, with Wilson's intervals.

    Parameters
    ----------
    changes : ndarray of str, shape (n,)
        From `classify_change` or `classify_by_difference`.
    level : float
        Confidence level. The interval takes clients as independent; with a strong therapist
        effect it is too narrow.

    Returns
    -------
    tuple of ChangeShare
        In the order of `CHANGES`; recovered and harmed only where a client is either.

    Raises
    ------
    ValueError
        If there are no clients.

    References
    ----------
    Wilson (1927), J Am Stat Assoc 22(158), 209-212. https://doi.org/10.2307/2276774

    Examples
    --------
    >>> import numpy as np
    >>> [(s.change, s.count) for s in change_shares(np.array(["improved", "unchanged"] * 5))]
    [('improved', 5), ('unchanged', 5), ('deteriorated', 0)]
    """
    require_level(level)
    if len(changes) == 0:
        raise ValueError("no client has both scores")
    counts = Counter(changes.tolist())
    shown = [name for name in CHANGES if name in SYMPTOM_CHANGES or counts[name]]
    return tuple(_share(name, counts[name], len(changes), level) for name in shown)


def answer_page(symptoms: Sequence[str], dependency: Sequence[str]) -> AnswerPage:
    """Return the cross-classification of reliable changes in symptoms and in dependency.

    Falling dependency is not in itself success, nor is rising dependency failure: only beside
    the symptoms do they say something.

    Parameters
    ----------
    symptoms : sequence of str, length n
        From `classify_change`; recovered counts as improved, harmed as deteriorated.
    dependency : sequence of str, length n
        Of the same clients, from `reliable_direction`.

    Returns
    -------
    AnswerPage
        Counts of clients, symptoms in rows and dependency in columns.

    Raises
    ------
    ValueError
        If the lengths differ or a label is unknown.

    Examples
    --------
    >>> answer_page(["improved", "recovered", "unchanged"], ["lower", "higher", "same"]).counts
    ((1, 0, 1), (0, 1, 0), (0, 0, 0))
    """
    broad = {"recovered": "improved", "harmed": "deteriorated"}
    pairs = Counter(
        (broad.get(first, first), second)
        for first, second in zip(symptoms, dependency, strict=True)
    )
    counts = tuple(tuple(pairs[row, column] for column in DIRECTIONS) for row in SYMPTOM_CHANGES)
    if sum(map(sum, counts)) != len(symptoms):
        raise ValueError("a label is neither a change of symptoms nor a direction of dependency")
    return AnswerPage(SYMPTOM_CHANGES, DIRECTIONS, counts, len(symptoms))


def _share(change: str, count: int, n: int, level: float) -> ChangeShare:
    ci = stats.binomtest(count, n).proportion_ci(level, method="wilson")
    return ChangeShare(change, count, count / n, Interval(float(ci.low), float(ci.high), level))
