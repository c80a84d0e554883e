"""How time enters the course of an outcome: its name, its growth, and what stands beside it."""

from __future__ import annotations

from typing import Any

from reports.declarations import CourseShape

_NAMES = {"log": "logarithmic time", "linear": "linear time", "piecewise": "piecewise linear time"}


def name_time(course: CourseShape) -> str:
    """Return how time enters, in words: "piecewise linear time with a knot at 8"."""
    knot = "" if course.knot is None else f" with a knot at {course.knot:g}"
    return _NAMES[course.shape] + knot


def other_shape(course: CourseShape) -> CourseShape:
    """Return the shape that is tried beside this one: whether the answer rests on it."""
    return CourseShape("log" if course.shape == "linear" else "linear")


def growth_in(course: CourseShape) -> dict[str, Any]:
    """Return the shape as arguments of `fit_growth` and of the functions of `time_shape`."""
    return {"shape": course.shape, "knot": course.knot}


def can_differ_between_clients(most_scores: int, course: CourseShape) -> bool:
    """Tell whether clients can have courses of their own.

    Two scores of a client hold one change: a slope of their own would leave no residual.
    """
    return most_scores > (2 if course.knot is None else 3)
