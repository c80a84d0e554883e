"""One step of the ladder of invariance: what it holds equal, and what it gives up to hold."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import stats

from reports.methods._factor_fit import score_and_information
from reports.methods._factor_pattern import (
    INTERCEPT,
    LOADING,
    Equality,
    FloatArray,
    Label,
    Pattern,
    build_pattern,
)
from reports.methods.factor_model import Answers, FactorFit, fit_pattern

Level = Literal["configural", "metric", "scalar"]
Structure = Sequence[tuple[str, tuple[str, ...]]]

# Chen (2007): fit that falls further is worse by more than means can bear.
CFI_FALL, RMSEA_RISE = 0.010, 0.015
# The two equalities of a ladder share one chance of a false alarm (Bonferroni).
ALPHA = 0.05
_ALPHA_OF_STEP = ALPHA / 2
_KINDS: dict[Level, frozenset[str]] = {
    "configural": frozenset(),
    "metric": frozenset({LOADING}),
    "scalar": frozenset({LOADING, INTERCEPT}),
}
# The kind that each level adds, and that partial invariance may free again.
_ADDED: dict[Level, str] = {"metric": LOADING, "scalar": INTERCEPT}


@dataclass(frozen=True)
class InvarianceStep:
    """One model of the ladder, against the last one that held.

    Flagged where the limit is passed by more than chance, undecided where chance would do.
    """

    level: Level
    freed: tuple[tuple[str, str], ...]
    fit: FactorFit
    cfi_change: float
    rmsea_change: float
    chi_square_change: float
    df_change: int
    p_value: float
    is_flagged: bool
    is_undecided: bool


@dataclass(frozen=True)
class Study:
    """What stays the same from model to model."""

    structure: Structure
    blocks: tuple[tuple[str, ...], ...]
    answers: Answers
    robust: bool

    def pattern(self, level: Level, freed: frozenset[tuple[str, str]]) -> Pattern:
        return build_pattern(self.structure, self.blocks, Equality(_KINDS[level], freed))

    def fit(self, level: Level, freed: frozenset[tuple[str, str]]) -> FactorFit:
        return fit_pattern(self.pattern(level, freed), self.answers, robust=self.robust)


def has_held(steps: Sequence[InvarianceStep]) -> bool:
    """Tell whether the last model of a level was not given up."""
    return bool(steps) and not steps[-1].is_flagged and steps[-1].fit.status != "refused"


def try_level(
    study: Study, level: Level, freed: frozenset[tuple[str, str]], before: FactorFit
) -> tuple[list[InvarianceStep], frozenset[tuple[str, str]]]:
    """Return every model of a level, the one settled on last, and what it leaves free."""
    # An item whose loading differs has no intercept that could be compared.
    if level == "scalar":
        freed |= {(INTERCEPT, item) for kind, item in freed if kind == LOADING}
    steps = [_compare(level, freed, study.fit(level, freed), before)]
    while steps[-1].is_flagged and steps[-1].fit.status != "refused":
        candidate = _worst(study, level, freed, steps[-1].fit)
        if candidate is None:
            break
        freed |= {candidate}
        steps.append(_compare(level, freed, study.fit(level, freed), before))
    return steps, freed


def _compare(
    level: Level, freed: frozenset[tuple[str, str]], fit: FactorFit, before: FactorFit
) -> InvarianceStep:
    chi_square, df, p = compare_fits(fit, before)
    cfi, rmsea = fit.cfi - before.cfi, fit.rmsea - before.rmsea
    is_beyond_limit = not (cfi >= -CFI_FALL and rmsea <= RMSEA_RISE)
    is_chance = _chance(fit, before, p) >= _ALPHA_OF_STEP
    return InvarianceStep(
        level=level,
        freed=tuple(sorted(freed)),
        fit=fit,
        cfi_change=cfi,
        rmsea_change=rmsea,
        chi_square_change=chi_square,
        df_change=df,
        p_value=p,
        is_flagged=is_beyond_limit and not is_chance,
        is_undecided=is_beyond_limit and is_chance,
    )


def _chance(restricted: FactorFit, free: FactorFit, p_value: float) -> float:
    """Return the larger p-value of the difference with and without its scaling factor."""
    df = restricted.df - free.df
    plain = stats.chi2.sf(restricted.unscaled_chi_square - free.unscaled_chi_square, df)
    return float(np.fmax(plain, p_value))


def compare_fits(restricted: FactorFit, free: FactorFit) -> tuple[float, int, float]:
    """Return the chi-square difference of two nested fits, its df and its p-value.

    With robust fits it is Satorra and Bentler's (2001): the difference of the uncorrected
    statistics over (df0 c0 - df1 c1) / (df0 - df1).
    """
    df = restricted.df - free.df
    if df <= 0 or "refused" in {restricted.status, free.status}:
        return math.nan, 0, math.nan
    scaling = (restricted.df * restricted.scaling - free.df * free.scaling) / df
    if not scaling > 0:  # a known flaw of this correction in small groups
        return math.nan, df, math.nan
    difference = max(0.0, (restricted.unscaled_chi_square - free.unscaled_chi_square) / scaling)
    return difference, df, float(stats.chi2.sf(difference, df))


def score_tests(study_pattern: Pattern, wider: Pattern, answers: Answers, fit: FactorFit) -> float:
    """Return the score statistic for giving up what `wider` does not hold equal."""
    values = _carry_over(study_pattern.labels, wider.labels, fit)
    score, information = score_and_information(wider, answers.moments, values)
    return float(score @ np.linalg.lstsq(information, score, rcond=None)[0])


def _carry_over(labels: Sequence[Label], wider: Sequence[Label], fit: FactorFit) -> FloatArray:
    known = {label: e.estimate for label, e in zip(labels, fit.estimates, strict=True)}
    return np.array([known.get(label, known.get((*label[:2], ""), 0.0)) for label in wider])


def _worst(
    study: Study, level: Level, freed: frozenset[tuple[str, str]], fit: FactorFit
) -> tuple[str, str] | None:
    pattern, kind = study.pattern(level, freed), _ADDED[level]
    tests = {
        (kind, item): score_tests(
            pattern, study.pattern(level, freed | {(kind, item)}), study.answers, fit
        )
        for item in _candidates(study.structure, kind, freed)
    }
    return max(tests, key=lambda name: (tests[name], name)) if tests else None


def _candidates(structure: Structure, kind: str, freed: frozenset[tuple[str, str]]) -> list[str]:
    found = []
    for _, items in structure:
        equal = [item for item in items if (kind, item) not in freed]
        if len(equal) > 2:
            found += equal
    return found
