"""Level, spread, reliability and key of every scale."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pandas as pd
import pytest

from instruments.scale import Norm
from reports.analyses import analyse
from reports.declarations import Comparison, Outcome, PresentationRule
from reports.methods.reliability import omega_total
from reports.study_data import Measure, StudyData

NEEDS = ("measures",)


def measured(data: StudyData, rule: PresentationRule) -> pd.DataFrame:
    outcome = Outcome(scale="core_10.total", occasion="end", smallest_effect=3)
    rows = analyse(data, rule, [outcome], Comparison(), 1).estimates
    return rows[rows["analysis"] == "measures"]


def of_all(rows: pd.DataFrame, outcome: str) -> pd.DataFrame:
    mine = rows[(rows["outcome"] == outcome) & rows["group_a"].isna()]
    return mine.set_index("term")


@pytest.fixture(scope="module")
def rows(study: StudyData, rule: PresentationRule) -> pd.DataFrame:
    return measured(study, rule)


def test_every_scale_is_described_at_every_occasion(rows: pd.DataFrame) -> None:
    assert set(rows["outcome"]) == {
        "core_10.total@end", "core_10.total@intake", "ecr.anxiety@intake", "ecr.avoidance@intake",
        "wai_sr.bond@month_3", "presentation@intake",
    }  # fmt: skip
    terms = set(of_all(rows, "core_10.total@end").index)
    assert terms == {
        "mean", "sd", "alpha", "omega", "sem", "prorated", "lowest item-rest correlation",
    }  # fmt: skip


def test_the_figures_are_those_of_the_scores(study: StudyData, rows: pd.DataFrame) -> None:
    values = study.values_at("core_10.total", "end")
    found = of_all(rows, "core_10.total@end")["estimate"]
    items = study.items("core_10.total", "end")
    k = items.shape[1]
    alpha = k / (k - 1) * (1 - items.var().sum() / items.sum(axis=1).var())
    assert found["mean"] == pytest.approx(values.mean())
    assert found["sd"] == pytest.approx(values.std())
    assert found["alpha"] == pytest.approx(alpha)
    assert found["sem"] == pytest.approx(values.std() * (1 - alpha) ** 0.5)


def test_omega_is_of_the_clients_of_alpha_in_each_group(
    study: StudyData, rows: pd.DataFrame
) -> None:
    own = rows[rows["outcome"] == "core_10.total@end"].set_index(["term", "group_a"])
    alpha, omega = (own.loc[term].dropna(subset="estimate") for term in ("alpha", "omega"))
    assert {"overdependent", "overindependent"} <= set(omega.index)
    assert omega["n"].equals(alpha["n"])
    everyone = study.items("core_10.total", "end").cov()
    found = of_all(rows, "core_10.total@end").loc["omega"]
    assert found["estimate"] == pytest.approx(omega_total(everyone), abs=1e-9)
    assert found["n"] == 400
    assert found["ci_low"] < found["estimate"] < found["ci_high"]


def test_prorated_scores_are_counted_and_alpha_keeps_to_complete_ones(
    study: StudyData, rule: PresentationRule, without_items: Callable[..., StudyData]
) -> None:
    data = without_items(study, "core_10.total", "end", 40, 1)
    found = of_all(measured(data, rule), "core_10.total@end")
    assert found.loc["prorated", "estimate"] == pytest.approx(0.1)
    assert found.loc["prorated", ["n", "n_a", "n_b"]].tolist() == [400, 40, 360]
    assert found.loc["alpha", ["n", "n_missing"]].tolist() == [360, 40]
    assert found.loc["mean", "n"] == 400


def test_scores_with_too_few_answers_are_missing(
    study: StudyData, rule: PresentationRule, without_items: Callable[..., StudyData]
) -> None:
    data = without_items(study, "core_10.total", "end", 30, 3)
    found = of_all(measured(data, rule), "core_10.total@end")
    assert found.loc["mean", ["n", "n_missing"]].tolist() == [370, 30]


def test_the_wrong_key_is_noticed_and_names_its_items(
    study: StudyData, rule: PresentationRule
) -> None:
    wrong = ["anxiety_2", "anxiety_5"]

    def flipped(scale: str, occasion: str) -> pd.DataFrame:
        items = study.items(scale, occasion).copy()
        if scale == "ecr.anxiety":
            items[wrong] = 8 - items[wrong]
        return items

    found = measured(replace(study, items=flipped), rule)
    alarms = found[found["estimand"] == "item-rest correlation"].dropna(subset="note")
    assert alarms["term"].tolist() == wrong
    assert set(alarms["status"]) == {"caution"}
    assert (alarms["estimate"] < 0).all()
    gains = found[found["estimand"] == "gain of alpha"]
    assert (gains["estimate"] > 0.02).all()


def test_a_right_key_raises_no_alarm(rows: pd.DataFrame) -> None:
    assert "gain of alpha" not in set(rows["estimand"])
    lowest = rows[rows["term"] == "lowest item-rest correlation"]
    assert (lowest["estimate"] > 0.3).all()


def test_groups_cut_from_a_scale_caution_its_reliability(rows: pd.DataFrame) -> None:
    alphas = rows[(rows["term"] == "alpha") & rows["group_a"].notna()]
    restricted = alphas[alphas["outcome"].str.startswith("ecr")]
    assert set(restricted["status"]) == {"caution"}
    assert set(alphas[~alphas["outcome"].str.startswith("ecr")]["status"]) == {"ok"}


def test_the_two_scales_of_the_rule_are_correlated(study: StudyData, rows: pd.DataFrame) -> None:
    row = rows[rows["estimand"] == "correlation"].iloc[0]
    expected = study.values_at("ecr.anxiety", "intake").corr(
        study.values_at("ecr.avoidance", "intake")
    )
    assert row["estimate"] == pytest.approx(expected)
    assert row["ci_low"] < expected < row["ci_high"]


def with_core(study: StudyData, **changes: object) -> StudyData:
    core: Measure = replace(study.measures["core_10.total"], **changes)  # type: ignore[arg-type]
    return replace(study, measures={**study.measures, "core_10.total": core})


def test_figures_far_from_published_ones_are_cautioned(
    study: StudyData, rule: PresentationRule
) -> None:
    norm = Norm(sample="invented", source="invented", n=100, mean=5.0, sd=4.0, alpha=0.92)
    found = of_all(measured(with_core(study, norms=(norm,)), rule), "core_10.total@intake")
    assert found.loc["norm check: mean", "status"] == "caution"
    assert "check key, range and unit" in found.loc["norm check: mean", "note"]
    assert found.loc["norm check: alpha", "status"] == "ok"


def test_means_of_another_range_are_not_compared(study: StudyData, rule: PresentationRule) -> None:
    norm = Norm(sample="invented", source="invented", n=100, mean=5.0, sd=4.0, alpha=0.92)
    data = with_core(study, norms=(norm,), has_published_range=False)
    found = of_all(measured(data, rule), "core_10.total@intake")
    assert "norm check: mean" not in found.index
    assert "norm check: alpha" in found.index


def test_an_unverified_key_is_said_beside_alpha(study: StudyData, rule: PresentationRule) -> None:
    found = of_all(measured(with_core(study, is_verified=False), rule), "core_10.total@end")
    assert found.loc["alpha", "status"] == "caution"
    assert "not seen in a source" in found.loc["alpha", "note"]


def test_a_scale_made_of_other_scales_has_no_alpha(
    study: StudyData, rule: PresentationRule
) -> None:
    found = of_all(measured(with_core(study, items=()), rule), "core_10.total@end")
    assert set(found.index) == {"mean", "sd", "prorated"}


def test_items_that_go_against_each_other_give_no_error_of_measurement(
    study: StudyData, rule: PresentationRule
) -> None:
    def halves(scale: str, occasion: str) -> pd.DataFrame:
        items = study.items(scale, occasion).copy()
        if scale == "wai_sr.bond":
            items.iloc[:, ::2] = 6 - items.iloc[:, ::2]
        return items

    found = of_all(measured(replace(study, items=halves), rule), "wai_sr.bond@month_3")
    assert found.loc["sem", "status"] == "refused"
    assert found.loc["sem", "note"] == "there is no alpha between 0 and 1"
