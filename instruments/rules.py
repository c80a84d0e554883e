"""The rules of one export, derived from its layout: ranges are written once."""

from __future__ import annotations

from collections.abc import Iterator

from instruments.alarm_rules import alarm_rules
from instruments.column_rules import attribute_rules, item_rules, role_rules
from instruments.file_rules import file_rules
from instruments.form_rules import form_rules
from instruments.layout import Layout
from instruments.rule import Category, Check, Rule, Severity

__all__ = ["Category", "Check", "Rule", "Severity", "derive_rules", "describe_rules"]


def derive_rules(layout: Layout) -> tuple[Rule, ...]:
    """Return every rule that an export of this layout must keep, in a fixed order."""
    return tuple(_derive(layout))


def describe_rules(layout: Layout) -> tuple[Rule, ...]:
    """Return every rule and every alarm, for their words."""
    return (*derive_rules(layout), *alarm_rules(layout))


def _derive(layout: Layout) -> Iterator[Rule]:
    for role, column in layout.roles.items():
        yield from role_rules(role, column, layout)
    for column in layout.attributes.values():
        yield from attribute_rules(column)
    for placement in layout.placements:
        for column in placement.columns.values():
            yield from item_rules(column)
        yield from form_rules(placement, layout)
    yield from file_rules(layout)
