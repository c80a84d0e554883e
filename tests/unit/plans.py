"""Plans that the tests of plans start from."""

from __future__ import annotations

from typing import Any

from reports.plan import Plan
from reports.plan_check import KnownScale, KnownStudy

KNOWN = KnownStudy(
    scales={
        "ecr.anxiety": KnownScale("ecr", ("intake", "end"), 1, 7),
        "ecr.avoidance": KnownScale("ecr", ("intake", "end"), 1, 7),
        "core_10.total": KnownScale("core_10", ("intake", "end"), 0, 40),
        "phq_9.total": KnownScale("phq_9", ("intake",), 0, 27),
        "wai_sr.bond": KnownScale("wai_sr", ("month_3",), 1, 5),
    },
    attributes={"age": "number", "modality": "code"},
    occasions=("intake", "month_3", "month_6", "end", "follow_up"),
)


def plan_content(**changes: Any) -> dict[str, Any]:
    """What a small valid plan holds, with some sections replaced."""
    content: dict[str, Any] = {
        "plan": {"title": "Dependency"},
        "presentation": {
            "rule": "attachment",
            "dependence": "ecr.anxiety",
            "independence": "ecr.avoidance",
        },
        "outcome": [{"scale": "core_10.total", "occasion": "end", "smallest_effect": 3.0}],
        "family": [{"id": "distress"}],
        "hypothesis": [a_hypothesis()],
    }
    return content | changes


def a_hypothesis(**changes: Any) -> dict[str, Any]:
    """What a hypothesis holds, with some keys replaced."""
    return {
        "id": "end",
        "says": "They differ in distress at the end.",
        "question": "groups",
        "outcome": "core_10.total@end",
        "family": "distress",
    } | changes


def a_plan(**changes: Any) -> Plan:
    """A small valid plan, with some sections replaced."""
    return Plan.model_validate(plan_content(**changes))
