"""Publishing a run: everything passes the gate on its way into the run's folder."""

from __future__ import annotations

from pathlib import Path

from reports.analyses import Analysis
from reports.disclosure.policy import DisclosurePolicy
from reports.publishing.context import RunContext, describe_measures

__all__ = ["RunContext", "describe_measures", "publish_run"]


def publish_run(
    folder: Path, analysis: Analysis | None, policy: DisclosurePolicy, context: RunContext
) -> None:
    """Write everything that may leave the store into the folder of a run, which must exist.

    ``analysis`` is missing where a study compares nothing: then only files, findings, measures
    and provenance are published.
    """
    raise NotImplementedError
