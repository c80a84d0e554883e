"""What a mixed model returns, and how an engine's numbers become tested terms."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
import pandas as pd

from reports.methods._mixed_engines import Engine, EngineFit, Family, RandomBlock
from reports.methods._model_frame import ModelFrame
from reports.methods.result import Interval, t_test

Status = Literal["ok", "caution", "refused"]
Link = Literal["identity", "logit", "cloglog"]

INTERCEPT = "(Intercept)"
# Below so many degrees of freedom a term is told with a caution: its quantile is 3.2 and more.
FEW_DF = 3.0
WEAK = "degrees of freedom are few"


@dataclass(frozen=True)
class MixedTerm:
    """One fixed effect, or one linear combination of them; `df` is infinite where z is tested."""

    name: str
    estimate: float
    se: float
    df: float
    statistic: float
    p_value: float
    interval: Interval
    status: Status
    note: str


@dataclass(frozen=True)
class MixedModel:
    """A fitted mixed model. Without an honest answer, `terms` is empty and `note` says why."""

    formula: str
    family: Family
    link: Link
    is_reml: bool
    engine: Engine
    terms: tuple[MixedTerm, ...]
    blocks: tuple[RandomBlock, ...]
    residual_variance: float
    is_converged: bool
    is_singular: bool
    n: int
    n_missing: int
    group_levels: tuple[tuple[str, int], ...]
    log_likelihood: float
    parameter_count: int
    status: Status
    note: str
    level: float
    df_cap: float
    capped_terms: tuple[str, ...]
    engine_fit: EngineFit | None = field(repr=False, compare=False, default=None)

    def term(self, name: str) -> MixedTerm:
        """Return the fixed effect of that name."""
        return next(term for term in self.terms if term.name == name)

    def block(self, group: str) -> RandomBlock:
        """Return the random effects of that grouping."""
        return next(block for block in self.blocks if block.group == group)

    @property
    def aic(self) -> float:
        """Akaike's criterion; of REML fits only models with the same fixed part compare."""
        return -2 * self.log_likelihood + 2 * self.parameter_count

    @property
    def bic(self) -> float:
        """Bayesian criterion on the number of rows, as R prints it."""
        return -2 * self.log_likelihood + math.log(self.n) * self.parameter_count


def fill_model(
    empty: MixedModel,
    fit: EngineFit,
    prepared: ModelFrame,
    therapist_terms: Collection[str],
    n_therapists: int | None,
) -> MixedModel:
    """Return the model with an engine's numbers, each fixed effect tested."""
    at_risk = _therapist_level(fit, prepared.frame, therapist_terms)
    is_capped = fit.is_singular or (empty.family == "gaussian" and not np.isfinite(fit.df).all())
    cap = _df_cap(n_therapists, at_risk) if is_capped else math.inf
    notes = (*prepared.notes, *fit.cautions)
    model = replace(
        empty,
        blocks=fit.blocks,
        residual_variance=fit.residual_variance,
        is_converged=True,
        is_singular=fit.is_singular,
        log_likelihood=fit.log_likelihood,
        parameter_count=fit.parameter_count,
        status="caution" if notes else "ok",
        note="; ".join(notes),
        df_cap=cap,
        capped_terms=at_risk if cap < math.inf else (),
        engine_fit=fit,
    )
    return replace(model, terms=_tested_terms(model, fit, prepared.fixed_columns))


def _therapist_level(
    fit: EngineFit, frame: pd.DataFrame, therapist_terms: Collection[str]
) -> tuple[str, ...]:
    if not therapist_terms:
        return ()
    factors = {t for t in therapist_terms if t in frame and frame[t].dtype == "category"}

    def is_therapists(part: str) -> bool:
        return part in therapist_terms or any(part.startswith(name) for name in factors)

    return tuple(
        name
        for name in fit.names
        if name == INTERCEPT or all(is_therapists(part) for part in name.split(":"))
    )


def _df_cap(n_therapists: int | None, at_risk: tuple[str, ...]) -> float:
    if not at_risk:
        return math.inf
    if n_therapists is None:
        raise ValueError("therapist_terms need a therapist grouping or n_therapists")
    return n_therapists - len(at_risk)


def _tested_terms(
    model: MixedModel, fit: EngineFit, hidden: tuple[str, ...]
) -> tuple[MixedTerm, ...]:
    errors = np.sqrt(np.diag(fit.covariance))
    terms = []
    for name, estimate, se, df in zip(fit.names, fit.beta, errors, fit.df, strict=True):
        if name in hidden:  # therapists as fixed effects: estimated, never shown
            continue
        if math.isfinite(estimate):
            held = min(df, model.df_cap) if name in model.capped_terms else df
            terms.append(judged_term(name, float(estimate), float(se), float(held), model))
        else:
            terms.append(untestable_term(name, model.level, "not distinct from other terms"))
    return tuple(terms)


def judged_term(name: str, estimate: float, se: float, df: float, model: MixedModel) -> MixedTerm:
    """Test one estimate by t on `df`, or by z where `df` is infinite.

    Below one degree of freedom the approximation of Satterthwaite has no meaning, and its quantiles
    grow without bound; below `FEW_DF` an interval is wide and rests on hardly anything.
    """
    if not df >= 1:
        return untestable_term(name, model.level, "too few therapists for its degrees of freedom")
    is_weak = df < FEW_DF
    test = t_test(estimate, se, df, model.level)
    return MixedTerm(
        name=name,
        estimate=estimate,
        se=se,
        df=df,
        statistic=test.t,
        p_value=test.p_value,
        interval=test.interval,
        status="caution" if is_weak else model.status,
        note="; ".join(part for part in (model.note, WEAK if is_weak else "") if part),
    )


def untestable_term(name: str, level: float, note: str) -> MixedTerm:
    """Return a term without numbers and the reason."""
    nan = math.nan
    return MixedTerm(name, nan, nan, nan, nan, nan, Interval(nan, nan, level), "refused", note)
