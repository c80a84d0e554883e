"""The two libraries that fit mixed models, given one shape. Only this module imports them.

`glmm` is the engine; `mixedlm` serves where `glmm` has no wheel, and as the second opinion in
tests. Neither is imported before a model is fitted.
"""

from __future__ import annotations

import importlib.util
import math
import re
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

FloatArray = npt.NDArray[np.float64]
Engine = Literal["glmm", "mixedlm"]
Family = Literal["gaussian", "binomial"]

# Notes of an engine that make its numbers unusable, although it returns some.
_UNUSABLE = {"few_rows_for_random_effects", "variance_at_limit", "se_unavailable"}


@dataclass(frozen=True)
class RandomBlock:
    """Random effects of one grouping: their names and covariance matrix."""

    group: str
    effects: tuple[str, ...]
    covariance: tuple[tuple[float, ...], ...]

    def variance(self, effect: str = "(Intercept)") -> float:
        """Return the variance of one random effect."""
        position = self.effects.index(effect)
        return self.covariance[position][position]

    def sd(self, effect: str = "(Intercept)") -> float:
        """Return the standard deviation of one random effect."""
        return math.sqrt(self.variance(effect))

    def correlation(self, first: str, second: str) -> float:
        """Return the correlation of two random effects, NaN where one does not vary."""
        spread = self.sd(first) * self.sd(second)
        shared = self.covariance[self.effects.index(first)][self.effects.index(second)]
        return shared / spread if spread > 0 else float("nan")


@dataclass(frozen=True)
class Request:
    """A model to be fitted on complete, sorted rows."""

    frame: pd.DataFrame
    formula: str
    family: Family
    link: str
    is_reml: bool
    node_count: int


@dataclass(frozen=True)
class EngineFit:
    """What every engine returns; degrees of freedom are infinite where z is tested."""

    engine: Engine
    names: tuple[str, ...]
    beta: FloatArray
    covariance: FloatArray
    df: FloatArray
    blocks: tuple[RandomBlock, ...]
    residual_variance: float
    is_converged: bool
    is_singular: bool
    log_likelihood: float
    parameter_count: int
    faults: tuple[str, ...]
    cautions: tuple[str, ...]
    contrast_df: Callable[[FloatArray], float]


def available_engine() -> Engine:
    """Return the engine that this machine has."""
    return "glmm" if importlib.util.find_spec("glmm") else "mixedlm"


def fit_with(engine: Engine, request: Request) -> EngineFit:
    """Fit a model with the named engine."""
    return _fit_glmm(request) if engine == "glmm" else _fit_mixedlm(request)


def _fit_glmm(request: Request) -> EngineFit:
    import glmm

    with warnings.catch_warnings():
        # Every one of these is also in `fit.warnings`, from where it goes into the note.
        warnings.simplefilter("ignore", glmm.DiagnosticWarning)
        fit = glmm.fit(
            request.frame,
            request.formula,
            request.family,
            link=request.link,
            nagq=request.node_count,
            reml=request.is_reml if request.family == "gaussian" else None,
        )
    faults, cautions = _sort_notes(fit.warnings)
    if not fit.converged:  # nothing else of such a fit has its usual shape
        return _failed("glmm", faults)
    has_t = fit.df_method in {"satterthwaite", "residual"}
    return EngineFit(
        engine="glmm",
        names=tuple(fit.names),
        beta=np.asarray(fit.beta),
        covariance=np.asarray(fit.vcov),
        df=np.asarray(fit.coef_df) if has_t else np.full(len(fit.names), np.inf),
        blocks=_glmm_blocks(fit),
        residual_variance=float(fit.dispersion),
        is_converged=True,
        is_singular=bool(fit.singular),
        log_likelihood=float(fit.loglik),
        parameter_count=int(fit.df),
        faults=faults,
        cautions=cautions,
        contrast_df=lambda weights: _glmm_contrast_df(fit, weights) if has_t else np.inf,
    )


def _failed(engine: Engine, faults: tuple[str, ...]) -> EngineFit:
    nothing = np.empty(0)
    return EngineFit(
        engine=engine,
        names=(),
        beta=nothing,
        covariance=np.empty((0, 0)),
        df=nothing,
        blocks=(),
        residual_variance=np.nan,
        is_converged=False,
        is_singular=False,
        log_likelihood=np.nan,
        parameter_count=0,
        faults=faults or ("fit did not converge",),
        cautions=(),
        contrast_df=lambda weights: np.nan,
    )


def _sort_notes(notes: Sequence[dict[str, str]]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    # Titles only: the messages may hold values.
    faults = [n for n in notes if n["tier"] == "severe" or n["kind"] in _UNUSABLE]
    cautions = [n for n in notes if n not in faults and n["tier"] == "caution"]
    lower = [[n["title"].lower() for n in kind] for kind in (faults, cautions)]
    return tuple(lower[0]), tuple(lower[1])


def _glmm_blocks(fit: Any) -> tuple[RandomBlock, ...]:
    blocks = []
    for (group, effects), packed in zip(fit.re_groups, fit.varcorr, strict=True):
        size = len(effects)
        matrix = np.zeros((size, size))
        columns, rows = np.triu_indices(size)  # column-major lower triangle
        matrix[rows, columns] = matrix[columns, rows] = packed
        blocks.append(RandomBlock(group, tuple(effects), _as_rows(matrix)))
    return tuple(blocks)


def _glmm_contrast_df(fit: Any, weights: FloatArray) -> float:
    return float(fit.contrast_test(weights).to_pandas()["DenDF"].iloc[0])


def _as_rows(matrix: FloatArray) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(float(value) for value in row) for row in matrix)


def _fit_mixedlm(request: Request) -> EngineFit:
    import mixedlm
    from mixedlm.models.checks import ModelCheckError

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            fit = _run_mixedlm(mixedlm, request)
        except ModelCheckError:
            # Left to itself it drops columns, the intercept first.
            return _failed("mixedlm", ("predictors are not distinct from each other",))
    if not fit.converged:
        return _failed("mixedlm", ())
    is_gaussian = request.family == "gaussian"
    is_singular = bool(fit.isSingular())
    beta = np.array(list(fit.fixef().values()))
    df = np.asarray(mixedlm.satterthwaite_df(fit).df) if is_gaussian else np.full(beta.size, np.inf)
    return EngineFit(
        engine="mixedlm",
        names=_level_names(fit.fixef(), request.frame),
        beta=beta,
        covariance=np.asarray(fit.vcov()),
        df=df,
        blocks=tuple(
            RandomBlock(group, tuple(block.term_names), _as_rows(np.asarray(block.cov)))
            for group, block in fit.VarCorr().groups.items()
        ),
        residual_variance=float(fit.sigma) ** 2 if is_gaussian else 1.0,
        is_converged=True,
        is_singular=is_singular,
        log_likelihood=float(fit.logLik().value),
        parameter_count=int(fit.npar()),
        faults=(),
        cautions=_mixedlm_cautions(is_gaussian, is_singular, caught),
        # The library gives degrees of freedom per coefficient only: take the smallest involved.
        contrast_df=lambda weights: float(df[weights != 0].min()),
    )


def _run_mixedlm(library: Any, request: Request) -> Any:
    checks = {"check_rankX": "stop", "check_scaleX": "ignore", "check_nlev_gtreq_5": "ignore"}
    if request.family == "gaussian":
        control = library.lmerControl(**checks)
        return library.lmer(request.formula, request.frame, REML=request.is_reml, control=control)
    return library.glmer(
        request.formula,
        request.frame,
        family=library.families.Binomial(link=request.link),
        nAGQ=request.node_count,
        control=library.glmerControl(**checks),
    )


def _mixedlm_cautions(
    is_gaussian: bool, is_singular: bool, caught: Sequence[warnings.WarningMessage]
) -> tuple[str, ...]:
    # Against glmer its standard errors of binary models are 9 % too small: it takes the variances
    # for known. Its only warning about a usable fit is that it is singular.
    found = ["singular fit"] if is_singular else [type(w.message).__name__ for w in caught[:1]]
    if not is_gaussian:
        found.append("standard errors are too small by about a tenth with the fallback engine")
    return tuple(found)


def _level_names(names: Sequence[str], frame: pd.DataFrame) -> tuple[str, ...]:
    """Return 'groupb' for 'group.1', as the other engine and R name a factor's level."""

    def rename(match: re.Match[str]) -> str:
        levels = pd.Categorical(frame[match[1]]).categories
        return f"{match[1]}{levels[int(match[2])]}"

    return tuple(re.sub(r"(\w+)\.(\d+)", rename, name) for name in names)
