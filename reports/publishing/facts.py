"""Declared facts of a run as tables of text: they hold no client's answer."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from reports.analyses.four_presentations import possible_presentations
from reports.declarations import Outcome
from reports.disclosure.policy import DisclosurePolicy
from reports.presentation import describe_presentation
from reports.publishing.context import (
    FINDING_COLUMNS,
    MEASURE_COLUMNS,
    RunContext,
)

Row = tuple[str, str, str]
CUT_WORDS = {
    "midpoint": "the midpoints of the two ranges",
    "median": "the medians of the clients with both scores",
}
OUTCOME_COLUMNS = ("outcome", "label", "occasion", "low", "high", "higher", "direction",
                   "smallest_effect", "is_primary")  # fmt: skip


def provenance_facts(context: RunContext, policy: DisclosurePolicy) -> pd.DataFrame:
    """Return what a run was made of: section, name and value of each fact."""
    rows: list[Row] = [
        ("run", "run_id", context.run_id),
        ("run", "study_id", context.study_id),
        ("run", "study_title", context.study_title),
        ("run", "plan_status", context.plan_status),
        ("run", "seed", str(context.seed)),
    ]
    rows += [("hash", name, value) for name, value in sorted(context.hashes.items())]
    rows += [("version", name, value) for name, value in sorted(context.versions.items())]
    rows += [("disclosure", name, str(value)) for name, value in policy.model_dump().items()]
    rows += [("comparison", *pair) for pair in _comparison(context)]
    return pd.DataFrame(rows, columns=["section", "name", "value"], dtype="str")


def _comparison(context: RunContext) -> list[tuple[str, str]]:
    compared = context.comparison
    return [("ci_level", f"{compared.ci_level:g}"), ("alpha", f"{compared.alpha:g}")]


def rule_facts(context: RunContext) -> pd.DataFrame:
    """Return the presentation rule in words: what it is made of, and what each group means."""
    rule = context.rule
    rows: list[tuple[str, str]] = []
    if rule is not None:
        labels = _labels(context.measures)
        cut = (
            CUT_WORDS[rule.cut]
            if isinstance(rule.cut, str)
            else " and ".join(f"{x:g}" for x in rule.cut)
        )
        grey = " and ".join(f"{x:g}" for x in rule.grey_zone) if any(rule.grey_zone) else ""
        rows = [
            ("rule", rule.rule),
            ("dependence", labels.get(rule.dependence, rule.dependence)),
            ("independence", labels.get(rule.independence, rule.independence)),
            ("dependence_scale", rule.dependence),
            ("independence_scale", rule.independence),
            ("cut", cut),
            ("grey_zone", grey),
            ("landmark", rule.landmark),
            ("complete_only", "yes" if rule.complete_only else "no"),
        ]
        possible = possible_presentations(rule)
        rows += [(name, describe_presentation(rule.rule, name)) for name in possible]
    return pd.DataFrame(rows, columns=["name", "value"], dtype="str")


def _labels(measures: pd.DataFrame) -> dict[str, str]:
    """Return what each scale is called in print: "anxiety (ECR)"."""
    return {str(row["scale"]): _print_name(row) for row in measures.to_dict("records")}


def outcome_facts(context: RunContext) -> pd.DataFrame:
    """Return the declared outcomes in their order, with label, range and smallest effect."""
    measures = {str(row["scale"]): row for row in context.measures.to_dict("records")}
    rows = [_outcome(one, measures.get(one.scale or "", {})) for one in context.outcomes]
    return pd.DataFrame(rows, columns=list(OUTCOME_COLUMNS))


def _outcome(outcome: Outcome, measure: Mapping[Hashable, Any]) -> dict[str, object]:
    named = outcome.label or _print_name(measure) or outcome.attribute or outcome.name
    return {
        "outcome": outcome.name,
        "label": str(named).replace("_", " "),
        "occasion": outcome.occasion if outcome.scale else "",
        "low": measure.get("low"),
        "high": measure.get("high"),
        "higher": str(measure.get("higher", "")),
        "direction": str(measure.get("direction", "neutral")),
        "smallest_effect": outcome.smallest_effect,
        "is_primary": outcome.primary,
    }


def _print_name(measure: Mapping[Hashable, Any]) -> str:
    return f"{measure['label']} ({measure['abbreviation']})" if measure else ""


def measure_facts(context: RunContext) -> pd.DataFrame:
    """Return what is known of each scale: form, range, key, source and licence."""
    return context.measures.loc[:, list(MEASURE_COLUMNS)].sort_values("scale", ignore_index=True)


def file_facts(context: RunContext) -> pd.DataFrame:
    """Return name, source, kind and hash of each file; its row counts are gated apart."""
    columns = ["name", "source_id", "kind", "sha256"]
    return context.sources.loc[:, columns].astype("str").reset_index(drop=True)


def finding_facts(context: RunContext) -> pd.DataFrame:
    """Return the findings without their counts, numbered as `number_findings` numbers them."""
    ordered = number_findings(context.findings)
    texts = [name for name in FINDING_COLUMNS if name != "count"]
    facts = ordered.loc[:, ["finding", *texts]]
    return facts.assign(is_whole_file=ordered["count"].isna())


def number_findings(findings: pd.DataFrame) -> pd.DataFrame:
    """Return findings in a fixed order with the column ``finding`` that names each."""
    order = ["name", "severity", "rule", "column_name", "code"]
    ordered = findings.loc[:, list(FINDING_COLUMNS)].sort_values(order, ignore_index=True)
    ordered["finding"] = [f"finding {number:05}" for number in range(1, len(ordered) + 1)]
    return ordered.astype({"finding": "str"})
