"""The gate of texts and facts: what was written before the data, or says nothing of a client."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd

from instruments.errors import GateError
from reports.disclosure.cleared import ClearedTable, _issue_table
from reports.disclosure.policy import DisclosurePolicy
from reports.disclosure.precision import SIGNIFICANT_DIGITS, significant

# Digests, versions and plain names: made by the program, not taken from a cell.
_TECHNICAL = re.compile(r"[0-9a-f]{7,64}|v?\d+(\.\d+){1,3}[a-z0-9.+-]*")


def gate_texts(
    texts: Mapping[str, str], policy: DisclosurePolicy, *, declared: Collection[str]
) -> ClearedTable:
    """Return texts as a cleared table ``key, text``, in the order given.

    A text passes if it is one of ``declared`` (what study file, plan, definitions and templates
    say: it was written before the data), or a digest or version. Any other text is refused: no
    rule can tell whether a sentence holds a cell.
    """
    for key, text in texts.items():
        _require_declared(key, text, declared)
    frame = pd.DataFrame({"key": list(texts), "text": list(texts.values())}, dtype="str")
    return _issue_table(frame, "texts", policy.digest)


def gate_facts(
    facts: Mapping[str, float | str],
    policy: DisclosurePolicy,
    *,
    declared: Collection[float | str],
    clients: int,
) -> ClearedTable:
    """Return what is drawn beside a figure (labels, ranges, cuts) as ``key, text, number``.

    Declared texts and numbers pass as they are. Another number, such as a median cut, describes
    all ``clients``: it passes with three digits if ``min_bin`` of them lie on each side.
    """
    rows: list[tuple[str, str | None, float]] = []
    for key, fact in facts.items():
        if isinstance(fact, str):
            _require_declared(key, fact, declared)
            rows.append((key, fact, np.nan))
        else:
            rows.append((key, None, _number(key, float(fact), policy, declared, clients)))
    frame = pd.DataFrame(rows, columns=["key", "text", "number"])
    return _issue_table(
        frame.astype({"key": "str", "text": "str", "number": "float64"}), "texts", policy.digest
    )


def _require_declared(key: str, text: str, declared: Collection[float | str]) -> None:
    if text and text not in declared and not _TECHNICAL.fullmatch(text):
        raise GateError(
            "E_GATE_TEXT",
            "A text was not declared before the data were read.",
            where=key if key.isidentifier() else "",
            fix="Publish texts of the study file, the plan, the definitions or the templates.",
        )


def _number(
    key: str,
    number: float,
    policy: DisclosurePolicy,
    declared: Collection[float | str],
    clients: int,
) -> float:
    if number in declared:
        return number
    if clients < 2 * policy.min_bin:
        raise GateError(
            "E_GATE_TEXT",
            "A number beside a figure describes too few clients.",
            where=key if key.isidentifier() else "",
        )
    return significant(number, SIGNIFICANT_DIGITS)
