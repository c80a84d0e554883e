"""Does the outcome turn over dependence: only where a plan asks for it."""

from __future__ import annotations

from collections.abc import Iterator

from reports.analyses._inquiry import Inquiry
from reports.analyses._nesting import nesting_caution
from reports.analyses._outcome_values import OutcomeValues
from reports.analyses._question import MIN_GROUP, THEME_CONTRAST, Question, limits, reason_of
from reports.estimates import Estimate
from reports.methods.correlation import Curvature, curvature
from reports.methods.result import NotEstimableError

ANALYSIS = "u_shape"
TEST = ("u shape", "turning point", "quadratic, both ends must show it (Lind and Mehlum)")
BENT = ("bend", "points per squared point", "quadratic, HC3 errors")
ENDS = ("slope at the lowest dependence", "slope at the highest dependence")
# A bend has three coefficients.
LEAST = 3 * MIN_GROUP
TOO_FEW = f"fewer than {LEAST} clients"
NO_TURN = "the curve does not turn within the scores there are"


def look_for_turn(inquiry: Inquiry, found: OutcomeValues) -> list[Estimate]:
    """Return whether the outcome falls and rises (or rises and falls) over dependence.

    A bent line is not yet a U: the slopes at both ends must have opposite signs, and the larger of
    their one-sided p-values is that of the U.
    """
    question = Question(ANALYSIS, THEME_CONTRAST, found.name)
    if found.refusal:
        return [question.refuse(*TEST, found.refusal)]
    frame = inquiry.usable[["dependence"]].assign(outcome=found.values)
    complete = frame.dropna()
    counts = {"n": len(complete), "n_missing": len(frame) - len(complete),
              "n_clusters": inquiry.data.count_therapists(complete.index)}  # fmt: skip
    if len(complete) < LEAST:
        return [question.refuse(*TEST, TOO_FEW, **counts)]
    try:
        curve = curvature(complete["dependence"], complete["outcome"], level=inquiry.level)
    except NotEstimableError as error:
        return [question.refuse(*TEST, reason_of(error), **counts)]
    low, high = (float(end) for end in complete["dependence"].agg(["min", "max"]))
    is_inside = low < curve.turning_point < high
    nesting = nesting_caution(inquiry, complete["outcome"], complete[["dependence"]])
    doubted = found.with_caution(nesting)
    return list(_rows(question, curve, doubted, counts, is_inside=is_inside))


def _rows(
    question: Question,
    curve: Curvature,
    found: OutcomeValues,
    counts: dict[str, int | None],
    *,
    is_inside: bool,
) -> Iterator[Estimate]:
    yield question.answer(
        *TEST, estimate=curve.turning_point if is_inside else None, p_value=curve.u_shape_p,
        note=None if is_inside else NO_TURN, caution=found.caution, **counts,
    )  # fmt: skip
    bend = curve.quadratic
    yield question.answer(
        *BENT, estimate=bend.estimate, se=bend.se, statistic=bend.t, df=bend.df,
        p_value=bend.p_value, caution=found.caution, **limits(bend.interval), **counts,
    )  # fmt: skip
    for term, slope in zip(ENDS, (curve.slope_low, curve.slope_high), strict=True):
        yield question.answer(
            term, "points per point", BENT[2], estimate=slope.estimate, se=slope.se,
            statistic=slope.t, df=slope.df, caution=found.caution, **limits(slope.interval),
            **counts,
        )  # fmt: skip
