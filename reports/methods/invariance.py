"""Does a questionnaire measure the same thing in every group, or at every occasion?"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd
from scipy import stats

from reports.methods._factor_fit import score_and_information
from reports.methods._factor_pattern import (
    FACTOR_MEAN,
    INTERCEPT,
    LOADING,
    Equality,
    FloatArray,
    Label,
    Pattern,
    build_pattern,
)
from reports.methods.factor_model import (
    Answers,
    FactorFit,
    check_structure,
    collect_answers,
    fit_pattern,
)
from reports.methods.result import Interval

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
class LatentMean:
    """Mean of a factor in one group, in standard deviations of the reference group."""

    factor: str
    block: str
    estimate: float
    se: float
    interval: Interval


@dataclass(frozen=True)
class InvarianceReport:
    """The ladder of invariance, the highest step that held, and latent means where they may be."""

    steps: tuple[InvarianceStep, ...]
    holds: Literal["none", "configural", "metric", "partial metric", "scalar", "partial scalar"]
    freed: tuple[tuple[str, str], ...]
    latent_means: tuple[LatentMean, ...]
    reference: str
    status: Literal["ok", "caution", "refused"]
    note: str
    is_undecided: bool = False


@dataclass(frozen=True)
class _Study:
    """What stays the same from model to model."""

    structure: Structure
    blocks: tuple[tuple[str, ...], ...]
    answers: Answers
    robust: bool

    def pattern(self, level: Level, freed: frozenset[tuple[str, str]]) -> Pattern:
        return build_pattern(self.structure, self.blocks, Equality(_KINDS[level], freed))

    def fit(self, level: Level, freed: frozenset[tuple[str, str]]) -> FactorFit:
        return fit_pattern(self.pattern(level, freed), self.answers, robust=self.robust)


def check_group_invariance(
    frame: pd.DataFrame,
    model: Mapping[str, Sequence[str]],
    *,
    group: str,
    groups: Sequence[str] = (),
    robust: bool = False,
    minimum: int = 100,
) -> InvarianceReport:
    """Check configural, metric and scalar invariance of a questionnaire across groups.

    Configural: the same items on the same factors. Metric: equal loadings. Scalar: equal
    intercepts too, without which a difference of scale means may be one of items. A step does
    not hold when CFI falls by more than .010 or RMSEA rises by more than .015 against the last
    step that held, and the difference of chi-squares is beyond chance: p below .025 in each of
    the two steps, so that of ladders in which all is equal no more than .05 are flagged. Where
    the limit is passed but chance would do, the step is *undecided*: the clients are too few to
    tell. A flagged step is repeated with the parameter freed whose score test is largest, one at
    a time, until it is no longer flagged (*partial* invariance) or a factor would keep fewer than
    two items equal.

    Parameters
    ----------
    frame : DataFrame
        One row per client.
    model : mapping of str to sequence of str
        Items of each factor. Never the scale that made the groups: that would be circular.
    group : str
        Column of the groups.
    groups : sequence of str, optional
        Groups to compare, the reference first; by default all, in sorted order.
    robust : bool
        Satorra-Bentler statistics, for items of five or fewer categories.
    minimum : int
        Fewest complete clients per group.

    Returns
    -------
    InvarianceReport
        ``holds`` is the highest step that was not given up; with ``is_undecided``, that it holds
        is not shown. ``latent_means`` are the factors' means in standard deviations of the
        reference group, given only where scalar or partial scalar invariance holds. Refused below
        `minimum` in any group, or when the configural model was. Clients with a missing item are
        dropped and counted in each fit.

    Raises
    ------
    ValueError
        If there are fewer than two groups, an item is no column, or belongs to two factors.

    Notes
    -----
    The changes of CFI and RMSEA, unlike chi-square, do not grow with the number of clients. They
    describe sizes at which means are hardly biased; they are not tests: how often they are passed
    where all is equal depends on the number of clients and of items (Jorgensen et al. 2018), and
    at 100 clients per group it is one ladder in six. So size and chance are asked for together.

    The scaling factor of a robust difference is estimated, with an error that makes the test
    liberal at some hundred clients; so the larger of the p-values with and without it counts.

    An item that nearly everybody answers alike belongs into no linear model: its loading follows
    the groups' means, and seems to differ where the groups do (Lubke & Muthen 2004).

    References
    ----------
    Chen (2007), Struct Equ Modeling 14(3), 464-504. https://doi.org/10.1080/10705510701301834
    Jorgensen, Kite, Chen & Short (2018), Psychol Methods 23(4), 708-728.
    https://doi.org/10.1037/met0000152
    Lubke & Muthen (2004), Struct Equ Modeling 11(4), 514-534.
    https://doi.org/10.1207/s15328007sem1104_2
    Satorra & Bentler (2001), Psychometrika 66(4), 507-514. https://doi.org/10.1007/BF02296192

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> trait = np.concatenate([rng.normal(0, 1, 900), rng.normal(0.5, 1, 900)])
    >>> answers = 0.7 * trait[:, None] + 0.7 * rng.normal(size=(1800, 6))
    >>> frame = pd.DataFrame(answers, columns=list("abcdef"))
    >>> frame["presentation"] = ["overdependent"] * 900 + ["overindependent"] * 900
    >>> report = check_group_invariance(frame, {"trait": list("abcdef")}, group="presentation")
    >>> report.holds, round(report.latent_means[0].estimate, 1)
    ('scalar', 0.5)
    """
    structure = check_structure(frame, model)
    items = [item for _, names in structure for item in names]
    answers = collect_answers(frame, items, group, groups)
    if len(answers.names) < 2:
        raise ValueError("invariance across groups needs two groups")
    blocks = tuple((name,) for name in answers.names)
    return _climb(_Study(structure, blocks, answers, robust), minimum)


def check_occasion_invariance(
    frame: pd.DataFrame,
    model: Mapping[str, Sequence[str]],
    *,
    client: str,
    occasion: str,
    occasions: Sequence[str],
    robust: bool = False,
    minimum: int = 100,
) -> InvarianceReport:
    """Check invariance of a questionnaire over occasions of the same clients (response shift).

    As `check_group_invariance`, with all occasions in one model: factors of an occasion
    correlate with those of the others, and so do the residuals of one item with itself.

    Parameters
    ----------
    frame : DataFrame
        One row per client and occasion.
    model : mapping of str to sequence of str
        Items of each factor.
    client, occasion : str
        Columns of the client and the occasion.
    occasions : sequence of str
        Occasions to compare, the reference first, such as ``["intake", "end"]``.
    robust, minimum
        As for `check_group_invariance`; `minimum` counts clients with every item at every
        occasion.

    Returns
    -------
    InvarianceReport
        ``latent_means`` are changes from the first occasion, in its standard deviations.

    Raises
    ------
    ValueError
        If there are fewer than two occasions, or a client has two rows at one occasion.

    References
    ----------
    Oort (2005), Qual Life Res 14(3), 587-598. https://doi.org/10.1007/s11136-004-0830-y

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> trait = rng.normal(size=300)
    >>> rows = []
    >>> for name, level in (("intake", trait), ("end", trait - 1)):
    ...     answers = 0.7 * level[:, None] + 0.7 * rng.normal(size=(300, 4))
    ...     rows.append(pd.DataFrame(answers, columns=list("abcd")).assign(
    ...         client_id=range(300), occasion=name))
    >>> report = check_occasion_invariance(
    ...     pd.concat(rows), {"trait": list("abcd")},
    ...     client="client_id", occasion="occasion", occasions=["intake", "end"])
    >>> report.holds, round(report.latent_means[0].estimate, 1)
    ('scalar', -1.0)
    """
    if len(occasions) < 2:
        raise ValueError("invariance over occasions needs two occasions")
    structure = check_structure(frame, model)
    items = [item for _, names in structure for item in names]
    if frame.duplicated([client, occasion]).any():
        raise ValueError("a client has two rows at one occasion")
    wide = frame.pivot(index=client, columns=occasion, values=items)
    columns = [(item, name) for name in occasions for item in items]
    table = wide.reindex(columns=pd.MultiIndex.from_tuples(columns))
    table.columns = [f"{item} at {name}" for item, name in columns]
    answers = collect_answers(table, list(table.columns), None)
    return _climb(_Study(structure, (tuple(occasions),), answers, robust), minimum)


def _climb(study: _Study, minimum: int) -> InvarianceReport:
    nothing: frozenset[tuple[str, str]] = frozenset()
    reference = study.blocks[0][0]
    empty = InvarianceReport((), "none", (), (), reference, "refused", "")
    small = [name for name, size in study.answers.sizes if size < minimum]
    if small:
        return replace(empty, note=f"fewer than {minimum} complete clients: {', '.join(small)}")
    base = study.fit("configural", nothing)
    first = InvarianceStep("configural", (), base, 0.0, 0.0, 0.0, 0, math.nan, False, False)
    if base.status == "refused":
        return replace(empty, steps=(first,), note=base.note)
    metric, freed = _try_level(study, "metric", nothing, base)
    steps = [first, *metric]
    if not _held(metric):
        return _report(study, steps, "configural", freed)
    scalar, freed_too = _try_level(study, "scalar", freed, metric[-1].fit)
    steps += scalar
    if not _held(scalar):
        return _report(study, steps, "partial metric" if freed else "metric", freed)
    return _report(study, steps, "partial scalar" if freed_too else "scalar", freed_too)


def _held(steps: Sequence[InvarianceStep]) -> bool:
    return bool(steps) and not steps[-1].is_flagged and steps[-1].fit.status != "refused"


def _try_level(
    study: _Study, level: Level, freed: frozenset[tuple[str, str]], before: FactorFit
) -> tuple[list[InvarianceStep], frozenset[tuple[str, str]]]:
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
    study: _Study, level: Level, freed: frozenset[tuple[str, str]], fit: FactorFit
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


def _report(
    study: _Study,
    steps: Sequence[InvarianceStep],
    holds: Literal["configural", "metric", "partial metric", "scalar", "partial scalar"],
    freed: frozenset[tuple[str, str]],
) -> InvarianceReport:
    last = steps[-1].fit
    is_comparable = holds in {"scalar", "partial scalar"}
    notes = [step.fit.note for step in steps if step.fit.note]
    if not is_comparable:
        notes.append("means of groups or occasions are not comparable")
    elif holds == "partial scalar":
        notes.append(f"freed: {', '.join(f'{kind} of {item}' for kind, item in sorted(freed))}")
    # Only the models that were settled on: an earlier one of a level was given up.
    is_undecided = any(step.is_undecided for step in {s.level: s for s in steps}.values())
    if is_undecided:
        notes.append("fit falls beyond the limit, but no further than by chance")
    return InvarianceReport(
        steps=tuple(steps),
        holds=holds,
        freed=tuple(sorted(freed)),
        latent_means=_latent_means(last) if is_comparable else (),
        reference=study.blocks[0][0],
        status="caution" if notes else "ok",
        note="; ".join(dict.fromkeys(notes)),
        is_undecided=is_undecided,
    )


def _latent_means(fit: FactorFit) -> tuple[LatentMean, ...]:
    half = float(stats.norm.ppf(0.975))
    return tuple(
        LatentMean(
            e.name,
            e.block,
            e.estimate,
            e.se,
            Interval(e.estimate - half * e.se, e.estimate + half * e.se),
        )
        for e in fit.estimates
        if e.kind == FACTOR_MEAN
    )
