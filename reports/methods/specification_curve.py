"""Does the answer depend on the rule? One estimate under every combination of choices."""

from __future__ import annotations

import itertools
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from reports.methods.result import Interval, NotEstimableError

# One combination of choices, such as {"rule": "attachment", "cut": "+1 SEM"}.
Choice = Mapping[str, object]
# From one combination to its estimate and interval; NotEstimableError where it has none.
Estimator = Callable[[Choice], tuple[float, Interval]]


@dataclass(frozen=True)
class Specification:
    """One combination of choices and its estimate, or the reason why it has none."""

    choice: tuple[tuple[str, object], ...]
    estimate: float | None
    interval: Interval | None
    note: str


@dataclass(frozen=True)
class SpecificationCurve:
    """All combinations in order of their estimates, and how far they agree.

    The shares are of the usable combinations. They describe; combinations share their clients,
    so no p-value belongs to them.
    """

    specifications: tuple[Specification, ...]
    n_usable: int
    n_refused: int
    median: float | None
    lowest: float | None
    highest: float | None
    share_same_sign: float | None
    share_beyond_zero: float | None


def trace_specifications(
    choices: Mapping[str, Sequence[object]], estimate: Estimator
) -> SpecificationCurve:
    """Estimate the same quantity under every combination of choices.

    Parameters
    ----------
    choices : mapping of str to sequence
        The options of each choice, such as presentation rules, cuts of plus and minus one SEM,
        and scoring rules. Only defensible ones: a curve over nonsense is nonsense.
    estimate : callable
        From one combination to an estimate and its interval.

    Returns
    -------
    SpecificationCurve
        ``share_same_sign`` is the share of usable combinations whose estimate has the sign of
        the median (an estimate of zero agrees with no sign); ``share_beyond_zero`` the share
        whose interval lies wholly on that side. None where no combination was usable.
        Combinations without an estimate stay in the curve, last, with their reason.

    Raises
    ------
    ValueError
        If a choice has no options.

    References
    ----------
    Simonsohn, Simmons & Nelson (2020), Nat Hum Behav 4, 1208-1214.
    https://doi.org/10.1038/s41562-020-0912-z

    Examples
    --------
    >>> from reports.methods.result import Interval
    >>> def estimate(choice):
    ...     centre = 0.4 + 0.1 * choice["cut"] - 0.6 * (choice["rule"] == "profile")
    ...     return centre, Interval(centre - 0.35, centre + 0.35)
    >>> curve = trace_specifications({"rule": ["attachment", "profile"], "cut": [0, 1]}, estimate)
    >>> curve.n_usable, round(curve.median, 2), curve.share_same_sign, curve.share_beyond_zero
    (4, 0.15, 0.5, 0.5)
    """
    empty = [name for name, options in choices.items() if not options]
    if empty:
        raise ValueError(f"no options for {', '.join(empty)}")
    names = list(choices)
    combinations = itertools.product(*choices.values())
    found = [
        _estimate(dict(zip(names, combination, strict=True)), estimate)
        for combination in combinations
    ]
    return _summarize(sorted(found, key=_position))


def _estimate(choice: Choice, estimate: Estimator) -> Specification:
    named = tuple(choice.items())
    try:
        value, interval = estimate(choice)
    except NotEstimableError as error:
        return Specification(named, None, None, str(error))
    return Specification(named, value, interval, "")


def _position(specification: Specification) -> tuple[bool, float]:
    return specification.estimate is None, specification.estimate or 0.0


def _summarize(ordered: Sequence[Specification]) -> SpecificationCurve:
    values = [s.estimate for s in ordered if s.estimate is not None]
    intervals = [s.interval for s in ordered if s.interval is not None]
    n_refused = len(ordered) - len(values)
    if not values:
        return SpecificationCurve(tuple(ordered), 0, n_refused, None, None, None, None, None)
    median = statistics.median(values)
    sign = (median > 0) - (median < 0)
    agree = sum(sign * value > 0 for value in values)
    beyond = sum(sign * bound > 0 for bound in (_near_end(i, sign) for i in intervals))
    return SpecificationCurve(
        specifications=tuple(ordered),
        n_usable=len(values),
        n_refused=n_refused,
        median=median,
        lowest=values[0],
        highest=values[-1],
        share_same_sign=agree / len(values),
        share_beyond_zero=beyond / len(values),
    )


def _near_end(interval: Interval, sign: int) -> float:
    return interval.low if sign > 0 else interval.high
