"""What goes with an ending: hazard ratios where endings compete."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from reports.methods._ending_codes import code_endings, code_of
from reports.methods.result import (
    FloatArray,
    Interval,
    NotEstimableError,
    require_complete,
    require_level,
)

# Beyond this, a coefficient per standard deviation is running away: no event on one side.
_RUNAWAY = 8.0
_EVENTS_PER_TERM = 10
_FEW_THERAPISTS = 20


@dataclass(frozen=True)
class EndingTerm:
    """One predictor: the log of its hazard ratio and the test of it."""

    name: str
    estimate: float
    se: float
    statistic: float
    p_value: float
    interval: Interval

    @property
    def ratio(self) -> float:
        """The hazard ratio."""
        return math.exp(self.estimate)


@dataclass(frozen=True)
class EndingModel:
    """Hazard ratios of one ending."""

    ending: str
    terms: tuple[EndingTerm, ...]
    n: int
    n_events: int
    n_therapists: int | None
    status: Literal["ok", "caution"]
    note: str


def fit_subdistribution_hazard(
    times: npt.ArrayLike,
    endings: Sequence[str],
    predictors: pd.DataFrame,
    *,
    ending: str,
    still_in: str = "in_treatment",
    level: float = 0.95,
) -> EndingModel:
    """Fit a Fine-Gray model: what goes with more or less of one ending in the end.

    The subdistribution hazard keeps clients who ended otherwise in the risk set, so that its
    ratio speaks of cumulative incidence; it is not a rate among those still in treatment (for
    that, `fit_cause_specific_hazard`). Sandwich standard errors.

    Parameters
    ----------
    times, endings, still_in
        As for `cumulative_incidence`.
    predictors : DataFrame, shape (n, k)
        Numeric predictors known at the start, complete.
    ending : str
        The ending in question.
    level : float
        Confidence level.

    Returns
    -------
    EndingModel
        Caution with fewer than ten endings per predictor. Clients of one therapist count as
        independent: with therapists, prefer `fit_discrete_hazard`.

    Raises
    ------
    ValueError
        As for `cumulative_incidence`.
    NotEstimableError
        If nobody ended so, a predictor does not vary, or predictors separate the endings.

    References
    ----------
    Fine & Gray (1999), J Am Stat Assoc 94(446), 496-509.
    https://doi.org/10.1080/01621459.1999.10474144

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> x = rng.normal(size=300)
    >>> times = np.ceil(rng.exponential(10 * np.exp(-0.5 * x)))
    >>> endings = np.where(rng.random(300) < 0.7, "dropout", "planned")
    >>> model = fit_subdistribution_hazard(
    ...     times, endings, pd.DataFrame({"avoidance": x}), ending="dropout")
    >>> round(model.terms[0].estimate, 1)
    0.1
    """
    require_level(level)
    time, codes, kinds = code_endings(times, endings, still_in)
    code = code_of(ending, kinds)
    matrix = _matrix(predictors, len(time))
    from comprisk import FineGrayRegression

    model = FineGrayRegression(cause=code, robust_se=True, max_iter=50)
    model.fit(matrix, time=time, event=codes)
    if not model.converged_:
        raise NotEstimableError("the fit did not converge")
    coefficients = np.asarray(model.coef_), np.asarray(model.se_)
    return _model(ending, predictors, *coefficients, int((codes == code).sum()), None, level)


def fit_cause_specific_hazard(
    times: npt.ArrayLike,
    endings: Sequence[str],
    predictors: pd.DataFrame,
    *,
    ending: str,
    still_in: str = "in_treatment",
    therapists: Sequence[object] | None = None,
    level: float = 0.95,
) -> EndingModel:
    """Fit a Cox model of one ending among the clients still in treatment.

    Other endings count as censored; ties by Efron. With therapists, standard errors are
    clustered by therapist (sandwich); below 20 therapists they are too small and the model is a
    caution: use `fit_discrete_hazard`, with therapists as random intercepts.

    Parameters
    ----------
    times, endings, still_in
        As for `cumulative_incidence`.
    predictors : DataFrame, shape (n, k)
        Numeric predictors known at the start, complete.
    ending : str
        The ending in question.
    therapists : sequence, length n, optional
        Therapist of each client.
    level : float
        Confidence level.

    Returns
    -------
    EndingModel
        Caution with fewer than ten endings per predictor, or fewer than 20 therapists.

    Raises
    ------
    ValueError
        As for `cumulative_incidence`.
    NotEstimableError
        As for `fit_subdistribution_hazard`.

    References
    ----------
    Prentice et al. (1978), Biometrics 34(4), 541-554. https://doi.org/10.2307/2530374
    Lin & Wei (1989), J Am Stat Assoc 84(408), 1074-1078.
    https://doi.org/10.1080/01621459.1989.10478874

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> x = rng.normal(size=300)
    >>> times = np.ceil(rng.exponential(10 * np.exp(-0.5 * x)))
    >>> endings = np.where(rng.random(300) < 0.7, "dropout", "planned")
    >>> model = fit_cause_specific_hazard(
    ...     times, endings, pd.DataFrame({"avoidance": x}), ending="dropout")
    >>> round(model.terms[0].estimate, 1)
    0.5
    """
    require_level(level)
    time, codes, kinds = code_endings(times, endings, still_in)
    code = code_of(ending, kinds)
    matrix = _matrix(predictors, len(time))
    clusters = _clusters(therapists, len(time))
    from statsmodels.duration.hazard_regression import PHReg
    from statsmodels.tools.sm_exceptions import ConvergenceWarning

    with warnings.catch_warnings():
        warnings.simplefilter("error", ConvergenceWarning)
        try:
            fit = PHReg(time, matrix, status=(codes == code).astype(int), ties="efron").fit(
                groups=clusters
            )
        except (ConvergenceWarning, np.linalg.LinAlgError) as error:
            raise NotEstimableError("the fit did not converge") from error
    count = None if clusters is None else len(set(clusters.tolist()))
    coefficients = np.asarray(fit.params), np.asarray(fit.bse)
    return _model(ending, predictors, *coefficients, int((codes == code).sum()), count, level)


def _matrix(predictors: pd.DataFrame, n: int) -> FloatArray:
    if len(predictors) != n:
        raise ValueError("every client has one row of predictors")
    matrix = predictors.to_numpy(dtype=np.float64)
    require_complete(matrix)
    flat = [str(name) for name in predictors if predictors[name].nunique() < 2]
    if flat:
        raise NotEstimableError(f"does not vary: {', '.join(flat)}")
    return matrix


def _clusters(therapists: Sequence[object] | None, n: int) -> npt.NDArray[np.int64] | None:
    if therapists is None:
        return None
    labels = pd.Series(list(therapists))
    if len(labels) != n or labels.isna().any():
        raise ValueError("every client has a therapist")
    return np.asarray(pd.factorize(labels)[0], dtype=np.int64)


def _model(
    ending: str,
    predictors: pd.DataFrame,
    beta: FloatArray,
    se: FloatArray,
    n_events: int,
    n_therapists: int | None,
    level: float,
) -> EndingModel:
    spread = predictors.std().to_numpy()
    if not (np.isfinite(se).all() and (se > 0).all() and (np.abs(beta) * spread < _RUNAWAY).all()):
        raise NotEstimableError("a predictor separates those who ended so from the others")
    terms = tuple(
        _term(str(name), float(b), float(s), level)
        for name, b, s in zip(predictors, beta, se, strict=True)
    )
    notes = []
    if n_events < _EVENTS_PER_TERM * len(terms):
        notes.append(f"fewer than {_EVENTS_PER_TERM} endings per predictor")
    if n_therapists is not None and n_therapists < _FEW_THERAPISTS:
        notes.append(f"standard errors are too small with fewer than {_FEW_THERAPISTS} therapists")
    status: Literal["ok", "caution"] = "caution" if notes else "ok"
    return EndingModel(
        ending, terms, len(predictors), n_events, n_therapists, status, "; ".join(notes)
    )


def _term(name: str, estimate: float, se: float, level: float) -> EndingTerm:
    half = float(stats.norm.ppf((1 + level) / 2)) * se
    p_value = 2 * float(stats.norm.sf(abs(estimate / se)))
    interval = Interval(estimate - half, estimate + half, level)
    return EndingTerm(name, estimate, se, estimate / se, p_value, interval)
