"""The store is derived: from archive and ledger alone it comes back as it was."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from flows.commands.rebuild import rebuild_store
from instruments.errors import StoreError
from sql.gateway import open_gateway, rows
from tests.flows.small_study import (
    WITHOUT_OUTCOME,
    answers_of,
    ask,
    digests,
    intake_rows,
    run,
    snapshot,
    take_in,
    take_in_intake,
    write_eventful_study,
    write_export,
    write_study,
)


def publish_eventful(folder: Path) -> None:
    # Of so few clients nothing is drawn.
    assert run(write_eventful_study(folder, WITHOUT_OUTCOME, 9)).exit_code == 4


@pytest.fixture
def study(copied: Callable[..., Path]) -> Path:
    return copied(publish_eventful)


def test_every_table_comes_back_as_it_was(study: Path) -> None:
    before = digests(study)
    assert {name.partition(".")[0] for name in before} == {"core", "meta", "out"}
    full = {name for name in before if ask(study, f"SELECT count(*) FROM store.{name}") != [(0,)]}
    assert full >= {
        "core.administration", "core.amendment", "core.client", "core.form_dar_5",
        "core.form_ecr_rs", "core.missing", "core.score", "meta.finding", "meta.source_file",
        "meta.state", "out.estimate", "out.presentation",
    }  # fmt: skip
    rest = snapshot(study, "archive", "ledger.jsonl", "quarantine", "runs", "exports")
    (study / "store.duckdb").unlink()
    assert rebuild_store(study) == 0
    assert digests(study) == before
    assert snapshot(study, "archive", "ledger.jsonl", "quarantine", "runs", "exports") == rest
    assert run(study).ending == "nothing new"


def test_a_finished_run_leaves_the_store_in_one_file(study: Path) -> None:
    write_export(study, "intake_3.csv", intake_rows(5, first=800))
    take_in(study)
    assert [path.name for path in study.glob("store.duckdb*")] == ["store.duckdb"]


def test_a_rebuild_needs_no_export(study: Path) -> None:
    before = digests(study)
    shutil.rmtree(study / "exports")
    (study / "exports").mkdir()
    rebuild_store(study)
    assert digests(study) == before


def test_a_digest_notices_one_changed_cell(study: Path) -> None:
    before = digests(study)
    with open_gateway(study / "store.duckdb") as connection:
        connection.execute("UPDATE store.core.form_dar_5 SET item_1 = 6 - item_1 WHERE rowid = 3")
    changed = {name for name, digest in digests(study).items() if digest != before[name]}
    assert changed <= {"core.form_dar_5"}
    assert changed


def overwrite(store: Path) -> None:
    content = bytearray(store.read_bytes())
    content[4096:12288] = b"\x5a" * 8192
    store.write_bytes(content)


def garble_everywhere(store: Path) -> None:
    content = bytearray(store.read_bytes())
    for place in range(12288, len(content), 997):
        content[place] ^= 0xFF
    store.write_bytes(content)


def garble_one_place(store: Path) -> None:
    """Break one block of one table."""
    with open_gateway(store) as connection:
        ids = "SELECT max(block_id) FROM pragma_storage_info('store.core.form_ecr_rs')"
        (block,) = rows(connection, ids)[0]
    content = bytearray(store.read_bytes())
    # Three headers of 4 KB, then blocks of 256 KB.
    start = 3 * 4096 + block * 262_144
    content[start + 40 : start + 48] = bytes(
        byte ^ 0xFF for byte in content[start + 40 : start + 48]
    )
    store.write_bytes(content)


DAMAGES: dict[str, Callable[[Path], object]] = {
    "deleted": Path.unlink,
    "emptied": lambda store: store.write_bytes(b""),
    "cut short": lambda store: store.write_bytes(store.read_bytes()[:70_000]),
    "overwritten": overwrite,
    "garbled": garble_everywhere,
    "garbled in one place": garble_one_place,
    "another file": lambda store: store.write_text("client_id,day\nK001,3\n"),
    "another store": lambda store: (store.unlink(), duckdb.connect(str(store)).close()),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_store_is_built_again_by_the_next_run(
    copied: Callable[..., Path], damage: str
) -> None:
    study = copied(take_in_intake)
    before = answers_of(study)
    store = study / "store.duckdb"
    DAMAGES[damage](store)
    take_in(study)
    assert answers_of(study) == before


def test_only_a_store_that_changed_since_the_last_run_is_read_whole(
    study: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[Path] = []
    monkeypatch.setattr(
        "flows.reconcile.read_everything", lambda _connection, path: read.append(path)
    )
    run(study)
    run(study)
    read.clear()
    run(study)
    assert not read
    (seal,) = study.glob(".store*.seal")
    seal.write_text(seal.read_text().replace(" ", " 0"))
    run(study)
    assert read == [study / "store.duckdb"]
    seal.unlink()
    run(study)
    assert len(read) == 2


def test_a_run_whose_store_was_lost_publishes_the_same_again(study: Path) -> None:
    before, published = digests(study), snapshot(study, "runs")
    (study / "store.duckdb").unlink()
    assert run(study).ending == "published"
    assert digests(study) == before
    assert snapshot(study, "runs") == published
    assert run(study).ending == "nothing new"


def test_a_store_whose_log_was_deleted_is_mended(study: Path) -> None:
    before = answers_of(study)
    store = study / "store.duckdb"
    shutil.copy(store, study / "older.duckdb")
    write_export(study, "intake_3.csv", intake_rows(5, first=800))
    take_in(study)
    after = answers_of(study)
    assert after != before
    # As after a deleted write-ahead log: the store opens, and lacks what was committed last.
    shutil.move(study / "older.duckdb", store)
    assert answers_of(study) == before
    take_in(study)
    assert answers_of(study) == after


def test_a_store_that_knows_more_than_the_ledger_is_built_again(study: Path) -> None:
    ledger = study / "ledger.jsonl"
    kept = ledger.read_bytes()
    before = answers_of(study)
    path = write_export(study, "intake_3.csv", intake_rows(5, first=800))
    take_in(study)
    path.unlink()
    ledger.write_bytes(kept)
    take_in(study)
    assert answers_of(study) == before


def test_a_store_in_use_is_told_in_one_sentence_and_not_touched(study: Path) -> None:
    before = snapshot(study, "store.duckdb")
    with duckdb.connect(str(study / "store.duckdb")):
        pass
    assert snapshot(study, "store.duckdb") == before


@pytest.mark.parametrize("place", ["first", "middle"])
def test_an_edited_ledger_stops_the_run(study: Path, place: str) -> None:
    ledger = study / "ledger.jsonl"
    lines = ledger.read_bytes().splitlines(keepends=True)
    k = 0 if place == "first" else len(lines) // 2
    lines[k] = lines[k].replace(b'"kind"', b'"kind" ')
    ledger.write_bytes(b"".join(lines))
    before = snapshot(study)
    with pytest.raises(StoreError) as caught:
        run(study)
    assert caught.value.code == "E_LEDGER"
    assert snapshot(study) == before


def test_texts_that_are_no_ids_or_codes_are_not_kept_and_judged_alike(tmp_path: Path) -> None:
    study = write_study(tmp_path / "study")
    table = intake_rows(20)
    for k, text in enumerate(("Jan Jansen", "Jan Jansen", "06-12345678", "К001", "1E5"), start=3):
        table[k]["client_id"] = text
    table[10]["clinic"] = "the one by the station"
    table[11]["therapist_id"] = "Dr. Who?"
    write_export(study, "intake.csv", table)
    take_in(study)
    before = digests(study)
    (archive,) = (study / "archive").glob("*.parquet")
    kept = ask(study, f"SELECT client_id, clinic, therapist_id FROM '{archive}'")
    texts = {text for row in kept for text in row}
    assert "K001" in texts
    assert "north" in texts
    odd = {text for text in texts if not text.replace("_", "").isalnum() or not text.isascii()}
    assert all(text.startswith("\ufffd not kept ") for text in odd), odd
    assert not texts & {"1E5"}
    (study / "store.duckdb").unlink()
    take_in(study)
    assert digests(study) == before
