"""What a plan makes of results: confirmatory, exploratory, or not shown yet."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from reports.analyses import Analysis, analyse
from reports.analyses._outcome_values import find_outcome
from reports.declarations import Comparison, Outcome, PresentationRule
from reports.families import describe_adjustment
from reports.methods.multiplicity import benjamini_hochberg, holm
from reports.plan_standing import LATE, NOT_LOCKED, Standing
from reports.study_data import StudyData
from tests.unit.analyses.conftest import put_back
from tests.unit.plans import a_hypothesis, a_plan

BLOCK = "overdependent_against_overindependent"
BOND = Outcome(scale="wai_sr.bond", occasion="month_3", smallest_effect=0.3)
SLOPE = a_hypothesis(id="slope", question="dependence")
PLAN = a_plan(hypothesis=[a_hypothesis(), SLOPE])
LOCKED = Standing(PLAN, version=2)


def run(
    study: StudyData, rule: PresentationRule, standing: Standing, *outcomes: Outcome
) -> Analysis:
    return analyse(study, rule, outcomes, Comparison(), 1, standing=standing)


@pytest.fixture(scope="module")
def locked(study: StudyData, rule: PresentationRule) -> Analysis:
    with put_back():
        return run(study, rule, LOCKED, BOND)


def confirmed(rows: pd.DataFrame) -> set[tuple[str, str]]:
    found = rows[rows["plan_status"] == "confirmatory"]
    return set(zip(found["outcome"], found["term"], strict=True))


def test_only_what_the_plan_names_is_confirmatory(locked: Analysis) -> None:
    named = {"difference", "equivalence", "verdict", "dependence"}
    assert confirmed(locked.estimates) == {("core_10.total@end", term) for term in named}


def test_an_outcome_outside_the_plan_is_exploratory_and_in_no_family(locked: Analysis) -> None:
    rows = locked.estimates.query("outcome == @BOND.name")
    assert set(rows["plan_status"]) == {"exploratory"}
    assert rows["family"].isna().all()
    verdict = rows[(rows["analysis"] == BLOCK) & (rows["term"] == "verdict")]
    assert verdict["method"].item() == "unadjusted tests"


def test_the_family_is_the_plans_and_says_its_version(locked: Analysis) -> None:
    tests = locked.estimates.dropna(subset="family")
    assert set(tests["family"]) == {"distress, plan version 2, Holm"}
    assert sorted(tests["term"]) == ["dependence", "difference", "equivalence"]
    assert tests["p_adjusted"].to_numpy() == pytest.approx(holm(tests["p_value"].to_numpy()))


def test_a_family_is_adjusted_as_the_plan_says(study: StudyData, rule: PresentationRule) -> None:
    family = [{"id": "distress", "adjust": "benjamini_hochberg"}]
    plan = a_plan(hypothesis=[a_hypothesis(), SLOPE], family=family)
    rows = run(study, rule, Standing(plan, version=1)).estimates
    tests = rows[rows["family"].notna()]
    expected = benjamini_hochberg(tests["p_value"].to_numpy())
    assert tests["p_adjusted"].to_numpy() == pytest.approx(expected)
    verdict = rows[(rows["analysis"] == BLOCK) & (rows["term"] == "verdict")]
    assert verdict["method"].item() == "Benjamini-Hochberg-adjusted tests"
    assert describe_adjustment(tests) == "Benjamini-Hochberg-adjusted"


def test_the_plan_can_make_the_mixed_model_the_answer(
    study: StudyData, rule: PresentationRule
) -> None:
    plan = a_plan(hypothesis=[a_hypothesis(method="mixed_model")])
    rows = run(study, rule, Standing(plan, version=1)).estimates
    assert confirmed(rows) == {
        ("core_10.total@end", term)
        for term in ("difference with therapists", "equivalence with therapists", "verdict")
    }


def test_the_plans_rule_holds_and_not_the_study_files(
    study: StudyData, rule: PresentationRule, locked: Analysis
) -> None:
    other = rule.model_copy(update={"cut": "median"})
    pd.testing.assert_frame_equal(run(study, other, LOCKED).presentations, locked.presentations)


def test_a_contrast_of_other_groups_is_added_where_the_plan_asks(
    study: StudyData, rule: PresentationRule
) -> None:
    plan = a_plan(hypothesis=[a_hypothesis(contrast=["neither", "overdependent"])])
    rows = run(study, rule, Standing(plan, version=1)).estimates
    found = rows[(rows["analysis"] == "planned_contrasts") & (rows["term"] == "difference")]
    assert (found["group_a"].item(), found["group_b"].item()) == ("overdependent", "neither")
    assert found["plan_status"].item() == "confirmatory"
    usual = rows[(rows["analysis"] == BLOCK) & (rows["term"] == "difference")]
    assert usual["plan_status"].item() == "exploratory"


@pytest.mark.usefixtures("in_full")
@pytest.mark.parametrize(
    "standing", [Standing(PLAN), Standing(PLAN, version=1, changes=("alpha was .05, is .01",))]
)
def test_no_outcome_is_shown_before_the_plan_is_locked(
    study: StudyData, rule: PresentationRule, standing: Standing
) -> None:
    found = run(study, rule, standing, BOND)
    rows = found.estimates
    assert "confirmatory" not in set(rows["plan_status"])
    by_group = rows[rows["group_a"].notna() | rows["group_b"].notna()]
    shown = by_group[by_group["estimate"].notna()]
    assert set(shown["analysis"]) <= {"groups_at_intake"}
    outcomes = rows[rows["outcome"].isin(["core_10.total@end", BOND.name])]
    outcomes = outcomes[outcomes["analysis"] != "measures"]
    assert set(outcomes["status"]) == {"refused"}
    assert set(outcomes["note"]) == {standing.refusal}
    assert set(found.figures) == {"plane"}


@pytest.mark.usefixtures("in_full")
def test_an_outcome_at_intake_is_not_shown_by_group_either(
    study: StudyData, rule: PresentationRule
) -> None:
    early = Outcome(scale="core_10.total", occasion="intake", smallest_effect=2.0)
    rows = run(study, rule, Standing(PLAN), early).estimates
    balance = rows[rows["analysis"] == "groups_at_intake"]
    assert "core_10.total" not in set(balance["term"])


def test_what_was_planned_too_late_stays_exploratory_and_says_so(
    study: StudyData, rule: PresentationRule
) -> None:
    late = replace(LOCKED, late=frozenset({"end"}))
    rows = run(study, rule, late).estimates
    assert confirmed(rows) == {("core_10.total@end", "dependence")}
    row = rows[(rows["analysis"] == BLOCK) & (rows["term"] == "difference")]
    assert LATE in row["note"].item()
    assert row["family"].item() == "distress, plan version 2, Holm"


def test_who_is_excluded_is_counted_with_the_reason(
    study: StudyData, rule: PresentationRule
) -> None:
    exclusion = [{"reason": "older than sixty", "attribute": "age", "above": 60}]
    found = run(study, rule, Standing(a_plan(exclusion=exclusion), version=1))
    old = int((study.clients["age"] > 60).sum())
    lost = found.flow.set_index("reason")["n"]
    assert lost["excluded by the plan: older than sixty"] == old
    kept = found.presentations[found.presentations["is_usable"].astype(bool)]
    assert study.clients.loc[kept["client_id"], "age"].max() <= 60
    start = found.flow.groupby("outcome").head(1)
    assert set(start["n"]) == {len(study.clients)}


def test_medians_are_those_of_the_clients_who_stay(
    study: StudyData, rule: PresentationRule
) -> None:
    exclusion = [{"reason": "anxious", "scale": "ecr.anxiety", "above": 4.0}]
    median = {**rule.model_dump(), "cut": "median"}
    plan = a_plan(exclusion=exclusion, presentation=median)
    kept = run(study, rule, Standing(plan, version=1)).presentations
    kept = kept[kept["is_usable"].astype(bool)]
    high = kept["presentation"].isin(["overdependent", "mixed"]).mean()
    assert 0.4 < high < 0.65


def test_a_standing_knows_what_may_be_shown() -> None:
    assert Standing().refusal is None
    assert Standing(PLAN).refusal == NOT_LOCKED
    assert LOCKED.refusal is None
    assert LOCKED.is_confirmatory
    assert not Standing(PLAN, version=1, late=frozenset({"end", "slope"})).is_confirmatory
    digests = {Standing(PLAN).digest, LOCKED.digest, replace(LOCKED, late=frozenset("e")).digest}
    assert len(digests) == 3


def test_the_level_of_a_plans_tests_is_that_of_its_intervals() -> None:
    """What is clear in words goes by the level of a row's interval."""
    strict = Standing(a_plan(plan={"title": "Dependency", "alpha": 0.01}), version=1)
    found = strict.comparison(Comparison(course="linear"))
    assert (found.alpha, found.ci_level, found.course) == (0.01, 0.99, "linear")
    assert Standing().comparison(Comparison(ci_level=0.9, alpha=0.1)).ci_level == 0.9


def test_declared_covariates_are_held_equal(
    study: StudyData, rule: PresentationRule, outcome: Outcome, found: Analysis
) -> None:
    more = outcome.model_copy(update={"covariates": ("age", "modality")})
    rows = run(study, rule, Standing(), more).estimates
    methods = set(rows.loc[rows["term"] == "adjusted difference", "method"])
    assert methods == {
        "least squares, HC3 errors, adjusted for the intake value and the declared covariates"
    }
    mixed = rows[rows["term"] == "difference with therapists"]
    assert mixed["method"].item().endswith("declared covariates")
    without = found.estimates
    before = without[without["term"] == "difference with therapists"]
    assert mixed["estimate"].item() != before["estimate"].item()
    assert mixed["estimate"].item() == pytest.approx(before["estimate"].item(), abs=0.5)


@pytest.mark.usefixtures("in_full")
def test_a_covariate_that_is_not_there_is_refused(study: StudyData, rule: PresentationRule) -> None:
    lost = Outcome(scale="core_10.total", occasion="end", smallest_effect=3.0, covariates=("agee",))
    rows = run(study, rule, Standing(), lost).estimates
    outcomes = rows[rows["outcome"].eq(lost.name) & rows["analysis"].ne("measures")]
    assert set(outcomes["status"]) == {"refused"}
    assert outcomes["note"].str.contains("agee").all()


@pytest.mark.parametrize(
    ("covariate", "why"),
    [
        ("core_10.total@end", "is the outcome itself"),
        ("wai_sr.bond@month_3", "comes after the landmark (intake)"),
        ("ecr.anxiety@intake", "is part of the presentation rule"),
    ],
)
def test_a_covariate_that_no_plan_can_have_is_refused_without_one(
    study: StudyData, rule: PresentationRule, covariate: str, why: str
) -> None:
    asked = Outcome(
        scale="core_10.total", occasion="end", smallest_effect=3.0, covariates=(covariate,)
    )
    assert find_outcome(study, rule, asked).refusal == f"the covariate {covariate} {why}"
