"""What is new, resolved and persisting since the last export of the same source."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flows.books import AcceptedFile
from flows.taking_back import TOLD
from flows.validation import Finding
from flows.validation.engine import SAYS
from instruments.layout import Layout
from instruments.rules import describe_rules


@dataclass(frozen=True)
class Change:
    """One rule: how often it was broken in the last export, and how often it is now."""

    rule: str
    code: str
    says: str
    before: int
    now: int


@dataclass(frozen=True)
class SinceLast:
    """How the problems of an export differ from those of the last one of its source."""

    name: str
    changes: tuple[Change, ...]

    @property
    def new(self) -> tuple[Change, ...]:
        """Rules that were kept then and are broken now."""
        return tuple(change for change in self.changes if not change.before)

    @property
    def resolved(self) -> tuple[Change, ...]:
        """Rules that were broken then and are kept now."""
        return tuple(change for change in self.changes if not change.now)

    @property
    def persisting(self) -> tuple[Change, ...]:
        """Rules that were broken then and are broken now."""
        return tuple(change for change in self.changes if change.before and change.now)


def find_last(accepted: Iterable[AcceptedFile], source_id: str, sha256: str) -> AcceptedFile | None:
    """Return the last accepted export of a source before a file, which may be accepted itself."""
    last = None
    for file in accepted:
        if file.sha256 == sha256:
            break
        last = file if file.source_id == source_id else last
    return last


def compare_with(last: AcceptedFile, findings: Sequence[Finding], layout: Layout) -> SinceLast:
    """Return what changed; notes are left out, since nothing has to be done about them."""
    before = {(c.rule, c.code): c.count for c in last.findings if c.severity != "note"}
    now = {(f.rule, f.code): f.count for f in findings if f.severity != "note"}
    says = {finding.rule: finding.says for finding in findings} | dict(SAYS)
    says |= {rule: text for rule, (_, text, _) in TOLD.items()}
    says |= {rule.id: rule.says for rule in describe_rules(layout)}
    return SinceLast(
        last.name,
        tuple(
            Change(
                rule,
                code,
                says.get(rule, "A rule that this source no longer has."),
                before.get((rule, code), 0),
                now.get((rule, code), 0),
            )
            for rule, code in sorted(before.keys() | now.keys())
        ),
    )
