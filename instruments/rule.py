"""What a validation rule is: a check on the rows of one export, and words for what it finds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from instruments.layout import StageColumn

Category = Literal["conformance", "completeness", "plausibility", "safety"]
Severity = Literal["fatal", "error", "warning", "note"]


@dataclass(frozen=True)
class Check:
    """One kind of check and what it needs to know.

    ``name`` is that of a statement in ``sql/checks``, which selects the offending rows;
    ``given`` holds its parameters beside the rule's columns.
    """

    name: str
    given: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Rule:
    """One thing that must hold of an export.

    An ``error`` holds the row back, a ``warning`` on an attribute sets the value aside, any other
    ``warning`` or ``note`` is told only. ``says`` and ``fix`` are sentences for a data manager and
    never hold a value.
    """

    id: str
    code: str
    category: Category
    severity: Severity
    columns: tuple[StageColumn, ...]
    check: Check
    says: str
    fix: str
