"""The difference of two groups with therapists and clinics, and what their nesting costs."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from reports.analyses._contrast import Contrast, contrast_row, equivalence_columns
from reports.analyses._covariates import declared_covariates
from reports.analyses._inquiry import Inquiry
from reports.analyses._model_words import (
    explain_model,
    reason_of_model,
    remark_of,
    remark_of_clinics,
)
from reports.analyses._outcome_values import OutcomeValues
from reports.analyses._question import Question, join_notes, limits
from reports.analyses._therapist_share import caseload_of, therapist_share
from reports.deciding_tests import WITH_THERAPISTS
from reports.estimates import Estimate
from reports.methods.equivalence import two_one_sided
from reports.methods.mixed_model import MixedModel, MixedTerm, fit_mixed_model
from reports.methods.result import NotEstimableError
from reports.methods.sample_size import design_effect, smallest_detectable_effect
from reports.study_data import Places, are_among, count_known

DIFFERENCE_TERM, EQUIVALENCE_TERM = WITH_THERAPISTS
MODEL = "mixed model, therapists and clinics"
SHARE = ("share of therapists", "intraclass correlation", "mixed model without predictors")
PRICE = ("design effect", "design effect", "1 + (m - 1) ICC of outcome x ICC of group")
DETECTABLE = ("smallest detectable difference", "mean difference")
UNKNOWN = "the export does not say who the therapists are"
# Below this, therapists are taken as fixed; clinics then add nothing.
FEW_THERAPISTS = 8
# Therapists' share of the variance of outcomes as reviews of routine care find it (Baldwin & Imel
# 2013). One study tells it so badly that it often comes out as 0.
USUAL_SHARE = 0.05
# From here on, taking clients as independent makes tests noticeably too liberal.
DEAR = 1.05
FOLLOWS = (
    "what is compared follows therapists whose clients are alike in the outcome, so that this, "
    "which takes clients as independent, is surer than it should be"
)


@dataclass(frozen=True)
class Nesting:
    """What it costs that some clients of a contrast share a therapist.

    ``therapists`` has the number of each client's therapist, -1 where none is known; ``share`` and
    ``group_share`` are their shares of the variance of outcome and of group, None where they
    cannot be told.
    """

    therapists: Places
    share: float | None
    group_share: float | None

    @property
    def price(self) -> float:
        """The design effect of the difference."""
        return design_effect(
            caseload_of(self.therapists), self.share or 0.0, self.group_share or 0.0
        )

    @property
    def caution(self) -> str | None:
        """A caution for methods that take clients as independent, where it matters."""
        return _caution(self.therapists, self.share, [self.group_share])


def find_nesting(inquiry: Inquiry, contrast: Contrast) -> Nesting | None:
    """Return how the clients of a contrast are nested, None where therapists are not known."""
    if contrast.n_clusters is None:
        return None
    values = contrast.values
    therapists = inquiry.data.therapists_of(values.index)
    both = (values.to_numpy(dtype=np.float64), contrast.halves)
    return Nesting(therapists, *(therapist_share(one, therapists) for one in both))


def nested_rows(
    question: Question,
    inquiry: Inquiry,
    found: OutcomeValues,
    contrast: Contrast,
    nesting: Nesting | None,
) -> Iterator[Estimate]:
    """Yield the difference with therapists, its equivalence, and what this design can detect."""
    if nesting is None:
        yield question.refuse(DIFFERENCE_TERM, "mean difference", MODEL, UNKNOWN, **contrast.facts)
        yield detectable_row(question, inquiry, contrast, 1.0)
        return
    frame = nested_frame(inquiry, found, contrast)
    yield from _difference_rows(question, inquiry, found, contrast, frame)
    yield from _price_rows(question, contrast, nesting, frame)
    yield detectable_row(question, inquiry, contrast, nesting.price)


def nested_frame(inquiry: Inquiry, found: OutcomeValues, contrast: Contrast) -> pd.DataFrame:
    """Return one row per client: value, half a point for each group, therapist, clinic."""
    values = contrast.values
    clients = inquiry.data.clients.loc[values.index, ["therapist_id", "clinic"]]
    covariates = declared_covariates(inquiry, found, values.index)
    centred = {
        f"covariate_{k}": column - column.mean() for k, (_, column) in enumerate(covariates.items())
    }
    return clients.assign(value=values, contrast=contrast.halves, **centred)


def fit_contrast(frame: pd.DataFrame, level: float) -> MixedModel:
    """Fit the difference with therapists and clinics as random, as fixed where they are few."""
    return fit_mixed_model(
        frame,
        _formula(frame),
        few_as_fixed=("therapist_id", "clinic"),
        therapist_terms=therapist_terms(frame),
        fixed_below=FEW_THERAPISTS,
        level=level,
    )


def _formula(frame: pd.DataFrame) -> str:
    covariates = [name for name in frame.columns if name.startswith("covariate_")]
    groups = ["(1 | therapist_id)", *(["(1 | clinic)"] if _has_clinics(frame) else [])]
    return " + ".join(["value ~ contrast", *covariates, *groups])


def _has_clinics(frame: pd.DataFrame) -> bool:
    """Whether clinics are a part of the model; else nobody is left out whose clinic is unknown."""
    therapists, clinics = frame["therapist_id"].nunique(), frame["clinic"].nunique()
    return bool(clinics > 1 and therapists >= FEW_THERAPISTS)


def therapist_terms(frame: pd.DataFrame) -> tuple[str, ...]:
    """Return the contrast as a term of therapists where each has clients of one group alone."""
    per_therapist = frame.groupby("therapist_id")["contrast"].nunique()
    return ("contrast",) if (per_therapist == 1).all() else ()


def _difference_rows(
    question: Question,
    inquiry: Inquiry,
    found: OutcomeValues,
    contrast: Contrast,
    frame: pd.DataFrame,
) -> Iterator[Estimate]:
    has_covariates = any(name.startswith("covariate_") for name in frame.columns)
    method = MODEL + (", declared covariates" if has_covariates else "")
    model = fit_contrast(frame, inquiry.level)
    names = (DIFFERENCE_TERM, "mean difference", method)
    needed = frame if _has_clinics(frame) else frame.drop(columns="clinic")
    facts = contrast.facts | _counts(contrast, needed)
    if model.status == "refused":
        yield question.refuse(*names, reason_of_model(model), **facts)
        return
    term = model.term("contrast")
    if term.status == "refused":
        yield question.refuse(*names, explain_model(term.note) or term.note, **facts)
        return
    facts["caution"] = join_notes(found.caution, remark_of(term))
    answer = tested(term) | facts | {"note": join_notes(found.remark, remark_of_clinics(model))}
    yield question.answer(*names, **answer)
    smallest = found.outcome.smallest_effect
    yield question.answer(
        EQUIVALENCE_TERM, "mean difference", f"two one-sided tests, {method}",
        **equivalence_of(term, smallest, inquiry.comparison.alpha), **facts,
    )  # fmt: skip


def _counts(contrast: Contrast, frame: pd.DataFrame) -> dict[str, Any]:
    """Return the sizes of the groups among clients who have all of these columns."""
    kept = frame.dropna().index
    a, b = (int(are_among(values.index, kept).sum()) for values in (contrast.a, contrast.b))
    lost = len(contrast.a) + len(contrast.b) - a - b
    return {"n": a + b, "n_a": a, "n_b": b, "n_missing": contrast.n_missing + lost}


def tested(term: MixedTerm) -> dict[str, Any]:
    """Return a fixed effect as columns of an estimate."""
    return {
        "estimate": term.estimate, "se": term.se, "statistic": term.statistic, "df": term.df,
        "p_value": term.p_value, **limits(term.interval),
    }  # fmt: skip


def equivalence_of(term: MixedTerm, smallest: float, alpha: float) -> dict[str, Any]:
    """Return two one-sided tests of a fixed effect against plus and minus the smallest effect."""
    test = two_one_sided(term.estimate, term.se, term.df, low=-smallest, high=smallest, alpha=alpha)
    note = f"bounds -{smallest:g} and {smallest:g} in points"
    return equivalence_columns(test) | {"note": note}


def _price_rows(
    question: Question, contrast: Contrast, nesting: Nesting, frame: pd.DataFrame
) -> Iterator[Estimate]:
    facts = contrast.facts | _counts(contrast, frame[["value", "therapist_id"]])
    if nesting.share is None:
        yield question.refuse(*SHARE, "clients of one therapist cannot be told from those of "
                              "others", **facts)  # fmt: skip
    else:
        yield question.answer(*SHARE, estimate=nesting.share, **facts)
    yield question.answer(*PRICE, estimate=nesting.price, **facts)


def nesting_caution(inquiry: Inquiry, values: pd.Series, compared: pd.DataFrame) -> str | None:
    """Return a caution where what is compared follows therapists, as far as they are known.

    ``values`` are those of the outcome, ``compared`` has one column for each thing that they are
    related to; both by client.
    """
    columns = [values, *(column.reindex(values.index) for _, column in compared.items())]
    numbers = np.array([one.to_numpy(dtype=np.float64, na_value=np.nan) for one in columns])
    therapists = inquiry.data.therapists_of(values.index)
    is_known = (therapists >= 0) & ~np.isnan(numbers).any(axis=0)
    known = therapists[is_known]
    if (count_known(known) or 0) < 2:
        return None
    # One by one: the first that is dear enough decides.
    shares = (therapist_share(one, known) for one in numbers[:, is_known])
    return _caution(known, next(shares), shares)


def _caution(
    therapists: Places, share: float | None, compared: Iterable[float | None]
) -> str | None:
    """Return a caution by the design effect; the outcome's share is too uncertain to trust a 0."""
    at_least = max(share or 0.0, USUAL_SHARE)
    caseload = caseload_of(therapists)
    is_dear = any(design_effect(caseload, at_least, one or 0.0) >= DEAR for one in compared)
    return FOLLOWS if is_dear else None


def pooled_sd(contrast: Contrast) -> float:
    """Return the standard deviation within the two groups."""
    sums = sum(float(((v - v.mean()) ** 2).sum()) for v in (contrast.a, contrast.b))
    if sums == 0:
        raise NotEstimableError("the outcome does not vary within the groups")
    return math.sqrt(sums / (len(contrast.a) + len(contrast.b) - 2))


def detectable_row(
    question: Question, inquiry: Inquiry, contrast: Contrast, inflation: float
) -> Estimate:
    """Return the smallest difference in points that these clients detect with the wanted power."""
    plan = inquiry.standing.plan
    power = 0.80 if plan is None else plan.plan.power
    method = f"power {power:.2f}, two-sided, with the design effect"

    def detectable(pair: Contrast) -> dict[str, Any]:
        d = smallest_detectable_effect(
            len(pair.a), len(pair.b), wanted_power=power, alpha=inquiry.comparison.alpha,
            inflation=inflation,
        )  # fmt: skip
        return {"estimate": d * pooled_sd(pair)}

    return contrast_row(question, (*DETECTABLE, method), contrast, detectable)
