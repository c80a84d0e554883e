"""Rows that are held back are released or rejected, and stay so in every rebuild."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from flows.cli import app
from flows.desk.deciding import Request, carry_out, parse_records
from flows.desk.held_rows import list_held, list_refused
from flows.inbox import hash_export
from flows.reconcile import rebuild
from flows.study import load_study
from flows.workbench import open_workbench, workbench
from instruments.errors import RunError
from tests.flows.studies import (
    ask,
    client,
    clients,
    digests,
    export,
    open_study,
    rebuild_study,
    take_in,
    write_study,
)

LOADED = "SELECT client_id FROM store.core.administration WHERE batch = 1 ORDER BY 1"
COUNTS = (
    "SELECT rows_in_count, rows_loaded_count, rows_quarantined_count, rows_known_count "
    "FROM store.meta.source_file"
)


def hold_rows_back(folder: Path) -> None:
    """Take in twelve good rows, a contradiction (13, 14), an answer of 9 (15)."""
    write_study(folder)
    odd = [client(20), client(20, core_1=4), client(21, core_4=9)]
    export(folder, "intake.csv", [*clients(), *odd])
    take_in(folder)


@pytest.fixture
def study(copied: Callable[..., Path]) -> Path:
    return copied(hold_rows_back)


def decide(study: Path, kind: Any, *records: int, **more: Any) -> None:
    request = Request(kind, "intake.csv", records, more.pop("why", "seen on paper"), "Anna", **more)
    with open_workbench(study, lambda _: None) as key:
        bench = workbench(key)
        carry_out(bench.study, bench.ledger, bench.store, request)


def answer_of(study: Path, client_id: str) -> list[tuple[Any, ...]]:
    return ask(
        study,
        "SELECT item_1 FROM store.core.form_core_10 INNER JOIN store.core.administration "
        "USING (administration_id) WHERE client_id = ?",
        client_id,
    )


def test_of_two_rows_that_contradict_each_other_the_released_one_stands(study: Path) -> None:
    assert answer_of(study, "C020") == []
    decide(study, "rows_released", 14)
    assert answer_of(study, "C020") == [(4,)]
    assert ask(study, COUNTS) == [(15, 13, 2, 0)]
    held = [held.records for held in list_held(*open_study(study))]
    assert held == [frozenset({13, 15})]


@pytest.fixture
def rebuilt(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Count how often a store is built again."""
    calls: list[str] = []

    def counting(*args: Any) -> Any:
        calls.append("rebuilt")
        return rebuild(*args)

    monkeypatch.setattr("flows.reconcile.rebuild", counting)
    return calls


def is_as_rebuilt(study: Path) -> bool:
    """Whether store and lists of held rows are what a rebuild makes of ledger and archive."""
    before = digests(study), {p.name: p.read_bytes() for p in (study / "quarantine").iterdir()}
    rebuild_study(study)
    after = digests(study), {p.name: p.read_bytes() for p in (study / "quarantine").iterdir()}
    return before == after


@pytest.mark.parametrize("kind", ["rows_released", "rows_rejected"])
@pytest.mark.parametrize("record", [13, 14])
def test_a_decision_about_the_last_file_adds_to_the_store_what_a_rebuild_would(
    study: Path, kind: str, record: int, rebuilt: list[str]
) -> None:
    decide(study, kind, record)
    decide(study, "rows_rejected", 15)
    assert not rebuilt
    assert ask(study, COUNTS) == [(15, 13, 2, 0)]
    assert is_as_rebuilt(study)


def test_a_rejected_row_that_was_loaded_is_taken_out_again(study: Path, rebuilt: list[str]) -> None:
    decide(study, "rows_rejected", 3)
    assert len(rebuilt) == 1
    assert answer_of(study, "C003") == []
    decide(study, "rows_released", 3)
    assert answer_of(study, "C003") == [(client(3)["core_1"],)]
    assert len(rebuilt) == 1
    assert is_as_rebuilt(study)


def test_a_row_of_an_earlier_file_takes_its_place_before_what_later_ones_say(
    study: Path, rebuilt: list[str]
) -> None:
    export(study, "intake_2.csv", [client(20, core_1=2)])
    take_in(study)
    decide(study, "rows_released", 14)
    assert len(rebuilt) == 1
    assert answer_of(study, "C020") == [(2,)]
    assert is_as_rebuilt(study)


def test_a_released_row_that_says_other_things_of_a_client_is_an_amendment(
    study: Path, rebuilt: list[str]
) -> None:
    again = [client(1, core_2=4), client(2), client(2, core_3=4), client(30)]
    path = export(study, "intake_2.csv", again)
    take_in(study)
    request = Request("rows_released", path.name, (3,), "seen on paper", "Anna")
    with open_workbench(study, lambda _: None) as key:
        bench = workbench(key)
        carry_out(bench.study, bench.ledger, bench.store, request)
    assert len(rebuilt) == 1
    amended = ask(study, "SELECT name FROM store.core.amendment WHERE kind = 'answer' ORDER BY 1")
    assert amended == [("item_2",), ("item_3",)]
    assert is_as_rebuilt(study)


def test_both_of_them_cannot_be_released(study: Path) -> None:
    with pytest.raises(RunError) as caught:
        decide(study, "rows_released", 13, 14)
    assert caught.value.code == "E_STILL_BROKEN"
    assert "row 13 E_DUP_CONFLICT" in caught.value.what
    assert answer_of(study, "C020") == []
    decide(study, "rows_released", 13)
    with pytest.raises(RunError):
        decide(study, "rows_released", 14)


def test_a_row_that_still_breaks_a_rule_stays_held_back(study: Path) -> None:
    before = digests(study), (study / "ledger.jsonl").read_bytes()
    with pytest.raises(RunError) as caught:
        decide(study, "rows_released", 15, despite=("E_RANGE",))
    assert caught.value.code == "E_STILL_BROKEN"
    assert caught.value.what.endswith("row 15 E_RANGE in core_4")
    assert (digests(study), (study / "ledger.jsonl").read_bytes()) == before


def test_after_one_of_them_is_rejected_the_other_is_no_contradiction(study: Path) -> None:
    decide(study, "rows_rejected", 13)
    assert answer_of(study, "C020") == [(4,)]
    codes = ask(study, "SELECT code FROM store.meta.finding WHERE record IN (13, 14)")
    assert codes == [("E_REJECTED",)]
    assert ask(study, COUNTS) == [(15, 13, 2, 0)]


def test_decisions_hold_in_every_rebuild(study: Path) -> None:
    decide(study, "rows_released", 14)
    decide(study, "rows_rejected", 15)
    before = digests(study)
    lists = {p.name: p.read_bytes() for p in (study / "quarantine").iterdir()}
    rebuild_study(study)
    assert digests(study) == before
    assert {p.name: p.read_bytes() for p in (study / "quarantine").iterdir()} == lists
    (study / "store.duckdb").unlink()
    take_in(study)
    assert digests(study) == before


def test_a_decision_that_was_acknowledged_is_carried_out_by_the_next_run(study: Path) -> None:
    decide(study, "rows_released", 14)
    before = digests(study)
    ledger = (study / "ledger.jsonl").read_bytes()
    (study / "store.duckdb").unlink()
    lines = ledger.splitlines(keepends=True)
    (study / "ledger.jsonl").write_bytes(b"".join(lines[:-1]))
    take_in(study)
    assert answer_of(study, "C020") == []
    (study / "ledger.jsonl").write_bytes(ledger)  # killed right after the ledger was written
    take_in(study)
    assert digests(study) == before


def test_a_decision_can_be_changed(study: Path) -> None:
    before = ask(study, LOADED)
    decide(study, "rows_released", 14)
    decide(study, "rows_rejected", 14)
    assert answer_of(study, "C020") == [(1,)]  # that of row 13, which nothing contradicts now
    decide(study, "rows_rejected", 13)
    assert ask(study, LOADED) == before


def test_a_doubtful_row_is_released_only_if_somebody_says_so(study: Path) -> None:
    odd = client(30, core_6=2)
    export(study, "intake_2.csv", [*clients(start=40), odd, odd | {"core_1": 3}])
    take_in(study)
    with open_workbench(study, lambda _: None) as key:
        bench = workbench(key)
        request = Request("rows_released", "intake_2.csv", (13,), "asked", "Anna")
        with pytest.raises(RunError) as caught:
            carry_out(bench.study, bench.ledger, bench.store, request)
        assert caught.value.code == "E_DOUBTS"
        assert "--despite E_SAFETY" in caught.value.fix
        told = Request("rows_released", "intake_2.csv", (13,), "asked", "Anna", ("E_SAFETY",))
        carry_out(bench.study, bench.ledger, bench.store, told)
    assert len(answer_of(study, "C030")) == 1


def test_a_row_that_was_loaded_can_be_rejected_and_released_again(study: Path) -> None:
    before = ask(study, LOADED)
    decide(study, "rows_rejected", 3)
    assert ("C003",) in before
    assert ask(study, LOADED) == [one for one in before if one != ("C003",)]
    decide(study, "rows_released", 3)
    assert ask(study, LOADED) == before


def test_only_rows_that_are_there_and_held_back_can_be_decided_about(study: Path) -> None:
    for kind, record, code in (
        ("rows_released", 1, "E_NOT_HELD"),
        ("rows_released", 99, "E_NO_ROW"),
        ("rows_rejected", 0, "E_NO_ROW"),
    ):
        with pytest.raises(RunError) as caught:
            decide(study, kind, record)
        assert caught.value.code == code
    with pytest.raises(RunError) as caught:
        decide(study, "rows_rejected", 13, why=" ")
    assert caught.value.code == "E_USAGE"


def test_the_ledger_says_who_when_and_why(study: Path) -> None:
    decide(study, "rows_rejected", 15)
    last = json.loads((study / "ledger.jsonl").read_text().splitlines()[-1])
    assert last["kind"] == "rows_rejected"
    assert last["at"].startswith("20")
    assert last["facts"]["by"] == "Anna"
    assert last["facts"]["why"] == "seen on paper"
    assert last["facts"]["records"] == [15]


def test_a_corrected_study_file_lets_a_row_in_that_was_never_rejected(study: Path) -> None:
    decide(study, "rows_rejected", 13)
    text = (study / "study.toml").read_text()
    wider = text.replace('instrument = "core_10"', 'instrument = "core_10"\nrange = [0, 9]')
    (study / "study.toml").write_text(wider)
    take_in(study)
    assert len(answer_of(study, "C021")) == 1
    assert answer_of(study, "C020") == [(4,)]
    before = digests(study)
    rebuild_study(study)
    assert digests(study) == before


def test_the_command_line_lists_shows_and_decides(study: Path) -> None:
    def call(*words: str) -> str:
        result = CliRunner().invoke(app, ["quarantine", *words], catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.output

    (study / "exports" / "intake_0.csv").write_text("")
    take_in(study)
    listed = call("list", str(study))
    assert "intake.csv (intake): 3 rows (2 E_DUP_CONFLICT, 1 E_RANGE); 0 released" in listed
    assert "intake_0.csv (intake): E_EMPTY: The file is empty." in listed
    shown = call("show", str(study), "intake.csv")
    assert "row 15, core_4" in shown
    assert '"9"' not in shown
    shown = call("show", str(study), "intake.csv", "--show-values")
    assert 'row 15, core_4 [E_RANGE]: "9"' in shown
    call("release", str(study), "intake.csv", "14", "--why", "the later one", "--by", "Anna")
    call("reject", str(study), "intake.csv", "13,15", "--why", "twice", "--by", "Ben")
    shown = call("show", str(study), "intake.csv")
    assert "released by Anna: rows 14: the later one" in shown
    assert "rejected by Ben: rows 13, 15: twice" in shown


def test_a_refused_file_is_shown_with_its_reason_and_what_to_do(study: Path) -> None:
    path = export(study, "intake_2.csv", clients())
    path.write_text(path.read_text().replace("client_id", "client", 1))
    take_in(study)
    (refused,) = list_refused(load_study(study))
    for wanted in ("intake_2.csv", refused.sha256[:12]):
        shown = CliRunner().invoke(app, ["quarantine", "show", str(study), wanted])
        assert shown.exit_code == 0
        assert refused.code in shown.stdout
        assert refused.fix in shown.stdout


def test_only_files_as_large_as_a_refused_one_are_read_for_the_list(
    study: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (study / "exports" / "intake_0.csv").write_text("")
    take_in(study)
    (study / "exports" / "intake_0.csv").rename(study / "exports" / "intake_9.csv")
    read: list[str] = []

    def hash_and_note(path: Path) -> str:
        read.append(path.name)
        return hash_export(path)

    monkeypatch.setattr("flows.desk.held_rows.hash_export", hash_and_note)
    (refused,) = list_refused(load_study(study))
    assert refused.is_waiting
    assert read == ["intake_9.csv"]


def test_record_numbers_are_read_as_people_write_them() -> None:
    assert parse_records("12") == (12,)
    assert parse_records("3, 5-7,6") == (3, 5, 6, 7)
    for wrong in ("", "a", "3-", "-3", "1.5", "7-5", "2,7-5"):
        with pytest.raises(RunError):
            parse_records(wrong)
