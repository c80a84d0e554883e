"""Presentations on 51,491 real answers to the ECR, against counts made with other software."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from reports.declarations import PresentationRule
from reports.presentation import assign_presentations, find_cuts
from reports.study_data import Measure
from tests.studies.scores_alone import scores_alone

pytestmark = pytest.mark.shared

REVERSED = (3, 15, 19, 22, 25, 27, 29, 31, 33, 35)
RULE = PresentationRule(
    rule="attachment",
    dependence="ecr.anxiety",
    independence="ecr.avoidance",
    complete_only=True,
)
MEASURES = {name: Measure(name, "ecr", name, 1, 5, "mean", "more", "worse") for name in RULE.scales}


@pytest.fixture(scope="module")
def scores(shared_data: Path) -> pd.DataFrame:
    """Both scales of every person, means of at least 15 of 18 answers."""
    columns = [f"Q{n}" for n in range(1, 37)]
    answers = pd.read_csv(shared_data / "ecr" / "data.csv", usecols=columns)[columns]
    answers = answers.where(answers != 0)
    backwards = [f"Q{n}" for n in REVERSED]
    answers[backwards] = 6 - answers[backwards]
    return pd.concat([_scored(answers, "avoidance", 0), _scored(answers, "anxiety", 1)])


def _scored(answers: pd.DataFrame, scale: str, first: int) -> pd.DataFrame:
    items = answers.iloc[:, first::2]
    answered = items.notna().sum(axis=1)
    return pd.DataFrame(
        {
            "client_id": [f"p{i:05}" for i in range(len(items))],
            "scale": f"ecr.{scale}",
            "occasion": "intake",
            "session": 1,
            "day": 0,
            "rater": "client",
            "target": "",
            "value": items.mean(axis=1).where(answered >= 15),
            "answered": answered,
            "item_count": 18,
        }
    )


def counted(frame: pd.DataFrame) -> dict[str, int]:
    return {str(name): int(n) for name, n in frame["presentation"].value_counts().items()}


def test_the_scores_are_those_of_other_software(scores: pd.DataFrame) -> None:
    values = scores.dropna(subset="value").groupby("scale")["value"]
    assert values.count().to_dict() == {"ecr.anxiety": 51_347, "ecr.avoidance": 51_348}
    assert values.mean().to_dict() == pytest.approx(
        {"ecr.anxiety": 3.09897, "ecr.avoidance": 2.56728}, abs=5e-6
    )


def test_the_midpoint_divides_real_answers_as_other_software_does(scores: pd.DataFrame) -> None:
    frame = assign_presentations(scores_alone(scores, MEASURES), RULE)
    assert counted(frame) == {
        "neither": 13_453,
        "overdependent": 18_768,
        "overindependent": 6_631,
        "mixed": 7_758,
    }
    assert int(frame["is_usable"].sum()) == 46_610


def test_exact_medians_divide_real_answers_as_other_software_does(scores: pd.DataFrame) -> None:
    rule = RULE.model_copy(update={"cut": "median"})
    cuts = find_cuts(scores_alone(scores, MEASURES), rule)
    assert (cuts.dependence, cuts.independence) == pytest.approx((3.1111, 2.4444), abs=5e-5)
    assert counted(assign_presentations(scores_alone(scores, MEASURES), rule)) == {
        "neither": 10_919,
        "overdependent": 11_510,
        "overindependent": 11_559,
        "mixed": 12_622,
    }


def test_a_grey_zone_of_one_error_of_measurement_leaves_out_about_a_third(
    scores: pd.DataFrame,
) -> None:
    sem = (0.80336 * (1 - 0.9155) ** 0.5, 0.83964 * (1 - 0.938) ** 0.5)
    rule = RULE.model_copy(update={"grey_zone": sem})
    frame = assign_presentations(scores_alone(scores, MEASURES), rule)
    share = counted(frame)["indeterminate"] / int(frame["is_usable"].sum())
    assert 0.30 < share < 0.45
