"""What people decided about rows that were held back: released, or rejected for good.

A decision stands in the ledger with who, when and why, and holds for its file whenever that is
taken in: it replays on every rebuild. Of several decisions on one row the last counts.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from flows.ledger import Entry, Ledger

Kind = Literal["rows_released", "rows_rejected"]
KINDS: tuple[Kind, ...] = ("rows_released", "rows_rejected")


@dataclass(frozen=True)
class Decision:
    """One decision on some rows of one file."""

    kind: Kind
    sha256: str
    records: tuple[int, ...]
    by: str
    why: str
    despite: tuple[str, ...] = ()


@dataclass(frozen=True)
class Decisions:
    """What holds for one file: the records that were released, and those that were rejected."""

    released: frozenset[int] = field(default_factory=frozenset)
    rejected: frozenset[int] = field(default_factory=frozenset)

    def and_then(self, decision: Decision) -> Decisions:
        """Return what holds after one more decision."""
        records = frozenset(decision.records)
        if decision.kind == "rows_released":
            return Decisions(self.released | records, self.rejected - records)
        return Decisions(self.released - records, self.rejected | records)


NONE = Decisions()


def decide(ledger: Ledger, decision: Decision) -> None:
    """Write a decision to the ledger."""
    ledger.append(
        decision.kind,
        sha256=decision.sha256,
        records=sorted(decision.records),
        by=decision.by,
        why=decision.why,
        despite=list(decision.despite),
    )


def as_decision(entry: Entry) -> Decision:
    """Return the decision that an entry of the ledger holds."""
    facts = entry.facts
    return Decision(
        kind=entry.kind,  # type: ignore[arg-type]  # callers choose entries by KINDS
        sha256=facts["sha256"],
        records=tuple(facts["records"]),
        by=facts["by"],
        why=facts["why"],
        despite=tuple(facts["despite"]),
    )


def decisions_by_file(entries: Iterable[Entry]) -> Mapping[str, Decisions]:
    """Return what holds for each file, by its hash."""
    found: dict[str, Decisions] = {}
    for entry in entries:
        if entry.kind in KINDS:
            decision = as_decision(entry)
            found[decision.sha256] = found.get(decision.sha256, NONE).and_then(decision)
    return found


def hash_decisions(content: object) -> str:
    """Return a hash of what was decided."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
