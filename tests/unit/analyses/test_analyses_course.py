"""Courses over treatment: growth in each group, its difference, and what is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from reports.analyses import Analysis, analyse
from reports.analyses._continuous_course import relate_course
from reports.analyses._four_courses import compare_all_courses
from reports.analyses._inquiry import Inquiry
from reports.analyses._missing_data import NO_THERAPIST
from reports.analyses._nesting import FOLLOWS
from reports.analyses._outcome_values import find_outcome
from reports.analyses._question import Question
from reports.analyses.course import follow_course
from reports.declarations import Comparison, Outcome
from reports.exclusions import present_clients
from reports.methods.mixed_model import fit_mixed_model
from reports.plan_standing import NO_PLAN, Standing
from reports.study_data import StudyData
from tests.unit.analyses.course_studies import (
    OUTCOME,
    RULE,
    a_study,
)
from tests.unit.plans import a_hypothesis, a_plan

NEEDS = ("course",)


def run(data: StudyData, *, standing: Standing | None = None, **comparison: object) -> Analysis:
    declared = Comparison.model_validate(comparison)
    return analyse(data, RULE, [OUTCOME], declared, 1, standing=standing or Standing())


def course_of(found: Analysis) -> pd.DataFrame:
    return found.estimates[found.estimates["analysis"] == "course"]


def row_of(rows: pd.DataFrame, term: str, group: str | None = None) -> pd.Series:
    chosen = rows[rows["term"] == term]
    if group is not None:
        chosen = chosen[chosen["group_a"] == group]
    assert len(chosen) == 1
    return chosen.iloc[0]


@pytest.fixture(scope="module")
def different() -> Analysis:
    return run(a_study(extra=2.0))


def test_a_planted_difference_in_course_is_found(different: Analysis) -> None:
    row = row_of(course_of(different), "difference in course")
    # Over 26 weeks: 2 ln 27.
    assert row["estimand"] == "points over 26 weeks"
    assert row["ci_low"] < 2 * np.log1p(26) < row["ci_high"]
    assert row["p_value"] < 0.001
    assert (row["n_a"], row["n_b"], row["n_missing"]) == (40, 40, 0)
    assert "log" in row["method"]


def test_each_group_has_its_own_course(different: Analysis) -> None:
    rows = course_of(different)
    for group, slope in (("overdependent", -1.0), ("overindependent", -3.0), ("mixed", -2.0)):
        row = row_of(rows, "course", group)
        assert row["ci_low"] - 1 < slope * np.log1p(26) < row["ci_high"] + 1
        assert row["n"] == 40
    assert row_of(rows, "difference between courses")["p_value"] < 0.001


def test_the_course_goes_with_the_scales_without_groups(different: Analysis) -> None:
    rows = course_of(different)
    by_anxiety = row_of(rows, "course by dependence")
    # Anxiety is 2 or 5, two standard deviations apart; anxious clients fall by 1 less per unit.
    expected = 0.5 * np.log1p(26)
    assert by_anxiety["estimand"] == "points per standard deviation over 26 weeks"
    assert by_anxiety["n"] == 160
    assert by_anxiety["ci_low"] < expected < by_anxiety["ci_high"]
    by_avoidance = row_of(rows, "course by independence")
    assert by_avoidance["ci_low"] < -expected < by_avoidance["ci_high"]


def test_the_difference_equals_the_model_fitted_apart(different: Analysis) -> None:
    data = a_study(extra=2.0)
    scores = data.scores[data.scores["scale"] == "core_10.total"]
    groups = different.presentations.set_index("client_id")["presentation"]
    frame = pd.DataFrame(
        {
            "y": scores["value"], "t": np.log1p(scores["day"] / 7) / np.log1p(26),
            "client_id": scores["client_id"], "x": scores["client_id"].map(groups),
            "therapist_id": scores["client_id"].map(data.clients["therapist_id"]),
        }
    )  # fmt: skip
    pair = frame[frame["x"].isin(["overdependent", "overindependent"])]
    half = pair.assign(x=np.where(pair["x"] == "overdependent", 0.5, -0.5))
    model = fit_mixed_model(half, "y ~ t * x + (t | client_id) + (1 | therapist_id)")
    row = row_of(course_of(different), "difference in course")
    assert row["estimate"] == pytest.approx(model.term("t:x").estimate, rel=1e-4)
    assert row["se"] == pytest.approx(model.term("t:x").se, rel=1e-3)


def test_a_difference_in_level_is_no_difference_in_course() -> None:
    found = run(a_study(level=6.0))
    assert row_of(course_of(found), "difference in course")["p_value"] > 0.05
    block = found.estimates[found.estimates["analysis"] == "overdependent_against_overindependent"]
    assert row_of(block, "difference")["p_value"] < 0.001


def test_what_the_groups_brought_with_them_is_cautioned() -> None:
    found = run(a_study(level=12.0)).estimates
    block = found[found["analysis"] == "overdependent_against_overindependent"]
    row = row_of(block, "difference")
    assert row["status"] == "caution"
    assert "before treatment already" in row["note"]
    assert "before treatment" not in str(row_of(course_of(run(a_study(level=12.0))),
                                                "difference in course")["note"])  # fmt: skip


def test_the_verdict_of_a_course_comes_from_its_difference_and_its_equivalence(
    different: Analysis,
) -> None:
    rows = course_of(different)
    assert row_of(rows, "verdict")["note"] == "different"
    alike = course_of(run(a_study(spread=0.1)))
    assert row_of(alike, "verdict")["note"] == "equivalent"
    assert row_of(alike, "equivalence in course")["p_value"] < 0.05


def test_the_other_shape_of_time_stands_beside_it(different: Analysis) -> None:
    rows = course_of(different)
    assert "linear" in row_of(rows, "difference in course, linear time")["method"]
    turned = course_of(run(a_study(extra=2.0), course="linear"))
    assert "linear" in row_of(turned, "difference in course")["method"]
    assert row_of(turned, "difference in course, logarithmic time")["estimate"] == pytest.approx(
        row_of(rows, "difference in course")["estimate"]
    )


def test_a_course_in_two_pieces_is_told_over_each_and_over_both() -> None:
    rows = course_of(run(a_study(extra=2.0), course="piecewise", knot=6))
    whole, until, after = (
        row_of(rows, f"difference in course{piece}")
        for piece in ("", " until the knot", " after the knot")
    )
    assert until["estimand"] == "points from 0 to 6 weeks"
    assert after["estimand"] == "points from 6 to 26 weeks"
    assert until["estimate"] + after["estimate"] == pytest.approx(whole["estimate"])
    assert until["ci_low"] < 2 * np.log1p(6) < until["ci_high"]
    assert after["ci_low"] < 2 * (np.log1p(26) - np.log1p(6)) < after["ci_high"]
    for group in ("overdependent", "overindependent"):
        pieces = [row_of(rows, f"course {piece} the knot", group) for piece in ("until", "after")]
        total = row_of(rows, "course", group)["estimate"]
        assert sum(piece["estimate"] for piece in pieces) == pytest.approx(total)
    assert "knot at 6" in whole["method"]
    assert row_of(rows, "difference in course, linear time")["status"] != "refused"
    assert row_of(rows, "course by dependence")["status"] != "refused"
    assert row_of(rows, "difference between courses")["df"] == 6


def test_a_knot_that_half_of_the_clients_do_not_pass_is_refused() -> None:
    rows = course_of(run(a_study(), course="piecewise", knot=26))
    row = row_of(rows, "difference in course")
    assert (row["status"], "knot at 26 weeks" in row["note"]) == ("refused", True)


def test_pieces_are_not_told_where_nobody_was_asked_before_the_knot() -> None:
    late = a_study(extra=2.0, weeks=(0, 13, 20, 26, 39))
    rows = course_of(run(late, course="piecewise", knot=8))
    for piece in ("until", "after"):
        row = row_of(rows, f"difference in course {piece} the knot")
        assert (row["status"], "drawn from what came later" in row["note"]) == ("refused", True)
        assert f"course {piece} the knot" not in set(rows["term"])
    assert row_of(rows, "difference in course")["status"] != "refused"


def test_a_course_of_two_times_cannot_bend() -> None:
    data = a_study(extra=2.0, weeks=(0, 30))
    later = data.scores["occasion"].replace({"session": "end"})
    twice = replace(data, scores=data.scores.assign(occasion=later))
    row = row_of(course_of(run(twice, course="piecewise", knot=8)), "difference in course")
    assert row["status"] == "refused"


def test_a_plan_may_bend_the_course() -> None:
    hypothesis = a_hypothesis(question="course", shape="piecewise", knot=6)
    plan = a_plan(hypothesis=[hypothesis], presentation=RULE.model_dump())
    rows = course_of(run(a_study(extra=2.0), standing=Standing(plan, version=1)))
    confirmed = rows[rows["plan_status"] == "confirmatory"]
    assert set(confirmed["term"]) == {"difference in course", "equivalence in course", "verdict"}
    assert "knot at 6" in row_of(rows, "difference in course")["method"]


def test_a_plan_chooses_the_shape_and_makes_the_course_confirmatory() -> None:
    hypothesis = a_hypothesis(question="course", shape="linear")
    presentation = RULE.model_dump()
    plan = a_plan(hypothesis=[hypothesis], presentation=presentation)
    rows = course_of(run(a_study(extra=2.0), standing=Standing(plan, version=1)))
    confirmed = rows[rows["plan_status"] == "confirmatory"]
    assert set(confirmed["term"]) == {
        "difference in course", "equivalence in course", "verdict",
    }  # fmt: skip
    assert "linear" in row_of(rows, "difference in course")["method"]
    assert row_of(rows, "verdict")["method"] == "Holm-adjusted tests"


def test_sessions_stand_in_for_days_where_there_are_none() -> None:
    rows = course_of(run(a_study(extra=2.0, has_days=False)))
    assert row_of(rows, "difference in course")["estimand"] == "points over 20 sessions"


def test_clients_with_one_score_stay_in_the_model() -> None:
    data = a_study(extra=2.0)
    is_core = data.scores["scale"] == "core_10.total"
    is_gone = data.scores["client_id"].isin([f"c{k:04}" for k in range(1, 41, 4)])
    later = data.scores["occasion"] != "intake"
    rows = course_of(run(replace(data, scores=data.scores[~(is_core & is_gone & later)])))
    row = row_of(rows, "difference in course")
    assert (row["n_a"], row["n_missing"]) == (40, 0)


def test_clients_without_a_known_therapist_are_neither_in_the_model_nor_counted() -> None:
    data = a_study(extra=2.0)
    unknown = np.arange(160) % 4 == 1
    unknown[60:] = False
    lost = data.clients["therapist_id"].mask(pd.Series(unknown, data.clients.index))
    data = replace(data, clients=data.clients.assign(therapist_id=lost))
    rows = course_of(run(data))
    row = row_of(rows, "difference in course")
    assert (row["n"], row["n_a"], row["n_b"], row["n_missing"]) == (65, 25, 40, 15)
    told = rows[rows["term"].ne("verdict")]
    has_lost = told["group_a"].ne("overindependent") & told["group_a"].ne("mixed")
    has_lost &= told["group_a"].ne("neither")
    says = told["note"].fillna("").str.contains(NO_THERAPIST, regex=False)
    assert says.tolist() == has_lost.tolist()
    inquiry = Inquiry(data, RULE, present_clients(data, RULE, NO_PLAN), Comparison(), 1)
    growth = follow_course(inquiry, find_outcome(data, RULE, OUTCOME)).growth
    assert growth is not None
    assert (growth.model.n_missing, dict(growth.model.group_levels)["client_id"]) == (0, 65)


def test_groups_that_lack_therapists_are_too_few_and_say_why() -> None:
    data = a_study(n=48)
    unknown = pd.Series(np.arange(48) < 24, data.clients.index)
    lost = data.clients["therapist_id"].mask(unknown)
    row = row_of(
        course_of(run(replace(data, clients=data.clients.assign(therapist_id=lost)))),
        "difference in course",
    )
    assert row["note"] == f"fewer than 10 clients in a group; {NO_THERAPIST}"


def test_two_occasions_are_enough() -> None:
    rows = course_of(run(a_study(extra=2.0, weeks=(0, 30))))
    assert row_of(rows, "difference in course")["status"] == "refused"
    data = a_study(extra=2.0, weeks=(0, 30))
    later = data.scores["occasion"].replace({"session": "end"})
    rows = course_of(run(replace(data, scores=data.scores.assign(occasion=later))))
    row = row_of(rows, "difference in course")
    assert row["ci_low"] < 2 * np.log1p(26) < row["ci_high"]


def test_few_therapists_are_said_to_be_few() -> None:
    row = row_of(course_of(run(a_study(extra=2.0, therapists=4))), "difference in course")
    assert "holds for these, not for therapists in general" in row["note"]
    assert "4" not in row["note"]


def test_too_few_clients_are_refused() -> None:
    row = row_of(course_of(run(a_study(n=32))), "difference in course")
    assert (row["status"], row["note"]) == ("refused", "fewer than 10 clients in a group")


def test_a_scale_of_the_rule_has_one_course_without_groups() -> None:
    data = a_study()
    own = Outcome(scale="ecr.anxiety", occasion="end", smallest_effect=0.5)
    rows = analyse(data, RULE, [own], Comparison(), 1).estimates
    rows = rows[rows["analysis"] == "course"]
    assert row_of(rows, "difference in course")["note"].startswith("circular")
    everyone = row_of(rows, "course")
    assert everyone["n"] == 160
    assert pd.isna(everyone["group_a"])


def test_a_scale_of_several_outcomes_has_its_course_once() -> None:
    early = OUTCOME.model_copy(update={"occasion": "month_3"})
    rows = analyse(a_study(), RULE, [early, OUTCOME], Comparison(), 1).estimates
    assert set(rows.loc[rows["analysis"] == "course", "outcome"]) == {"core_10.total@end"}


def test_the_trajectory_has_the_model_and_the_means_behind_it(different: Analysis) -> None:
    figure = different.figures["trajectory_core_10_total_at_end"]
    frame = figure.frame
    assert list(frame.columns) == [
        "presentation", "source", "time", "mean", "ci_low", "ci_high", "n",
    ]  # fmt: skip
    model = frame[frame["source"] == "model"]
    assert (model.groupby("presentation")["time"].max() == 26).all()
    assert (model["ci_low"] < model["mean"]).all()
    observed = frame[frame["source"] == "observed"]
    assert observed["time"].min() == 0
    start = observed[observed["time"] == 0].set_index("presentation")["mean"]
    drawn = model[model["time"] == 0].set_index("presentation")["mean"]
    assert (start - drawn[start.index]).abs().max() < 1
    assert figure.facts["unit"] == "weeks"


def led_study(therapists: int, *, spread: float) -> StudyData:
    """Presentations that whole therapists form, whose clients change alike by this spread."""
    data = a_study()
    led = np.arange(len(data.clients)) % therapists
    clients = data.clients.assign(therapist_id=[f"t{k:02}" for k in led])
    own = pd.Series(np.random.default_rng(4).normal(0, spread, therapists)[led], clients.index)
    scores = data.scores
    is_core = scores["scale"].eq("core_10.total")
    weeks = scores["day"].astype(float) / 7
    added = scores["client_id"].map(own) * np.log1p(weeks)
    value = scores["value"] + added.where(is_core, 0.0)
    return replace(data, clients=clients, scores=scores.assign(value=value))


def test_therapists_whose_clients_change_alike_make_a_difference_in_course_less_sure() -> None:
    data = led_study(20, spread=1.5)
    row = row_of(course_of(run(data)), "difference in course")
    core = data.scores[data.scores["scale"] == "core_10.total"]
    slope = core.groupby("client_id").apply(
        lambda own: np.polyfit(np.log1p(own["day"].astype(float) / 7), own["value"], 1)[0],
        include_groups=False,
    ) * np.log1p(26)  # fmt: skip
    means = slope.groupby(data.clients["therapist_id"]).mean()
    presented = means.groupby(np.arange(20) % 4)
    by_hand = np.sqrt((presented.var() / presented.size())[[1, 2]].sum())
    assert row["se"] > by_hand / 2
    assert row["method"] == "growth in logarithmic time, therapists' own courses"
    assert FOLLOWS not in str(row["note"])


def test_where_courses_of_therapists_cannot_be_told_every_comparison_says_so() -> None:
    rows = course_of(run(led_study(4, spread=1.5)))
    compared = rows[rows["term"].ne("course") & rows["term"].ne("verdict")]
    assert set(compared["term"]) == {
        "difference in course", "equivalence in course", "difference in course, linear time",
        "course by dependence", "course by independence", "difference between courses",
    }  # fmt: skip
    assert compared["note"].str.contains(FOLLOWS, regex=False).all()
    assert set(compared["status"]) == {"caution"}
    assert not rows.loc[rows["term"].eq("course"), "note"].str.contains(FOLLOWS, regex=False).any()


def test_every_row_of_a_course_says_what_makes_its_scores_doubtful() -> None:
    data = a_study(extra=2.0)
    inquiry = Inquiry(data, RULE, present_clients(data, RULE, NO_PLAN), Comparison(), 1)
    found = find_outcome(data, RULE, OUTCOME).with_caution("the scores are doubtful")
    course = follow_course(inquiry, found)
    assert course.data is not None
    question = Question("course", "theme", found.name)
    rows = [
        *course.rows,
        *relate_course(question, inquiry, found, course.data, course.shape),
        *compare_all_courses(question, inquiry, found, course.data, course.shape),
    ]
    assert len(rows) == 10
    assert all("the scores are doubtful" in str(row.note) for row in rows)
    assert {row.status for row in rows} == {"caution"}
