"""Decision rules and bands of severity against cases derived by hand."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from instruments.catalog import load_catalog
from instruments.decisions import itq_diagnosis, pcl_5_provisional_ptsd, severity_band

CATALOG = load_catalog()


def itq(*endorsed: int, missing: Sequence[int] = ()) -> list[float | None]:
    return [None if n in missing else 2 if n in endorsed else 1 for n in range(1, 19)]


PTSD = (1, 4, 5, 9)
DSO = (11, 12, 15, 16)


@pytest.mark.parametrize(
    ("answers", "diagnosis"),
    [
        (itq(), "none"),
        (itq(*PTSD), "ptsd"),
        (itq(*PTSD, *DSO), "cptsd"),
        (itq(*DSO), "none"),
        (itq(1, 4, 5), "none"),  # no impairment
        (itq(*PTSD, 11, 12, 15), "ptsd"),  # no impairment by the disturbances
        (itq(1, 2, 3, 9), "none"),  # two of one pair do not stand for another
        (itq(1, 4, 9, missing=(5,)), None),  # the pair of item 6 is open
        (itq(*PTSD, missing=(6,)), "ptsd"),  # the pair is met already
        (itq(4, 5, 9, missing=(18,)), "none"),  # decided without it
        (itq(*PTSD, 11, 12, 15, missing=(18,)), None),
        (itq(*PTSD, 11, 12, missing=(18,)), "ptsd"),  # fails on relationships in any case
    ],
)
def test_the_diagnosis_of_the_itq(answers: list[float | None], diagnosis: str | None) -> None:
    assert itq_diagnosis(answers) == diagnosis


def pcl(*endorsed: int, missing: Sequence[int] = ()) -> list[float | None]:
    return [None if n in missing else 2 if n in endorsed else 1 for n in range(1, 21)]


@pytest.mark.parametrize(
    ("answers", "found"),
    [
        (pcl(5, 7, 8, 14, 15, 20), True),
        (pcl(5, 7, 8, 15, 20), False),  # one of cluster D
        (pcl(5, 7, 8, 14, 15), False),  # one of cluster E
        (pcl(5, 8, 14, 15, 20), False),  # none of cluster C
        (pcl(5, 7, 8, 15, 20, missing=(9,)), None),
        (pcl(7, 8, 15, 20, missing=(9,)), False),  # fails on cluster B in any case
        (pcl(5, 7, 15, 20, missing=(9,)), False),  # one more would not make two of cluster D
        (pcl(5, 7, 8, 14, 15, 20, missing=(1, 6, 10, 16)), True),
    ],
)
def test_the_provisional_diagnosis_of_the_pcl_5(
    answers: list[float | None], found: bool | None
) -> None:
    assert pcl_5_provisional_ptsd(answers) is found


def test_rules_refuse_another_form() -> None:
    with pytest.raises(ValueError, match="18 answers are needed, not 12"):
        itq_diagnosis([0] * 12)
    with pytest.raises(ValueError, match="20 answers are needed, not 17"):
        pcl_5_provisional_ptsd([0] * 17)


@pytest.mark.parametrize(
    ("value", "label"),
    [(0, "minimal"), (4.9, "minimal"), (5, "mild"), (19, "moderately severe"), (27, "severe")],
)
def test_bands_of_severity_start_at_their_value(value: float, label: str) -> None:
    assert severity_band(CATALOG["phq_9"].get_scale("total"), value) == label


def test_a_scale_without_bands_has_none() -> None:
    assert severity_band(CATALOG["ecr"].get_scale("anxiety"), 4) is None
