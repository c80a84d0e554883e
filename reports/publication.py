"""Publishing a run: everything passes the gate on its way into the run's folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from reports.analyses import Analysis
from reports.disclosure.cleared import ClearedTable, Withheld, write_cleared
from reports.disclosure.estimates import gate_estimates
from reports.disclosure.flow import gate_flow
from reports.disclosure.policy import DisclosurePolicy
from reports.publishing import facts
from reports.publishing.catalogue import drawable, list_entries
from reports.publishing.client_flow import as_positions
from reports.publishing.context import RunContext, describe_measures
from reports.publishing.estimate_csv import write_estimate_csv
from reports.publishing.fact_tables import gate_fact_table
from reports.publishing.figure_data import gate_figure
from reports.publishing.record import run_record
from reports.publishing.row_counts import (
    gate_corrections,
    gate_finding_counts,
    gate_row_counts,
)

__all__ = ["RunContext", "describe_measures", "publish_run"]

Part = tuple[str, ClearedTable | Withheld]
FACTS = {
    "files": facts.file_facts,
    "findings": facts.finding_facts,
    "measures": facts.measure_facts,
    "outcomes": facts.outcome_facts,
    "rule": facts.rule_facts,
}


def publish_run(
    folder: Path, analysis: Analysis | None, policy: DisclosurePolicy, context: RunContext
) -> None:
    """Write everything that may leave the store into the folder of a run, which must exist.

    ``analysis`` is missing where a study compares nothing: then only files, findings, measures
    and provenance are published.
    """
    record = run_record(context, policy)
    (folder / "run.json").write_bytes(record.encode())
    for name, part in _parts(analysis, policy, context):
        write_cleared(folder, name, part)
        if name == "estimates" and isinstance(part, ClearedTable):
            write_estimate_csv(folder / "estimates.csv", part)


def _parts(
    analysis: Analysis | None, policy: DisclosurePolicy, context: RunContext
) -> Iterator[Part]:
    provenance = facts.provenance_facts(context, policy)
    yield "tables/provenance", gate_fact_table(provenance, policy)
    for name, of_run in FACTS.items():
        yield f"tables/{name}", gate_fact_table(of_run(context), policy)
    yield "tables/row_counts", gate_row_counts(context, policy)
    yield "tables/finding_counts", gate_finding_counts(context, policy)
    yield "tables/corrections", gate_corrections(context, policy)
    if analysis is not None:
        yield from _answers(analysis, policy, context)


def _answers(analysis: Analysis, policy: DisclosurePolicy, context: RunContext) -> Iterator[Part]:
    at_medians = context.rule is not None and context.rule.cut == "median"
    yield "estimates", gate_estimates(analysis.estimates.assign(run_id=context.run_id), policy)
    yield "tables/figures", gate_fact_table(list_entries(analysis), policy)
    if len(analysis.flow):
        yield "tables/flow", gate_flow(as_positions(analysis.flow), policy)
    for name, figure in drawable(analysis).items():
        yield from gate_figure(name, figure, policy, has_measured_cuts=at_medians)
