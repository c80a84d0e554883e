"""Confirmatory factor models in one or several groups, by maximum likelihood."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from scipy import stats

from reports.methods._factor_fit import (
    Moments,
    Solution,
    imply,
    solve,
    take_moments,
    total_discrepancy,
)
from reports.methods._factor_indices import (
    baseline_fit,
    degrees_of_freedom,
    rmsea_bounds,
    robust_parts,
    standardized_residual,
)
from reports.methods._factor_pattern import (
    FACTOR_COVARIANCE,
    INTERCEPT,
    LOADING,
    RESIDUAL,
    Equality,
    FloatArray,
    IntArray,
    Label,
    Pattern,
    build_pattern,
)
from reports.methods.result import Interval

Status = Literal["ok", "caution", "refused"]

_NAN = math.nan


@dataclass(frozen=True)
class FactorEstimate:
    """One free parameter; `block` is its group or occasion, empty where held equal."""

    kind: str
    name: str
    block: str
    estimate: float
    se: float


@dataclass(frozen=True)
class FactorFit:
    """Fit and estimates of a factor model; with `is_robust`, the Satorra-Bentler versions."""

    chi_square: float
    df: int
    p_value: float
    cfi: float
    rmsea: float
    rmsea_interval: Interval
    srmr: float
    scaling: float
    unscaled_chi_square: float
    is_robust: bool
    n: int
    n_missing: int
    group_sizes: tuple[tuple[str, int], ...]
    estimates: tuple[FactorEstimate, ...]
    status: Status
    note: str

    def estimate(self, kind: str, name: str, block: str = "") -> FactorEstimate:
        """Return one free parameter."""
        wanted = (kind, name, block)
        return next(e for e in self.estimates if (e.kind, e.name, e.block) == wanted)


@dataclass(frozen=True)
class Answers:
    """Complete answers by group, and how many people were dropped."""

    names: tuple[str, ...]
    moments: tuple[Moments, ...]
    n_missing: int

    @property
    def sizes(self) -> tuple[tuple[str, int], ...]:
        """People of each group."""
        return tuple((n, m.n) for n, m in zip(self.names, self.moments, strict=True))


def fit_factor_model(
    frame: pd.DataFrame,
    model: Mapping[str, Sequence[str]],
    *,
    group: str | None = None,
    robust: bool = False,
) -> FactorFit:
    """Fit a confirmatory factor model, the same structure in every group.

    x = nu + Lambda eta + e, each item on its own factor, factors correlated with variance 1 and
    mean 0 in every group. Chi-square is the sum over groups of n_g F_g, with F the discrepancy
    log|Sigma| + tr(S Sigma^-1) - log|S| - p + (m - mu)' Sigma^-1 (m - mu) and S with divisor n.
    CFI against the model of unrelated items; RMSEA times the root of the number of groups; SRMR
    with the means. `robust` divides chi-square by the Satorra-Bentler factor c, and gives the
    robust CFI and RMSEA and sandwich standard errors: for items of five or fewer categories, or
    skewed ones.

    Parameters
    ----------
    frame : DataFrame
        One row per client. People with any missing item are dropped and counted: unbiased only
        where answers are missing completely at random.
    model : mapping of str to sequence of str
        Items of each factor, such as ``{"anxiety": ["ecr_1", "ecr_3", ...]}``. Reverse-keyed
        items need not be turned.
    group : str, optional
        Column of the groups.
    robust : bool
        Whether to correct for answers that are not normal.

    Returns
    -------
    FactorFit
        ``estimates`` hold loadings, intercepts, residual variances and factor covariances by
        group. Refused when the model is not identified, did not converge, an item does not vary
        in a group, or a group has no more people than items; caution when a residual variance is
        negative.

    Raises
    ------
    ValueError
        If an item is not a column, or belongs to two factors.

    References
    ----------
    Joreskog (1971), Psychometrika 36(4), 409-426. https://doi.org/10.1007/BF02291366
    Satorra & Bentler (1994), in Latent Variables Analysis, 399-419.
    Brosseau-Liard & Savalei (2014), Multivar Behav Res 49(5), 460-470.
    https://doi.org/10.1080/00273171.2014.933697

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> trait = rng.normal(size=(400, 1))
    >>> answers = pd.DataFrame(0.7 * trait + 0.7 * rng.normal(size=(400, 4)), columns=list("abcd"))
    >>> fit = fit_factor_model(answers, {"trait": ["a", "b", "c", "d"]})
    >>> fit.df, fit.p_value > 0.05, round(fit.estimate("loading", "a", "all").estimate, 1)
    (2, True, 0.7)
    """
    structure = check_structure(frame, model)
    items = [item for _, names in structure for item in names]
    answers = collect_answers(frame, items, group)
    pattern = build_pattern(structure, [[name] for name in answers.names], Equality())
    return fit_pattern(pattern, answers, robust=robust)


def check_structure(
    frame: pd.DataFrame, model: Mapping[str, Sequence[str]]
) -> list[tuple[str, tuple[str, ...]]]:
    """Return the model as pairs of factor and items, after checking that each item is usable."""
    structure = [(factor, tuple(items)) for factor, items in model.items()]
    items = [item for _, names in structure for item in names]
    unknown = [item for item in items if item not in frame.columns]
    if unknown:
        raise ValueError(f"not a column of the frame: {', '.join(unknown)}")
    if len(set(items)) < len(items):
        raise ValueError("an item belongs to one factor only")
    return structure


def collect_answers(
    frame: pd.DataFrame, items: Sequence[str], group: str | None, order: Sequence[str] = ()
) -> Answers:
    """Return the moments of complete answers by group, in the given or in sorted order."""
    wanted = [*items, group] if group else list(items)
    complete = frame[wanted].dropna()
    n_missing = len(frame) - len(complete)
    names = complete[group].astype(str) if group else pd.Series("all", index=complete.index)
    chosen = tuple(order) or tuple(sorted(set(names))) or ("all",)
    parts = (_sorted_rows(complete[names == name], items) for name in chosen)
    return Answers(chosen, tuple(take_moments(part) for part in parts), n_missing)


def _sorted_rows(part: pd.DataFrame, items: Sequence[str]) -> FloatArray:
    # Sums depend on the order of rows in their last digits; sorted, they cannot.
    columns = part[list(items)].to_numpy(dtype=np.float64).T
    rows: FloatArray = columns[:, np.lexsort(columns[::-1])].T
    return rows


def fit_pattern(pattern: Pattern, answers: Answers, *, robust: bool) -> FactorFit:
    """Fit a model whose parameters are laid out."""
    reason = _unfit(answers)
    if reason:
        return _refuse(answers, robust, reason)
    solution = solve(pattern, answers.moments, start_values(pattern, answers.moments))
    if not solution.is_identified:
        return _refuse(answers, robust, "the model is not identified")
    if not solution.is_converged:
        return _refuse(answers, robust, "the fit did not converge")
    return _describe(pattern, answers, solution, robust=robust)


def _unfit(answers: Answers) -> str:
    for name, moments in zip(answers.names, answers.moments, strict=True):
        if moments.n <= len(moments.mean):
            return f"group {name} has no more people than items"
        spread = np.diag(moments.covariance)
        if (spread <= 1e-12 * np.maximum(1.0, moments.mean**2)).any():
            return f"an item does not vary in group {name}"
        scale = np.sqrt(spread)
        if np.linalg.eigvalsh(moments.covariance / np.outer(scale, scale))[0] < 1e-10:
            return f"the items of group {name} are not distinct"
    return ""


def start_values(pattern: Pattern, groups: Sequence[Moments]) -> FloatArray:
    """Return values to start from: each item shares half of its variance with its factor."""
    start = np.zeros(len(pattern.labels))
    for moments, part in zip(groups, pattern.groups, strict=True):
        spread = np.diag(moments.covariance)
        loading, residual, level = (part.free[kind] for kind in (LOADING, RESIDUAL, INTERCEPT))
        signs = _signs(moments.covariance, loading.rows, loading.columns)
        start[loading.parameters] = signs * np.sqrt(spread[loading.rows] / 2)
        start[residual.parameters] = spread[residual.rows] / 2
        start[level.parameters] = moments.mean[level.rows]
        if FACTOR_COVARIANCE in part.free:
            psi = part.free[FACTOR_COVARIANCE]
            start[psi.parameters] = (psi.rows == psi.columns).astype(np.float64)
    return start


def _signs(covariance: FloatArray, rows: IntArray, factors: IntArray) -> FloatArray:
    # Items that were not turned load negatively: the first component of each factor shows which.
    signs = np.ones(len(rows))
    for factor in np.unique(factors):
        places = np.flatnonzero(factors == factor)
        own = covariance[np.ix_(rows[places], rows[places])]
        first = np.linalg.eigh(own)[1][:, -1]
        signs[places] = np.where(first * first[np.abs(first).argmax()] < 0, -1.0, 1.0)
        signs[places] *= signs[places][0]
    return signs


def _describe(pattern: Pattern, answers: Answers, solution: Solution, *, robust: bool) -> FactorFit:
    moments = answers.moments
    raw = total_discrepancy(moments, solution.discrepancy)
    df = degrees_of_freedom(pattern, moments)
    base, base_df, base_scaling = baseline_fit(moments)
    covariance = np.asarray(np.linalg.inv(solution.information), dtype=np.float64)
    scaling = 1.0
    if robust:
        trace, covariance = robust_parts(pattern, moments, solution, covariance)
        scaling = trace / df if df else 1.0
    scaled = scaling if robust else 1.0
    excess = max(raw - scaled * df, 0.0)
    base_excess = max(base - (base_scaling if robust else 1.0) * base_df, excess)
    total, count = sum(group.n for group in moments), len(moments)
    faults = _improper(pattern, solution)
    return FactorFit(
        chi_square=raw / scaled,
        df=df,
        p_value=float(stats.chi2.sf(raw / scaled, df)) if df else _NAN,
        cfi=1.0 - excess / base_excess if base_excess > 0 else 1.0,
        rmsea=math.sqrt(excess / (total * df) * count) if df else 0.0,
        rmsea_interval=rmsea_bounds(raw / scaled, df, scaled * count / total),
        srmr=standardized_residual(pattern, moments, solution),
        scaling=scaling,
        unscaled_chi_square=raw,
        is_robust=robust,
        n=total,
        n_missing=answers.n_missing,
        group_sizes=answers.sizes,
        estimates=_estimates(pattern.labels, solution.values, covariance),
        status="caution" if faults else "ok",
        note=faults,
    )


def _improper(pattern: Pattern, solution: Solution) -> str:
    negative = sorted(
        {
            label[1]
            for label, value in zip(pattern.labels, solution.values, strict=True)
            if label[0] == RESIDUAL and value < 0
        }
    )
    if negative:
        return f"negative residual variance: {', '.join(negative)}"
    for part in pattern.groups:
        if np.linalg.eigvalsh(imply(part, solution.values).factor_covariance)[0] <= 0:
            return "factors are not distinct: their correlation is beyond 1"
    return ""


def _estimates(
    labels: Sequence[Label], values: FloatArray, covariance: FloatArray
) -> tuple[FactorEstimate, ...]:
    errors = np.sqrt(np.diag(covariance))
    return tuple(
        FactorEstimate(*_describe_label(label), float(value), float(se))
        for label, value, se in zip(labels, values, errors, strict=True)
    )


def _describe_label(label: Label) -> tuple[str, str, str]:
    if label[0] != FACTOR_COVARIANCE:
        return label[0], label[1], label[2]
    _, factor, block, other, other_block = label
    if block == other_block:
        return label[0], " ".join((other, factor)), block
    return label[0], " ".join((other, factor)), " ".join((other_block, block))


def _refuse(answers: Answers, robust: bool, note: str) -> FactorFit:
    return FactorFit(
        chi_square=_NAN,
        df=0,
        p_value=_NAN,
        cfi=_NAN,
        rmsea=_NAN,
        rmsea_interval=Interval(_NAN, _NAN, 0.90),
        srmr=_NAN,
        scaling=_NAN,
        unscaled_chi_square=_NAN,
        is_robust=robust,
        n=sum(size for _, size in answers.sizes),
        n_missing=answers.n_missing,
        group_sizes=answers.sizes,
        estimates=(),
        status="refused",
        note=note,
    )
