"""Which scales a presentation rule can be made of, and from when on it can be known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from instruments.errors import StudyError, suggest
from instruments.scale_names import scale_parts
from reports.declarations import PresentationRule

# These ask about a therapist whom the client has not met at intake.
_NEEDS_A_THERAPIST = ("cdq", "cats")


@dataclass(frozen=True)
class _Part:
    """The scales that can be one part of a rule: families of forms, ids of scales, in words."""

    families: tuple[str, ...]
    scales: tuple[str, ...] | None
    words: str

    def takes(self, scale: str, instrument: str) -> bool:
        """Tell whether a scale of a form can be this part."""
        right_form = any(_is_of(instrument, family) for family in self.families)
        return right_form and (self.scales is None or scale_parts(scale).scale in self.scales)


def _is_of(instrument: str, family: str) -> bool:
    return instrument == family or instrument.startswith(f"{family}_")


_HEALTHY = _Part(("rpt",), ("healthy_dependency",), "healthy dependency of the RPT")
_SECURE = _Part(("cats",), ("secure",), "the secure scale of the CATS")
_EITHER = _Part(
    ("rpt", "cats"), ("healthy_dependency", "secure"), "healthy dependency (RPT) or secure (CATS)"
)
_ECR_AVOIDANCE = _Part(("ecr",), ("avoidance",), "the avoidance scale of an ECR form")

_FITS: Mapping[str, Mapping[str, _Part]] = {
    "attachment": {
        "dependence": _Part(("ecr",), ("anxiety",), "the anxiety scale of an ECR form"),
        "independence": _ECR_AVOIDANCE,
        "interdependence": _EITHER,
    },
    "relationship-profile": {
        "dependence": _Part(
            ("rpt",), ("destructive_overdependence",), "destructive overdependence of the RPT"
        ),
        "independence": _Part(
            ("rpt",), ("dysfunctional_detachment",), "dysfunctional detachment of the RPT"
        ),
        "interdependence": _HEALTHY,
    },
    "care-dependency": {
        "dependence": _Part(("cdq",), None, "a scale of the CDQ"),
        "independence": _Part(
            ("ecr", "cats"),
            ("avoidance", "avoidant_fearful"),
            "an avoidance scale (ECR forms, or avoidant-fearful of the CATS)",
        ),
        "interdependence": _EITHER,
    },
    "attachment-to-therapist": {
        "dependence": _Part(("cats",), ("preoccupied_merger",), "preoccupied-merger of the CATS"),
        "independence": _Part(("cats",), ("avoidant_fearful",), "avoidant-fearful of the CATS"),
        "interdependence": _SECURE,
    },
}


def check_rule(rule: PresentationRule, known: Mapping[str, str]) -> None:
    """Refuse a rule whose scales do not fit it, are not in the study, or come too early.

    ``known`` maps the scales of the study to the ids of their forms.
    """
    for part, fit in _FITS[rule.rule].items():
        scale = getattr(rule, part)
        if scale is not None:
            _check_part(rule, part, fit, known)
    _check_landmark(rule, known)
    _check_grey_zone(rule)


def _check_part(rule: PresentationRule, part: str, fit: _Part, known: Mapping[str, str]) -> None:
    scale = str(getattr(rule, part))
    fitting = sorted(name for name, form in known.items() if fit.takes(name, form))
    where = f"[presentation] {part}"
    advice = f"It takes {fit.words}."
    if fitting:
        nearest = suggest(scale, fitting) or f'Did you mean "{fitting[0]}"?'
        advice = f"{advice} {nearest}"
    if scale not in known:
        what = f'No form of this study has a scale "{scale}".'
        raise StudyError("E_RULE_SCALE", what, where=where, fix=advice)
    if scale not in fitting:
        what = f'The rule "{rule.rule}" cannot take "{scale}" as its {part}.'
        raise StudyError("E_RULE_SCALE", what, where=where, fix=advice)


def _check_landmark(rule: PresentationRule, known: Mapping[str, str]) -> None:
    early = [
        name
        for name in rule.scales
        if any(_is_of(known[name], family) for family in _NEEDS_A_THERAPIST)
    ]
    if early and rule.landmark == "intake":
        raise StudyError(
            "E_RULE_LANDMARK",
            f'"{early[0]}" asks about a therapist, so it cannot be known at intake.',
            where="[presentation] landmark",
            fix="Name the first occasion at which it was filled in, such as month_3.",
        )


def _check_grey_zone(rule: PresentationRule) -> None:
    if min(rule.grey_zone) < 0:
        raise StudyError(
            "E_RULE_GREY_ZONE",
            "A grey zone is a distance from the cut, so it cannot be negative.",
            where="[presentation] grey_zone",
            fix="Give one standard error of measurement for each scale, or 0.",
        )


def other_rules(rule: PresentationRule, known: Mapping[str, str]) -> tuple[PresentationRule, ...]:
    """Return every other rule that the scales of a study allow, its cut at their midpoints.

    ``known`` maps the scales of the study to the ids of their forms. Of several scales that could
    be a part, the first by name stands for it, but both parts are of one form about one person
    where there are such; whether both were filled in at one occasion is for the caller to see.
    """
    found = []
    for name, fit in _FITS.items():
        chosen = _choose_parts(fit, known)
        if name != rule.rule and chosen is not None:
            found.append(PresentationRule.model_validate({"rule": name, **chosen}))
    return tuple(found)


def _choose_parts(fit: Mapping[str, _Part], known: Mapping[str, str]) -> dict[str, str] | None:
    """Return the scales of dependence and independence, None where either is not there."""
    one, other = (_fitting(fit[part], known) for part in ("dependence", "independence"))
    pairs = [(a, b) for a in one for b in other]
    if not pairs:
        return None
    alike = (pair for pair in pairs if len({_form_and_person(name) for name in pair}) == 1)
    return dict(zip(("dependence", "independence"), next(alike, pairs[0]), strict=True))


def _fitting(part: _Part, known: Mapping[str, str]) -> list[str]:
    return [scale for scale in sorted(known) if part.takes(scale, known[scale])]


def _form_and_person(scale: str) -> tuple[str, str]:
    form, _, person = scale_parts(scale)
    return form, person
