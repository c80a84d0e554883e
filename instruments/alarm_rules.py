"""The alarms of one export: what its answers say together about key, range and unit.

They are no conditions on rows, so they are computed beside the rules; here stand their words.
"""

from __future__ import annotations

from collections.abc import Iterator

from instruments.layout import Layout, Placement
from instruments.rule import Check, Rule
from instruments.scale import Scale

# The shortest scale whose items can be held against each other.
MIN_ITEMS = 3
COMPUTED = Check("computed")
# By role of a column: code, what it tells, and whose forms analyses take.
PERSPECTIVES = {
    "rater": ("E_RATERS", "Forms here are by several raters", "the clients' own"),
    "target": ("E_TARGETS", "Forms here are about several people", "those about nobody by name"),
}


def alarm_rules(layout: Layout) -> tuple[Rule, ...]:
    """Return every alarm that an export of this layout can raise, in a fixed order."""
    unseen = (rule for place in layout.placements if (rule := unseen_rule(place)) is not None)
    alarms = (
        rule
        for placement in layout.placements
        for occasion in occasions_of(layout, placement)
        for rule in _alarms(layout, placement, occasion)
    )
    return (*unseen, *perspective_rules(layout), *alarms)


def perspective_rules(layout: Layout) -> Iterator[Rule]:
    """Yield what is told of a column that says by whom, or about whom, each form is.

    Analyses take one of them for all: names of scales tell apart only what the study file declares.
    """
    for role, (code, told, taken) in PERSPECTIVES.items():
        column = layout.roles.get(role)
        if column is not None:
            yield Rule(
                f"file.several_{role}s",
                code,
                "plausibility",
                "note",
                (column,),
                COMPUTED,
                f"{told}; all are stored and scored.",
                f"Presentations and comparisons take one for all clients: {taken}, else the first "
                f"by name. To compare others, export their forms in columns or files of their own "
                f"and say {role} in their [[source.form]].",
            )


def unseen_rule(placement: Placement) -> Rule | None:
    """Return what is told of a form whose items ask for a look by a clinician and are not there."""
    if not (placement.is_ready_made and placement.definition.safety):
        return None
    items = " and ".join(str(safety.item) for safety in placement.definition.safety)
    return Rule(
        f"{placement.alias}.safety_unseen",
        "E_SAFETY_UNSEEN",
        "completeness",
        "note",
        tuple(placement.columns.values()),
        COMPUTED,
        f"{placement.called} comes as a score, so nobody is told here of an answer to its item "
        f"{items} that asks for a look by a clinician.",
        "Export the items too, or see to such answers where the form is filled in.",
    )


def occasions_of(layout: Layout, placement: Placement) -> tuple[str, ...]:
    """Return the occasions that a form of an export can be of; one without a name where unknown."""
    fixed = placement.occasion or layout.fixed.get("occasion")
    return (fixed,) if fixed else tuple(dict.fromkeys(layout.occasions.values())) or ("",)


def alarm_id(layout: Layout, placement: Placement, name: str, occasion: str) -> str:
    """Return the id of an alarm; the occasion stands in it where there are several."""
    several = len(occasions_of(layout, placement)) > 1
    return f"{placement.alias}.{name}" + (f"@{occasion}" if several else "")


def keyed_scales(placement: Placement) -> tuple[Scale, ...]:
    """Return the scales whose items are held against each other: no totals beside subscales."""
    long = [
        scale
        for scale in placement.definition.scales
        if not (scale.is_composite or scale.is_total)
        and len(placement.items_of(scale)) >= MIN_ITEMS
    ]
    return tuple([scale for scale in long if not scale.overlaps] or long)


def _alarms(layout: Layout, placement: Placement, occasion: str) -> Iterator[Rule]:
    at = f" at {occasion}" if occasion else ""

    def rule(name: str, code: str, says: str, fix: str) -> Rule:
        return Rule(
            alarm_id(layout, placement, name, occasion),
            code,
            "plausibility",
            "warning",
            tuple(placement.columns.values()),
            COMPUTED,
            says,
            fix,
        )

    form = placement.definition.abbreviation
    if placement.definition.reverse and not placement.is_ready_made:
        yield rule("looks_reversed", "E_REVERSE_KEY", *_reversed(placement, form, at))
    if not placement.is_ready_made:
        yield rule(
            "other_range",
            "E_OTHER_RANGE",
            f"Answers to {form}{at} lie one point beyond one end of the declared range, and none "
            "at its other end.",
            "Declare the range of this export under the form: the answers that are let in may all "
            "count one point too low or too high.",
        )
    if keyed_scales(placement):
        yield rule(
            "item_key",
            "E_REVERSE_KEY",
            f"Answers to an item of {form} go against the rest of its scale{at}.",
            "Check the version of the form, the order of its columns and whether the export "
            "reverses this item; nothing is changed.",
        )
    for scale in placement.definition.scales:
        for statistic in _normed(placement, scale):
            yield rule(
                f"norm_{scale.id}_{statistic}",
                "E_NORM",
                f"The {statistic} of {scale.label} ({form}){at} lies outside what was published.",
                "Check range, key and unit of the export; if they are right, the clients differ.",
            )


def _reversed(placement: Placement, form: str, at: str) -> tuple[str, str]:
    if placement.already_reversed:
        says = (
            f"The data do not look reversed: the items of {form} that the study file says were "
            f"flipped go against the rest{at}."
        )
        return says, "Set already_reversed = false for it, if the export holds what clients ticked."
    says = (
        f"The data look already reversed: the reverse-keyed items of {form} go against the rest "
        f"of their scale{at}."
    )
    return says, "Set already_reversed = true for this form, if the export flips them."


def _normed(placement: Placement, scale: Scale) -> tuple[str, ...]:
    """Return the published figures of a scale that this export can be held against."""
    has_mean = any(norm.mean is not None and norm.sd is not None for norm in scale.norms)
    has_alpha = any(norm.alpha is not None for norm in scale.norms)
    if placement.is_ready_made:
        has_mean, has_alpha = has_mean and scale.id in placement.scores, False
    return (*(["mean"] if has_mean else []), *(["alpha"] if has_alpha else []))
