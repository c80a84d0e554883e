"""Has a client changed by more than measurement error, and does it matter? After Jacobson-Truax."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy import stats

from reports.methods.result import FloatArray, as_sample, require_level

Better = Literal["lower", "higher"]
Labels = npt.NDArray[np.str_]
# Beyond these, scores differ by the rounding of numbers only.
_DECIMALS = 9

CHANGES = ("recovered", "improved", "unchanged", "deteriorated", "harmed")
SYMPTOM_CHANGES = ("improved", "unchanged", "deteriorated")
DIRECTIONS = ("lower", "same", "higher")

# "Harmed" as other programs print it says more than it knows.
CHANGE_MEANINGS = {
    "recovered": "reliably better, and now in the functional range",
    "improved": "reliably better",
    "unchanged": "no reliable change",
    "deteriorated": "reliably worse",
    "harmed": "reliably worse, and now in the clinical range",
}


@dataclass(frozen=True)
class Cutoffs:
    """Jacobson and Truax's three borders between the clinical and the functional range."""

    a: float
    b: float
    c: float


def standard_error_of_difference(sd: float, reliability: float) -> float:
    """Return the standard error of a difference between two scores of one client.

    SE = sd sqrt(2 (1 - reliability)).

    Parameters
    ----------
    sd : float
        Standard deviation of the scale, in scale points.
    reliability : float
        Reliability in the same population, in [0, 1).

    Returns
    -------
    float
        In scale points. Times 1.96: the smallest reliable change.

    Raises
    ------
    ValueError
        If ``sd`` is not positive or ``reliability`` is outside [0, 1).

    References
    ----------
    Jacobson & Truax (1991), J Consult Clin Psychol 59(1), 12-19.
    https://doi.org/10.1037/0022-006X.59.1.12

    Examples
    --------
    >>> round(standard_error_of_difference(7.5, 0.80), 3)
    4.743
    """
    if not (math.isfinite(sd) and sd > 0):
        raise ValueError("the standard deviation of a scale is positive")
    if not 0 <= reliability < 1:
        raise ValueError("a reliability lies in [0, 1)")
    return sd * math.sqrt(2 * (1 - reliability))


def reliable_change_index(
    before: npt.ArrayLike, after: npt.ArrayLike, *, sd_before: float, reliability: float
) -> FloatArray:
    """Return the Jacobson-Truax reliable change index of each client.

    RCI = (after - before) / (sd_before sqrt(2 (1 - reliability))).

    Parameters
    ----------
    before, after : array_like, shape (n,)
        Scale scores of the same clients, in scale points. No missing values: drop and count
        clients without both.
    sd_before : float
        Standard deviation at intake: of the reference population that the instrument's
        definition names, or of the sample as a sensitivity analysis.
    reliability : float
        Reliability of the scale in the same population, in [0, 1).

    Returns
    -------
    ndarray of float, shape (n,)
        Change over the standard error of the difference; its sign follows the raw score.
        Beyond plus or minus 1.96 a change is reliable.

    Raises
    ------
    ValueError
        If ``sd_before`` is not positive, ``reliability`` is outside [0, 1), a value is missing,
        or the lengths differ.

    References
    ----------
    Jacobson & Truax (1991), J Consult Clin Psychol 59(1), 12-19.
    https://doi.org/10.1037/0022-006X.59.1.12

    Examples
    --------
    >>> reliable_change_index([15, 9], [8, 9], sd_before=5.0, reliability=0.89).round(2).tolist()
    [-2.98, 0.0]
    """
    first, second = _pairs(before, after)
    return (second - first) / standard_error_of_difference(sd_before, reliability)


def clinical_cutoffs(
    clinical: tuple[float, float], functional: tuple[float, float], *, better: Better
) -> Cutoffs:
    """Return the three cut-offs of clinically significant change.

    a: two standard deviations from the clinical mean towards function; b: two from the
    functional mean towards the clinical; c: where both are equally likely,
    c = (s_c M_f + s_f M_c) / (s_c + s_f). Use c where the two populations overlap, b where norms
    of only the functional are known, a where only those of the clinical are.

    Parameters
    ----------
    clinical, functional : tuple of float
        Mean and standard deviation of each population, in scale points.
    better : {"lower", "higher"}
        Which end of the scale is better.

    Returns
    -------
    Cutoffs
        In scale points.

    Raises
    ------
    ValueError
        If a standard deviation is not positive, or the functional mean is not the better one.

    References
    ----------
    Jacobson & Truax (1991), J Consult Clin Psychol 59(1), 12-19.
    https://doi.org/10.1037/0022-006X.59.1.12

    Examples
    --------
    >>> clinical_cutoffs((40, 7.5), (60, 7.5), better="higher")
    Cutoffs(a=55.0, b=45.0, c=50.0)
    """
    (mean_c, sd_c), (mean_f, sd_f) = clinical, functional
    if not (sd_c > 0 and sd_f > 0):
        raise ValueError("the standard deviation of a population is positive")
    sign = 1.0 if better == "higher" else -1.0
    if sign * (mean_f - mean_c) <= 0:
        raise ValueError(f"where {better} is better, the functional mean is {better}")
    middle = (sd_c * mean_f + sd_f * mean_c) / (sd_c + sd_f)
    return Cutoffs(mean_c + sign * 2 * sd_c, mean_f - sign * 2 * sd_f, middle)


def classify_change(
    before: npt.ArrayLike,
    after: npt.ArrayLike,
    *,
    sd_before: float,
    reliability: float,
    better: Better = "lower",
    cutoff: float | None = None,
    level: float = 0.95,
) -> Labels:
    """Return each client's reliable and, given a cut-off, clinically significant change.

    A change is reliable when |RCI| exceeds the normal quantile of the level (1.96 for .95). With
    a cut-off, *recovered* is reliably better and across the cut-off into the functional range;
    *harmed* is reliably worse and across it into the clinical range: say "reliably worse, and now
    in the clinical range", for the index cannot tell what did it. A client who reliably worsened
    without crossing is *deteriorated*. On the cut-off itself a score is clinical.

    Parameters
    ----------
    before, after : array_like, shape (n,)
        Scale scores of the same clients, in scale points, complete.
    sd_before, reliability : float
        As for `reliable_change_index`.
    better : {"lower", "higher"}
        Which end of the scale is better.
    cutoff : float, optional
        Border of the clinical range, such as c of `clinical_cutoffs`.
    level : float
        Confidence level of a reliable change.

    Returns
    -------
    ndarray of str, shape (n,)
        One of `CHANGES`; without a cut-off one of improved, unchanged, deteriorated.

    Raises
    ------
    ValueError
        As for `reliable_change_index`.

    Notes
    -----
    Of clients chosen for extreme scores, some return to the mean without having changed: the
    index does not correct for it. Of a scale that made the groups, report change only as a score.

    References
    ----------
    Jacobson & Truax (1991), J Consult Clin Psychol 59(1), 12-19.
    https://doi.org/10.1037/0022-006X.59.1.12

    Examples
    --------
    >>> classify_change(
    ...     [30, 30, 30, 12], [28, 22, 8, 26], sd_before=7.0, reliability=0.9, cutoff=18.0
    ... ).tolist()
    ['unchanged', 'improved', 'recovered', 'harmed']
    """
    first, second = _pairs(before, after)
    index = reliable_change_index(first, second, sd_before=sd_before, reliability=reliability)
    gain = index if better == "higher" else -index
    limit = _critical(level)
    label = np.select([gain > limit, gain < -limit], ["improved", "deteriorated"], "unchanged")
    if cutoff is None:
        return label
    was_clinical, is_clinical = (_is_clinical(scores, cutoff, better) for scores in (first, second))
    recovered = (label == "improved") & was_clinical & ~is_clinical
    harmed = (label == "deteriorated") & ~was_clinical & is_clinical
    return np.select([recovered, harmed], ["recovered", "harmed"], label)


def classify_by_difference(
    before: npt.ArrayLike,
    after: npt.ArrayLike,
    *,
    minimal_difference: float,
    better: Better = "lower",
) -> Labels:
    """Return each client's change against the smallest difference that matters to clients.

    Unlike reliability, importance is not a property of the scale's error: a published minimal
    important difference belongs beside the index, not in its place.

    Parameters
    ----------
    before, after : array_like, shape (n,)
        Scale scores of the same clients, in scale points, complete.
    minimal_difference : float
        Smallest important difference, in scale points.
    better : {"lower", "higher"}
        Which end of the scale is better.

    Returns
    -------
    ndarray of str, shape (n,)
        improved or deteriorated by at least the difference, or unchanged.

    Raises
    ------
    ValueError
        If the difference is not positive, a value is missing, or the lengths differ.

    Examples
    --------
    >>> classify_by_difference([20, 20, 20], [15, 16, 27], minimal_difference=5).tolist()
    ['improved', 'unchanged', 'deteriorated']
    """
    if not minimal_difference > 0:
        raise ValueError("a minimal difference is positive")
    first, second = _pairs(before, after)
    change = np.round(second - first, _DECIMALS)  # 2.3 - 1.8 falls a last bit short of 0.5
    gain = change if better == "higher" else -change
    met = [gain >= minimal_difference, gain <= -minimal_difference]
    return np.select(met, ["improved", "deteriorated"], "unchanged")


def reliable_direction(
    before: npt.ArrayLike,
    after: npt.ArrayLike,
    *,
    sd_before: float,
    reliability: float,
    level: float = 0.95,
) -> Labels:
    """Return whether each client's score is reliably lower, the same, or higher.

    For scales where neither end is better in itself, as with dependency. Parameters and errors
    as for `classify_change`.

    Examples
    --------
    >>> reliable_direction([20, 20], [10, 21], sd_before=5.0, reliability=0.85).tolist()
    ['lower', 'same']
    """
    index = reliable_change_index(before, after, sd_before=sd_before, reliability=reliability)
    limit = _critical(level)
    return np.select([index < -limit, index > limit], ["lower", "higher"], "same")


def _pairs(before: npt.ArrayLike, after: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    first, second = as_sample(before, at_least=0), as_sample(after, at_least=0)
    if first.size != second.size:
        raise ValueError("before and after hold the scores of the same clients")
    return first, second


def _critical(level: float) -> float:
    require_level(level)
    return float(stats.norm.ppf((1 + level) / 2))


def _is_clinical(scores: FloatArray, cutoff: float, better: Better) -> npt.NDArray[np.bool_]:
    return scores >= cutoff if better == "lower" else scores <= cutoff
