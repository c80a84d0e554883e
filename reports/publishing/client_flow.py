"""The flow of clients on its way to the gate."""

from __future__ import annotations

import pandas as pd

from reports.disclosure.flow import EXCLUDED, KEPT, START


def as_positions(flow: pd.DataFrame) -> pd.DataFrame:
    """Return a flow as the gate takes it: numbered steps, each a start, an exclusion or the rest.

    In an analysis a loss is a row with a reason, before the row of those who remain.
    """
    is_loss = flow["reason"].notna()
    position = flow.groupby("outcome", sort=False).cumcount()
    kind = is_loss.map({True: EXCLUDED, False: KEPT}).mask(position == 0, START)
    step = flow["step"].where(~is_loss, flow["reason"])
    counts = flow[["n", "n_a", "n_b"]]
    return pd.DataFrame(
        {"outcome": flow["outcome"], "position": position, "kind": kind, "step": step}
    ).join(counts)
