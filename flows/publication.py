"""What a run tells its readers besides numbers: files, findings, measures, provenance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from flows.books import AcceptedFile, accepted_files
from flows.layout import lay_out
from flows.study import Study
from flows.study_data import measures_of
from flows.taking_back import TOLD
from flows.validation.engine import SAYS
from flows.workbench import Workbench
from instruments.rules import describe_rules
from reports.plan_standing import Standing
from reports.publication import RunContext, describe_measures
from sql.gateway import Connection
from sql.study_frames import read_findings, read_sources


def describe_run(bench: Workbench) -> RunContext:
    """Return the context of the run on a workbench."""
    study, provenance = bench.study, bench.require_provenance()
    accepted, standing = accepted_files(bench.ledger), provenance.standing
    measures = measures_of(study, accepted)
    return RunContext(
        run_id=provenance.run_id,
        study_id=study.file.study.id,
        study_title=study.file.study.title,
        seed=provenance.seed,
        plan_status="confirmatory" if standing.is_confirmatory else "exploratory",
        rule=standing.rule(study.file.presentation),
        outcomes=standing.outcomes(study.file.outcome),
        comparison=standing.comparison(study.file.comparison),
        sources=read_sources(bench.connection),
        findings=describe_findings(study, bench.connection, accepted),
        measures=describe_measures(measures, study.catalog),
        hashes={
            "study file": provenance.study_sha256,
            "definitions": provenance.definitions_sha256,
            "code": provenance.code_sha256,
            "environment": provenance.environment_sha256,
            **_plan_hash(standing),
        },
        versions=provenance.versions,
    )


def _plan_hash(standing: Standing) -> dict[str, str]:
    """Return the hash of the plan under the version that its results belong to."""
    if standing.plan is None:
        return {}
    version = f"version {standing.version}" if standing.is_in_force else "not locked"
    return {f"plan, {version}": standing.plan.digest}


def rule_texts(study: Study, accepted: Iterable[AcceptedFile]) -> dict[tuple[str, str], str]:
    """Return what each rule of each source says."""
    headers = {file.source_id: file.header for file in accepted}
    return {
        (source.id, rule.id): rule.says
        for source in study.sources
        if source.id in headers
        for rule in describe_rules(lay_out(source, headers[source.id], study.catalog))
    }


def describe_findings(
    study: Study, connection: Connection, accepted: Sequence[AcceptedFile]
) -> pd.DataFrame:
    """Return what was found in each accepted file, as a report says it.

    What a file took back of earlier ones was found when it was taken in, and stands in the ledger.
    """
    held = _explained(read_findings(connection), rule_texts(study, accepted))
    taken_back = pd.DataFrame(
        [
            {
                "name": file.name,
                "source_id": file.source_id,
                "rule": found.rule,
                "code": found.code,
                "category": category,
                "severity": found.severity,
                "column_name": None,
                "count": found.count,
                "fix": fix,
                "says": says,
            }
            for file in accepted
            for found in file.findings
            if found.rule in TOLD
            for category, says, fix in (TOLD[found.rule],)
        ],
        columns=held.columns,
    )
    filled = [frame for frame in (held, taken_back) if len(frame)]
    return pd.concat(filled, ignore_index=True) if filled else held


def _explained(findings: pd.DataFrame, texts: Mapping[tuple[str, str], str]) -> pd.DataFrame:
    """Add to each finding what its rule says."""
    keys = zip(findings["source_id"], findings["rule"], strict=True)
    says = [texts.get(key) or SAYS.get(key[1], "") for key in keys]
    return findings.assign(says=says)
