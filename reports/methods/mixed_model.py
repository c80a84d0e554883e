"""Mixed models with therapists: one adapter, whichever library fits them."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Literal

import numpy as np
import pandas as pd

from reports.methods._mixed_engines import (
    Engine,
    EngineFit,
    Family,
    RandomBlock,
    Request,
    available_engine,
    fit_with,
)
from reports.methods._mixed_result import (
    INTERCEPT,
    Link,
    MixedModel,
    MixedTerm,
    Status,
    fill_model,
    judged_term,
    untestable_term,
)
from reports.methods._model_frame import ModelFrame, build_model_frame, random_terms
from reports.methods.result import require_level

__all__ = [
    "INTERCEPT",
    "MixedModel",
    "MixedTerm",
    "RandomBlock",
    "Status",
    "fit_discrete_hazard",
    "fit_mixed_model",
    "linear_contrast",
]

# A residual this small beside the outcome's variance is rounding: the model fits exactly.
_EXACT_FIT = 1e-12


def fit_mixed_model(
    frame: pd.DataFrame,
    formula: str,
    *,
    family: Family = "gaussian",
    link: Link | None = None,
    reml: bool = True,
    therapist: str = "therapist_id",
    therapist_terms: Collection[str] = (),
    n_therapists: int | None = None,
    few_as_fixed: Collection[str] | None = None,
    fixed_below: int = 8,
    level: float = 0.95,
    engine: Engine | None = None,
) -> MixedModel:
    """Fit a linear or binary mixed model and test its fixed effects.

    y = X b + Z u + e with u ~ N(0, G), e ~ N(0, s^2 I), by REML (or maximum likelihood), with
    Satterthwaite's degrees of freedom; for a binary outcome by maximum likelihood with z tests
    (adaptive quadrature with nine nodes for one random intercept, else Laplace's approximation).

    Two rules for few therapists. Where the fit is singular, Satterthwaite's degrees of freedom
    jump, so those of therapist-level terms are held to at most therapists minus therapist-level
    coefficients (the intercept among them). Below `fixed_below` therapists, their random
    intercept becomes fixed effects that sum to zero; those are estimated but not returned, as
    therapists are never ranked.

    Parameters
    ----------
    frame : DataFrame
        One row per observation. Categorical columns keep their order of levels (the first is
        the reference); text sorts alphabetically; groupings are read as labels.
    formula : str
        As in lme4: ``"y ~ time * x + (time | client_id) + (1 | therapist_id)"``. Only column
        names, ``+ * :`` and random terms: make transformed columns first. A random slope needs
        its fixed effect and a random intercept.
    family : {"gaussian", "binomial"}
        Of the outcome; a binary outcome is 0 or 1.
    link : {"identity", "logit", "cloglog"}, optional
        Identity, or logit for a binary outcome.
    reml : bool
        Restricted likelihood; False for maximum likelihood. Binary outcomes have only the latter.
    therapist : str
        Column of the therapist grouping.
    therapist_terms : collection of str
        Columns that are constant within a therapist (experience, orientation).
    n_therapists : int, optional
        Number of therapists for the cap, where the formula has no therapist grouping.
    few_as_fixed : collection of str, optional
        Groupings that become fixed below `fixed_below` levels; by default the therapists.
    fixed_below : int
        Fewest levels of a random grouping.
    level : float
        Confidence level of the intervals.
    engine : {"glmm", "mixedlm"}, optional
        By default glmm, or mixedlm where glmm is not installed.

    Returns
    -------
    MixedModel
        ``status`` is "refused", with a reason and no terms, when the fit did not converge,
        outcomes do not vary, predictors separate a binary outcome, or no row is complete;
        "caution" when the fit is singular or therapists became fixed. Rows with a missing value
        in any column of the formula are dropped and counted in ``n_missing``: unbiased when
        outcomes are missing at random given the rest of the model.

    Raises
    ------
    ValueError
        If the formula or a binary outcome cannot be read, or names no column of the frame.
    TypeError
        If the outcome is text.

    Notes
    -----
    Residuals are taken to be independent and of one variance: no library here fits serially
    correlated or unequal residuals in these models, nor ordinal outcomes.

    References
    ----------
    Bates, Maechler, Bolker & Walker (2015), J Stat Softw 67(1). https://doi.org/10.18637/jss.v067.i01
    Kuznetsova, Brockhoff & Christensen (2017), J Stat Softw 82(13).
    https://doi.org/10.18637/jss.v082.i13

    Examples
    --------
    >>> rows = pd.DataFrame(
    ...     {
    ...         "client_id": [c for c in "abcdef" for _ in range(3)],
    ...         "week": [0.0, 1.0, 2.0] * 6,
    ...         "score": [9, 8, 6, 8, 8, 5, 6, 4, 3, 9, 7, 7, 5, 5, 2, 7, 6, 3],
    ...     }
    ... )
    >>> model = fit_mixed_model(rows, "score ~ week + (1 | client_id)")
    >>> model.status, round(model.term("week").estimate, 3), round(model.term("week").se, 3)
    ('ok', -1.5, 0.207)
    """
    require_level(level)
    chosen_link: Link = link or ("identity" if family == "gaussian" else "logit")
    as_fixed = (therapist,) if few_as_fixed is None else few_as_fixed
    prepared = build_model_frame(frame, formula, few_as_fixed=as_fixed, fixed_below=fixed_below)
    _check_binary(prepared, family)
    name: Engine = engine or available_engine()
    base = _empty_model(prepared, family, chosen_link, reml, name, level)
    if prepared.refusal:
        return replace(base, status="refused", note=prepared.refusal)
    fit = fit_with(name, _request(prepared, family, chosen_link, reml))
    refusal = _fit_refusal(fit, prepared)
    if refusal:
        return replace(base, status="refused", note=refusal)
    # Therapists as fixed effects leave nothing for the degrees of freedom to jump on.
    at_risk = () if therapist in prepared.fixed_groups else tuple(therapist_terms)
    count = n_therapists or dict(prepared.group_levels).get(therapist)
    return fill_model(base, fit, prepared, at_risk, count)


def fit_discrete_hazard(
    frame: pd.DataFrame,
    formula: str,
    *,
    link: Literal["cloglog", "logit"] = "cloglog",
    therapist: str = "therapist_id",
    therapist_terms: Collection[str] = (),
    level: float = 0.95,
) -> MixedModel:
    """Fit a discrete-time hazard of one kind of ending on person-period rows.

    log(-log(1 - h)) = X b + Z u, where h is the probability that the event happens in a period
    that the client has reached. With the complementary log-log link, exp(b) is a hazard ratio
    of the underlying continuous time, whatever the length of a period. Rows after a competing
    ending must be absent: the hazard is then cause-specific.

    Parameters
    ----------
    frame : DataFrame
        One row per client and period at risk; the outcome is 1 in the period of the event.
        Predictors may vary from period to period.
    formula : str
        As for `fit_mixed_model`, with time among the predictors, such as
        ``"dropped_out ~ log_session + dependency + (1 | therapist_id)"``.
    link : {"cloglog", "logit"}
        Complementary log-log for hazard ratios, logit for odds ratios.
    therapist, therapist_terms, level
        As for `fit_mixed_model`.

    Returns
    -------
    MixedModel
        Coefficients are log hazard (or odds) ratios. Missing rows, refusals and cautions as for
        `fit_mixed_model`.

    Raises
    ------
    ValueError
        As for `fit_mixed_model`.

    References
    ----------
    Singer & Willett (1993), J Educ Stat 18(2), 155-195.
    https://doi.org/10.3102/10769986018002155

    Examples
    --------
    >>> periods = pd.DataFrame(
    ...     {
    ...         "therapist_id": [t for t in "abcdefgh" for _ in range(10)],
    ...         "session": list(range(1, 11)) * 8,
    ...         "ended": ([0, 0, 0, 1, 0, 0, 1, 0, 1, 1] + [0, 0, 1, 0, 0, 1, 0, 1, 1, 1]) * 4,
    ...     }
    ... )
    >>> model = fit_discrete_hazard(periods, "ended ~ session + (1 | therapist_id)")
    >>> round(model.term("session").estimate, 2)
    0.41
    """
    return fit_mixed_model(
        frame,
        formula,
        family="binomial",
        link=link,
        therapist=therapist,
        therapist_terms=therapist_terms,
        level=level,
    )


def linear_contrast(model: MixedModel, weights: Mapping[str, float], *, name: str) -> MixedTerm:
    """Test a weighted sum of fixed effects, such as the slope of one group.

    The estimate is w'b with standard error sqrt(w' V w). Its Satterthwaite degrees of freedom
    are those of the sum itself with glmm; with mixedlm they are the smallest of the terms
    involved, which is never too many. A cap on therapist-level terms holds for every sum that
    contains one.

    Parameters
    ----------
    model : MixedModel
        A model that was not refused.
    weights : mapping of str to float
        Weight of each named fixed effect; the others weigh zero.
    name : str
        Name of the contrast.

    Returns
    -------
    MixedTerm
        In units of the outcome (or of the link's scale for a binary one).

    Raises
    ------
    ValueError
        If the model was refused or has no fixed effect of a given name.

    Examples
    --------
    >>> rows = pd.DataFrame(
    ...     {
    ...         "client_id": [c for c in "abcdef" for _ in range(3)],
    ...         "week": [0.0, 1.0, 2.0] * 6,
    ...         "score": [9, 8, 6, 8, 8, 5, 6, 4, 3, 9, 7, 7, 5, 5, 2, 7, 6, 3],
    ...     }
    ... )
    >>> model = fit_mixed_model(rows, "score ~ week + (1 | client_id)")
    >>> after_two = linear_contrast(model, {"(Intercept)": 1, "week": 2}, name="week 2")
    >>> round(after_two.estimate, 2)
    4.5
    """
    fit = model.engine_fit
    if fit is None:
        raise ValueError("the model was refused: it has no fixed effects to combine")
    unknown = sorted(set(weights) - set(fit.names))
    if unknown:
        raise ValueError(f"not a fixed effect of the model: {', '.join(unknown)}")
    vector = np.array([float(weights.get(term, 0.0)) for term in fit.names])
    used = vector != 0
    estimate = float(vector[used] @ fit.beta[used])
    if not math.isfinite(estimate):
        return untestable_term(name, model.level, "a term of it cannot be estimated")
    variance = float(vector[used] @ fit.covariance[np.ix_(used, used)] @ vector[used])
    is_capped = any(weights.get(term) for term in model.capped_terms)
    df = min(fit.contrast_df(vector), model.df_cap if is_capped else math.inf)
    return judged_term(name, estimate, math.sqrt(variance), df, model)


def _check_binary(prepared: ModelFrame, family: Family) -> None:
    outcome = prepared.frame[prepared.outcome]
    is_text = isinstance(outcome.dtype, pd.CategoricalDtype)
    if is_text:
        raise TypeError(f"the outcome {prepared.outcome} is not a number")
    if family == "binomial" and not outcome.isin([0.0, 1.0]).all():
        raise ValueError(f"the outcome {prepared.outcome} is not 0 or 1 throughout")


def _request(prepared: ModelFrame, family: Family, link: Link, reml: bool) -> Request:
    random = random_terms(prepared.formula)
    is_one_intercept = len(random) == 1 and random[0][0] == "1"
    nodes = 9 if family == "binomial" and is_one_intercept else 1
    return Request(prepared.frame, prepared.formula, family, link, reml, nodes)


def _empty_model(
    prepared: ModelFrame, family: Family, link: Link, reml: bool, engine: Engine, level: float
) -> MixedModel:
    return MixedModel(
        formula=prepared.formula,
        family=family,
        link=link,
        is_reml=reml and family == "gaussian",
        engine=engine,
        terms=(),
        blocks=(),
        residual_variance=math.nan,
        is_converged=False,
        is_singular=False,
        n=len(prepared.frame),
        n_missing=prepared.n_missing,
        group_levels=prepared.group_levels,
        log_likelihood=math.nan,
        parameter_count=0,
        status="refused",
        note="",
        level=level,
        df_cap=math.inf,
        capped_terms=(),
    )


def _fit_refusal(fit: EngineFit, prepared: ModelFrame) -> str:
    if fit.faults:
        return "; ".join(fit.faults)
    spread = float(prepared.frame[prepared.outcome].to_numpy().var(ddof=1))
    if fit.residual_variance <= _EXACT_FIT * spread:
        return "the model fits exactly: no residual is left to test against"
    estimated = np.isfinite(fit.beta)
    if not np.isfinite(np.diag(fit.covariance)[estimated]).all():
        return "no standard errors could be computed"
    return ""
