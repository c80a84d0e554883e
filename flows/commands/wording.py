"""What the command line says of a file: its rows, then its findings, worst first."""

from __future__ import annotations

from collections.abc import Iterable

from flows.validation import Finding
from flows.workbench import FileReport

SEVERITIES = ("fatal", "error", "warning", "note")


def describe_file(report: FileReport) -> str:
    """Return a few lines on one file."""
    return "\n".join([_headline(report), *describe_findings(_findings(report))])


def _headline(report: FileReport) -> str:
    if report.refusal is not None and report.counts is not None:
        return (
            f"kept     {report.name} ({report.source_id}) as its archive has it; "
            f"read again it is refused: {report.refusal}"
        )
    if report.refusal is not None:
        return f"refused  {report.name} ({report.source_id}): {report.refusal}"
    if report.counts is None:
        return f"checked  {report.name} ({report.source_id})"
    counts = report.counts
    return (
        f"accepted {report.name} ({report.source_id}): {counts.rows_in} rows in = "
        f"{counts.loaded} loaded + {counts.quarantined} quarantined + {counts.known} known"
    )


def _findings(report: FileReport) -> tuple[Finding, ...]:
    return report.validation.findings if report.validation else ()


def describe_findings(findings: Iterable[Finding]) -> list[str]:
    """Return a line for each broken rule, worst first."""
    ordered = sorted(findings, key=lambda f: (SEVERITIES.index(f.severity), f.code, f.rule))
    return [
        f"  {f.severity:8} {f.code:18} {f.count:>7} x  {f.says}{_place(f)} {f.fix}" for f in ordered
    ]


def _place(finding: Finding) -> str:
    return f" ({finding.where})" if finding.where else ""
