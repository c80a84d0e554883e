"""The rules that follow from one form: how its answers hang together."""

from __future__ import annotations

from collections.abc import Iterator

from instruments.definition import SafetyItem
from instruments.layout import Layout, Placement, StageColumn
from instruments.rule import Category, Check, Rule, Severity
from instruments.scale import Scale

# The shortest form in which the same answer throughout says something, and the length at which it
# does even where no item is reverse-keyed.
STRAIGHT_LINE_ITEMS = 6
STRAIGHT_LINE_ITEMS_UNREVERSED = 10
# Shares and unused ends of a range mean nothing over a handful of forms.
MIN_FORMS = 10
MIN_FORMS_FOR_RANGE = 30
MISSING_SHARE = 0.5
# A file that never goes above this part of the declared range was likely answered on another one,
# unless only the topmost answer is unused, as happens with symptoms that are rare.
USED_PART = 2 / 3
UNUSED_ANSWERS = 2
# Totals may be rounded to one decimal.
ROUNDING = 0.0501

_MIRRORED = {">": "<", ">=": "<=", "<": ">", "<=": ">="}


def form_rules(placement: Placement, layout: Layout) -> Iterator[Rule]:
    """Yield what must hold of the answers to one form together."""
    columns = tuple(placement.columns.values())
    yield _empty(placement, columns, layout)
    yield _mostly_missing(placement, columns)
    if not placement.is_ready_made:
        yield from _item_rules(placement, columns)


def _item_rules(placement: Placement, columns: tuple[StageColumn, ...]) -> Iterator[Rule]:
    if _can_show_straight_lines(placement):
        yield _straight_line(placement, columns)
    yield _range_unused(placement, columns)
    for scale, column in placement.totals.items():
        yield _total(placement, placement.definition.get_scale(scale), column)
    for safety in placement.definition.safety:
        yield _safety(placement, safety)


def _can_show_straight_lines(placement: Placement) -> bool:
    count = len(placement.columns)
    if count >= STRAIGHT_LINE_ITEMS_UNREVERSED:
        return True
    return count >= STRAIGHT_LINE_ITEMS and bool(placement.definition.reverse)


def _rule(
    placement: Placement,
    name: str,
    code: str,
    columns: tuple[StageColumn, ...],
    check: Check,
    *,
    says: str,
    fix: str,
    severity: Severity = "warning",
    category: Category = "plausibility",
) -> Rule:
    rule_id = f"{placement.alias}.{name}"
    return Rule(rule_id, code, category, severity, columns, check, says, fix)


def _straight_line(placement: Placement, columns: tuple[StageColumn, ...]) -> Rule:
    flipped = _flipped(placement)
    return _rule(
        placement,
        "straight_line",
        "E_STRAIGHT_LINE",
        columns,
        Check("straight_line", {"flipped": flipped, "mirror": placement.low + placement.high}),
        says=f"Every item of {placement.called} has the same answer.",
        fix="Ask whether the form was read; nothing is changed.",
    )


def _flipped(placement: Placement) -> tuple[str, ...]:
    """Return the stage columns that hold mirrored answers in the export."""
    if not placement.already_reversed:
        return ()
    return tuple(placement.columns[f"item_{n}"].name for n in placement.definition.reverse)


def _empty(placement: Placement, columns: tuple[StageColumn, ...], layout: Layout) -> Rule:
    others = tuple(
        column
        for other in layout.placements
        if other is not placement
        for column in other.columns.values()
    )
    form = placement.called
    says = f"{form} has no answer, though others of the same row and occasion have."
    return _rule(
        placement,
        "empty",
        "E_FORM_EMPTY",
        columns,
        Check("form_empty", {"others": others, "moment": tuple(_moment(placement, layout))}),
        severity="note",
        category="completeness",
        says=says if others else f"No {_cell(placement)[1]} of {form} is {_cell(placement)[2]}.",
        fix="Nothing to do if the form was not given.",
    )


def _cell(placement: Placement) -> tuple[str, str, str]:
    """Return the words for what a cell of a form holds."""
    return ("A", "score", "given") if placement.is_ready_made else ("An", "item", "answered")


def _moment(placement: Placement, layout: Layout) -> Iterator[StageColumn]:
    """Yield the columns that say when a form was due."""
    for role in ("occasion", "session"):
        if role in layout.roles and not (role == "occasion" and placement.occasion):
            yield layout.roles[role]


def _mostly_missing(placement: Placement, columns: tuple[StageColumn, ...]) -> Rule:
    article, cell, given = _cell(placement)
    form = placement.called
    return _rule(
        placement,
        "item_missing",
        "E_ITEM_MISSING",
        columns,
        Check("item_missing", {"share": MISSING_SHARE, "min_forms": MIN_FORMS}),
        category="completeness",
        says=f"{article} {cell} of {form} is not {given} in more than half of its forms.",
        fix=f"Check whether the export's column is the one that the {cell} was {given} in.",
    )


def _range_unused(placement: Placement, columns: tuple[StageColumn, ...]) -> Rule:
    low, high = placement.low, placement.high
    highest = min(low + USED_PART * (high - low), high - UNUSED_ANSWERS)
    return _rule(
        placement,
        "range_unused",
        "E_RANGE_UNUSED",
        columns,
        Check("range_unused", {"highest": highest, "min_forms": MIN_FORMS_FOR_RANGE}),
        says=f"No answer to {placement.called} uses the upper part of {low} to {high}.",
        fix="Check the range that the study file declares for this form.",
    )


def _total(placement: Placement, scale: Scale, column: StageColumn) -> Rule:
    items = [placement.columns[name] for name in placement.items_of(scale)]
    flipped = placement.reversed_of(scale)
    unit = scale.multiplier * placement.definition.response.factor(placement.low, placement.high)
    sums_and_means = (1.0, 1 / len(items), unit, unit / len(items))
    return _rule(
        placement,
        f"total_{scale.id}",
        "E_TOTAL",
        (column,),
        Check(
            "total_unlike",
            {
                "items": tuple(items),
                "flipped": tuple(placement.columns[name].name for name in sorted(flipped)),
                "mirror": placement.low + placement.high,
                "factors": tuple(dict.fromkeys(sums_and_means)),
                "tolerance": ROUNDING,
            },
        ),
        says=f'The export\'s own "{scale.label}" is neither the sum nor the mean of its items.',
        fix="Check which items the export reverses and adds up; the score is made of the items.",
    )


def _safety(placement: Placement, safety: SafetyItem) -> Rule:
    item = f"item_{safety.item}"
    operator, value = _threshold(placement, safety)
    column = placement.columns[item]
    return _rule(
        placement,
        f"safety_{safety.item}",
        "E_SAFETY",
        (column,),
        Check("safety", {"operator": operator, "value": value}),
        category="safety",
        says=f"The answer to item {safety.item} of {placement.called} asks for a look by a "
        f"clinician: {safety.label}.",
        fix="Tell the client's therapist today; the answer itself is kept as it is.",
    )


def _threshold(placement: Placement, safety: SafetyItem) -> tuple[str, float]:
    """Return the published threshold in the units and the direction of the export."""
    response = placement.definition.response
    value = float(safety.value)
    if response.min is not None and response.max is not None:
        width = (placement.high - placement.low) / (response.max - response.min)
        value = placement.low + (safety.value - response.min) * width
    if placement.already_reversed and safety.item in placement.definition.reverse:
        return _MIRRORED[safety.op], placement.low + placement.high - value
    return safety.op, value
