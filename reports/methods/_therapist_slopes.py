"""Therapists in a growth model: with courses of their own where the data can tell them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from reports.methods.mixed_model import MixedModel, fit_mixed_model

# By so much a singular fit must widen what it is asked for; else its slopes are left out.
_WIDER = 1.05


def fit_with_therapists(
    rows: pd.DataFrame,
    formula: str,
    slopes: Sequence[str],
    *,
    therapist: str | None,
    compared: str | None = None,
    level: float = 0.95,
) -> MixedModel:
    """Fit a growth model with therapists' own levels and, from 8 therapists on, courses.

    Where each therapist has clients of one group alone, the degrees of freedom of what is
    ``compared`` are held to therapists minus two, unless a fit that is not singular tells how
    much the courses of therapists vary.

    Parameters
    ----------
    rows : DataFrame
        One row per client and time.
    formula : str
        Fixed part and random terms of clients.
    slopes : sequence of str
        Columns of time in which therapists differ.
    therapist : str, optional
        Column of therapists; None where they are not known.
    compared : str, optional
        Column whose fixed effects are held where it is constant within therapists.
    level : float
        Confidence level.

    Returns
    -------
    MixedModel
        With ``(slopes | therapist)``, else with ``(1 | therapist)``: where that fit was refused,
        where therapists are few, or where it is singular and makes nothing less sure. A singular
        fit that does is kept, with its caution: often it is the levels that do not vary, and
        without the slopes the standard error of a comparison of courses would be too small.
    """
    if therapist is None:
        return fit_mixed_model(rows, formula, therapist="", level=level)
    own = f"{formula} + ({' + '.join(slopes)} | {therapist})"
    model = fit_mixed_model(rows, own, therapist=therapist, level=level)
    if not has_own_courses(model, therapist) or model.is_singular:
        plain = f"{formula} + (1 | {therapist})"
        simpler = fit_mixed_model(rows, plain, therapist=therapist, level=level)
        model = model if _is_less_sure(model, simpler, slopes, compared) else simpler
    return _hold_df(model, rows, therapist, compared)


def has_own_courses(model: MixedModel, therapist: str = "therapist_id") -> bool:
    """Tell whether therapists have slopes of their own in a model."""
    return any(len(block.effects) > 1 for block in model.blocks if block.group == therapist)


def _is_less_sure(
    model: MixedModel, simpler: MixedModel, slopes: Sequence[str], compared: str | None
) -> bool:
    if model.status == "refused" or simpler.status == "refused":
        return model.status != "refused"
    wider = {term.name for term in model.terms if term.se > _WIDER * simpler.term(term.name).se}
    parts = [set(name.split(":")) for name in wider]
    return any(one & set(slopes) and (compared is None or compared in one) for one in parts)


def _hold_df(
    model: MixedModel, rows: pd.DataFrame, therapist: str, compared: str | None
) -> MixedModel:
    is_told = has_own_courses(model, therapist) and not model.is_singular
    if compared is None or is_told or not any(b.group == therapist for b in model.blocks):
        return model
    if (rows.groupby(therapist, observed=True)[compared].nunique() > 1).any():
        return model
    names = tuple(term.name for term in model.terms if compared in term.name.split(":"))
    count = dict(model.group_levels)[therapist]
    return replace(model, df_cap=float(count - 2), capped_terms=names)
