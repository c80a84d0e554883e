"""The gate of declared texts: labels, citations, hashes; facts of a study, not of its clients."""

from __future__ import annotations

import pandas as pd

from reports.disclosure.cleared import ClearedTable, _issue_table
from reports.disclosure.policy import DisclosurePolicy


def gate_texts(frame: pd.DataFrame, policy: DisclosurePolicy) -> ClearedTable:
    """Return a table of declared facts as publishable.

    What is declared in the study file or in a definition, or describes files and programs, holds
    no answer of a client. The caller vouches for that; nothing here can tell.
    """
    return _issue_table(frame.reset_index(drop=True), "texts", policy.digest)
