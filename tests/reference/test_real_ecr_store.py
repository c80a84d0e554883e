"""51,491 real answers to the ECR: every known number of them comes out of the store by SQL."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from flows import run_steps
from flows.run import Steps, take_in_file
from flows.workbench import open_workbench, workbench
from instruments.catalog import SHIPPED, load_catalog
from tests.conftest import REPOSITORY
from tests.flows.small_study import ask, run

pytestmark = [pytest.mark.shared, pytest.mark.slow]
ECR = load_catalog()["ecr"]
# Items that would be reversed by mistake.
TOO = (2, 5, 11, 17)
WRONG = """
[[source.form]]
instrument = "ecr_wrong"
columns = "Q{n}"
range = [1, 5]
missing = { "0" = "skipped" }

[presentation]"""


def write(folder: Path, data: Path, text: str) -> Path:
    (folder / "exports").mkdir(parents=True)
    (folder / "study.toml").write_text(text, encoding="utf-8")
    shutil.copy(data / "ecr" / "data.csv", folder / "exports" / "ecr.csv")
    return folder


def study_text() -> str:
    return (REPOSITORY / "tests" / "studies" / "real_ecr.toml").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory, shared_data: Path) -> Path:
    """Return the study that `make real` runs, published."""
    folder = write(tmp_path_factory.mktemp("ecr") / "study", shared_data, study_text())
    assert run(folder).exit_code == 4
    return folder


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory, shared_data: Path) -> Path:
    """Return a study with the median as its cut, a wrong definition of its own, no outcomes."""
    text = study_text().partition("# There is nothing here")[0] + "[disclosure]\nround_to = 1\n"
    text = text.replace('cut = "midpoint"', 'cut = "median"').replace("[presentation]", WRONG)
    folder = tmp_path_factory.mktemp("other") / "study"
    write(folder, shared_data, text)
    (folder / "instruments").mkdir()
    own = (
        (SHIPPED / "ecr.toml").read_text(encoding="utf-8").replace('id = "ecr"', 'id = "ecr_wrong"')
    )
    line = next(line for line in own.splitlines() if line.startswith("reverse ="))
    wrong = f"reverse = {sorted({*ECR.reverse, *TOO})}"
    (folder / "instruments" / "ecr_wrong.toml").write_text(own.replace(line, wrong))
    with open_workbench(folder, lambda _: None) as key:
        steps = Steps()
        steps.mend(key)
        for position in range(steps.find(key)):
            take_in_file(key, position, steps)
        run_steps.identify(key)
        run_steps.compute(key)
        assert workbench(key).analysis is not None
    return folder


SCORES = """
SELECT
    count(*) FILTER (score IS NOT NULL), avg(score), stddev_samp(score)
FROM store.core.score
INNER JOIN store.core.administration USING (administration_id)
WHERE form_id = 'ecr' AND scale = ? AND answered_count >= ?
"""
PAIRS = """
SELECT
    count(*), avg(a.score), stddev_samp(a.score), avg(b.score), stddev_samp(b.score),
    corr(a.score, b.score)
FROM store.core.score AS a
INNER JOIN store.core.score AS b USING (administration_id)
WHERE a.scale = 'avoidance' AND b.scale = 'anxiety'
    AND a.answered_count = 18 AND b.answered_count = 18
"""


def near(*numbers: float) -> Any:
    return pytest.approx(numbers, abs=5.1e-6)


@pytest.mark.parametrize(
    ("scale", "answered", "expected"),
    [
        ("avoidance", 18, (48757, 2.56812, 0.83933)),
        ("anxiety", 18, (48774, 3.09637, 0.80217)),
        ("avoidance", 15, (51348, 2.56728, 0.83910)),
        ("anxiety", 15, (51347, 3.09897, 0.80242)),
    ],
)
def test_scores_have_the_known_means(
    study: Path, scale: str, answered: int, expected: tuple[int, float, float]
) -> None:
    ((n, mean, sd),) = ask(study, SCORES, scale, answered)
    assert n == expected[0]
    assert (mean, sd) == near(*expected[1:])


def test_both_scales_together_have_the_known_means_and_correlation(study: Path) -> None:
    ((n, *numbers),) = ask(study, PAIRS)
    assert n == 46610
    assert tuple(numbers) == near(2.56500, 0.83964, 3.09535, 0.80336, -0.04560)


@pytest.mark.parametrize(("scale", "expected"), [("avoidance", 0.93798), ("anxiety", 0.91553)])
def test_alpha_is_the_known_one(study: Path, scale: str, expected: float) -> None:
    assert alpha_of(study, "ecr", scale, set(ECR.reverse)) == pytest.approx(expected, abs=5e-6)


@pytest.mark.parametrize(("scale", "expected"), [("avoidance", 0.80175), ("anxiety", 0.87462)])
def test_alpha_falls_as_known_with_items_wrongly_reversed(
    other: Path, scale: str, expected: float
) -> None:
    wrong = {*ECR.reverse, *TOO}
    assert alpha_of(other, "ecr_wrong", scale, wrong) == pytest.approx(expected, abs=5e-6)


def alpha_of(study: Path, form: str, scale: str, reverse: set[int]) -> float:
    numbers = ECR.get_scale(scale).items
    keyed = [f"6 - item_{n}" if n in reverse else f"item_{n}" for n in numbers]
    complete = " AND ".join(f"item_{n} IS NOT NULL" for n in numbers)
    parts = ", ".join(f"var_samp({item})" for item in keyed)
    total_of = f"var_samp({' + '.join(keyed)})"
    query = f"SELECT {total_of}, {parts} FROM store.core.form_{form} WHERE {complete}"
    ((total, *single),) = ask(study, query)
    count = len(numbers)
    return float(count / (count - 1) * (1 - sum(single) / total))


def test_missing_answers_per_row_are_the_known_ones(study: Path) -> None:
    gaps = "SELECT administration_id, count(*) AS gaps FROM store.core.missing GROUP BY ALL"
    query = (
        f"SELECT coalesce(gaps, 0), count(*) FROM store.core.administration "
        f"LEFT JOIN ({gaps}) USING (administration_id) GROUP BY ALL"
    )
    counted = dict(ask(study, query))
    known = {0: 46610, 1: 4016, 2: 568, 3: 104, 36: 58}
    assert {gaps: counted[gaps] for gaps in known} == known
    assert sum(counted.values()) == 51491
    reasons = ask(study, "SELECT DISTINCT reason FROM store.core.missing")
    assert reasons == [("skipped",)]


def presentations_of(study: Path) -> Counter[str]:
    query = "SELECT presentation, count(*) FROM store.out.presentation WHERE is_usable GROUP BY ALL"
    return Counter(dict(ask(study, query)))


def test_the_midpoint_gives_the_known_groups(study: Path) -> None:
    assert presentations_of(study) == {
        "neither": 13453, "overdependent": 18768, "overindependent": 6631, "mixed": 7758
    }  # fmt: skip


def test_the_exact_medians_give_the_known_groups(other: Path) -> None:
    assert presentations_of(other) == {
        "neither": 10919, "overdependent": 11510, "overindependent": 11559, "mixed": 12622
    }  # fmt: skip


def test_the_wrong_key_is_noticed_on_exactly_the_wrong_items(other: Path) -> None:
    query = (
        "SELECT split_part(outcome, '.', 1), term FROM store.out.estimate "
        "WHERE analysis = 'measures' AND note LIKE '%keyed the wrong way%' ORDER BY ALL"
    )
    found = ask(other, query)
    assert {form for form, _ in found} == {"ecr_wrong"}
    numbers = {int(word) for _, term in found for word in term.replace("_", " ").split()
               if word.isdigit()}  # fmt: skip
    assert numbers == set(TOO)


@pytest.mark.parametrize(
    ("code", "column", "expected"),
    [
        ("E_BOUNDS", "age", 16),
        ("E_DUP_ROW", None, 18),
        ("E_STRAIGHT_LINE", None, 124 - 58),
        ("E_FORM_EMPTY", None, 58),
    ],
)
def test_odd_rows_are_findings_and_stay(
    study: Path, code: str, column: str | None, expected: int
) -> None:
    found = ask(
        study,
        "SELECT severity, column_name, count(DISTINCT record) FROM store.meta.finding "
        "WHERE code = ? GROUP BY ALL",
        code,
    )
    assert found == [("note" if code == "E_FORM_EMPTY" else "warning", column, expected)]
    assert ask(study, "SELECT rows_loaded_count FROM store.meta.source_file") == [(51491,)]


def test_ages_that_cannot_be_are_set_aside(study: Path) -> None:
    ((highest, missing),) = ask(
        study, "SELECT max(age), count(*) - count(age) FROM store.core.client"
    )
    assert highest <= 120
    assert missing >= 16


def test_every_row_is_a_client_of_its_own(study: Path) -> None:
    query = "SELECT count(DISTINCT client_id), count(*), max(record) FROM store.core.administration"
    assert ask(study, query) == [(51491, 51491, 51491)]


@pytest.fixture(scope="module")
def published(study: Path) -> Callable[..., pd.Series]:
    """Return a function that finds one published estimate."""
    run_id = (study / "runs" / "latest").read_text().strip()
    estimates = pd.read_parquet(study / "runs" / run_id / "estimates.parquet")

    def find(outcome: str, term: str, group: str | None = None) -> pd.Series:
        rows = estimates[(estimates["outcome"] == outcome) & (estimates["term"] == term)
                         & (estimates["analysis"] == "measures")]  # fmt: skip
        rows = rows[rows["group_a"].isna() if group is None else rows["group_a"] == group]
        assert len(rows) == 1
        return rows.iloc[0]

    return find


@pytest.mark.parametrize(
    ("scale", "mean", "n", "alpha", "complete"),
    [
        ("avoidance", 2.56728, 51348, 0.93798, 48757),
        ("anxiety", 3.09897, 51347, 0.91553, 48774),
    ],
)
def test_the_published_run_shows_the_same_through_the_gate(
    published: Callable[..., pd.Series],
    scale: str,
    mean: float,
    n: int,
    alpha: float,
    complete: int,
) -> None:
    shown = published(f"ecr.{scale}@intake", "mean")
    assert shown["n"] == n
    # The gate rounds to what one client could move.
    assert shown["estimate"] == pytest.approx(mean, abs=5e-4)
    shown = published(f"ecr.{scale}@intake", "alpha")
    assert shown["n"] == complete
    assert shown["estimate"] == pytest.approx(alpha, abs=1e-4)


def test_the_published_flow_shows_the_groups(study: Path) -> None:
    run_id = (study / "runs" / "latest").read_text().strip()
    flow = pd.read_parquet(study / "runs" / run_id / "tables" / "flow.parquet")
    shown = flow[flow["outcome"] == "age"].set_index("step")
    assert shown.loc["with both scores", "n"] == 46610
    assert tuple(shown.loc["in the contrast", ["n_a", "n_b"]]) == (18768, 6631)
    report = (study / "runs" / run_id / "report.html").read_text()
    assert "18,768" in report or "18 768" in report or "18768" in report
