"""What a study file says of its comparison: presentation rule, outcomes, families."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from instruments.checks import MisfitError

RULES = ("attachment", "relationship-profile", "care-dependency", "attachment-to-therapist")
PRESENTATIONS = (
    "overdependent",
    "overindependent",
    "mixed",
    "interdependent",
    "neither",
    "indeterminate",
)
RuleName = Literal[
    "attachment", "relationship-profile", "care-dependency", "attachment-to-therapist"
]
# ``ecr.anxiety``; of a form that is about several people, or by several, ``ecr_rs.anxiety:mother``.
ScaleName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*(:[a-z][a-z0-9_]*)?$")]


class Declaration(BaseModel):
    """A section of the study file: unknown keys are errors, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class PresentationRule(Declaration):
    """`[presentation]`: the declared rule that says who presents as dependent or independent.

    ``dependence`` and ``independence`` name a scale each (``ecr.anxiety``, ``ecr.avoidance``);
    ``interdependence`` one that gives positive evidence (``rpt.healthy_dependency``). ``cut`` is
    ``midpoint`` (of the declared range), ``median`` (exact, of the clients with both scores) or a
    number for each scale; a score at the cut is above it. ``grey_zone`` is in scale points on both
    sides of the cut: one standard error of measurement from published norms, or 0. ``landmark``
    is the occasion at which the rule is known: outcomes come after it.
    """

    rule: RuleName
    dependence: ScaleName
    independence: ScaleName
    interdependence: ScaleName | None = None
    cut: Literal["midpoint", "median"] | tuple[float, float] = "midpoint"
    interdependence_cut: float | None = None
    grey_zone: tuple[float, float] = (0.0, 0.0)
    landmark: str = "intake"
    complete_only: bool = False

    @model_validator(mode="after")
    def _interdependence_needs_evidence(self) -> PresentationRule:
        if (self.interdependence is None) != (self.interdependence_cut is None):
            has_scale = self.interdependence is not None
            raise MisfitError(
                "interdependence and interdependence_cut go together",
                "interdependence_cut" if has_scale else "interdependence",
            )
        return self

    @property
    def scales(self) -> tuple[str, ...]:
        """The scales that the rule is made of; none of them can be its outcome."""
        chosen = (self.dependence, self.independence, self.interdependence)
        return tuple(name for name in chosen if name is not None)


class Outcome(Declaration):
    """`[[outcome]]`: one scale, or one declared attribute of clients, to be compared.

    ``smallest_effect`` is the smallest effect of interest in points of the scale: the bound of
    the equivalence test. ``primary`` outcomes are the family that Holm's adjustment covers.
    ``covariates`` are attributes and earlier scores (``age``, ``phq_9.total@intake``) at equal
    values of which groups are compared too, besides the outcome's own value at intake.
    """

    scale: ScaleName | None = None
    attribute: str | None = None
    occasion: str = "intake"
    smallest_effect: float = Field(gt=0)
    primary: bool = True
    label: str | None = None
    covariates: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _names_one_thing(self) -> Outcome:
        if (self.scale is None) == (self.attribute is None):
            raise MisfitError("an outcome names either a scale or an attribute", "scale")
        return self

    @property
    def name(self) -> str:
        """``core_10.total@end`` or ``age``: how estimates call this outcome."""
        return f"{self.scale}@{self.occasion}" if self.scale else str(self.attribute)


def level_of(alpha: float) -> float:
    """Return the level of the intervals that keep off zero where a test at alpha finds something.

    >>> level_of(0.05), level_of(0.3)
    (0.95, 0.7)
    """
    return round(1 - alpha, 10)


Shape = Literal["linear", "log", "piecewise"]
KnotTime = Annotated[float | None, Field(default=None, gt=0)]


@dataclass(frozen=True)
class CourseShape:
    """How time enters a course; of two pieces, when they meet, in weeks or sessions."""

    shape: Shape = "log"
    knot: float | None = None


# Fast at first and slowing, where nothing else is declared.
SLOWING = CourseShape()


def require_knot(shape: Shape, knot: float | None) -> None:
    """Refuse a piecewise course without a knot, and a knot in any other."""
    if shape == "piecewise" and knot is None:
        raise MisfitError("a piecewise course says when its two pieces meet: knot = 8", "knot")
    if shape != "piecewise" and knot is not None:
        raise MisfitError(f"a {shape} course has no knot; only a piecewise one has", "knot")


class Comparison(Declaration):
    """`[comparison]`: what holds for every outcome.

    ``ci_level``, that of intervals, is 1 - ``alpha``, the level of tests.
    ``course`` is the shape of trajectories: ``log``, fast at first and slowing, ``linear``, or
    ``piecewise``, linear in two pieces that meet at ``knot`` (weeks since the landmark, or sessions
    where no days are known).
    ``dependency`` names the scale whose reliable change stands beside that of the outcomes on the
    answer page; it may not be part of the presentation rule.
    """

    ci_level: float = Field(default=0.95, gt=0.5, lt=1)
    alpha: float = Field(default=0.05, gt=0, lt=0.5)
    course: Shape = "log"
    knot: KnotTime = None
    dependency: ScaleName | None = None

    @model_validator(mode="after")
    def _has_a_knot_where_it_bends(self) -> Comparison:
        require_knot(self.course, self.knot)
        return self

    @property
    def course_shape(self) -> CourseShape:
        """The shape of courses with its knot."""
        return CourseShape(self.course, self.knot)
