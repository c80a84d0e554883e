"""The analysis plan: what was decided before the outcomes were seen, and what has changed in it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import (
    Field,
    SerializerFunctionWrapHandler,
    model_serializer,
    model_validator,
)

from instruments.checks import MisfitError
from reports.declarations import (
    CourseShape,
    Declaration,
    KnotTime,
    Outcome,
    PresentationRule,
    ScaleName,
    Shape,
    require_knot,
)

QuestionKind = Literal["groups", "dependence", "four_groups", "course", "u_shape"]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,40}$")]
# What one hypothesis adds to its family: a difference is tested, and so is equivalence.
TESTS_OF: Mapping[QuestionKind, int] = {
    "groups": 2, "dependence": 1, "four_groups": 1, "course": 2, "u_shape": 1,
}  # fmt: skip


class PlanFacts(Declaration):
    """`[plan]`: its title, the level of its tests, and the power that it wants."""

    title: str = Field(min_length=1)
    alpha: float = Field(default=0.05, gt=0, lt=0.5)
    power: float = Field(default=0.80, gt=0.5, lt=1)


class Family(Declaration):
    """`[[family]]`: hypotheses that are adjusted together."""

    id: Name
    adjust: Literal["holm", "benjamini_hochberg"] = "holm"


class Hypothesis(Declaration):
    """`[[hypothesis]]`: one question of the plan, and the one estimate that answers it.

    ``groups`` compares the two presentations of ``contrast``, ``dependence`` relates the rule's
    continuous scale (``predictor``) to the outcome, ``four_groups`` compares all presentations,
    ``course`` asks whether the two groups change differently (in ``shape``, which meets at ``knot``
    where it is piecewise), and ``u_shape`` whether the outcome turns over dependence.
    """

    id: Name
    says: str = Field(min_length=1)
    question: QuestionKind
    outcome: str
    family: Name
    contrast: tuple[str, str] = ("overdependent", "overindependent")
    predictor: Literal["dependence", "independence", "dependence x independence"] = "dependence"
    method: Literal["welch", "mixed_model"] = "welch"
    shape: Shape = "log"
    knot: KnotTime = None

    @model_validator(mode="after")
    def _has_a_knot_where_it_bends(self) -> Hypothesis:
        require_knot(self.shape, self.knot)
        return self

    @model_serializer(mode="wrap")
    def _without_an_empty_knot(self, serialize: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Say of a course without a knot what was said, and locked, before there were knots."""
        content: dict[str, Any] = serialize(self)
        return {name: value for name, value in content.items() if (name, value) != ("knot", None)}

    @property
    def course_shape(self) -> CourseShape:
        """The shape of the course with its knot."""
        return CourseShape(self.shape, self.knot)


class Exclusion(Declaration):
    """`[[exclusion]]`: clients who are left out, by an attribute or by a score at the landmark.

    A client is excluded whose value is below ``below``, above ``above``, or one of ``is_one_of``.
    """

    reason: str = Field(min_length=1)
    attribute: str | None = None
    scale: ScaleName | None = None
    below: float | None = None
    above: float | None = None
    is_one_of: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _says_who(self) -> Exclusion:
        if (self.attribute is None) == (self.scale is None):
            raise MisfitError("an exclusion names either an attribute or a scale", "attribute")
        limits = [self.below, self.above]
        if limits == [None, None] and not self.is_one_of:
            raise MisfitError("an exclusion needs below, above or is_one_of", "below")
        return self


class Plan(Declaration):
    """The sections of `plan.toml`."""

    plan: PlanFacts
    presentation: PresentationRule
    outcome: tuple[Outcome, ...] = Field(min_length=1)
    family: tuple[Family, ...] = Field(min_length=1)
    hypothesis: tuple[Hypothesis, ...] = Field(min_length=1)
    exclusion: tuple[Exclusion, ...] = ()

    @property
    def digest(self) -> str:
        """The SHA-256 of what the plan says, whatever its comments and its order of keys."""
        return hashlib.sha256(canonical(self.content).encode()).hexdigest()

    @property
    def content(self) -> dict[str, Any]:
        """Everything that the plan says, as JSON holds it."""
        return self.model_dump(mode="json")

    def outcome_of(self, hypothesis: Hypothesis) -> Outcome:
        """Return the outcome that a hypothesis is about."""
        return next(one for one in self.outcome if one.name == hypothesis.outcome)

    def members_of(self, family: str) -> tuple[Hypothesis, ...]:
        """Return the hypotheses of a family."""
        return tuple(one for one in self.hypothesis if one.family == family)

    def count_tests(self, family: str) -> int:
        """Return how many tests a family is adjusted for."""
        return sum(TESTS_OF[one.question] for one in self.members_of(family))


def canonical(content: object) -> str:
    """Return a value as JSON that is the same for the same content."""
    return json.dumps(content, sort_keys=True, ensure_ascii=False)


def substance_of(content: Mapping[str, Any], hypothesis: str) -> str | None:
    """Return everything in a plan that the answer to one hypothesis rests on, None without it.

    Two versions of a plan mean the same by a hypothesis where this is the same.
    """
    found = [one for one in content["hypothesis"] if one["id"] == hypothesis]
    if not found:
        return None
    named = [
        outcome for outcome in content["outcome"] if name_outcome(outcome) == found[0]["outcome"]
    ]
    family = [one for one in content["family"] if one["id"] == found[0]["family"]]
    shared = [content[name] for name in ("presentation", "exclusion")]
    return canonical([found, named, family, *shared, content["plan"]["alpha"]])


def keeps_family(before: Mapping[str, Any], after: Mapping[str, Any], family: str) -> bool:
    """Tell whether every hypothesis that a family had before means the same in it after.

    A family that lost a member is adjusted for fewer tests. What was added makes the others no
    easier to confirm.
    """
    members = [one["id"] for one in before["hypothesis"] if one["family"] == family]
    return all(substance_of(before, name) == substance_of(after, name) for name in members)


def name_outcome(outcome: Mapping[str, Any]) -> str:
    """Return what an outcome is called, from its content."""
    return Outcome.model_validate(outcome).name


def describe_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, ...]:
    """Return in words what differs between the contents of two plans, in the order of the file.

    Examples
    --------
    >>> before = {"plan": {"alpha": 0.05}, "hypothesis": [{"id": "h1", "says": "a"}]}
    >>> after = {"plan": {"alpha": 0.01}, "hypothesis": []}
    >>> describe_changes(before, after)
    ('plan: alpha was 0.05, is 0.01', 'hypothesis "h1" is gone')
    """
    sections = [*before, *(name for name in after if name not in before)]
    return tuple(
        line
        for section in sections
        for line in _changes_of(section, before.get(section), after.get(section))
    )


def _changes_of(section: str, before: Any, after: Any) -> Iterator[str]:
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        yield from _key_changes(section, before, after)
        return
    old, new = (_by_name(section, entries or []) for entries in (before, after))
    yield from (f'{section} "{name}" is gone' for name in old if name not in new)
    yield from (f'{section} "{name}" is new' for name in new if name not in old)
    for name in old:
        if name in new:
            yield from _key_changes(f'{section} "{name}"', old[name], new[name])


def _by_name(section: str, entries: Any) -> dict[str, Mapping[str, Any]]:
    def name(entry: Mapping[str, Any]) -> str:
        return name_outcome(entry) if section == "outcome" else str(
            entry.get("id") or entry.get("reason")
        )  # fmt: skip

    return {name(entry): entry for entry in entries}


def _key_changes(where: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    for key in [*before, *(key for key in after if key not in before)]:
        old, new = before.get(key), after.get(key)
        if old != new:
            yield f"{where}: {key} was {_said(old)}, is {_said(new)}"


def _said(value: Any) -> str:
    return "not given" if value is None else json.dumps(value, ensure_ascii=False)
