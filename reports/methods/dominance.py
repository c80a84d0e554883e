"""Which predictor matters most, whatever else is in the model: dominance analysis."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from math import comb

import numpy as np
import numpy.typing as npt

from reports.methods.result import FloatArray, NotEstimableError, as_sample, as_table

_MOST_PREDICTORS = 12


@dataclass(frozen=True)
class Dominance:
    """Share of explained variance by predictor, and who dominates whom."""

    predictors: tuple[str, ...]
    general: tuple[float, ...]
    conditional: tuple[tuple[float, ...], ...]
    completely_dominates: tuple[tuple[str, str], ...]
    r_squared: float
    n: int


def analyse_dominance(
    outcome: npt.ArrayLike, predictors: npt.ArrayLike, *, names: Sequence[str]
) -> Dominance:
    """Return the dominance of predictors in an ordinary regression.

    The contribution of a predictor to a subset of the others is the rise of R squared when it
    joins. Conditional dominance is its mean contribution to subsets of one size, general
    dominance the mean over sizes; general dominances sum to R squared. One predictor completely
    dominates another when it contributes more to every subset without both. Exploratory: no
    test belongs to it, clients of one therapist count as independent, and predictors that
    hardly differ (goal and task) share their credit by chance.

    Parameters
    ----------
    outcome : array_like, shape (n,)
        Complete scores.
    predictors : array_like, shape (n, k)
        Complete scores of at most 12 predictors.
    names : sequence of str, length k
        Names of the predictors.

    Returns
    -------
    Dominance
        ``conditional[i][s]`` is the mean contribution of predictor i to subsets of s others.

    Raises
    ------
    ValueError
        If a value is missing, lengths differ, or there are more than 12 predictors.
    NotEstimableError
        If there are no more clients than coefficients, or the outcome does not vary.

    References
    ----------
    Azen & Budescu (2003), Psychol Methods 8(2), 129-148.
    https://doi.org/10.1037/1082-989X.8.2.129

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> x = rng.normal(size=(500, 3))
    >>> y = x[:, 0] + 0.5 * x[:, 1] + rng.normal(size=500)
    >>> found = analyse_dominance(y, x, names=["bond", "goal", "task"])
    >>> found.completely_dominates
    (('bond', 'goal'), ('bond', 'task'), ('goal', 'task'))
    """
    y, x = as_sample(outcome), as_table(predictors)
    k = x.shape[1]
    if len(names) != k or len(y) != len(x):
        raise ValueError("outcome, predictors and names belong together")
    if k > _MOST_PREDICTORS:
        raise ValueError(f"at most {_MOST_PREDICTORS} predictors: the subsets double with each")
    if len(y) <= k + 1 or np.ptp(y) == 0:
        raise NotEstimableError("too few clients, or an outcome that does not vary")
    explained = _explained(y, x)
    conditional = tuple(_conditional(explained, i, k) for i in range(k))
    return Dominance(
        predictors=tuple(names),
        general=tuple(sum(sizes) / k for sizes in conditional),
        conditional=conditional,
        completely_dominates=_complete(explained, names),
        r_squared=explained[frozenset(range(k))],
        n=len(y),
    )


def _explained(y: FloatArray, x: FloatArray) -> dict[frozenset[int], float]:
    k = x.shape[1]
    subsets = [
        frozenset(s) for size in range(k + 1) for s in itertools.combinations(range(k), size)
    ]
    return {subset: _r_squared(y, x[:, sorted(subset)]) for subset in subsets}


def _r_squared(y: FloatArray, x: FloatArray) -> float:
    centred = x - x.mean(axis=0)
    deviation = y - y.mean()
    residual = deviation - centred @ np.linalg.lstsq(centred, deviation, rcond=None)[0]
    return 1.0 - float(residual @ residual) / float(deviation @ deviation)


def _conditional(explained: dict[frozenset[int], float], i: int, k: int) -> tuple[float, ...]:
    totals = [0.0] * k
    for subset, value in explained.items():
        if i not in subset:
            totals[len(subset)] += explained[subset | {i}] - value
    return tuple(total / comb(k - 1, size) for size, total in enumerate(totals))


def _complete(
    explained: dict[frozenset[int], float], names: Sequence[str]
) -> tuple[tuple[str, str], ...]:
    found = []
    for i, j in itertools.permutations(range(len(names)), 2):
        rest = [subset for subset in explained if i not in subset and j not in subset]
        if all(explained[subset | {i}] > explained[subset | {j}] for subset in rest):
            found.append((names[i], names[j]))
    return tuple(found)
