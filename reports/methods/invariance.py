"""Does a questionnaire measure the same thing in every group, or at every occasion?"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import pandas as pd
from scipy import stats

from reports.methods._factor_pattern import FACTOR_MEAN
from reports.methods._invariance_step import InvarianceStep, Study, has_held, try_level
from reports.methods.factor_model import FactorFit, check_structure, collect_answers
from reports.methods.result import Interval


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
    >>> import numpy as np
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
    return _climb(Study(structure, blocks, answers, robust), minimum)


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
    >>> import numpy as np
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
    return _climb(Study(structure, (tuple(occasions),), answers, robust), minimum)


def _climb(study: Study, minimum: int) -> InvarianceReport:
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
    metric, freed = try_level(study, "metric", nothing, base)
    steps = [first, *metric]
    if not has_held(metric):
        return _report(study, steps, "configural", freed)
    scalar, freed_too = try_level(study, "scalar", freed, metric[-1].fit)
    steps += scalar
    if not has_held(scalar):
        return _report(study, steps, "partial metric" if freed else "metric", freed)
    return _report(study, steps, "partial scalar" if freed_too else "scalar", freed_too)


def _report(
    study: Study,
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
