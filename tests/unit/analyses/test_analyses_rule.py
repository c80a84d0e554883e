"""What the rule could change: specifications, four groups, a U."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from reports.analyses import Analysis, analyse
from reports.analyses._cautions import doubt_independence
from reports.analyses._inquiry import Inquiry
from reports.analyses._model_words import explain_model
from reports.analyses._outcome_values import find_outcome
from reports.analyses._specifications import Specifications
from reports.analyses.four_presentations import describe_presentations
from reports.analyses.overdependent_against_overindependent import compare_groups
from reports.analyses.specification import vary_specifications
from reports.analyses.u_shape import look_for_turn
from reports.declarations import Comparison, Outcome, PresentationRule
from reports.estimates import to_frame
from reports.exclusions import present_clients
from reports.plan_standing import NO_PLAN, Standing
from reports.rule_fit import other_rules
from reports.study_data import Measure, StudyData
from tests.unit.analyses.course_studies import RULE, scores_of
from tests.unit.analyses.questions import inquire, rows_of, run
from tests.unit.plans import a_hypothesis, a_plan

NEEDS = ("pairs", "pairs by ranks", "specifications")


def test_every_specification_is_a_row_and_the_declared_one_is_the_headline(found: Analysis) -> None:
    rows = rows_of(found, "specification")
    each = rows[rows["term"] == "specification"]
    assert len(each) == 8
    declared = each[each["method"] == "attachment; cut as declared; prorated scores too"]
    headline = rows_of(found, "overdependent_against_overindependent")
    headline = headline[headline["term"] == "difference"]
    for column in ("estimate", "ci_low", "ci_high", "n_a", "n_b"):
        assert declared[column].item() == headline[column].item()


def test_the_curve_says_how_far_specifications_agree(found: Analysis) -> None:
    rows = rows_of(found, "specification").set_index("term")
    each = rows.loc["specification", "estimate"]
    assert rows.loc["median", "estimate"] == pytest.approx(each.median())
    assert rows.loc["lowest", "estimate"] == each.min()
    assert rows.loc["same sign as the median", "estimate"] == 1.0
    assert rows.loc["usable", "estimate"] == 8
    figure = found.figures["specification_curve_core_10_total_at_end"].frame
    assert figure["is_declared"].sum() == 1
    assert figure["estimate"].is_monotonic_increasing
    assert list(figure["rank"]) == list(range(1, 9))


def test_another_rule_is_tried_where_its_forms_are_there() -> None:
    rng = np.random.default_rng(2)
    n = 240
    ids = np.array([f"c{k:04}" for k in range(n)])
    names = ("ecr.anxiety", "ecr.avoidance", "rpt.destructive_overdependence",
             "rpt.dysfunctional_detachment")  # fmt: skip
    rows = [scores_of(ids, name, "intake", 0, rng.normal(4, 1.5, n).clip(1, 7)) for name in names]
    rows.append(scores_of(ids, "core_10.total", "end", 30, rng.normal(15, 5, n)))
    facts = {"low": 1, "high": 7, "method": "mean", "higher": "more", "direction": "worse"}
    measures = {
        name: Measure(name, name.partition(".")[0], name, **facts)
        for name in (*names, "core_10.total")
    }
    clients = pd.DataFrame(
        {"clinic": "n", "therapist_id": [f"t{k % 9}" for k in range(n)], "ending": "planned"},
        index=pd.Index(ids, name="client_id"),
    )
    data = StudyData(clients, pd.concat(rows), lambda *_: pd.DataFrame(), measures)
    outcome = Outcome(scale="core_10.total", occasion="end", smallest_effect=2)
    figure = run(data, RULE, outcome).figures["specification_curve_core_10_total_at_end"].frame
    assert set(figure["rule"]) == {"attachment", "relationship-profile"}
    refused = figure[figure["cut"].str.contains("SEM")]
    assert refused["note"].str.contains("error of measurement").all()
    part = Outcome(scale="rpt.destructive_overdependence", occasion="intake", smallest_effect=1)
    figure = run(data, RULE, part).figures["specification_curve_rpt_destructive_overdependence"
                                           "_at_intake"].frame  # fmt: skip
    own = figure[figure["rule"] == "relationship-profile"]
    assert own["note"].str.startswith("circular").all()


def test_all_presentations_are_tested_at_once_and_in_pairs(
    study: StudyData, found: Analysis
) -> None:
    rows = rows_of(found, "four_presentations")
    test = rows[rows["term"] == "difference between presentations"].iloc[0]
    groups = found.presentations.set_index("client_id")["presentation"]
    values = study.values_at("core_10.total", "end")
    samples = [values[groups[groups == name].index] for name in sorted(set(groups))]
    expected = stats.f_oneway(*samples, equal_var=False)
    assert test["statistic"] == pytest.approx(expected.statistic)
    assert test["p_value"] == pytest.approx(expected.pvalue)
    assert test["n"] == 400
    ranks = rows[rows["term"] == "difference between presentations, by ranks"]
    assert ranks["statistic"].item() == pytest.approx(stats.kruskal(*samples).statistic)
    pairs = rows[rows["term"] == "pair"]
    assert len(pairs) == 6
    assert pairs["p_adjusted"].notna().all()
    assert pairs["p_value"].isna().all()
    assert len(rows[rows["term"] == "pair, by ranks"]) == 6


def test_a_group_that_does_not_vary_leaves_the_test_by_ranks(
    study: StudyData, rule: PresentationRule, outcome: Outcome
) -> None:
    inquiry, found = inquire(study, rule), find_outcome(study, rule, outcome)
    members = inquiry.members_of("overdependent")
    floor = found.values.where(~found.values.index.isin(members), 0.0)
    told = to_frame(describe_presentations(inquiry, replace(found, values=floor)))
    rows = told.set_index("term")
    assert rows.loc["difference between presentations", "note"] == "a group does not vary"
    names = inquiry.usable["presentation"].unique()
    samples = [floor.reindex(inquiry.members_of(name)).dropna() for name in names]
    ranks = rows.loc["difference between presentations, by ranks"]
    assert ranks["statistic"] == pytest.approx(stats.kruskal(*samples).statistic)


def test_tests_of_means_are_cautioned_where_a_skewed_outcome_meets_a_small_group(
    study: StudyData, rule: PresentationRule, outcome: Outcome
) -> None:
    inquiry, found = inquire(study, rule), find_outcome(study, rule, outcome)
    many = found.values.index.difference(inquiry.members_of("overdependent")[12:])
    skewed = pd.Series(np.random.default_rng(2).exponential(5.0, len(many)), index=many)
    rows = to_frame(describe_presentations(inquiry, replace(found, values=skewed)))
    is_cautioned = rows["note"].fillna("").str.contains("the outcome is skewed")
    assert set(rows.loc[is_cautioned, "term"]) == {"difference between presentations", "pair"}
    assert is_cautioned[rows["term"] == "pair"].all()


def test_both_parts_of_another_rule_are_about_one_person() -> None:
    declared = PresentationRule(rule="care-dependency", dependence="cdq.total",
                                independence="ecr_rs.avoidance:mother")  # fmt: skip
    scales = ("ecr_r.avoidance", "ecr_rs.anxiety:mother", "ecr_rs.avoidance:father",
              "ecr_rs.avoidance:mother")  # fmt: skip
    known = {name: name.partition(".")[0] for name in scales} | {"cdq.total": "cdq"}
    (other,) = other_rules(declared, known)
    assert other.scales == ("ecr_rs.anxiety:mother", "ecr_rs.avoidance:mother")
    apart = {"ecr.anxiety": "ecr", "ecr_r.avoidance": "ecr_r"}
    assert other_rules(declared, apart)[0].scales == ("ecr.anxiety", "ecr_r.avoidance")
    assert other_rules(declared, {"ecr.anxiety": "ecr"}) == ()


def test_two_groups_are_not_called_four(
    make_study: Callable[..., StudyData], rule: PresentationRule, outcome: Outcome
) -> None:
    high = rule.model_copy(update={"cut": (6.9, 6.9)})
    rows = rows_of(run(make_study(n=40), high, outcome), "four_presentations")
    test = rows[rows["term"] == "difference between presentations"]
    assert test["note"].item() == "fewer than three presentations with 10 clients each"


def test_a_u_is_looked_for_only_where_the_plan_asks(
    study: StudyData, rule: PresentationRule, outcome: Outcome, found: Analysis
) -> None:
    assert rows_of(found, "u_shape").empty
    dependence = study.values_at("ecr.anxiety", "intake")
    noise = np.random.default_rng(3).normal(0, 2, len(dependence))
    bent = 10 + 3 * (dependence - dependence.mean()) ** 2 + noise
    is_end = study.scores["scale"].eq("core_10.total") & study.scores["occasion"].eq("end")
    value = study.scores["value"].where(~is_end, study.scores["client_id"].map(bent))
    plan = a_plan(
        hypothesis=[a_hypothesis(question="u_shape")], presentation=rule.model_dump(mode="json")
    )
    bent_study = replace(study, scores=study.scores.assign(value=value))
    asked = analyse(bent_study, rule, [], Comparison(), 1, standing=Standing(plan, version=1))
    rows = rows_of(asked, "u_shape").set_index("term")
    assert rows.loc["u shape", "p_value"] < 0.001
    assert rows.loc["u shape", "plan_status"] == "confirmatory"
    assert rows.loc["u shape", "estimate"] == pytest.approx(dependence.mean(), abs=0.3)


def test_every_row_of_a_u_is_cautioned_where_dependence_follows_therapists(
    study: StudyData, rule: PresentationRule, outcome: Outcome
) -> None:
    ranks = study.values_at("ecr.anxiety", "intake").rank(method="first")
    therapist = "t" + ranks.reindex(study.clients.index).floordiv(40).astype("str")
    nested = replace(study, clients=study.clients.assign(therapist_id=therapist))
    found = find_outcome(nested, rule, outcome).with_caution("doubted")
    rows = look_for_turn(inquire(nested, rule), found)
    assert len(rows) == 4
    for row in rows:
        assert row.status == "caution"
        assert "doubted" in str(row.note)
        assert "follows therapists" in str(row.note)


def test_therapists_are_in_the_difference_and_its_price_is_told(
    study: StudyData, found: Analysis
) -> None:
    rows = rows_of(found, "overdependent_against_overindependent").set_index("term")
    assert rows.loc["difference with therapists", "n_clusters"] == 12
    assert rows.loc["difference with therapists", "estimate"] == pytest.approx(
        rows.loc["difference", "estimate"], abs=0.6
    )
    assert rows.loc["design effect", "estimate"] >= 1
    assert 0 <= rows.loc["share of therapists", "estimate"] < 0.2
    detectable = rows.loc["smallest detectable difference", "estimate"]
    se = rows.loc["difference", "se"]
    assert 2.6 * se < detectable < 3.1 * se


def test_one_therapist_can_say_nothing_of_therapists(
    study: StudyData, rule: PresentationRule, outcome: Outcome
) -> None:
    alone = replace(study, clients=study.clients.assign(therapist_id="t1"))
    rows = rows_of(run(alone, rule, outcome), "overdependent_against_overindependent")
    row = rows[rows["term"] == "difference with therapists"].iloc[0]
    assert "nothing can be said of therapists" in row["note"]
    nobody = replace(study, clients=study.clients.assign(therapist_id=pd.NA))
    rows = rows_of(run(nobody, rule, outcome), "overdependent_against_overindependent")
    row = rows[rows["term"] == "difference with therapists"].iloc[0]
    assert row["note"] == "the export does not say who the therapists are"


@pytest.mark.parametrize(
    ("note", "said"),
    [
        ("3 levels of therapist_id: modelled as fixed",
         "few therapists: what is said holds for these, not for therapists in general"),
        ("4 levels of clinic: modelled as fixed", None),
        ("singular fit", "therapists or clients hardly differ here, so by how much cannot be told"),
        ("some new remark of 7 words", "some new remark of some words"),
        ("", None),
    ],
)  # fmt: skip
def test_a_models_remarks_are_said_in_words_without_counts(note: str, said: str | None) -> None:
    assert explain_model(note) == said


def test_every_specification_carries_the_cautions_of_its_outcome(
    study: StudyData, rule: PresentationRule, outcome: Outcome
) -> None:
    kind = present_clients(study, rule, NO_PLAN).set_index("client_id")["presentation"]
    place = np.arange(400)
    is_dependent = (kind.reindex(study.clients.index) == "overdependent").to_numpy()
    therapist = [f"t{int(a)}{b}" for a, b in zip(is_dependent ^ (place % 9 == 0), place % 6,
                                                  strict=True)]  # fmt: skip
    nested = replace(study, clients=study.clients.assign(therapist_id=therapist))
    inquiry = inquire(nested, rule)
    found = find_outcome(nested, rule, outcome).with_caution("doubted")
    found = doubt_independence(inquiry, found)
    rows = to_frame(vary_specifications(Specifications(inquiry), found).rows)
    rows = rows[(rows["term"] != "usable") & (rows["status"] != "refused")]
    assert len(rows) > 8
    for caution in ("doubted", "follows therapists"):
        assert rows["note"].fillna("").str.contains(caution).all()


def test_the_declared_specification_is_of_complete_forms_where_the_rule_is(
    study: StudyData,
    rule: PresentationRule,
    outcome: Outcome,
    without_items: Callable[[StudyData, str, str, int], StudyData],
) -> None:
    data = without_items(study, "ecr.anxiety", "intake", 150, 1)
    strict = rule.model_copy(update={"complete_only": True})
    inquiry, found = inquire(data, strict), find_outcome(data, strict, outcome)
    curve = vary_specifications(Specifications(inquiry), found).curve
    declared = curve[curve["is_declared"]].iloc[0]
    difference = next(row for row in compare_groups(inquiry, found) if row.term == "difference")
    assert declared["estimate"] == pytest.approx(difference.estimate)
    assert (declared["n_a"], declared["n_b"]) == (difference.n_a, difference.n_b)


def test_the_error_of_measurement_is_of_clients_whom_the_plan_keeps(
    study: StudyData, rule: PresentationRule, outcome: Outcome
) -> None:
    young = {"attribute": "age", "below": 40.0, "reason": "young"}
    plan = a_plan(exclusion=[young], presentation=rule.model_dump(mode="json"))
    standing, is_young = Standing(plan, version=1), study.clients["age"] < 40

    def careless(scale: str, occasion: str) -> pd.DataFrame:
        """Half of the answers of the young are those of others."""
        answers = study.items(scale, occasion).copy()
        answers.loc[is_young, answers.columns[::2]] = answers.loc[is_young].to_numpy()[::-1, ::2]
        return answers

    data = replace(study, items=careless)
    presented = present_clients(data, rule, standing)
    inquiry = Inquiry(data, rule, presented, Comparison(), 1, standing)
    kept = study.clients.index[~is_young]
    only = replace(
        study, clients=study.clients.loc[kept],
        scores=study.scores[study.scores["client_id"].isin(kept)],
        items=lambda scale, occasion: study.items(scale, occasion).loc[kept],
    )  # fmt: skip
    found = find_outcome(study, rule, outcome)
    few = find_outcome(only, rule, outcome)
    curve = vary_specifications(Specifications(inquiry), found).curve
    expected = vary_specifications(Specifications(inquire(only, rule)), few).curve
    pd.testing.assert_frame_equal(curve, expected)
