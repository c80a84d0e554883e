"""Tables of declared facts as texts, which is how the gate lets facts pass."""

from __future__ import annotations

import math

import pandas as pd

from reports.disclosure.cleared import ClearedTable
from reports.disclosure.policy import DisclosurePolicy
from reports.disclosure.texts import gate_texts


def gate_fact_table(frame: pd.DataFrame, policy: DisclosurePolicy) -> ClearedTable:
    """Return a table of declared facts as cleared texts, one per cell: ``0003.label``.

    Its rows come from study file, definitions and the names of files, columns and rules: all of
    it was there before any answer was read, so all of it is declared.
    """
    texts = {
        f"{number:04}.{column}": _write(value)
        for number, row in enumerate(frame.to_dict("records"))
        for column, value in row.items()
    }
    return gate_texts(texts, policy, declared=frozenset(texts.values()))


def _write(value: object) -> str:
    """Return a fact as text; an absent one is empty, a truth is "yes" or "no"."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    return f"{value:.10g}" if isinstance(value, float) else str(value)
