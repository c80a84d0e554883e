"""Reliability against R: psych's published alphas, Feldt's interval, factanal's loadings."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from reports.methods.correlation import pearson
from reports.methods.reliability import (
    cronbach_alpha,
    item_covariance,
    item_rest_correlations,
    omega_total,
    reverse_key_alarm,
    standard_error_of_measurement,
)
from reports.methods.result import summarize_group

pytestmark = pytest.mark.shared

PHQ = [f"PHQ{i}" for i in range(1, 10)]
GAD = [f"GAD{i}" for i in range(1, 8)]


@pytest.fixture(scope="module")
def waves(shared_data: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    folder = shared_data / "bggm"
    first, second = (pd.read_csv(folder / f"depression_anxiety_t{i}.csv") for i in (1, 2))
    return first, second


# Source: independent computation, alphas to four digits, means and SDs to three.
@pytest.mark.parametrize(
    ("items", "wave", "alpha", "mean", "sd"),
    [
        (PHQ, 0, 0.8998, 7.479, 5.964),
        (PHQ, 1, 0.9012, 6.288, 5.699),
        (GAD, 0, 0.8985, 6.206, 4.956),
        (GAD, 1, 0.9038, 5.159, 4.717),
    ],
)
def test_phq_and_gad_have_the_known_alpha_mean_and_spread(
    waves: tuple[pd.DataFrame, pd.DataFrame],
    items: list[str],
    wave: int,
    alpha: float,
    mean: float,
    sd: float,
) -> None:
    answers = waves[wave][items]
    summary = summarize_group(answers.sum(axis=1))
    assert cronbach_alpha(answers).value == pytest.approx(alpha, abs=5e-5)
    assert summary.mean == pytest.approx(mean, abs=5e-4)
    assert summary.sd == pytest.approx(sd, abs=5e-4)


@pytest.mark.parametrize(("items", "r"), [(PHQ, 0.783), (GAD, 0.753)])
def test_phq_and_gad_have_the_known_stability(
    waves: tuple[pd.DataFrame, pd.DataFrame], items: list[str], r: float
) -> None:
    first, second = (wave[items].sum(axis=1) for wave in waves)
    assert pearson(first, second).r == pytest.approx(r, abs=5e-4)


def test_the_interval_of_alpha_is_feldts(waves: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    # Source: R 4.2, 1 - (1 - alpha) qf(c(.975, .025), 402, 3216).
    interval = cronbach_alpha(waves[0][PHQ]).interval
    assert interval.low == pytest.approx(0.884409781507, abs=1e-11)
    assert interval.high == pytest.approx(0.913818770031, abs=1e-11)


@pytest.mark.parametrize(("items", "omega"), [(PHQ, 0.903411273658), (GAD, 0.900795960761)])
def test_omega_is_that_of_factanals_loadings(
    waves: tuple[pd.DataFrame, pd.DataFrame], items: list[str], omega: float
) -> None:
    # Source: R 4.2, factanal on the covariance matrix; both optimizers stop near 1e-6.
    covariance, _ = item_covariance(waves[0][items])
    assert omega_total(covariance) == pytest.approx(omega, abs=2e-6)


def test_item_rest_correlations_are_those_of_the_sums(
    waves: tuple[pd.DataFrame, pd.DataFrame],
) -> None:
    # Source: R 4.2, cor of each item with the sum of the others.
    expected = [
        0.746718533398, 0.775921359585, 0.654906103835, 0.696124548201, 0.627976503538,
        0.717571160243, 0.662770980652, 0.583611225228, 0.564942059520,
    ]  # fmt: skip
    covariance, _ = item_covariance(waves[0][PHQ])
    assert item_rest_correlations(covariance) == pytest.approx(expected, abs=1e-11)


def test_the_standard_error_of_measurement_is_that_of_jacobson_and_truax() -> None:
    # Source: Jacobson & Truax (1991): SD 7.5, reliability .80, S_diff = sqrt(2) SEM = 4.74.
    sem = standard_error_of_measurement(7.5, 0.80)
    assert 2**0.5 * sem == pytest.approx(4.74, abs=5e-3)


BFI = {"A": ({1}, 0.70), "C": ({4, 5}, 0.73), "E": ({1, 2}, 0.76), "N": (set(), 0.81)}
BFI["O"] = ({2, 5}, 0.60)


@pytest.fixture(scope="module")
def bfi(shared_data: Path) -> pd.DataFrame:
    return pd.read_csv(shared_data / "oracles" / "psych__bfi.csv", index_col=0)


def keyed_bfi(bfi: pd.DataFrame, trait: str, reversed_items: set[int]) -> pd.DataFrame:
    answers = bfi[[f"{trait}{i}" for i in range(1, 6)]].dropna()
    return answers.assign(**{f"{trait}{i}": 7 - answers[f"{trait}{i}"] for i in reversed_items})


@pytest.mark.parametrize("trait", sorted(BFI))
def test_bfi_scales_have_the_alphas_that_psych_prints(bfi: pd.DataFrame, trait: str) -> None:
    # Source: psych's manual, two digits.
    reversed_items, alpha = BFI[trait]
    answers = keyed_bfi(bfi, trait, reversed_items)
    assert cronbach_alpha(answers).value == pytest.approx(alpha, abs=5e-3)
    covariance, _ = item_covariance(answers)
    assert reverse_key_alarm(covariance, list(answers)) == ()


def items_named(answers: pd.DataFrame) -> set[str]:
    covariance, _ = item_covariance(answers)
    return {alarm.item for alarm in reverse_key_alarm(covariance, list(answers))}


def test_one_bfi_item_left_unreversed_is_named_alone(bfi: pd.DataFrame) -> None:
    assert items_named(keyed_bfi(bfi, "A", set())) == {"A1"}


@pytest.mark.parametrize("trait", ["C", "E", "O"])
def test_two_of_five_left_unreversed_are_named_though_not_alone(
    bfi: pd.DataFrame, trait: str
) -> None:
    wrong = {f"{trait}{i}" for i in BFI[trait][0]}
    named = items_named(keyed_bfi(bfi, trait, set()))
    assert wrong < named
