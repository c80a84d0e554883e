"""Whether a plan can be carried out in its study: every name is there, every bound is possible."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from instruments.errors import PlanError, StudyError, suggest
from reports.analyses._planned import RowName, rows_of
from reports.declarations import PRESENTATIONS, Outcome, PresentationRule
from reports.plan import Exclusion, Hypothesis, Plan
from reports.rule_fit import check_rule

INTAKE = "intake"


@dataclass(frozen=True)
class KnownScale:
    """One scale of the study: its form, when it is filled in, and its range where that is known."""

    instrument: str
    occasions: tuple[str, ...]
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class KnownStudy:
    """What a plan may name: scales, attributes (``number`` or ``code``), occasions in order."""

    scales: Mapping[str, KnownScale]
    attributes: Mapping[str, str]
    occasions: tuple[str, ...]

    def place_in_time(self, occasion: str) -> int:
        """Return the place of an occasion in the order of time; unknown ones come last."""
        known = self.occasions
        return known.index(occasion) if occasion in known else len(known)


def check_plan(plan: Plan, known: KnownStudy) -> None:
    """Refuse a plan that cannot be carried out, with the nearest valid name.

    Raises
    ------
    PlanError
        ``E_PLAN_SCALE``, ``E_PLAN_OCCASION``, ``E_PLAN_ATTRIBUTE``, ``E_PLAN_GROUP``,
        ``E_PLAN_OUTCOME``, ``E_PLAN_FAMILY``: something named is not there; ``E_PLAN_BOUND``: no
        score could be so far apart; ``E_PLAN_TWICE``: a name stands twice, or two hypotheses would
        have one answer; ``E_PLAN_CIRCULAR``,
        ``E_PLAN_LANDMARK``: the outcome is part of the rule or comes before it is known;
        ``E_PLAN_COVARIATE``: something that is adjusted for comes too late; ``E_PLAN_RULE``: the
        presentation rule cannot be used.
    """
    _check_rule(plan, known)
    _check_twice("outcome", [outcome.name for outcome in plan.outcome])
    _check_twice("family", [family.id for family in plan.family])
    _check_twice("hypothesis", [one.id for one in plan.hypothesis])
    for outcome in plan.outcome:
        check_outcome(plan.presentation, outcome, known)
    for hypothesis in plan.hypothesis:
        _check_hypothesis(plan, hypothesis, known)
    _check_questions(plan)
    _check_families(plan)
    for exclusion in plan.exclusion:
        _check_exclusion(plan, exclusion, known)


def _fault(code: str, what: str, where: str, fix: str) -> PlanError:
    return PlanError(code, what, where=f"plan.toml, {where}", fix=fix)


def _choose(wrong: str, valid: Iterable[str]) -> str:
    """Say the nearest valid name, or all of them where none is near."""
    names = list(valid)
    return suggest(wrong, names) or f"Known here: {', '.join(names) or 'none'}."


def _check_rule(plan: Plan, known: KnownStudy) -> None:
    forms = {name: scale.instrument for name, scale in known.scales.items()}
    try:
        check_rule(plan.presentation, forms)
    except StudyError as error:
        raise _fault("E_PLAN_RULE", error.what, error.where, error.fix) from None
    landmark = plan.presentation.landmark
    for scale in plan.presentation.scales:
        _check_occasion(scale, landmark, known, "[presentation] landmark")
    cuts = plan.presentation.cut
    if not isinstance(cuts, str):
        for scale, cut in zip(plan.presentation.scales, cuts, strict=False):
            _check_within(scale, cut, known)


def _check_within(scale: str, cut: float, known: KnownStudy) -> None:
    found = known.scales[scale]
    if found.low is None or found.high is None or found.low < cut <= found.high:
        return
    raise _fault(
        "E_PLAN_BOUND",
        f'The cut {cut:g} of "{scale}" lies outside its scores',
        "[presentation] cut",
        f"Scores go from {found.low:g} to {found.high:g} here.",
    )


def _check_twice(section: str, names: Sequence[str]) -> None:
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise _fault(
            "E_PLAN_TWICE", f'The {section} "{repeated[0]}" stands twice', f"[[{section}]]",
            "Keep one.",
        )  # fmt: skip


def check_outcome(rule: PresentationRule, outcome: Outcome, known: KnownStudy) -> None:
    """Refuse an outcome that cannot be planned with a presentation rule; errors as `check_plan`."""
    where = f'[[outcome]] "{outcome.name}"'
    if outcome.scale is None:
        _check_attribute(str(outcome.attribute), known, where, kind="number")
    else:
        _check_scale(outcome.scale, known, where)
        _check_occasion(outcome.scale, outcome.occasion, known, where)
        _check_order(rule, outcome, known, where)
        _check_bound(outcome, known.scales[outcome.scale], where)
    for covariate in outcome.covariates:
        _check_covariate(rule, outcome, covariate, known)


def _check_attribute(name: str, known: KnownStudy, where: str, *, kind: str | None = None) -> None:
    valid = [one for one, found in known.attributes.items() if kind in (None, found)]
    if name not in valid:
        what = f'No source of this study declares the attribute "{name}"'
        if name in known.attributes:
            what = f'The attribute "{name}" is a code, not a number'
        raise _fault("E_PLAN_ATTRIBUTE", what, where, _choose(name, sorted(valid)))


def _check_scale(name: str, known: KnownStudy, where: str) -> None:
    if name not in known.scales:
        raise _fault(
            "E_PLAN_SCALE", f'No form of this study has the scale "{name}"', where,
            _choose(name, sorted(known.scales)),
        )  # fmt: skip


def _check_occasion(scale: str, occasion: str, known: KnownStudy, where: str) -> None:
    valid = known.scales[scale].occasions
    if occasion not in valid:
        raise _fault(
            "E_PLAN_OCCASION", f'"{scale}" is not filled in at an occasion "{occasion}"', where,
            _choose(occasion, valid),
        )  # fmt: skip


def _check_order(rule: PresentationRule, outcome: Outcome, known: KnownStudy, where: str) -> None:
    if outcome.scale in rule.scales:
        raise _fault(
            "E_PLAN_CIRCULAR", f'"{outcome.scale}" is part of the presentation rule', where,
            "Choose an outcome that the groups were not made from.",
        )  # fmt: skip
    if known.place_in_time(outcome.occasion) < known.place_in_time(rule.landmark):
        raise _fault(
            "E_PLAN_LANDMARK",
            f'The outcome comes before the landmark "{rule.landmark}", at which groups are known',
            where, "Choose a later occasion, or an earlier landmark.",
        )  # fmt: skip


def _check_bound(outcome: Outcome, scale: KnownScale, where: str) -> None:
    if scale.low is None or scale.high is None:
        return
    if outcome.smallest_effect >= scale.high - scale.low:
        raise _fault(
            "E_PLAN_BOUND",
            f"A smallest effect of {outcome.smallest_effect:g} points is impossible",
            f"{where} smallest_effect",
            f"Scores go from {scale.low:g} to {scale.high:g} here.",
        )


def _check_covariate(
    rule: PresentationRule, outcome: Outcome, name: str, known: KnownStudy
) -> None:
    where = f'[[outcome]] "{outcome.name}" covariates'
    scale, _, occasion = name.partition("@")
    if not occasion:
        _check_attribute(name, known, where)
        return
    _check_scale(scale, known, where)
    _check_occasion(scale, occasion, known, where)
    late = known.place_in_time(occasion) > known.place_in_time(rule.landmark)
    if late or scale in rule.scales:
        why = "comes after the landmark" if late else "is part of the presentation rule"
        raise _fault(
            "E_PLAN_COVARIATE", f'"{name}" {why}, so groups cannot be compared at its equal values',
            where, "Adjust for what was known at the landmark and did not make the groups.",
        )  # fmt: skip


def _check_hypothesis(plan: Plan, hypothesis: Hypothesis, known: KnownStudy) -> None:
    where = f'[[hypothesis]] "{hypothesis.id}"'
    names = [outcome.name for outcome in plan.outcome]
    if hypothesis.outcome not in names:
        raise _fault(
            "E_PLAN_OUTCOME", f'No [[outcome]] of the plan is "{hypothesis.outcome}"',
            f"{where} outcome", _choose(hypothesis.outcome, names),
        )  # fmt: skip
    families = [family.id for family in plan.family]
    if hypothesis.family not in families:
        raise _fault(
            "E_PLAN_FAMILY", f'No [[family]] of the plan is "{hypothesis.family}"',
            f"{where} family", _choose(hypothesis.family, families),
        )  # fmt: skip
    _check_contrast(plan, hypothesis, where)
    if hypothesis.question == "course":
        _check_course(plan, hypothesis, known, where)


def _check_contrast(plan: Plan, hypothesis: Hypothesis, where: str) -> None:
    valid = [name for name in PRESENTATIONS if name not in _impossible(plan)]
    for group in hypothesis.contrast:
        if group not in valid:
            raise _fault(
                "E_PLAN_GROUP", f'The rule of this plan gives no group "{group}"',
                f"{where} contrast", _choose(group, valid),
            )  # fmt: skip
    if len(set(hypothesis.contrast)) == 1:
        raise _fault(
            "E_PLAN_GROUP", "A group cannot be compared with itself", f"{where} contrast",
            "Name two groups.",
        )  # fmt: skip
    pair = ("overdependent", "overindependent")
    if hypothesis.question == "course" and set(hypothesis.contrast) != set(pair):
        raise _fault(
            "E_PLAN_GROUP", "Courses are compared between the two extreme groups only",
            f"{where} contrast", f'Write contrast = ["{pair[0]}", "{pair[1]}"].',
        )  # fmt: skip


def _impossible(plan: Plan) -> Collection[str]:
    # A client too close to a cut is in no group that could be compared.
    return {"indeterminate"} | (
        {"interdependent"} if plan.presentation.interdependence is None else set()
    )


def _check_course(plan: Plan, hypothesis: Hypothesis, known: KnownStudy, where: str) -> None:
    scale = plan.outcome_of(hypothesis).scale
    if scale is None or len(known.scales[scale].occasions) < 2:
        raise _fault(
            "E_PLAN_OCCASION", f'"{hypothesis.outcome}" is measured once, so it has no course',
            where, "Choose an outcome with two occasions or more.",
        )  # fmt: skip


def _check_questions(plan: Plan) -> None:
    """Refuse two hypotheses with one answer: it would count for one of them only."""
    first: dict[RowName, str] = {}
    for one in plan.hypothesis:
        for name in rows_of(one):
            if first.setdefault(name, one.id) != one.id:
                raise _fault(
                    "E_PLAN_TWICE",
                    f'The hypotheses "{first[name]}" and "{one.id}" would have the same answer',
                    f'[[hypothesis]] "{one.id}"', f"Keep one.{_which(one)}",
                )  # fmt: skip


def _which(one: Hypothesis) -> str:
    return " An outcome has one course, in one shape." if one.question == "course" else ""


def _check_families(plan: Plan) -> None:
    used = {hypothesis.family for hypothesis in plan.hypothesis}
    empty = [family.id for family in plan.family if family.id not in used]
    if empty:
        raise _fault(
            "E_PLAN_FAMILY", f'The family "{empty[0]}" has no members', "[[family]]",
            "Name it in a hypothesis, or remove it.",
        )  # fmt: skip


def _check_exclusion(plan: Plan, exclusion: Exclusion, known: KnownStudy) -> None:
    where = f'[[exclusion]] "{exclusion.reason}"'
    if exclusion.scale is not None:
        _check_scale(exclusion.scale, known, where)
        _check_occasion(exclusion.scale, plan.presentation.landmark, known, where)
        kind = "number"
    else:
        name = str(exclusion.attribute)
        _check_attribute(name, known, where)
        kind = known.attributes[name]
    has_limits = exclusion.below is not None or exclusion.above is not None
    if (kind == "number") != has_limits or bool(exclusion.is_one_of) == has_limits:
        wanted = "below or above" if kind == "number" else "is_one_of"
        raise _fault(
            "E_PLAN_EXCLUSION", f"This exclusion is of a {kind}, so it needs {wanted} alone", where,
            f"Write {wanted} and nothing else.",
        )  # fmt: skip
    _check_limits(exclusion, where)


def _check_limits(exclusion: Exclusion, where: str) -> None:
    low, high = exclusion.below, exclusion.above
    if low is not None and high is not None and low > high:
        raise _fault(
            "E_PLAN_BOUND", "This exclusion would leave nobody: below is higher than above", where,
            "Clients from below to above are kept.",
        )  # fmt: skip
