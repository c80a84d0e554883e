"""What the pipeline tells of a run besides its numbers: files, findings, measures, provenance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from instruments.definition import Definition
from reports.declarations import Comparison, Outcome, PresentationRule
from reports.estimates import PlanStatus
from reports.study_data import Measure

SOURCE_COLUMNS = ("name", "source_id", "kind", "sha256", "rows_in", "loaded", "quarantined",
                  "known", "corrected")  # fmt: skip
FINDING_COLUMNS = ("name", "source_id", "rule", "code", "category", "severity", "column_name",
                   "count", "says", "fix")  # fmt: skip
MEASURE_COLUMNS = ("scale", "instrument", "abbreviation", "instrument_name", "label", "form",
                   "language", "low", "high", "higher", "direction", "recall_days", "citation",
                   "doi", "key_version", "answers", "key_source", "key_confidence", "is_verified",
                   "missing_source", "norm_sources", "licence")  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class RunContext:
    """One run as the pipeline knows it.

    ``sources`` has one row per file with `SOURCE_COLUMNS`; rows in are rows loaded, quarantined
    and already known, and ``corrected`` the clients of whom a file changed what earlier ones had
    said. ``findings`` has one row per file, rule and column with `FINDING_COLUMNS`;
    ``name`` is the file's, ``column_name`` its header or missing, ``count`` the number of rows, or
    missing where the finding is one of the whole file. ``measures`` has one row per scale with
    `MEASURE_COLUMNS` (see `describe_measures`). ``hashes`` maps what was hashed (``study file``,
    ``definitions``, ``code``, ``environment``) to its SHA-256, ``versions`` Python and packages to
    theirs. ``rule`` is missing where a study compares nothing.
    """

    run_id: str
    study_id: str
    study_title: str
    seed: int
    plan_status: PlanStatus = "exploratory"
    rule: PresentationRule | None = None
    outcomes: tuple[Outcome, ...] = ()
    comparison: Comparison = field(default_factory=Comparison)
    sources: pd.DataFrame
    findings: pd.DataFrame
    measures: pd.DataFrame
    hashes: Mapping[str, str]
    versions: Mapping[str, str]


def describe_measures(
    measures: Mapping[str, Measure], definitions: Mapping[str, Definition]
) -> pd.DataFrame:
    """Return what is known of each scale of a study, by scale: the frame of `RunContext`."""
    rows = [
        _describe(measures[name], definitions[measures[name].instrument])
        for name in sorted(measures)
    ]
    return pd.DataFrame(rows, columns=list(MEASURE_COLUMNS))


def _describe(measure: Measure, definition: Definition) -> dict[str, object]:
    scale = next(one for one in definition.scales if one.id == measure.scale_id)
    return {
        "scale": measure.scale,
        "instrument": measure.instrument,
        "abbreviation": definition.abbreviation,
        "instrument_name": definition.name,
        "label": measure.label,
        "form": definition.form,
        "language": definition.language,
        "low": measure.low,
        "high": measure.high,
        "higher": measure.higher,
        "direction": measure.direction,
        "recall_days": measure.recall_days,
        "citation": definition.citation,
        "doi": definition.doi,
        "key_version": definition.key_version,
        "answers": _answers(definition),
        "key_source": definition.key_source,
        "key_confidence": definition.key_confidence,
        "is_verified": definition.key_verified,
        "missing_source": definition.missing_source,
        "norm_sources": "; ".join(dict.fromkeys(norm.source for norm in scale.norms)),
        "licence": definition.licence,
    }


def _answers(definition: Definition) -> str:
    """Return the form's own range of answers in words, an empty text where it has none."""
    low, high = definition.response.min, definition.response.max
    return "" if low is None or high is None else f"answers from {low} to {high}"
