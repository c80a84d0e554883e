"""Time, groups, moderators and the parts of a predictor."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from reports.methods.growth import fit_growth, has_own_courses, predict_trajectory
from reports.methods.time_shape import time_columns
from reports.methods.within_client import center_within, detrend_within

GROUPS = ("presentation", "overdependent", "overindependent")


def course(seed: int = 1, clients: int = 60, weeks: int = 6) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    client, week = np.repeat(np.arange(clients), weeks), np.tile(np.arange(float(weeks)), clients)
    anxiety = rng.normal(3, 1, clients)
    slope = -1 - 0.4 * (anxiety - 3) + rng.normal(0, 0.3, clients)
    level = 20 + rng.normal(0, 2, clients) + rng.normal(0, 1, 10)[np.arange(clients) % 10]
    return pd.DataFrame(
        {
            "client_id": client,
            "therapist_id": client % 10,
            "week": week,
            "anxiety": anxiety[client],
            "age": (30 + client % 7).astype(float),
            "presentation": np.array(["overdependent", "overindependent", "mixed"])[client % 3],
            "score": level[client] + slope[client] * week + rng.normal(0, 1, client.size),
        }
    )


def test_log_time_is_zero_at_the_start() -> None:
    columns = time_columns(pd.Series([0.0, 9.0], name="day"), shape="log")
    assert columns["day_log"].tolist() == pytest.approx([0.0, np.log(10)])


def test_the_two_pieces_of_time_add_up() -> None:
    weeks = pd.Series(np.arange(0.0, 40, 2.5), name="week")
    columns = time_columns(weeks, shape="piecewise", knot=12.0)
    assert columns.sum(axis=1).tolist() == pytest.approx(weeks.tolist())
    assert columns["week_after"][weeks <= 12].eq(0).all()


def test_a_missing_time_stays_missing() -> None:
    weeks = pd.Series([0.0, np.nan, 8.0], name="week")
    assert time_columns(weeks, shape="piecewise", knot=4.0).isna().all(axis=1).tolist() == [
        False,
        True,
        False,
    ]


@pytest.mark.parametrize(("shape", "knot"), [("piecewise", None), ("linear", 4.0)])
def test_a_knot_belongs_to_piecewise_time_alone(shape: str, knot: float | None) -> None:
    with pytest.raises(ValueError, match="knot"):
        time_columns(pd.Series([0.0], name="week"), shape=shape, knot=knot)  # type: ignore[arg-type]


def test_logarithmic_time_does_not_start_before_zero() -> None:
    with pytest.raises(ValueError, match="negative"):
        time_columns(pd.Series([-3.0], name="week"), shape="log")


def test_clients_of_other_groups_are_left_out_and_counted() -> None:
    growth = fit_growth(course(), "score", time="week", groups=GROUPS)
    assert growth.n_other == 20
    assert growth.moderator is not None
    assert growth.moderator.clients == (("overdependent", 20), ("overindependent", 20))
    assert growth.model.n == 40 * 6


def test_the_difference_is_that_of_the_simple_slopes() -> None:
    growth = fit_growth(course(), "score", time="week", groups=GROUPS)
    a, b = growth.slopes
    assert growth.differences[0].estimate == pytest.approx(a.estimate - b.estimate)


def test_change_over_a_span_is_the_sum_of_its_pieces() -> None:
    growth = fit_growth(
        course(), "score", time="week", shape="piecewise", knot=2.0, groups=GROUPS, therapist=None
    )
    before, after, *_ = growth.slopes
    change = growth.change(5.0)["overdependent"]
    assert change.estimate == pytest.approx(2 * before.estimate + 3 * after.estimate)
    start, end, *_ = predict_trajectory(growth, [0.0, 5.0])
    assert change.estimate == pytest.approx(end.mean.estimate - start.mean.estimate)
    early, late = (growth.difference_in_change(end, since=end - 2) for end in (2.0, 5.0))
    for told, slope in zip((early, late), growth.differences, strict=True):
        assert told.estimate == pytest.approx(2 * slope.estimate)
        assert told.se == pytest.approx(2 * slope.se)
        assert told.p_value == pytest.approx(slope.p_value)


def test_a_course_that_was_compared_over_nothing_has_no_difference() -> None:
    growth = fit_growth(course(), "score", time="week", therapist=None)
    assert list(growth.change(5.0)) == ["all"]
    with pytest.raises(ValueError, match="compared over nothing"):
        growth.difference_in_change(5.0)


def test_simple_slopes_of_a_moderator_span_two_standard_deviations() -> None:
    rows = course()
    growth = fit_growth(rows, "score", time="week", moderator="anxiety")
    sd = rows.drop_duplicates("client_id")["anxiety"].std()
    low, middle, high = growth.slopes
    per_unit = growth.differences[0].estimate
    assert high.estimate - low.estimate == pytest.approx(2 * sd * per_unit)
    assert middle.estimate == pytest.approx((low.estimate + high.estimate) / 2)
    assert per_unit == pytest.approx(-0.4, abs=0.15)


def led_course(
    seed: int, *, therapists: int = 16, spread: float, weeks: tuple[int, ...] = (0, 4, 12, 26)
) -> pd.DataFrame:
    """Groups that whole therapists form, whose clients change alike by this spread."""
    rng = np.random.default_rng(seed)
    clients = 10 * therapists
    client, week = np.repeat(np.arange(clients), len(weeks)), np.tile(weeks, clients)
    slope = rng.normal(-1, spread, therapists)[np.arange(clients) % therapists]
    level = 20 + rng.normal(0, 3, clients)
    noise = rng.normal(0, 2, client.size)
    return pd.DataFrame(
        {
            "client_id": client,
            "therapist_id": client % therapists,
            "week": week.astype(float),
            "presentation": np.where(client % therapists % 2, *GROUPS[1:]),
            "score": level[client] + slope[client] * np.log1p(week) + noise,
        }
    )


def test_therapists_whose_clients_change_alike_make_a_comparison_less_sure() -> None:
    rows = led_course(2, spread=1.0)
    growth = fit_growth(rows, "score", time="week", shape="log", groups=GROUPS)
    assert has_own_courses(growth.model)
    within = rows.assign(week_log=np.log1p(rows["week"]))
    slopes = within.groupby(["therapist_id", "presentation"]).apply(
        lambda own: np.polyfit(own["week_log"], own["score"], 1)[0], include_groups=False
    )
    of_groups = slopes.groupby("presentation")
    by_hand = np.sqrt((of_groups.var() / of_groups.size()).sum())
    assert growth.differences[0].se == pytest.approx(by_hand, rel=0.1)
    assert growth.differences[0].df <= 14


@pytest.mark.parametrize(("therapists", "has_courses"), [(7, False), (8, True)])
def test_few_therapists_have_no_courses_of_their_own(therapists: int, has_courses: bool) -> None:
    rows = led_course(2, therapists=therapists, spread=1.0)
    growth = fit_growth(rows, "score", time="week", shape="log", groups=GROUPS)
    assert has_own_courses(growth.model) == has_courses


def test_therapists_whose_courses_do_not_vary_keep_their_levels_and_few_degrees_of_freedom() -> (
    None
):
    rows = led_course(2, spread=0.0)
    taken = rows.groupby(["therapist_id", "week"])["score"].transform("mean")
    flat = rows.assign(
        score=rows["score"] - taken + rows.groupby("week")["score"].transform("mean")
    )
    growth = fit_growth(flat, "score", time="week", shape="log", groups=GROUPS)
    assert not has_own_courses(growth.model)
    assert growth.differences[0].df == 14
    assert [slope.df for slope in growth.slopes] == [14, 14]


def test_growth_without_comparison_has_one_slope() -> None:
    growth = fit_growth(course(), "score", time="week", therapist=None)
    assert [term.name for term in growth.slopes] == ["week"]
    assert growth.differences == ()


def test_a_refused_growth_has_no_slopes() -> None:
    growth = fit_growth(course().assign(score=1.0), "score", time="week", groups=GROUPS)
    assert (growth.model.status, growth.slopes, growth.differences) == ("refused", (), ())


def test_an_empty_group_is_named() -> None:
    groups = ("presentation", "overdependent", "interdependent")
    with pytest.raises(ValueError, match="interdependent"):
        fit_growth(course(), "score", time="week", groups=groups)


def test_groups_and_moderator_exclude_each_other() -> None:
    with pytest.raises(ValueError, match="not by both"):
        fit_growth(course(), "score", time="week", groups=GROUPS, moderator="anxiety")


def test_trajectories_follow_the_simple_slopes() -> None:
    growth = fit_growth(course(), "score", time="week", groups=GROUPS, covariates=["age"])
    points = predict_trajectory(growth, [0.0, 5.0])
    assert [(p.level, p.time) for p in points][:2] == [("overdependent", 0), ("overdependent", 5)]
    rise = points[1].mean.estimate - points[0].mean.estimate
    assert rise == pytest.approx(5 * growth.slopes[0].estimate)
    assert points[0].mean.interval.low < points[0].mean.estimate


def test_trajectories_do_not_depend_on_where_a_covariate_starts() -> None:
    rows = course()
    later = rows.assign(age=rows["age"] + 100)
    first, second = (
        fit_growth(frame, "score", time="week", covariates=["age"]) for frame in (rows, later)
    )
    assert predict_trajectory(first, [3.0])[0].mean.estimate == pytest.approx(
        predict_trajectory(second, [3.0])[0].mean.estimate
    )


@pytest.mark.parametrize("shape", ["linear", "log", "piecewise"])
def test_every_shape_predicts_the_level_at_the_start(shape: str) -> None:
    knot = 3.0 if shape == "piecewise" else None
    growth = fit_growth(course(), "score", time="week", shape=shape, knot=knot)  # type: ignore[arg-type]
    start = predict_trajectory(growth, [0.0])[0].mean
    assert start.estimate == pytest.approx(growth.model.term("(Intercept)").estimate)


def test_within_and_between_add_up_and_missing_values_stay_missing() -> None:
    rows = pd.DataFrame({"client_id": ["a", "a", "a", "b"], "need": [1.0, np.nan, 5.0, np.nan]})
    split = center_within(rows, "need", by="client_id")
    assert split["need_between"].tolist()[:3] == [3.0, 3.0, 3.0]
    assert split["need_within"].isna().tolist() == [False, True, False, True]
    assert np.isnan(split["need_between"].iloc[3])


def test_detrending_takes_the_line_of_each_client_away() -> None:
    day = np.tile(np.arange(10.0) * 7, 3)
    client = np.repeat(["a", "b", "c"], 10)
    wave = np.tile(np.sin(np.arange(10)), 3)
    slope = np.repeat([0.1, -0.3, 0.0], 10)
    rows = pd.DataFrame({"client_id": client, "day": day, "need": 2 + slope * day + wave})
    detrended = detrend_within(rows, "need", by="client_id", time="day")["need_detrended"]
    line = np.polynomial.polynomial.polyfit(day[:10], wave[:10], 1)
    expected = wave[:10] - np.polynomial.polynomial.polyval(day[:10], line)
    for start in (0, 10, 20):
        assert detrended[start : start + 10].tolist() == pytest.approx(expected.tolist())


def test_detrending_leaves_short_series_and_missing_values_empty() -> None:
    rows = pd.DataFrame(
        {
            "client_id": ["a"] * 9 + ["b"] * 7,
            "day": [*np.arange(9.0), *np.arange(7.0)],
            "need": [np.nan, *np.arange(8.0) ** 2, *np.arange(7.0)],
        }
    )
    detrended = detrend_within(rows, "need", by="client_id", time="day")["need_detrended"]
    assert detrended.isna().tolist() == [True] + [False] * 8 + [True] * 7
    assert detrended.sum() == pytest.approx(0.0)


def test_detrending_needs_time_to_pass() -> None:
    rows = pd.DataFrame({"client_id": "a", "day": 3.0, "need": np.arange(8.0)})
    detrended = detrend_within(rows, "need", by="client_id", time="day")
    assert detrended["need_detrended"].isna().all()
