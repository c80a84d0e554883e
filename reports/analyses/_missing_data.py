"""The scores of an outcome at every named occasion up to its own, present or missing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from reports.analyses._contrast import EXTREMES, named
from reports.analyses._inquiry import Inquiry
from reports.analyses._nesting import therapist_terms
from reports.analyses._outcome_values import OutcomeValues
from reports.methods.imputation import ImputedScores
from reports.methods.mean_difference import welch_error
from reports.methods.mixed_model import (
    MixedModel,
    MixedTerm,
    fit_mixed_model,
    linear_contrast,
)
from reports.methods.result import summarize_groups
from reports.methods.tipping_point import Answer
from reports.study_data import are_among

CONTRAST = "contrast"
FEWEST_FOR_SPREAD = 3
SPREAD = "scores of earlier occasions are brought to the spread of this one"
NO_THERAPIST = "clients without a known therapist are not in this model"


@dataclass(frozen=True)
class RepeatedScores:
    """One row per client and occasion with a score, of the clients who have a presentation.

    Columns: client_id, occasion, score, therapist_id, presentation. Where therapists are known,
    clients without one are left out; ``remark`` says so where they are of the extreme groups.
    """

    rows: pd.DataFrame
    occasions: tuple[str, ...]
    target: str
    remark: str | None = None

    @cached_property
    def in_contrast(self) -> pd.DataFrame:
        """The scores of the two extreme groups, coded so that they differ by one."""
        rows = self.rows[self.rows["presentation"].isin(EXTREMES)]
        return rows.assign(contrast=np.where(rows["presentation"] == EXTREMES[0], 0.5, -0.5))


def gather_repeated(inquiry: Inquiry, found: OutcomeValues) -> RepeatedScores:
    """Return all scores of the outcome's scale at named occasions up to the outcome's."""
    data, outcome = inquiry.data, found.outcome
    scale, last = str(outcome.scale), data.place_in_time(outcome.occasion)
    before = [
        name
        for name in data.occasions_of(scale)
        if name in data.occasions and data.place_in_time(name) < last
    ]
    occasions = (*before, outcome.occasion)
    scores = pd.concat([data.values_at(scale, name) for name in occasions], keys=occasions)
    occasion, clients = (scores.index.get_level_values(level) for level in (0, 1))
    presentation = inquiry.presentations.set_index("client_id")["presentation"]
    rows = pd.DataFrame(
        {
            "client_id": clients,
            "score": scores.to_numpy(dtype=np.float64),
            "occasion": occasion,
            "presentation": presentation.reindex(clients).array,
            "therapist_id": data.clients["therapist_id"].reindex(clients).array,
        }
    )
    ordered = rows.dropna(subset="presentation").sort_values(["client_id", "occasion"])
    is_lost = ordered["therapist_id"].isna() & bool(therapists(ordered))
    kept = ordered[~is_lost].reset_index(drop=True)
    has_lost = ordered.loc[is_lost, "presentation"].isin(EXTREMES).any()
    remark = NO_THERAPIST if has_lost else None
    return RepeatedScores(kept, occasions, outcome.occasion, remark)


def fit_all_available(
    repeated: RepeatedScores, level: float
) -> tuple[MixedModel, MixedTerm | None]:
    """Fit occasions by groups with clients and therapists; return the difference at the target too.

    Unbiased where scores are missing at random given the client's others and the group. Scores of
    earlier occasions are auxiliary: they are brought to the spread that clients of a group have at
    the target, because these models take residuals to spread alike at all occasions, and the
    difference would be surer, or less sure, than it is. With three occasions or more, clients may
    still spread at the target by more or less than before, as they do where only some are seen
    there. Without an answer at all there is no term.
    """
    frame, late, others = _occasion_columns(replace(repeated, rows=_spread_alike(repeated)))
    fixed = " + ".join(f"{name} * {CONTRAST}" for name in (late, *others))
    shared = therapists(frame)
    held = therapist_terms(frame) if shared else ()
    attempts = [f"({late} | client_id)", "(1 | client_id)"]
    for random in attempts[len(repeated.occasions) < FEWEST_FOR_SPREAD :]:
        formula = f"score ~ {fixed} + {random}{shared}"
        model = fit_mixed_model(frame, formula, therapist_terms=held, level=level)
        term = _at_target(model, late)
        if term is not None:
            return model, term
    return model, None


def _spread_alike(repeated: RepeatedScores) -> pd.DataFrame:
    """Return all rows, the scores of each occasion multiplied to spread as those of the target.

    By the spread within the two extreme groups; an occasion at which it is 0 stays as it is.
    """
    rows, compared = repeated.rows, repeated.in_contrast
    scores = compared.groupby(["occasion", CONTRAST])["score"]
    df = scores.size() - 1
    variance = (df * scores.var()).groupby("occasion").sum() / df.groupby("occasion").sum()
    spread = variance**0.5
    factors = (spread[repeated.target] / spread[spread > 0]).reindex(rows["occasion"])
    return rows.assign(score=rows["score"] * factors.fillna(1.0).to_numpy())


def _occasion_columns(repeated: RepeatedScores) -> tuple[pd.DataFrame, str, list[str]]:
    """Return the scores with an indicator of the target and of each occasion but the first."""
    rows, names = repeated.in_contrast, repeated.occasions[1:]
    columns = {f"occasion_{k}": (rows["occasion"] == name).astype("float64")
               for k, name in enumerate(names)}  # fmt: skip
    late, others = list(columns)[-1], list(columns)[:-1]
    return rows.drop(columns="occasion").assign(**columns), late, others


def _at_target(model: MixedModel, late: str) -> MixedTerm | None:
    if model.status == "refused":
        return None
    crossed = next(t.name for t in model.terms if set(t.name.split(":")) == {late, CONTRAST})
    term = linear_contrast(model, {CONTRAST: 1.0, crossed: 1.0}, name="difference at the target")
    return None if term.status == "refused" else term


def therapists(rows: pd.DataFrame) -> str:
    """Return the random intercept of therapists as a term of a formula, nothing without them."""
    return " + (1 | therapist_id)" if rows["therapist_id"].nunique() > 1 else ""


def compared_at(imputed: ImputedScores, target: str) -> ImputedScores:
    """Return the imputed scores of the extreme groups at an occasion, with `is_first`.

    Other occasions and groups told what to impute; they are not compared.
    """
    rows = imputed.rows
    is_kept = rows["occasion"].eq(target) & rows["presentation"].isin(EXTREMES)
    kept = is_kept.to_numpy(dtype=bool)
    compared = rows[kept]
    is_first = compared["presentation"].eq(EXTREMES[0])
    return replace(imputed, rows=compared.assign(is_first=is_first), scores=imputed.scores[:, kept])


def welch_of_draws(compared: ImputedScores) -> list[Answer]:
    """Return Welch's difference in each draw of `compared_at`, its standard error and df.

    Therapists are in the imputation; the difference itself is the one whose missing scores are in
    question.
    """
    is_first = compared.rows["is_first"].to_numpy(dtype=bool)
    groups = (summarize_groups(compared.scores[:, members]) for members in (is_first, ~is_first))
    return [(a.mean - b.mean, *welch_error(a, b)) for a, b in zip(*groups, strict=True)]


def group_facts(inquiry: Inquiry, repeated: RepeatedScores) -> dict[str, Any]:
    """Return the columns of a row about the extreme groups of which these scores are."""
    clients = pd.Index(repeated.in_contrast["client_id"].unique())
    members = [inquiry.members_of(group) for group in EXTREMES]
    a, b = (int(are_among(group, clients).sum()) for group in members)
    both = members[0].append(members[1])
    return named(EXTREMES) | {
        "n": a + b, "n_a": a, "n_b": b, "n_missing": len(both) - a - b,
        "n_clusters": inquiry.data.count_therapists(both[are_among(both, clients)]),
    }  # fmt: skip
