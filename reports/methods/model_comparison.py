"""Which of two nested mixed models, and how much of the variance lies where."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import pandas as pd
from scipy import stats

from reports.methods._mixed_engines import Engine, Family
from reports.methods._mixed_result import INTERCEPT, Link, Status
from reports.methods._model_frame import column_names
from reports.methods.mixed_model import MixedModel, fit_mixed_model

# Variance of the latent residual on the scale of each link.
_LATENT_VARIANCE = {"logit": math.pi**2 / 3, "cloglog": math.pi**2 / 6}


@dataclass(frozen=True)
class ModelComparison:
    """A likelihood-ratio test of two nested models on the same rows."""

    chi_square: float
    df: int
    p_value: float
    is_reml: bool
    aic_change: float
    bic_change: float
    n: int
    n_missing: int
    status: Status
    note: str


def compare_mixed_models(
    frame: pd.DataFrame,
    smaller: str,
    larger: str,
    *,
    family: Family = "gaussian",
    link: Link | None = None,
    engine: Engine | None = None,
) -> ModelComparison:
    """Test whether a larger mixed model fits better than a smaller one nested in it.

    Chi-square is twice the difference of log-likelihoods: maximum likelihood where the fixed
    parts differ, REML where only the random parts do. A variance cannot be negative, so one
    added random effect that brings q parameters is tested against the even mixture of
    chi-square(q - 1) and chi-square(q); several added at once against chi-square(q), which is
    conservative.

    Parameters
    ----------
    frame : DataFrame
        One row per observation.
    smaller, larger : str
        Formulas as for `fit_mixed_model`. Both are fitted on the rows complete for both;
        groupings stay random however few levels they have.
    family, link, engine
        As for `fit_mixed_model`.

    Returns
    -------
    ModelComparison
        ``aic_change`` and ``bic_change`` are larger minus smaller (negative favours the larger);
        with REML they compare random parts only. Refused when either model was.

    Raises
    ------
    ValueError
        If the larger model has no more parameters than the smaller.

    References
    ----------
    Stram & Lee (1994), Biometrics 50(4), 1171-1177. https://doi.org/10.2307/2533455

    Examples
    --------
    >>> rows = pd.DataFrame(
    ...     {
    ...         "client_id": [c for c in "abcdef" for _ in range(3)],
    ...         "week": [0.0, 1.0, 2.0] * 6,
    ...         "score": [9, 8, 6, 8, 8, 5, 6, 4, 3, 9, 7, 7, 5, 5, 2, 7, 6, 3],
    ...     }
    ... )
    >>> test = compare_mixed_models(
    ...     rows, "score ~ 1 + (1 | client_id)", "score ~ week + (1 | client_id)"
    ... )
    >>> test.df, round(test.chi_square, 2)
    (1, 21.02)
    """
    used = set(column_names(smaller)) | set(column_names(larger))
    complete = frame.dropna(subset=sorted(used & set(frame.columns)))
    pair = _fit_pair(complete, smaller, larger, family, link, engine, reml=True)
    if len({frozenset(term.name for term in model.terms) for model in pair}) > 1:
        pair = _fit_pair(complete, smaller, larger, family, link, engine, reml=False)
    comparison = _compare_fits(*pair)
    return replace(comparison, n_missing=len(frame) - len(complete))


def variance_shares(model: MixedModel) -> dict[str, float]:
    """Return the share of each grouping, and of the residual, in the variance of the outcome.

    Share of grouping g = var(intercept of g) / (sum of intercept variances + residual). In a
    model without predictors these are intraclass correlations: the share of the therapists is
    the correlation of two clients of one therapist. With random slopes they hold where the
    predictors of the slopes are zero. For a binary outcome the residual is that of the latent
    scale: pi^2 / 3 for the logit, pi^2 / 6 for the complementary log-log link.

    Parameters
    ----------
    model : MixedModel
        A model that was not refused.

    Returns
    -------
    dict of str to float
        Shares that sum to 1, by grouping, the residual under ``"residual"``.

    Raises
    ------
    ValueError
        If the model was refused.

    References
    ----------
    Goldstein, Browne & Rasbash (2002), Underst Stat 1(4), 223-231.
    https://doi.org/10.1207/S15328031US0104_02

    Examples
    --------
    >>> rows = pd.DataFrame(
    ...     {
    ...         "client_id": [c for c in "abcdef" for _ in range(3)],
    ...         "score": [9, 8, 9, 5, 5, 6, 6, 4, 5, 9, 7, 7, 5, 5, 4, 7, 6, 6],
    ...     }
    ... )
    >>> model = fit_mixed_model(rows, "score ~ 1 + (1 | client_id)")
    >>> {name: round(share, 2) for name, share in variance_shares(model).items()}
    {'client_id': 0.79, 'residual': 0.21}
    """
    if model.status == "refused":
        raise ValueError("the model was refused: it has no variances")
    parts: dict[str, float] = {}
    for block in model.blocks:
        if INTERCEPT in block.effects:
            parts[block.group] = parts.get(block.group, 0.0) + block.variance()
    parts["residual"] = _LATENT_VARIANCE.get(model.link, model.residual_variance)
    total = sum(parts.values())
    return {name: variance / total for name, variance in parts.items()}


def _fit_pair(
    complete: pd.DataFrame,
    smaller: str,
    larger: str,
    family: Family,
    link: Link | None,
    engine: Engine | None,
    *,
    reml: bool,
) -> tuple[MixedModel, MixedModel]:
    first, second = (
        fit_mixed_model(
            complete, formula, family=family, link=link, reml=reml, few_as_fixed=(), engine=engine
        )
        for formula in (smaller, larger)
    )
    return first, second


def _compare_fits(smaller: MixedModel, larger: MixedModel) -> ModelComparison:
    nan = math.nan
    refused = ModelComparison(nan, 0, nan, larger.is_reml, nan, nan, larger.n, 0, "refused", "")
    for model in (smaller, larger):
        if model.status == "refused":
            return replace(refused, note=model.note)
    added = larger.parameter_count - smaller.parameter_count
    if added < 1:
        raise ValueError("the larger model has no more parameters than the smaller")
    chi_square = max(0.0, 2 * (larger.log_likelihood - smaller.log_likelihood))
    return replace(
        refused,
        chi_square=chi_square,
        df=added,
        p_value=_p_value(chi_square, added, _effect_count(larger) - _effect_count(smaller)),
        aic_change=larger.aic - smaller.aic,
        bic_change=larger.bic - smaller.bic,
        status="caution" if "caution" in {smaller.status, larger.status} else "ok",
        note="; ".join(dict.fromkeys(note for note in (smaller.note, larger.note) if note)),
    )


def _effect_count(model: MixedModel) -> int:
    return sum(len(block.effects) for block in model.blocks)


def _p_value(chi_square: float, added: int, added_effects: int) -> float:
    full = float(stats.chi2.sf(chi_square, added))
    if added_effects != 1:
        return full
    fewer = float(stats.chi2.sf(chi_square, added - 1)) if added > 1 else float(chi_square == 0)
    return (full + fewer) / 2
