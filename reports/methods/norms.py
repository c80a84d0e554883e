"""Does a scale look like what was published about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from instruments.scale import Norm
from reports.methods.result import require_complete

# A clinic may differ from published samples; this far is rather a wrong key, range or unit.
MEAN_SHIFT = 1.0
SD_RATIO = 1.5
ALPHA_SHIFT = 0.1


@dataclass(frozen=True)
class NormCheck:
    """One observed figure against the bounds that published samples set."""

    statistic: Literal["mean", "sd", "alpha"]
    value: float
    low: float
    high: float

    @property
    def is_outside(self) -> bool:
        """Whether the figure lies outside the bounds."""
        return not self.low <= self.value <= self.high


def check_norms(
    norms: Sequence[Norm], *, mean: float, sd: float, alpha: float | None = None
) -> tuple[NormCheck, ...]:
    """Return mean, SD and alpha of a scale beside the bounds that its published samples set.

    Bounds run from the lowest to the highest published figure, widened: means by one published
    standard deviation of their sample, SDs by a factor of 1.5, alphas by .1. A figure outside
    says that the key, the response range or the unit deserves a look; it is not a test.

    Parameters
    ----------
    norms : sequence of Norm
        Published figures of this scale, in the units of the form that was used.
    mean, sd : float
        Mean and standard deviation of the scale, in scale points.
    alpha : float, optional
        Cronbach's alpha; not checked where absent.

    Returns
    -------
    tuple of NormCheck
        One for each figure that was published; empty where none was.

    Raises
    ------
    ValueError
        If a figure is missing.

    Examples
    --------
    >>> published = [Norm(sample="students", source="an example", mean=3.0, sd=1.0, alpha=0.9)]
    >>> checks = check_norms(published, mean=5.2, sd=1.1, alpha=0.88)
    >>> [check.statistic for check in checks if check.is_outside]
    ['mean']
    """
    require_complete([mean, sd], [] if alpha is None else [alpha])
    candidates = (
        _check("mean", mean, _mean_bounds(norms)),
        _check("sd", sd, [(n.sd / SD_RATIO, n.sd * SD_RATIO) for n in norms if n.sd]),
        _check("alpha", alpha, [_alpha_bounds(n.alpha) for n in norms if n.alpha]),
    )
    return tuple(check for check in candidates if check is not None)


def _mean_bounds(norms: Sequence[Norm]) -> list[tuple[float, float]]:
    return [
        (norm.mean - MEAN_SHIFT * norm.sd, norm.mean + MEAN_SHIFT * norm.sd)
        for norm in norms
        if norm.mean is not None and norm.sd is not None
    ]


def _alpha_bounds(alpha: float) -> tuple[float, float]:
    return alpha - ALPHA_SHIFT, min(1.0, alpha + ALPHA_SHIFT)


def _check(
    statistic: Literal["mean", "sd", "alpha"],
    value: float | None,
    bounds: Sequence[tuple[float, float]],
) -> NormCheck | None:
    if value is None or not bounds:
        return None
    return NormCheck(statistic, value, min(low for low, _ in bounds), max(h for _, h in bounds))
