"""The published decision rules that are no sum: each a small named function.

A definition names its rules in `decisions`. Answers are those of the whole form, on its own range.
A rule says None where unanswered items leave it open, and decides where they cannot matter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Literal

from instruments.scale import Scale

Answers = Sequence[float | None]
Diagnosis = Literal["none", "ptsd", "cptsd"]

_ENDORSED = 2


def itq_diagnosis(answers: Answers) -> Diagnosis | None:
    """Return the ICD-11 diagnosis by the International Trauma Questionnaire.

    Parameters
    ----------
    answers : sequence of float or None
        The 18 answers on 0-4: P1 to P9, then C1 to C9.

    Returns
    -------
    {"none", "ptsd", "cptsd"} or None
        PTSD: an answer of 2 or more in each of the pairs P1-P2, P3-P4, P5-P6 and in P7-P9. Complex
        PTSD: also in each of C1-C2, C3-C4, C5-C6 and in C7-C9. One excludes the other. None where
        missing answers leave it open.

    Raises
    ------
    ValueError
        If there are not 18 answers.

    References
    ----------
    Cloitre et al. (2018), Acta Psychiatr Scand 138(6), 536-546, doi:10.1111/acps.12956.

    Examples
    --------
    >>> itq_diagnosis([2, 0, 2, 0, 2, 0, 2, 0, 0] + [0] * 9)
    'ptsd'
    """
    _check_length(answers, 18)
    ptsd = _all_of(_endorsed(answers, first, last) for first, last in _itq_criteria(start=1))
    if ptsd is not True:
        return "none" if ptsd is False else None
    dso = _all_of(_endorsed(answers, first, last) for first, last in _itq_criteria(start=10))
    if dso is None:
        return None
    return "cptsd" if dso else "ptsd"


def _itq_criteria(start: int) -> list[tuple[int, int]]:
    """Return the three pairs of symptoms and the three items of impairment of one half."""
    pairs = [(start + step, start + step + 1) for step in (0, 2, 4)]
    return [*pairs, (start + 6, start + 8)]


def pcl_5_provisional_ptsd(answers: Answers) -> bool | None:
    """Return whether the PCL-5 suggests PTSD by the criteria of DSM-5.

    Parameters
    ----------
    answers : sequence of float or None
        The 20 answers on 0-4.

    Returns
    -------
    bool or None
        True with answers of 2 or more to at least one of items 1-5, one of 6-7, two of 8-14 and
        two of 15-20. None where missing answers leave it open.

    Raises
    ------
    ValueError
        If there are not 20 answers.

    References
    ----------
    Blevins et al. (2015), J Trauma Stress 28(6), 489-498, doi:10.1002/jts.22059.

    Examples
    --------
    >>> pcl_5_provisional_ptsd([2] + [0] * 4 + [2, 0] + [2, 2] + [0] * 5 + [2, 2] + [0] * 4)
    True
    """
    _check_length(answers, 20)
    clusters = [(1, 5, 1), (6, 7, 1), (8, 14, 2), (15, 20, 2)]
    return _all_of(_endorsed(answers, first, last, times=n) for first, last, n in clusters)


def severity_band(scale: Scale, value: float) -> str | None:
    """Return the label of the published band that a score falls in, None where there is none."""
    reached = [band for band in scale.bands if band.value <= value]
    return max(reached, key=lambda band: band.value).label if reached else None


DECISIONS: Mapping[str, Callable[[Answers], str | bool | None]] = {
    "itq_diagnosis": itq_diagnosis,
    "pcl_5_provisional_ptsd": pcl_5_provisional_ptsd,
}


def _check_length(answers: Answers, expected: int) -> None:
    if len(answers) != expected:
        raise ValueError(f"{expected} answers are needed, not {len(answers)}")


def _endorsed(answers: Answers, first: int, last: int, times: int = 1) -> bool | None:
    """Return whether enough of the items are endorsed, None where missing ones could tell."""
    asked = answers[first - 1 : last]
    endorsed = sum(answer is not None and answer >= _ENDORSED for answer in asked)
    if endorsed >= times:
        return True
    return None if endorsed + asked.count(None) >= times else False


def _all_of(criteria: Iterable[bool | None]) -> bool | None:
    found = list(criteria)
    if False in found:
        return False
    return None if None in found else True
