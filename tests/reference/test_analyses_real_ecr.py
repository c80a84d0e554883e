"""The whole analysis on 51,491 real answers to the ECR, against numbers of other software."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from instruments.catalog import load_catalog
from reports.analyses import Analysis, analyse
from reports.declarations import Comparison, Outcome, PresentationRule
from reports.study_data import Measure, StudyData

pytestmark = pytest.mark.shared

ECR = load_catalog()["ecr"]
NOT_REVERSED = (2, 5, 11, 17)
RULE = PresentationRule(
    rule="attachment", dependence="ecr.anxiety", independence="ecr.avoidance", complete_only=True
)
AGE = Outcome(attribute="age", smallest_effect=2.0)
CIRCULAR = Outcome(scale="ecr.anxiety", smallest_effect=0.2)


@pytest.fixture(scope="module")
def make(shared_data: Path) -> Callable[..., StudyData]:
    """The study of these answers; ``too`` are items wrongly reversed as well."""
    raw = pd.read_csv(shared_data / "ecr" / "data.csv")

    def made(too: tuple[int, ...] = ()) -> StudyData:
        items = {s.id: _keyed(raw, s.items, {*ECR.reverse, *too}) for s in ECR.scales}
        ages = raw["age"].where(raw["age"].between(10, 120)).to_numpy()
        facts = {"clinic": None, "therapist_id": None, "ending": None, "age": ages}
        scores = [_scored(f"ecr.{name}", frame) for name, frame in items.items()]
        return StudyData(
            clients=pd.DataFrame(facts, index=items["anxiety"].index),
            scores=pd.concat(scores, ignore_index=True),
            items=lambda scale, occasion: items[scale.partition(".")[2]],
            measures={
                f"ecr.{s.id}": Measure(
                    f"ecr.{s.id}", "ecr", s.label, 1, 5, "mean", s.higher, s.direction,
                    tuple(items[s.id].columns), has_published_range=False, norms=s.norms,
                )
                for s in ECR.scales
            },
        )  # fmt: skip

    return made


def _keyed(raw: pd.DataFrame, numbers: tuple[int, ...], backwards: set[int]) -> pd.DataFrame:
    answers = raw[[f"Q{n}" for n in numbers]].astype("float64")
    answers = answers.where(answers != 0)
    for n in sorted(backwards & set(numbers)):
        answers[f"Q{n}"] = 6 - answers[f"Q{n}"]
    answers.columns = [f"item_{n}" for n in numbers]
    answers.index = pd.Index([f"p{i:05}" for i in range(len(raw))], name="client_id")
    return answers


def _scored(scale: str, items: pd.DataFrame) -> pd.DataFrame:
    answered = items.notna().sum(axis=1).to_numpy()
    value = items.mean(axis=1).where(answered >= 15).to_numpy()
    return pd.DataFrame(
        {
            "client_id": items.index, "scale": scale, "occasion": "intake", "session": None,
            "day": None, "rater": "client", "target": None, "therapist_id": None,
            "clinic": None, "value": value, "answered": answered, "item_count": 18,
            "is_prorated": (answered >= 15) & (answered < 18),
        }
    )  # fmt: skip


def run(data: StudyData) -> Analysis:
    return analyse(data, RULE, [AGE, CIRCULAR], Comparison(), seed=1)


@pytest.fixture(scope="module")
def found(make: Callable[..., StudyData]) -> Analysis:
    return run(make())


def of_all(found: Analysis, scale: str) -> pd.Series:
    rows = found.estimates[found.estimates["analysis"] == "measures"]
    rows = rows[rows["group_a"].isna()]
    return rows[rows["outcome"] == f"{scale}@intake"].set_index("term")["estimate"]


@pytest.mark.parametrize(
    ("scale", "mean", "sd", "alpha"),
    [("ecr.avoidance", 2.56728, 0.83910, 0.93798), ("ecr.anxiety", 3.09897, 0.80242, 0.91553)],
)
def test_level_spread_and_reliability_are_those_of_other_software(
    found: Analysis, scale: str, mean: float, sd: float, alpha: float
) -> None:
    figures = of_all(found, scale)
    assert figures["mean"] == pytest.approx(mean, abs=5e-6)
    assert figures["sd"] == pytest.approx(sd, abs=5e-6)
    assert figures["alpha"] == pytest.approx(alpha, abs=5e-6)
    assert figures["sem"] == pytest.approx(sd * (1 - alpha) ** 0.5, abs=5e-5)


def test_the_two_scales_correlate_as_in_other_software(found: Analysis) -> None:
    row = found.estimates[found.estimates["estimand"] == "correlation"].iloc[0]
    assert row["estimate"] == pytest.approx(-0.04560, abs=5e-6)
    assert row["n"] == 46_610


def test_a_right_key_raises_no_alarm_on_real_answers(found: Analysis) -> None:
    assert "gain of alpha" not in set(found.estimates["estimand"])


@pytest.mark.slow
def test_the_wrong_key_is_noticed_on_real_answers(make: Callable[..., StudyData]) -> None:
    wrong = run(make(too=NOT_REVERSED))
    assert of_all(wrong, "ecr.avoidance")["alpha"] == pytest.approx(0.80175, abs=5e-6)
    assert of_all(wrong, "ecr.anxiety")["alpha"] == pytest.approx(0.87462, abs=5e-6)
    rows = wrong.estimates
    alarms = rows[(rows["estimand"] == "item-rest correlation") & (rows["status"] == "caution")]
    assert sorted(alarms["term"]) == sorted(f"item_{n}" for n in NOT_REVERSED)
    norms = rows[rows["term"] == "norm check: alpha"].set_index("outcome")["status"]
    assert norms["ecr.avoidance@intake"] == "caution"


def test_the_flow_has_the_published_group_sizes(found: Analysis) -> None:
    rows = found.flow[found.flow["outcome"] == "age"]
    numbers = dict(zip(rows["reason"].fillna(rows["step"]), rows["n"], strict=True))
    assert numbers["all clients"] == 51_491
    assert numbers["with both scores"] == 46_610
    assert (numbers["mixed"], numbers["neither"]) == (7_758, 13_453)
    assert numbers["in the contrast"] == 18_768 + 6_631
