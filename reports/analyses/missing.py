"""Who is missing, by presentation, and what the missing scores could change."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from reports.analyses._contrast import EXTREMES
from reports.analyses._inquiry import Inquiry
from reports.analyses._missing_data import (
    SPREAD,
    RepeatedScores,
    compared_at,
    fit_all_available,
    gather_repeated,
    group_facts,
    welch_of_draws,
)
from reports.analyses._model_words import reason_of_model, remark_of
from reports.analyses._nesting import tested
from reports.analyses._outcome_values import OutcomeValues
from reports.analyses._question import (
    MIN_GROUP,
    THEME_CONTRAST,
    TOO_FEW,
    Question,
    join_notes,
    limits,
    reason_of,
)
from reports.analyses._shares import share_rows
from reports.estimates import Estimate
from reports.methods.balance import standardized_difference
from reports.methods.imputation import ImputedScores, impute_scores
from reports.methods.pooling import PooledEstimate
from reports.methods.result import NotEstimableError
from reports.methods.tipping_point import (
    Shift,
    analyse_imputed,
    find_tipping_point,
    shift_imputed,
)
from reports.presentation import PARTS
from reports.study_data import are_among

ANALYSIS = "missing"
MISSING, AFTER_DROPOUT = "missing", "missing after dropout"
ABSENT = "clients without a score at this occasion"
AVAILABLE = ("difference, all available data", "mean difference",
             "mixed model of all occasions, clients and therapists")  # fmt: skip
IMPUTED = ("difference, imputed", "mean difference",
           "multiple imputation with therapists, Rubin's rules, Welch")  # fmt: skip
TIPPING = "shift of missing scores in points"
HOW_TIPPING = "multiple imputation, shifted until the answer turns"
WORSE = "missing scores moved by {worse:g} points, the smallest effect of interest"
STANDS = "the answer stands up to a shift of {largest:g} points"
AGAINST = "missing against present"
ONCE = "measured at one occasion, so that nothing tells of those who are missing there"
NOBODY = "nobody in the two groups is missing at this occasion"
ATTRIBUTE = "an attribute of the client, not of an occasion"
DRAWS = 20
# How far a shift is followed, in smallest effects of interest.
FARTHEST = 4


def follow_missing(inquiry: Inquiry, found: OutcomeValues, alone: OutcomeValues) -> list[Estimate]:
    """Return who is missing and how they differ, and the difference of groups without them.

    First the likelihood of all available scores, then imputation with therapist indicators beside
    it, then worse cases: clients without a score fared worse by the smallest effect of interest,
    in both groups or in one; and the shift at which the answer turns. ``alone`` is the outcome
    with the caution of methods that take clients as independent, as imputation does.
    """
    question = Question(ANALYSIS, THEME_CONTRAST, found.name)
    if found.refusal or found.outcome.scale is None:
        return [question.refuse(*AVAILABLE, found.refusal or ATTRIBUTE)]
    rows = list(_absent_rows(question, inquiry, found))
    rows += _against_rows(question, inquiry, found)
    repeated = gather_repeated(inquiry, found)
    available = available_row(inquiry, found, repeated)
    if available.status == "refused":
        return [*rows, available]
    return [*rows, available, *imputed_rows(inquiry, alone, repeated)]


def _absent_rows(question: Question, inquiry: Inquiry, found: OutcomeValues) -> Iterator[Estimate]:
    usable = inquiry.usable
    is_absent = pd.Series(~are_among(usable.index, found.values.index), index=usable.index)
    ending = inquiry.data.clients["ending"].reindex(usable.index)
    kinds = {MISSING: is_absent}
    if ending.notna().any():
        kinds[AFTER_DROPOUT] = is_absent & ending.eq("dropout").fillna(value=False)
    yield from share_rows(question, inquiry, pd.DataFrame(kinds), ABSENT)


def _against_rows(question: Question, inquiry: Inquiry, found: OutcomeValues) -> Iterator[Estimate]:
    """Yield how clients without a score differed at the landmark from those with one."""
    landmark = inquiry.rule.landmark
    columns = {part: inquiry.usable[part] for part in PARTS}
    if found.outcome.occasion != landmark:
        own = inquiry.data.values_at(str(found.outcome.scale), landmark)
        columns["the outcome itself"] = own[are_among(own.index, inquiry.usable.index)]
    for name, values in columns.items():
        known = values.astype("float64").dropna()
        is_there = are_among(known.index, found.values.index)
        absent, present = known[~is_there], known[is_there]
        names = (f"{AGAINST}: {name}", "standardized difference", "Austin")
        facts = {
            "n": len(known), "n_a": len(absent), "n_b": len(present),
            "n_clusters": inquiry.data.count_therapists(known.index),
        }  # fmt: skip
        if min(len(absent), len(present)) < MIN_GROUP:
            yield question.refuse(*names, TOO_FEW, **facts)
            continue
        try:
            value = standardized_difference(absent, present)
        except NotEstimableError as error:
            yield question.refuse(*names, reason_of(error), **facts)
        else:
            yield question.answer(*names, estimate=value, **facts)


def _refuse_model(repeated: RepeatedScores) -> str | None:
    if len(repeated.occasions) < 2:
        return ONCE
    present = repeated.rows.loc[repeated.rows["occasion"] == repeated.target, "presentation"]
    return TOO_FEW if min((present == group).sum() for group in EXTREMES) < MIN_GROUP else None


def available_row(inquiry: Inquiry, found: OutcomeValues, repeated: RepeatedScores) -> Estimate:
    """Return the difference by the likelihood of all available scores, or why there is none."""
    question = Question(ANALYSIS, THEME_CONTRAST, found.name)
    facts = group_facts(inquiry, repeated)
    reason = _refuse_model(repeated)
    if reason:
        return question.refuse(*AVAILABLE, reason, **facts)
    model, term = fit_all_available(repeated, inquiry.level)
    if term is None:
        return question.refuse(*AVAILABLE, reason_of_model(model), **facts)
    said = {
        "note": join_notes(SPREAD, repeated.remark),
        "caution": join_notes(found.caution, remark_of(term)),
    }
    return question.answer(*AVAILABLE, **(tested(term) | facts | said))


def imputed_rows(
    inquiry: Inquiry, found: OutcomeValues, repeated: RepeatedScores, *, draws: int = DRAWS
) -> Iterator[Estimate]:
    """Yield the difference with imputed scores, then worse cases and where the answer turns.

    All take clients as independent: the outcome's caution says where that matters.
    """
    question = Question(ANALYSIS, THEME_CONTRAST, found.name)
    present = repeated.in_contrast
    with_score = present.loc[present["occasion"] == repeated.target, "client_id"].nunique()
    facts = group_facts(inquiry, repeated)
    facts |= {"n_missing": facts["n"] - with_score}
    if not facts["n_missing"]:
        yield question.refuse(*IMPUTED, NOBODY, **facts)
        return
    try:
        imputed = impute(repeated, inquiry.seed, draws=draws)
        compared = compared_at(imputed, repeated.target)
        pooled = analyse_imputed(compared, welch_of_draws, level=inquiry.level)
    except NotEstimableError as error:
        yield question.refuse(*IMPUTED, reason_of(error), **facts)
        return
    facts |= {"note": repeated.remark, "caution": found.caution}
    yield question.answer(*IMPUTED, **_columns(pooled), **facts)
    yield from _shifted_rows(question, inquiry, found, compared, facts)


def impute(repeated: RepeatedScores, seed: int, *, draws: int = DRAWS) -> ImputedScores:
    """Return the scores of all presentations, completed at every occasion."""
    has_therapists = repeated.rows["therapist_id"].nunique() > 1
    return impute_scores(
        repeated.rows,
        "score",
        occasions=repeated.occasions,
        therapist="therapist_id" if has_therapists else None,
        predictors=["presentation"],
        draws=draws,
        seed=seed,
    )


def _shifted_rows(
    question: Question,
    inquiry: Inquiry,
    found: OutcomeValues,
    compared: ImputedScores,
    facts: dict[str, Any],
) -> Iterator[Estimate]:
    worse = _worse(inquiry, found) * found.outcome.smallest_effect
    for who, shift in _shifts(found).items():
        moved = analyse_imputed(shift_imputed(compared, worse, shift), welch_of_draws,
                                level=inquiry.level)  # fmt: skip
        yield question.answer(
            f"difference, missing {who} worse", *IMPUTED[1:], **_columns(moved),
            **_with_note(facts, WORSE.format(worse=worse)),
        )  # fmt: skip
    for group in EXTREMES:
        yield _tipping_row(question, compared, _shifts(found)[group], group, worse, facts,
                           inquiry.level)  # fmt: skip


def _worse(inquiry: Inquiry, found: OutcomeValues) -> int:
    """Return the sign of a worse score; of a neutral scale, that of a higher one."""
    direction = inquiry.data.measures[str(found.outcome.scale)].direction
    return -1 if direction == "better" else 1


def _shifts(found: OutcomeValues) -> dict[str, Shift]:
    at = (found.outcome.occasion,)
    each = {group: Shift("presentation", group, at) for group in EXTREMES}
    return {"clients": Shift(occasions=at), **each}


def _columns(pooled: PooledEstimate) -> dict[str, Any]:
    return {
        "estimate": pooled.estimate, "se": pooled.se, "statistic": pooled.statistic,
        "df": pooled.df, "p_value": pooled.p_value, **limits(pooled.interval),
    }  # fmt: skip


def _tipping_row(
    question: Question,
    compared: ImputedScores,
    shift: Shift,
    group: str,
    worse: float,
    facts: dict[str, Any],
    level: float,
) -> Estimate:
    """Return the shift of one group's missing scores at which the answer turns."""
    largest = FARTHEST * worse
    tipping = find_tipping_point(
        compared, welch_of_draws, shift=shift, largest=largest, level=level
    )
    note = STANDS.format(largest=largest) if tipping.delta is None else None
    return question.answer(f"tipping point, {group}", TIPPING, HOW_TIPPING,
                           estimate=tipping.delta, **_with_note(facts, note))  # fmt: skip


def _with_note(facts: dict[str, Any], note: str | None) -> dict[str, Any]:
    return facts | {"note": join_notes(note, facts["note"])}
