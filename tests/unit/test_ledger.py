"""The ledger: whole lines in a chain, flushed before anybody acts on them."""

from __future__ import annotations

import json
import os
from datetime import datetime
from pathlib import Path

import pytest

from flows.ledger import START, Ledger
from instruments.errors import StoreError


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "ledger.jsonl")


def test_a_ledger_that_does_not_exist_is_empty(ledger: Ledger) -> None:
    assert ledger.entries() == []
    assert not ledger.path.exists()


def test_entries_come_back_in_their_order_with_what_they_hold(ledger: Ledger) -> None:
    ledger.append("run_started", study="a")
    ledger.append("file_accepted", name="größe\n.csv", rows=3)
    ledger.append("run_finished")
    assert [(e.number, e.kind) for e in ledger.entries()] == [
        (1, "run_started"), (2, "file_accepted"), (3, "run_finished")
    ]  # fmt: skip
    assert ledger.entries("file_accepted")[0].facts == {"name": "größe\n.csv", "rows": 3}
    assert ledger.path.read_bytes().count(b"\n") == 3


def test_every_line_holds_the_hash_of_the_one_before(ledger: Ledger) -> None:
    entries = [ledger.append("x", k=k) for k in range(3)]
    before = [json.loads(line)["previous"] for line in ledger.path.read_text().splitlines()]
    assert before == [START, entries[0].digest, entries[1].digest]
    assert [entry.digest for entry in ledger.entries()] == [entry.digest for entry in entries]


def test_times_of_the_clock_are_kept_in_universal_time(ledger: Ledger) -> None:
    ledger.append("x")
    written = datetime.fromisoformat(json.loads(ledger.path.read_text())["at"])
    assert written.utcoffset() is not None
    assert written.utcoffset().total_seconds() == 0  # type: ignore[union-attr]


def test_a_line_is_on_the_disk_before_append_returns(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    sync = os.fsync
    monkeypatch.setattr(os, "fsync", lambda fd: (synced.append(fd), sync(fd)))
    ledger.append("x")
    assert synced


@pytest.mark.parametrize("number", [1, 2, 3, 4])
@pytest.mark.parametrize("change", ["edited", "lost", "swapped", "no JSON"])
def test_a_changed_line_is_noticed(ledger: Ledger, number: int, change: str) -> None:
    for k in range(5):
        ledger.append("x", k=k)
    lines = ledger.path.read_bytes().splitlines(keepends=True)
    if change == "edited":
        lines[number - 1] = lines[number - 1].replace(b'"k": ', b'"k":  ')
    elif change == "lost":
        del lines[number - 1]
    elif change == "swapped":
        lines[number - 1 : number + 1] = reversed(lines[number - 1 : number + 1])
    else:
        lines[number - 1] = b"{\n"
    ledger.path.write_bytes(b"".join(lines))
    with pytest.raises(StoreError) as caught:
        ledger.entries()
    assert caught.value.code == "E_LEDGER"
    assert "line" in caught.value.where
    with pytest.raises(StoreError):
        ledger.append("y")


def test_a_torn_last_line_was_never_acknowledged_and_makes_room(ledger: Ledger) -> None:
    ledger.append("x", k=1)
    whole = ledger.path.read_bytes()
    for torn in (b"{", b'{"at": "2026-01-01"', whole[:-1]):
        ledger.path.write_bytes(whole + torn)
        assert [entry.facts for entry in ledger.entries()] == [{"k": 1}]
    ledger.append("x", k=2)
    assert [entry.facts for entry in ledger.entries()] == [{"k": 1}, {"k": 2}]
    assert ledger.path.read_bytes().startswith(whole)
