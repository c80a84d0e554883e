"""``run.json``: what a run was made of, for programs and for people without this program."""

from __future__ import annotations

import json
from typing import Any

from reports.disclosure.policy import DisclosurePolicy
from reports.publishing.context import RunContext

LAYOUT_VERSION = 1


def run_record(context: RunContext, policy: DisclosurePolicy) -> str:
    """Return the content of ``run.json``: sorted keys, no counts, no time of day."""
    record: dict[str, Any] = {
        "layout": LAYOUT_VERSION,
        "run_id": context.run_id,
        "study": {"id": context.study_id, "title": context.study_title},
        "plan_status": context.plan_status,
        "seed": context.seed,
        "inputs": _inputs(context),
        "hashes": dict(context.hashes),
        "versions": dict(context.versions),
        "presentation": None if context.rule is None else context.rule.model_dump(mode="json"),
        "outcomes": [outcome.model_dump(mode="json") for outcome in context.outcomes],
        "comparison": context.comparison.model_dump(mode="json"),
        "disclosure": policy.model_dump(mode="json") | {"sha256": policy.digest},
    }
    return json.dumps(record, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _inputs(context: RunContext) -> list[dict[str, str]]:
    columns = ["name", "source_id", "kind", "sha256"]
    rows = context.sources[columns].astype("str").sort_values(columns).to_dict("records")
    return [{str(key): str(value) for key, value in row.items()} for row in rows]
