"""What missing scores could change: worst cases, and the shift at which the answer turns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from reports.methods.imputation import ImputedScores
from reports.methods.mixed_model import fit_mixed_model
from reports.methods.pooling import PooledEstimate, pool_estimates
from reports.methods.result import NotEstimableError

# An estimate, its standard error and its degrees of freedom.
Answer = tuple[float, float, float]
# From completed scores to the answer of each draw.
Analysis = Callable[[ImputedScores], Sequence[Answer]]


@dataclass(frozen=True)
class Shift:
    """Which imputed scores are moved: all, or those of one group, occasion, or after dropout."""

    column: str | None = None
    value: object = None
    occasions: tuple[object, ...] = ()
    only_after_dropout: bool = True


@dataclass(frozen=True)
class TippingPoint:
    """The smallest shift of imputed scores at which the answer turns, or None within the range."""

    delta: float | None
    curve: tuple[tuple[float, PooledEstimate], ...]


def shift_imputed(imputed: ImputedScores, delta: float, shift: Shift) -> ImputedScores:
    """Return the imputations with chosen imputed scores moved by a constant.

    Parameters
    ----------
    imputed : ImputedScores
        Imputations under missing at random.
    delta : float
        Shift in scale points: how much worse (or better) the clients who are missing fared than
        like clients who are not.
    shift : Shift
        Which imputed scores move. Observed scores never do.

    Returns
    -------
    ImputedScores
        With the same draws otherwise.

    References
    ----------
    Carpenter & Kenward (2013), Multiple Imputation and its Application, chapter 10.
    https://doi.org/10.1002/9781119942283

    Examples
    --------
    >>> rows = pd.DataFrame({
    ...     "client_id": np.repeat(np.arange(30), 2), "occasion": [0, 1] * 30,
    ...     "score": np.sin(np.arange(60.0))})
    >>> rows.loc[5, "score"] = np.nan
    >>> from reports.methods.imputation import impute_scores
    >>> imputed = impute_scores(
    ...     rows, "score", occasions=[0, 1], therapist=None, draws=2, seed=1)
    >>> moved = shift_imputed(imputed, 3.0, Shift())
    >>> float((moved.scores[0] - imputed.scores[0]).sum().round(6))
    3.0
    """
    return _shift_rows(imputed, delta, _moved(imputed, shift))


def _shift_rows(
    imputed: ImputedScores, delta: float, is_moved: npt.NDArray[np.bool_]
) -> ImputedScores:
    return replace(imputed, scores=imputed.scores + delta * is_moved)


def of_each_frame(analyse: Callable[[pd.DataFrame], Answer]) -> Analysis:
    """Return the analysis that looks at the completed frames one by one."""
    return lambda imputed: [analyse(frame) for frame in imputed.frames]


def analyse_imputed(
    imputed: ImputedScores, analysis: Analysis, *, level: float = 0.95
) -> PooledEstimate:
    """Run one analysis on the scores of every draw and pool the results.

    Parameters
    ----------
    imputed : ImputedScores
        From `impute_scores` or `shift_imputed`.
    analysis : callable
        From completed scores to estimate, standard error and degrees of freedom of each draw;
        see `mixed_term_analysis`, and `of_each_frame` for one that takes a frame.
    level : float
        Confidence level.

    Returns
    -------
    PooledEstimate
        With the mean degrees of freedom of the analyses as those of complete data.

    Raises
    ------
    NotEstimableError
        If the analysis has no answer for one of the draws.

    Examples
    --------
    >>> rows = pd.DataFrame({
    ...     "client_id": np.repeat(np.arange(30), 2), "occasion": [0, 1] * 30,
    ...     "score": np.sin(np.arange(60.0))})
    >>> rows.loc[5, "score"] = np.nan
    >>> from reports.methods.imputation import impute_scores
    >>> imputed = impute_scores(
    ...     rows, "score", occasions=[0, 1], therapist=None, draws=5, seed=1)
    >>> def mean_at_end(frame):
    ...     scores = frame.loc[frame["occasion"] == 1, "score"]
    ...     return scores.mean(), scores.sem(), len(scores) - 1
    >>> round(analyse_imputed(imputed, of_each_frame(mean_at_end)).se, 2)
    0.13
    """
    estimates, errors, df = np.array(analysis(imputed)).T
    return pool_estimates(
        estimates.tolist(),
        (errors**2).tolist(),
        complete_df=float(df.mean()),
        level=level,
    )


def mixed_term_analysis(formula: str, term: str, *, therapist: str = "therapist_id") -> Analysis:
    """Return the analysis that fits a mixed model and reports one of its fixed effects.

    The analysis raises `NotEstimableError` where the model, or the term, is refused.

    Examples
    --------
    >>> analysis = mixed_term_analysis("score ~ week + (1 | client_id)", "week")
    >>> rows = pd.DataFrame({
    ...     "client_id": [c for c in "abcdef" for _ in range(3)], "week": [0.0, 1.0, 2.0] * 6,
    ...     "score": [9, 8, 6, 8, 8, 5, 6, 4, 3, 9, 7, 7, 5, 5, 2, 7, 6, 3]})
    >>> complete = rows.assign(is_imputed=False).drop(columns="score")
    >>> once = ImputedScores("score", "week", complete, rows[["score"]].to_numpy(float).T, 6, 0, 0)
    >>> [round(float(number), 3) for number in analysis(once)[0]]
    [-1.5, 0.207, 11.0]
    """

    def analyse(frame: pd.DataFrame) -> Answer:
        model = fit_mixed_model(frame, formula, therapist=therapist)
        if model.status == "refused":
            raise NotEstimableError(model.note)
        found = model.term(term)
        if found.status == "refused":
            raise NotEstimableError(found.note)
        return found.estimate, found.se, found.df

    return of_each_frame(analyse)


def find_tipping_point(
    imputed: ImputedScores,
    analysis: Analysis,
    *,
    shift: Shift,
    largest: float,
    steps: int = 8,
    level: float = 0.95,
) -> TippingPoint:
    """Return how far missing scores must depart from random for the answer to turn.

    Imputed scores are moved in steps from zero to the largest shift worth asking about. The
    answer is one of three: the interval lies above zero, below it, or holds it. Between the last
    step with the first answer and the first without, the shift is found by halving to a
    hundredth of the largest.

    Parameters
    ----------
    imputed : ImputedScores
        Imputations under missing at random.
    analysis : callable
        As for `analyse_imputed`.
    shift : Shift
        Which imputed scores move.
    largest : float
        Largest shift in scale points, with its sign: positive for worse where lower is better.
    steps : int
        Number of steps up to it.
    level : float
        Confidence level.

    Returns
    -------
    TippingPoint
        ``delta`` is None where the answer stands up to the largest shift. Whether a tipping
        point is plausible is a judgement: compare it with the smallest effect of interest.

    Raises
    ------
    ValueError
        If the largest shift is zero or there are no steps.
    NotEstimableError
        As for `analyse_imputed`.

    References
    ----------
    Yan, Lee & Li (2009), J Biopharm Stat 19(6), 1085-1098.
    https://doi.org/10.1080/10543400903243009

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> rows = pd.DataFrame({"client_id": np.repeat(np.arange(60), 2), "occasion": [0, 1] * 60})
    >>> rows["score"] = rng.normal(0, 1, 120) - 0.5 * rows["occasion"]
    >>> rows.loc[(rows["client_id"] < 20) & (rows["occasion"] == 1), "score"] = np.nan
    >>> from reports.methods.imputation import impute_scores
    >>> imputed = impute_scores(
    ...     rows, "score", occasions=[0, 1], therapist=None, draws=5, seed=1)
    >>> def mean_at_end(frame):
    ...     scores = frame.loc[frame["occasion"] == 1, "score"]
    ...     return scores.mean(), scores.sem(), len(scores) - 1
    >>> analysis = of_each_frame(mean_at_end)
    >>> find_tipping_point(imputed, analysis, shift=Shift(), largest=3.0).delta
    1.1015625
    """
    if largest == 0 or steps < 1:
        raise ValueError("a tipping point is looked for in steps up to a largest shift")

    is_moved = _moved(imputed, shift)

    def at(delta: float) -> PooledEstimate:
        return analyse_imputed(_shift_rows(imputed, delta, is_moved), analysis, level=level)

    curve = [(float(d), at(float(d))) for d in np.linspace(0.0, largest, steps + 1)]
    first = _answer(curve[0][1])
    turned = next((k for k, (_, pooled) in enumerate(curve) if _answer(pooled) != first), None)
    if turned is None:
        return TippingPoint(None, tuple(curve))
    low, high = curve[turned - 1][0], curve[turned][0]
    while abs(high - low) > abs(largest) / 100:
        middle = (low + high) / 2
        low, high = (low, middle) if _answer(at(middle)) != first else (middle, high)
    return TippingPoint(high, tuple(curve))


def _moved(imputed: ImputedScores, shift: Shift) -> npt.NDArray[np.bool_]:
    rows = imputed.rows
    moved = rows["is_dropout"] if shift.only_after_dropout else rows["is_imputed"]
    if shift.column is not None:
        moved = moved & (rows[shift.column] == shift.value)
    if shift.occasions:
        moved = moved & rows[imputed.occasion].isin(list(shift.occasions))
    return moved.to_numpy(dtype=bool)


def _answer(pooled: PooledEstimate) -> int:
    return int(pooled.interval.low > 0) - int(pooled.interval.high < 0)
