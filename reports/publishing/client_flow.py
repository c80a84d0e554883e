"""The flow of clients on its way to the gate.

Outcomes share their way up to the contrast, so it is published once; each outcome adds the last
step, from the contrast to those who are compared.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from reports.analyses.flow_of_clients import IN_CONTRAST
from reports.disclosure.cleared import ClearedTable, Withheld
from reports.disclosure.flow import gate_flow
from reports.disclosure.policy import DisclosurePolicy

REFUSED = "refused"


def gate_flows(
    flow: pd.DataFrame, policy: DisclosurePolicy
) -> Iterator[tuple[str, ClearedTable | Withheld]]:
    """Yield the shared flow under the name ``flow``, then the last step of each outcome."""
    for position, (outcome, rows) in enumerate(flow.groupby("outcome", sort=False)):
        steps = rows[["step", "reason", "n"]].reset_index(drop=True)
        contrast = int(steps.index[(steps["step"] == IN_CONTRAST) & steps["reason"].isna()][0])
        if position == 0:
            yield "flow", gate_flow(steps.iloc[: contrast + 1], policy)
        if not steps["reason"].str.startswith(REFUSED).any():
            yield f"flow-{file_name(str(outcome))}", gate_flow(steps.iloc[contrast:], policy)


def file_name(outcome: str) -> str:
    """Return an outcome as part of a file's name: ``core_10_total_at_end``."""
    return outcome.replace(".", "_").replace("@", "_at_")
