"""The reference scorer against real answers and what was published with them."""

from __future__ import annotations

import csv
import statistics
from pathlib import Path

import pytest

from tests.unit.test_reference_scoring import CATALOG, score_of


def real_rows(path: Path, prefix: str, n_items: int) -> list[list[float | None]]:
    with path.open(newline="") as lines:
        return [
            [float(row[f"{prefix}{n}"]) for n in range(1, n_items + 1)]
            for row in csv.DictReader(lines)
        ]


@pytest.fixture(scope="module")
def real_ecr(shared_data: Path) -> list[list[float | None]]:
    """Answers on 1-5 in which 0 stands for missing."""
    rows = real_rows(shared_data / "ecr" / "data.csv", "Q", 36)
    return [[answer or None for answer in row] for row in rows]


def values(rows: list[list[float | None]], form: str, scale: str, *, required: int) -> list[float]:
    results = [score_of(form, scale, r, low=1, high=5, min_answered=required) for r in rows]
    return [result.value for result in results if result.value is not None]


@pytest.mark.shared
@pytest.mark.parametrize(
    ("scale", "required", "n", "mean", "sd"),
    [
        ("avoidance", 18, 48757, 2.5681, 0.8393),
        ("anxiety", 18, 48774, 3.0964, 0.8022),
        pytest.param("avoidance", 15, 51348, 2.5673, 0.8391, marks=pytest.mark.slow),
        pytest.param("anxiety", 15, 51347, 3.0990, 0.8024, marks=pytest.mark.slow),
    ],
)
def test_the_real_ecr_comes_out_as_published_with_the_data(
    real_ecr: list[list[float | None]], scale: str, required: int, n: int, mean: float, sd: float
) -> None:
    found = values(real_ecr, "ecr", scale, required=required)
    assert len(found) == n
    assert statistics.fmean(found) == pytest.approx(mean, abs=5e-5)
    assert statistics.stdev(found) == pytest.approx(sd, abs=5e-5)


@pytest.mark.shared
@pytest.mark.parametrize(
    ("scale", "mean", "sd"), [("avoidance", 2.4401, 0.8502), ("anxiety", 3.0884, 0.8448)]
)
def test_the_short_ecr_inside_the_real_one(
    real_ecr: list[list[float | None]], scale: str, mean: float, sd: float
) -> None:
    embedding = CATALOG["ecr_s"].embedded_in
    assert embedding is not None
    complete = [row for row in real_ecr if None not in row]
    short = [[row[n - 1] for n in embedding.items] for row in complete]
    found = values(short, "ecr_s", scale, required=6)
    assert statistics.fmean(found) == pytest.approx(mean, abs=5e-5)
    assert statistics.stdev(found) == pytest.approx(sd, abs=5e-5)


@pytest.mark.shared
@pytest.mark.parametrize(
    ("wave", "form", "prefix", "n_items", "mean", "sd"),
    [
        (1, "phq_9", "PHQ", 9, 7.479, 5.964),
        (2, "phq_9", "PHQ", 9, 6.288, 5.699),
        (1, "gad_7", "GAD", 7, 6.206, 4.956),
        (2, "gad_7", "GAD", 7, 5.159, 4.717),
    ],
)
def test_real_depression_and_anxiety_come_out_as_published_with_the_data(
    shared_data: Path, wave: int, form: str, prefix: str, n_items: int, mean: float, sd: float
) -> None:
    path = shared_data / "bggm" / f"depression_anxiety_t{wave}.csv"
    found = [score_of(form, "total", row).value or 0.0 for row in real_rows(path, prefix, n_items)]
    assert len(found) == 403
    assert statistics.fmean(found) == pytest.approx(mean, abs=5e-4)
    assert statistics.stdev(found) == pytest.approx(sd, abs=5e-4)
