"""The comparison block, the continuous analysis and the groups beside them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from reports.analyses import Analysis, analyse
from reports.declarations import Comparison, Outcome, PresentationRule
from reports.methods.multiplicity import holm
from reports.study_data import StudyData

BLOCK = "overdependent_against_overindependent"


def run(data: StudyData, rule: PresentationRule, *outcomes: Outcome) -> Analysis:
    return analyse(data, rule, outcomes, Comparison(), seed=1)


def row_of(found: Analysis, analysis: str, term: str, **where: str) -> pd.Series:
    rows = found.estimates
    rows = rows[(rows["analysis"] == analysis) & (rows["term"] == term)]
    for column, value in where.items():
        rows = rows[rows[column] == value]
    assert len(rows) == 1
    return rows.iloc[0]


def two_groups(study: StudyData, found: Analysis) -> tuple[pd.Series, pd.Series]:
    """The outcome of both groups, put together apart from the analyses."""
    end = study.scores.query("scale == 'core_10.total' and occasion == 'end'")
    values = end.set_index("client_id")["value"]
    ids = found.presentations.set_index("presentation")["client_id"]
    return values[ids["overdependent"]].dropna(), values[ids["overindependent"]].dropna()


def test_the_difference_is_overdependent_minus_overindependent(
    study: StudyData, found: Analysis
) -> None:
    a, b = two_groups(study, found)
    row = row_of(found, BLOCK, "difference")
    expected = stats.ttest_ind(a, b, equal_var=False)
    assert row["estimate"] == pytest.approx(a.mean() - b.mean())
    assert row["p_value"] == pytest.approx(expected.pvalue)
    interval = expected.confidence_interval(0.95)
    assert (row["ci_low"], row["ci_high"]) == pytest.approx((interval.low, interval.high))
    assert (row["n_a"], row["n_b"], row["n"]) == (len(a), len(b), len(a) + len(b))
    assert (row["group_a"], row["group_b"]) == ("overdependent", "overindependent")
    assert row["estimate"] > 0


def test_the_block_is_complete(found: Analysis) -> None:
    terms = set(found.estimates.query("analysis == @BLOCK")["term"])
    assert terms == {
        "clients", "reliability", "omega", "difference", "standardized difference", "superiority",
        "trimmed difference", "rank test", "smallest effect of interest", "equivalence",
        "adjusted difference", "difference with therapists", "equivalence with therapists",
        "share of therapists", "design effect", "smallest detectable difference", "verdict",
    }  # fmt: skip


def test_g_says_that_the_groups_are_extreme(found: Analysis) -> None:
    assert "extreme groups" in row_of(found, BLOCK, "standardized difference")["note"]


def test_the_difference_says_what_the_groups_rest_on(found: Analysis) -> None:
    note = row_of(found, BLOCK, "difference")["note"]
    assert "high avoidance, low anxiety (self-report)" in note
    assert "same therapist" in note


def test_everything_is_exploratory_without_a_locked_plan(found: Analysis) -> None:
    assert set(found.estimates["plan_status"]) == {"exploratory"}


def test_difference_and_equivalence_of_primary_outcomes_are_one_family(
    study: StudyData, rule: PresentationRule, outcome: Outcome
) -> None:
    bond = Outcome(scale="wai_sr.bond", occasion="month_3", smallest_effect=0.3)
    age = Outcome(attribute="age", smallest_effect=5, primary=False)
    rows = run(study, rule, outcome, bond, age).estimates
    tests = rows[(rows["analysis"] == BLOCK) & rows["term"].isin(["difference", "equivalence"])]
    primary, secondary = tests[tests["outcome"] != "age"], tests[tests["outcome"] == "age"]
    assert primary["family"].nunique() == 1
    assert len(primary) == 4
    assert primary["p_adjusted"].to_numpy() == pytest.approx(holm(primary["p_value"].to_numpy()))
    assert secondary["p_adjusted"].isna().all()
    others = rows[(rows["analysis"] == BLOCK) & ~rows["term"].isin(["difference", "equivalence"])]
    assert others["family"].isna().all()


@pytest.mark.parametrize(
    ("effect", "smallest", "word"),
    [
        (0.5, 3.0, "different"),
        (0.5, 30.0, "different but trivially small"),
        (0.0, 6.0, "equivalent"),
        (0.0, 0.1, "undecided"),
    ],
)
def test_the_verdict_is_one_of_four_words(
    make_study: Callable[..., StudyData],
    rule: PresentationRule,
    effect: float,
    smallest: float,
    word: str,
) -> None:
    outcome = Outcome(scale="core_10.total", occasion="end", smallest_effect=smallest)
    row = row_of(run(make_study(effect=effect), rule, outcome), BLOCK, "verdict")
    assert (row["note"], row["method"]) == (word, "Holm-adjusted tests")


def test_the_verdict_of_a_secondary_outcome_says_that_it_is_unadjusted(
    study: StudyData, rule: PresentationRule, outcome: Outcome
) -> None:
    secondary = outcome.model_copy(update={"primary": False})
    assert row_of(run(study, rule, secondary), BLOCK, "verdict")["method"] == "unadjusted tests"


def test_missing_outcomes_are_counted_in_each_group(
    study: StudyData, rule: PresentationRule, outcome: Outcome, found: Analysis
) -> None:
    groups = found.presentations.set_index("client_id")["presentation"]
    gone = groups.index[groups == "overdependent"][:7]
    kept = ~(study.scores["client_id"].isin(gone) & (study.scores["occasion"] == "end"))
    found = run(replace(study, scores=study.scores[kept]), rule, outcome)
    counts = found.estimates.query("term == 'clients'").set_index("group_a")
    assert counts["n_missing"].to_dict() == {"overdependent": 7, "overindependent": 0}
    assert row_of(found, BLOCK, "difference")["n_missing"] == 7


def test_the_adjusted_difference_takes_the_intake_value_into_account(
    study: StudyData, found: Analysis
) -> None:
    a, b = two_groups(study, found)
    before = study.values_at("core_10.total", "intake")
    both = pd.concat([a, b])
    design = np.column_stack([np.ones(len(both)), both.index.isin(a.index), before[both.index]])
    expected = np.linalg.lstsq(design, both.to_numpy(), rcond=None)[0][1]
    assert row_of(found, BLOCK, "adjusted difference")["estimate"] == pytest.approx(expected)


def test_the_continuous_analysis_uses_all_clients_and_finds_the_planted_slope(
    study: StudyData, rule: PresentationRule, outcome: Outcome
) -> None:
    grey = rule.model_copy(update={"grey_zone": (0.5, 0.5)})
    found = run(study, grey, outcome)
    slope = row_of(found, "dependence_and_outcome", "dependence",
                   estimand="points per standard deviation")  # fmt: skip
    assert slope["n"] == 400
    assert slope["p_adjusted"] < 0.001
    assert slope["estimate"] > 2
    other = row_of(found, "dependence_and_outcome", "independence",
                   estimand="points per standard deviation")  # fmt: skip
    assert other["p_value"] > 0.05
    assert "intake" in slope["method"]


def test_the_continuous_analysis_equals_least_squares(study: StudyData, found: Analysis) -> None:
    frame = found.presentations.set_index("client_id")[["dependence", "independence"]]
    z = (frame - frame.mean()) / frame.std()
    before = study.values_at("core_10.total", "intake")[z.index]
    after = study.values_at("core_10.total", "end")[z.index]
    design = np.column_stack([np.ones(len(z)), z, z.prod(axis=1), before])
    expected = np.linalg.lstsq(design, after.to_numpy(), rcond=None)[0]
    for term, value in zip(
        ["dependence", "independence", "dependence x independence"], expected[1:4], strict=True
    ):
        row = row_of(found, "dependence_and_outcome", term,
                     estimand="points per standard deviation")  # fmt: skip
        assert row["estimate"] == pytest.approx(value)


def test_every_presentation_that_the_rule_can_give_is_described(
    study: StudyData, rule: PresentationRule, outcome: Outcome
) -> None:
    described = "analysis == 'four_presentations' and term == 'mean'"
    plain = run(study, rule, outcome).estimates.query(described)
    assert set(plain["group_a"]) == {"overdependent", "overindependent", "mixed", "neither"}
    grey = rule.model_copy(update={"grey_zone": (0.4, 0.4)})
    rows = run(study, grey, outcome).estimates.query(described)
    assert "indeterminate" in set(rows["group_a"])
    assert "interdependent" not in set(rows["group_a"])


def test_groups_are_compared_at_intake_without_the_scales_of_the_rule(found: Analysis) -> None:
    rows = found.estimates.query("analysis == 'groups_at_intake'").set_index("term")
    assert sorted(rows.index) == ["age", "core_10.total", "modality"]
    assert rows["estimate"].abs().max() < 0.6
    assert (rows["status"] == "ok").all()


@pytest.mark.usefixtures("in_full")
def test_the_same_study_gives_the_same_table_whatever_the_order_of_its_rows(
    study: StudyData, rule: PresentationRule, outcome: Outcome, found: Analysis
) -> None:
    shuffled = replace(
        study,
        scores=study.scores.sample(frac=1, random_state=3),
        clients=study.clients.sample(frac=1, random_state=4),
    )
    other = run(shuffled, rule, outcome)
    pd.testing.assert_frame_equal(found.estimates, other.estimates, check_exact=True)
    pd.testing.assert_frame_equal(found.presentations, other.presentations)
    pd.testing.assert_frame_equal(found.flow, other.flow)
    for name, figure in found.figures.items():
        pd.testing.assert_frame_equal(figure.frame, other.figures[name].frame)


def test_no_note_holds_a_number_of_clients(found: Analysis) -> None:
    rows = found.estimates.dropna(subset="note")
    counts = {str(int(n)) for n in found.estimates[["n", "n_a", "n_b"]].stack().dropna()}
    for note in rows["note"]:
        assert not counts & set(note.replace(";", " ").split())
