"""What a plan can detect with the clients and therapists there are, before outcomes are seen."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from reports.analyses._inquiry import Inquiry
from reports.analyses._nesting import USUAL_SHARE
from reports.analyses._outcome_values import OutcomeValues, find_outcome
from reports.analyses._planned import pair_of
from reports.analyses._therapist_share import caseload_of, therapist_share
from reports.analyses.four_presentations import possible_presentations
from reports.declarations import Comparison
from reports.exclusions import present_clients
from reports.methods.result import NotEstimableError
from reports.methods.sample_size import design_effect, power, smallest_detectable_effect
from reports.plan import Hypothesis, Plan
from reports.plan_standing import Standing
from reports.study_data import StudyData, are_among, count_known


@dataclass(frozen=True)
class Detection:
    """What one hypothesis can detect: sizes of what is compared, and in points what shows.

    ``detectable`` is the smallest true effect found with the wanted power, ``power`` that of
    finding the smallest effect of interest; both None where outcomes would have to be seen first.
    """

    hypothesis: str
    sizes: tuple[int, ...]
    therapists: int | None
    alpha: float
    detectable: float | None
    power: float | None


def find_detections(plan: Plan, standing: Standing, data: StudyData) -> tuple[Detection, ...]:
    """Return what each hypothesis can detect, with Holm's first step as the level of its tests.

    Spread comes from all clients together, so that nothing is learnt of how groups differ.
    """
    presentations = present_clients(data, plan.presentation, standing)
    inquiry = Inquiry(
        data, plan.presentation, presentations, standing.comparison(Comparison()), 0, standing
    )
    return tuple(_detect(plan, inquiry, one) for one in plan.hypothesis)


def _detect(plan: Plan, inquiry: Inquiry, hypothesis: Hypothesis) -> Detection:
    found = find_outcome(inquiry.data, plan.presentation, plan.outcome_of(hypothesis))
    groups = _groups(plan, inquiry, hypothesis, found)
    members = pd.Index([client for group in groups for client in group])
    alpha = plan.plan.alpha / plan.count_tests(hypothesis.family)
    sizes = tuple(map(len, groups))
    known = Detection(
        hypothesis.id, sizes, inquiry.data.count_therapists(members), alpha, None, None
    )
    if hypothesis.question in ("course", "u_shape") or min(sizes, default=0) < 2:
        return known
    spread = float(found.values.std())
    smallest = found.outcome.smallest_effect
    try:
        if hypothesis.question == "dependence":
            inflation = _inflation(inquiry, inquiry.usable.loc[groups[0], "dependence"])
            detectable, chance = _of_slope(sizes[0] / inflation, alpha, plan.plan.power,
                                           smallest / spread)  # fmt: skip
        else:
            is_first = are_among(members, groups[0]).astype("float64")
            inflation = _inflation(inquiry, pd.Series(is_first, members))
            detectable, chance = _of_groups(sizes, alpha, plan.plan.power, smallest / spread,
                                            inflation)  # fmt: skip
    except (NotEstimableError, ZeroDivisionError):
        return known
    return Detection(known.hypothesis, sizes, known.therapists, alpha, detectable * spread, chance)


def _groups(
    plan: Plan, inquiry: Inquiry, hypothesis: Hypothesis, found: OutcomeValues
) -> list[pd.Index]:
    """Return the clients of each group that has the outcome by now."""
    if hypothesis.question in ("dependence", "u_shape"):
        return [inquiry.usable.index.intersection(found.values.index)]
    names: tuple[str, ...] = pair_of(hypothesis)
    if hypothesis.question == "four_groups":
        names = tuple(
            name for name in possible_presentations(plan.presentation) if name != "indeterminate"
        )
    return [inquiry.members_of(name).intersection(found.values.index) for name in names]


def _of_groups(
    sizes: tuple[int, ...], alpha: float, wanted: float, effect: float, inflation: float
) -> tuple[float, float]:
    a, b = sorted(sizes)[:2]
    detectable = smallest_detectable_effect(
        a, b, wanted_power=wanted, alpha=alpha, inflation=inflation
    )
    return detectable, power(effect, a / inflation, b / inflation, alpha=alpha)


def _of_slope(n: float, alpha: float, wanted: float, effect: float) -> tuple[float, float]:
    """Return the smallest correlation found, and the power for one; by Fisher's z."""
    if n < 5:
        raise NotEstimableError("too few clients for a correlation")
    root = math.sqrt(n - 3)
    critical = float(stats.norm.isf(alpha / 2))
    detectable = math.tanh((critical + float(stats.norm.ppf(wanted))) / root)
    shift = math.atanh(min(effect, 0.999)) * root
    return detectable, float(stats.norm.sf(critical - shift) + stats.norm.cdf(-critical - shift))


def _inflation(inquiry: Inquiry, compared: pd.Series) -> float:
    """Return the design effect where therapists make the usual share of an outcome's variance."""
    values = compared.to_numpy(dtype=np.float64, na_value=np.nan)
    therapists = inquiry.data.therapists_of(compared.index)
    known = therapists[~np.isnan(values)]
    if (count_known(known) or 0) < 2:
        return 1.0
    share = therapist_share(values, therapists) or 0.0
    return design_effect(caseload_of(known), USUAL_SHARE, share)
