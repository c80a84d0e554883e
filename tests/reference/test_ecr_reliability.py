"""The real ECR answers: alphas, means and the alarm on a wrong key, computed once elsewhere.

Source: 51,491 anonymous answers to the 36-item ECR (openpsychometrics.org), 1-5, 0 for missing;
expected figures from an independent computation, printed to five digits.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from reports.methods.correlation import pearson
from reports.methods.reliability import (
    alpha_from_covariance,
    covariance_from_sums,
    cronbach_alpha,
    item_covariance,
    omega_total,
    reverse_key_alarm,
)
from reports.methods.result import summarize_group

pytestmark = pytest.mark.shared

STANDARD_KEY = frozenset({3, 15, 19, 22, 25, 27, 29, 31, 33, 35})
WRONGLY_ADDED = frozenset({2, 5, 11, 17})
FIVE_DIGITS = 5e-6  # the expected figures are printed to five digits
ITEMS = {"avoidance": range(1, 37, 2), "anxiety": range(2, 37, 2)}


@pytest.fixture(scope="module")
def answers(shared_data: Path) -> pd.DataFrame:
    columns = [f"Q{i}" for i in range(1, 37)]
    raw = pd.read_csv(shared_data / "ecr" / "data.csv", usecols=columns)
    return raw.where(raw != 0).astype("float64")


def keyed(answers: pd.DataFrame, scale: str, reversed_items: frozenset[int]) -> pd.DataFrame:
    """Return complete answers to one scale, reverse-keyed items turned round."""
    names = [f"Q{i}" for i in ITEMS[scale]]
    complete = answers[names].dropna()
    turned = [f"Q{i}" for i in ITEMS[scale] if i in reversed_items]
    return complete.assign(**{name: 6 - complete[name] for name in turned})


@pytest.mark.parametrize(
    ("scale", "n", "mean", "sd", "alpha"),
    [
        ("avoidance", 48_757, 2.56812, 0.83933, 0.93798),
        ("anxiety", 48_774, 3.09637, 0.80217, 0.91553),
    ],
)
def test_a_complete_scale_has_the_known_mean_spread_and_alpha(
    answers: pd.DataFrame, scale: str, n: int, mean: float, sd: float, alpha: float
) -> None:
    items = keyed(answers, scale, STANDARD_KEY)
    summary = summarize_group(items.mean(axis=1))
    result = cronbach_alpha(items)
    assert (summary.n, result.n, result.item_count) == (n, n, 18)
    assert summary.mean == pytest.approx(mean, abs=FIVE_DIGITS)
    assert summary.sd == pytest.approx(sd, abs=FIVE_DIGITS)
    assert result.value == pytest.approx(alpha, abs=FIVE_DIGITS)
    assert result.value in result.interval
    assert result.interval.high - result.interval.low < 0.003


def test_both_scales_complete_have_the_known_correlation(answers: pd.DataFrame) -> None:
    complete = answers.dropna()
    avoidance = keyed(complete, "avoidance", STANDARD_KEY).mean(axis=1)
    anxiety = keyed(complete, "anxiety", STANDARD_KEY).mean(axis=1)
    result = pearson(anxiety, avoidance)
    assert result.n == 46_610
    assert result.r == pytest.approx(-0.04560, abs=FIVE_DIGITS)
    for scores, mean, sd in ((avoidance, 2.56500, 0.83964), (anxiety, 3.09535, 0.80336)):
        summary = summarize_group(scores)
        assert summary.mean == pytest.approx(mean, abs=FIVE_DIGITS)
        assert summary.sd == pytest.approx(sd, abs=FIVE_DIGITS)


@pytest.mark.parametrize(("scale", "alpha"), [("avoidance", 0.80175), ("anxiety", 0.87462)])
def test_a_wrong_key_costs_alpha_what_it_is_known_to_cost(
    answers: pd.DataFrame, scale: str, alpha: float
) -> None:
    items = keyed(answers, scale, STANDARD_KEY | WRONGLY_ADDED)
    assert cronbach_alpha(items).value == pytest.approx(alpha, abs=FIVE_DIGITS)


def alarmed(answers: pd.DataFrame, key: frozenset[int]) -> set[str]:
    alarms: set[str] = set()
    for scale in ITEMS:
        items = keyed(answers, scale, key)
        covariance, _ = item_covariance(items)
        alarms |= {alarm.item for alarm in reverse_key_alarm(covariance, list(items))}
    return alarms


def test_the_wrong_key_is_noticed_in_exactly_its_four_items(answers: pd.DataFrame) -> None:
    assert alarmed(answers, STANDARD_KEY | WRONGLY_ADDED) == {"Q2", "Q5", "Q11", "Q17"}


def test_the_standard_key_raises_no_alarm(answers: pd.DataFrame) -> None:
    assert alarmed(answers, STANDARD_KEY) == set()


def test_a_key_that_forgets_an_item_is_noticed_in_that_item(answers: pd.DataFrame) -> None:
    assert alarmed(answers, STANDARD_KEY - {22, 31}) == {"Q22", "Q31"}


def test_both_signs_of_a_wrong_key_agree_on_the_real_items(answers: pd.DataFrame) -> None:
    items = keyed(answers, "avoidance", STANDARD_KEY | WRONGLY_ADDED)
    covariance, _ = item_covariance(items)
    alarms = reverse_key_alarm(covariance, list(items))
    assert all(alarm.item_rest < -0.5 and alarm.flip_gain > 0.05 for alarm in alarms)


def test_sums_from_a_database_give_the_alpha_of_the_rows(answers: pd.DataFrame) -> None:
    items = keyed(answers, "anxiety", STANDARD_KEY)
    whole = items.to_numpy().astype(np.int64)
    covariance = covariance_from_sums(len(whole), whole.sum(axis=0), whole.T @ whole)
    from_sums = alpha_from_covariance(covariance, len(whole))
    assert from_sums.value == pytest.approx(cronbach_alpha(items).value, abs=1e-12)


def test_omega_is_close_to_alpha_where_loadings_are_alike(answers: pd.DataFrame) -> None:
    items = keyed(answers, "avoidance", STANDARD_KEY)
    covariance, n = item_covariance(items)
    alpha = alpha_from_covariance(covariance, n).value
    assert alpha < omega_total(covariance) < alpha + 0.005
