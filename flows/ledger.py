"""The ledger: one line for everything that was accepted or decided, and the judge of the store.

Every line is written, flushed to the disk and only then acted on. Each holds the hash of the line
before it, so that a missing or edited line is noticed. Times of the clock live here and nowhere
else.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from instruments.errors import StoreError

START = "0" * 64


@dataclass(frozen=True)
class Entry:
    """One line of the ledger: its number from 1, its kind, what it holds, and when it was made."""

    number: int
    kind: str
    facts: Mapping[str, Any]
    digest: str
    at: str = ""


class Ledger:
    """The file `ledger.jsonl` of one study; one writer at a time, held by the study's lock."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._seen: list[tuple[bytes, Entry]] = []

    def entries(self, kind: str | None = None) -> list[Entry]:
        """Return every entry, or those of one kind, oldest first.

        Raises
        ------
        StoreError
            ``E_LEDGER`` where a line was changed or lost.
        """
        return [entry for entry in self._read() if kind is None or entry.kind == kind]

    def _read(self) -> Iterator[Entry]:
        """Yield every entry; lines that are what they were are taken apart once."""
        before = START
        for number, line in enumerate(self._lines(), 1):
            if self._seen[number - 1 : number] and self._seen[number - 1][0] == line:
                entry = self._seen[number - 1][1]
            else:
                entry = self._parse(number, line, before)
                self._seen[number - 1 :] = [(line, entry)]
            before = entry.digest
            yield entry

    def _lines(self) -> list[bytes]:
        """Return the whole lines; a last one without its end was never acknowledged."""
        if not self.path.exists():
            return []
        return self.path.read_bytes().split(b"\n")[:-1]

    def _parse(self, number: int, line: bytes, before: str) -> Entry:
        try:
            content = json.loads(line)
            kind, facts, previous = content["kind"], content["facts"], content["previous"]
        except (ValueError, KeyError, TypeError):
            raise self._broken(number) from None
        if previous != before:
            raise self._broken(number)
        return Entry(number, kind, facts, hashlib.sha256(line).hexdigest(), content.get("at", ""))

    def _broken(self, number: int) -> StoreError:
        return StoreError(
            "E_LEDGER",
            "The ledger was changed or has lost a line",
            where=f"{self.path.name}, line {number}",
            fix="Bring back the ledger from a backup; do not edit it.",
        )

    def append(self, kind: str, /, **facts: Any) -> Entry:
        """Write one entry and flush it to the disk before returning."""
        entries = list(self._read())
        before, at = entries[-1].digest if entries else START, _now()
        content = {"at": at, "kind": kind, "previous": before, "facts": facts}
        line = json.dumps(content, sort_keys=True, ensure_ascii=False).encode()
        self._drop_torn_line()
        with self.path.open("ab") as file:
            file.write(line + b"\n")
            file.flush()
            os.fsync(file.fileno())
        digest = hashlib.sha256(line).hexdigest()
        return Entry(len(entries) + 1, kind, facts, digest, at)

    def _drop_torn_line(self) -> None:
        if not self.path.exists():
            return
        whole = sum(len(line) + 1 for line in self._lines())
        if whole < self.path.stat().st_size:
            os.truncate(self.path, whole)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
