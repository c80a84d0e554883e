"""Which scores a course has, and since when they count."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from reports.analyses._course_data import gather_course
from reports.analyses._inquiry import Inquiry
from reports.declarations import Comparison
from reports.exclusions import present_clients
from reports.plan_standing import NO_PLAN
from reports.study_data import StudyData
from tests.unit.analyses.course_studies import RULE, a_study


def known_late(data: StudyData) -> StudyData:
    """The same study with the scores of the rule at the third of five occasions."""
    is_early = data.scores["scale"].ne("core_10.total") & data.scores["occasion"].eq("intake")
    is_then = data.scores["occasion"].eq("month_3")
    then = data.scores.loc[is_then, ["day", "session"]].iloc[0]
    moved = data.scores[is_early].assign(occasion="month_3", day=then["day"],
                                         session=then["session"])  # fmt: skip
    return replace(data, scores=pd.concat([data.scores[~is_early], moved], ignore_index=True))


def course_rows(data: StudyData, landmark: str = "month_3") -> pd.DataFrame | None:
    rule = RULE.model_copy(update={"landmark": landmark})
    inquiry = Inquiry(data, rule, present_clients(data, rule, NO_PLAN), Comparison(), 1)
    course = gather_course(inquiry, "core_10.total")
    return None if course is None else course.rows


def test_sessions_count_from_the_landmark_as_days_do() -> None:
    by_day = course_rows(known_late(a_study()))
    by_session = course_rows(known_late(a_study(has_days=False)))
    assert by_day is not None
    assert by_session is not None
    assert sorted(by_day["time"].unique()) == [0, 8, 18]
    pd.testing.assert_frame_equal(by_day, by_session)


def test_an_intake_without_the_number_of_a_session_comes_before_the_first() -> None:
    data = a_study(has_days=False)
    numbers = data.scores["session"].mask(data.scores["occasion"].eq("intake"))
    rows = course_rows(replace(data, scores=data.scores.assign(session=numbers)), "intake")
    assert rows is not None
    at_intake = data.scores.query("occasion == 'intake' and scale == 'core_10.total'")
    assert (rows["time"] == 0).sum() == len(at_intake)
    assert rows.loc[rows["time"] > 0, "time"].min() == numbers.min()


def test_where_nobody_is_usable_there_is_no_course() -> None:
    assert course_rows(a_study()) is None


def test_clients_without_a_session_at_the_landmark_are_left_out() -> None:
    data = known_late(a_study(has_days=False))
    is_lost = data.scores["client_id"].eq("c0001") & data.scores["occasion"].eq("month_3")
    lacking = data.scores.assign(session=data.scores["session"].mask(is_lost))
    rows = course_rows(replace(data, scores=lacking))
    assert rows is not None
    assert rows["client_id"].nunique() == 159
    nobody = data.scores["session"].mask(data.scores["occasion"].eq("month_3"))
    assert course_rows(replace(data, scores=data.scores.assign(session=nobody))) is None
