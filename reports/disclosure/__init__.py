"""The gate: the border between the store and what is published under ``runs/``."""

from reports.disclosure.cleared import (
    Cleared,
    ClearedNumber,
    ClearedTable,
    ClearedText,
    Withheld,
    load_cleared,
    require_cleared,
    write_cleared,
)
from reports.disclosure.estimates import gate_estimates
from reports.disclosure.policy import DisclosurePolicy

__all__ = [
    "Cleared",
    "ClearedNumber",
    "ClearedTable",
    "ClearedText",
    "DisclosurePolicy",
    "Withheld",
    "gate_estimates",
    "load_cleared",
    "require_cleared",
    "write_cleared",
]
