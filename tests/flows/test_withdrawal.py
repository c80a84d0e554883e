"""A client who withdraws leaves nothing behind but a tombstone."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows.books import accepted_files
from flows.cli import app
from flows.commands.withdraw import withdraw_client
from flows.ledger import Ledger
from flows.study import load_study
from flows.withdrawal import withdraw
from flows.workbench import open_workbench
from instruments.errors import RunError, StoreError
from sql.gateway import open_gateway, rows
from tests.flows.crashing import KILLED
from tests.flows.studies import (
    INTAKE,
    ask,
    client,
    clients,
    digests,
    export,
    rebuild_study,
    take_in,
    write_study,
)
from tests.flows.withdrawing import withdraw_and_die

GONE = "C003"
LATER = (
    INTAKE.replace('"intake"', '"later"')
    .replace("intake*", "later*")
    .replace('occasion = "later"', 'occasion = "month_3"')
)


REJECTED = "SELECT record FROM store.meta.finding WHERE code = 'E_REJECTED'"
CODES_OF_BATCH = (
    "SELECT record, code FROM store.meta.finding INNER JOIN store.meta.source_file USING (sha256) "
    "WHERE batch = ? ORDER BY 1"
)


def write(folder: Path) -> Path:
    """Write a study in which one client has forms in two files, and rows that are held back."""
    write_study(folder, INTAKE, LATER)
    export(folder, "intake_1.csv", [*clients(), client(3, core_4=9), client(5, core_1=9)])
    export(folder, "later.csv", clients(10, start=2))
    take_in(folder)
    export(folder, "intake_2.csv", clients(start=30))
    take_in(folder)
    return folder


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("whole") / "study")


@pytest.fixture
def study(tmp_path: Path, whole: Path) -> Path:
    return Path(shutil.copytree(whole, tmp_path / "study"))


@pytest.fixture(scope="module")
def withdrawn(tmp_path_factory: pytest.TempPathFactory, whole: Path) -> Path:
    """Return a study after a withdrawal that nobody killed."""
    folder = Path(shutil.copytree(whole, tmp_path_factory.mktemp("withdrawn") / "study"))
    assert withdraw_client(folder, GONE, "Anna", anyway=False) == 0
    return folder


@pytest.fixture
def left(tmp_path: Path, withdrawn: Path) -> Path:
    """Return a copy of it."""
    return Path(shutil.copytree(withdrawn, tmp_path / "left"))


def texts_of(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield everything of a study but its originals as text, the insides of files included."""
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if not path.is_file() or name.startswith("exports/"):
            continue
        yield name, path.read_bytes().decode("latin-1")
        if path.suffix == ".parquet":
            with open_gateway() as connection:
                found = rows(
                    connection, "SELECT CAST(t AS VARCHAR) FROM read_parquet(?) t", str(path)
                )
                yield name, str(found)


def has_trace(folder: Path) -> list[str]:
    return [name for name, text in texts_of(folder) if GONE in text]


def test_the_client_was_everywhere_before(whole: Path) -> None:
    places = {name.partition("/")[0] for name in has_trace(whole)}
    assert places == {"archive", "store.duckdb"}


def test_no_trace_of_the_client_is_left(withdrawn: Path) -> None:
    assert has_trace(withdrawn) == []
    assert not list(withdrawn.rglob("*.part"))
    for table in ("client", "administration"):
        assert ask(withdrawn, f"SELECT * FROM store.core.{table} WHERE client_id = '{GONE}'") == []


def test_everybody_else_is_still_there(whole: Path, withdrawn: Path) -> None:
    others = (
        "SELECT client_id, batch, record, item, answer FROM store.core.response INNER JOIN "
        f"store.core.administration USING (administration_id) WHERE client_id <> '{GONE}' "
        "ORDER BY ALL"
    )
    assert ask(withdrawn, others) == ask(whole, others)


def test_held_rows_of_the_client_are_no_longer_listed(whole: Path, withdrawn: Path) -> None:
    def records(folder: Path) -> str:
        return "".join(path.read_text() for path in sorted((folder / "quarantine").glob("*.csv")))

    assert "\n13,core_4" in records(whole)
    assert "13," not in records(withdrawn)
    assert "\n14,core_1" in records(withdrawn)


def test_a_rebuild_afterwards_is_exact(left: Path) -> None:
    before = digests(left)
    rebuild_study(left)
    assert digests(left) == before
    (left / "store.duckdb").unlink()
    take_in(left)
    assert digests(left) == before
    assert has_trace(left) == []


def test_the_ledger_keeps_a_salted_hash_and_not_the_id(withdrawn: Path) -> None:
    (entry,) = Ledger(withdrawn / "ledger.jsonl").entries("client_withdrawn")
    assert len(entry.facts["salt"]) == 32
    assert len(entry.facts["client_sha256"]) == 64
    assert sorted(entry.facts["removed"].values()) == [1, 2]
    assert entry.facts["by"] == "Anna"


def test_the_client_is_not_let_in_again(left: Path) -> None:
    export(left, "intake_3.csv", [client(3), client(50), client(51), client(3, core_1=4)])
    (report,) = take_in(left)
    assert report.counts is not None
    assert (report.counts.loaded, report.counts.quarantined) == (2, 2)
    told = {finding.rule: finding.says for finding in report.validation.findings}
    assert told["file.withdrawn"].startswith("A row is of a client who withdrew")
    codes = ask(left, CODES_OF_BATCH, 4)
    assert codes == [(1, "E_WITHDRAWN"), (4, "E_WITHDRAWN")]
    assert has_trace(left) == []
    before = digests(left)
    rebuild_study(left)
    assert digests(left) == before


@pytest.mark.parametrize("written", [" C003 ", "\uff23\uff10\uff10\uff13"])  # full-width letters
def test_however_the_id_is_written_it_is_the_same_client(study: Path, written: str) -> None:
    export(study, "intake_4.csv", [*clients(start=60), client(3, client_id=written, core_1=3)])
    take_in(study)
    withdraw_client(study, GONE, "Anna", anyway=False)
    assert has_trace(study) == []
    assert not [name for name, text in texts_of(study) if written.strip() in text]
    assert ask(study, f"SELECT * FROM store.core.client WHERE client_id = '{GONE}'") == []


def test_an_original_that_is_read_again_brings_nobody_back(left: Path) -> None:
    text = (left / "study.toml").read_text()
    (left / "study.toml").write_text(text.replace('"-99" = "refused"', '"-98" = "refused"'))
    take_in(left)
    assert has_trace(left) == []
    assert ask(left, "SELECT count(*) FROM store.meta.finding WHERE code = 'E_WITHDRAWN'") == [(3,)]


def test_a_client_whom_nobody_knows_is_no_withdrawal(study: Path) -> None:
    before = (study / "ledger.jsonl").read_bytes()
    with pytest.raises(RunError) as caught:
        withdraw_client(study, "C999", "Anna", anyway=False)
    assert caught.value.code == "E_CLIENT_UNKNOWN"
    assert "C999" not in str(caught.value)
    assert (study / "ledger.jsonl").read_bytes() == before
    assert withdraw_client(study, "C999", "Anna", anyway=True) == 0
    export(study, "intake_5.csv", [client(999), client(61)])
    take_in(study)
    assert ask(study, "SELECT * FROM store.core.client WHERE client_id = 'C999'") == []


def test_a_client_is_withdrawn_once(left: Path) -> None:
    before = digests(left), (left / "ledger.jsonl").read_bytes()
    assert withdraw_client(left, GONE, "Anna", anyway=False) == 5
    assert (digests(left), (left / "ledger.jsonl").read_bytes()) == before


def test_a_row_of_a_file_of_persons_can_be_withdrawn(tmp_path: Path) -> None:
    persons = INTAKE.replace('id = "intake"', 'id = "intake"\na_row_is = "person"').replace(
        '[source.columns]\nclient = "client_id"\n', ""
    )
    study = write_study(tmp_path, persons)
    table = clients()
    export(
        study, "intake.csv", [{k: v for k, v in one.items() if k != "client_id"} for one in table]
    )
    take_in(study)
    (sha256,) = (file.sha256 for file in accepted_files(Ledger(study / "ledger.jsonl")))
    withdraw_client(study, f"p{sha256[:8]}_5", "Anna", anyway=False)
    left = ask(study, "SELECT record FROM store.core.administration ORDER BY 1")
    assert [record for (record,) in left] == [1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12]


def test_decisions_about_other_rows_still_hold(study: Path) -> None:
    def call(*words: str) -> str:
        result = CliRunner().invoke(app, list(words), catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.output

    call("quarantine", "reject", str(study), "later.csv", "5", "--why", "twice", "--by", "Ben")
    told = call("withdraw", GONE, str(study), "--yes", "--by", "Anna")
    assert "2 rows of intake_1.csv, 1 rows of later.csv" in told
    assert "intake_1.csv, later.csv in exports/" in told
    assert GONE not in told
    assert ask(study, REJECTED) == [(5,)]


def test_runs_that_held_the_client_are_named(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ledger = Ledger(study / "ledger.jsonl")
    ledger.append("run_started")
    ledger.append("run_finished", run_id="0123456789abcdef")
    withdraw_client(study, GONE, "Anna", anyway=False)
    assert "0123456789abcdef" in capsys.readouterr().out
    (entry,) = ledger.entries("client_withdrawn")
    assert entry.facts["runs"] == ["0123456789abcdef"]


def check_is_as_if_nobody_had_been_killed(study: Path, withdrawn: Path) -> None:
    assert has_trace(study) == []
    assert digests(study) == digests(withdrawn)
    for folder in ("archive", "quarantine"):
        files = {p.name: p.read_bytes() for p in sorted((study / folder).iterdir())}
        assert files == {p.name: p.read_bytes() for p in sorted((withdrawn / folder).iterdir())}
    assert not list(study.rglob("*.part"))


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="processes are forked")
def test_a_withdrawal_killed_at_any_step_is_finished_or_was_never_begun(
    tmp_path: Path, whole: Path, withdrawn: Path
) -> None:
    step, is_done = 0, False
    while not is_done:
        step += 1
        study = Path(shutil.copytree(whole, tmp_path / f"study{step}"))
        code = withdraw_and_die(study, GONE, step)
        assert code in (0, KILLED)
        is_done = code == 0
        take_in(study)
        if not Ledger(study / "ledger.jsonl").entries("client_withdrawn"):
            assert digests(study) == digests(whole)
            withdraw_client(study, GONE, "Anna", anyway=False)
        check_is_as_if_nobody_had_been_killed(study, withdrawn)
    assert step > 8


def test_a_withdrawal_killed_between_two_archives_is_finished(
    study: Path, withdrawn: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved: list[str] = []
    replace = Path.replace

    def once(self: Path, target: Path) -> Path:
        if self.name.endswith(".parquet.part"):
            if moved:
                raise KeyboardInterrupt
            moved.append(self.name)
        return replace(self, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", once)
        with pytest.raises(KeyboardInterrupt):
            withdraw_client(study, GONE, "Anna", anyway=False)
    assert len(moved) == 1
    take_in(study)
    check_is_as_if_nobody_had_been_killed(study, withdrawn)


def test_an_archive_that_somebody_changed_meanwhile_is_not_taken_for_finished(
    study: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flows.withdrawal.put_in_place", lambda *_: None)
    withdraw(load_study(study), Ledger(study / "ledger.jsonl"), GONE, "Anna")
    monkeypatch.undo()
    for archive in (study / "archive").iterdir():
        archive.write_bytes(archive.read_bytes() + b"x")
    with pytest.raises(StoreError) as caught, open_workbench(study, lambda _: None):
        pass
    assert caught.value.code == "E_ARCHIVE_CHANGED"


def test_status_says_what_was_taken_out_of_a_file_since(withdrawn: Path) -> None:
    said = CliRunner().invoke(app, ["status", str(withdrawn)]).output.splitlines()
    first, later, second = (line for line in said if line.startswith("accepted"))
    assert first == (
        "accepted  intake_1.csv: 14 rows = 10 loaded + 4 quarantined + 0 known when it came in; "
        "since then 2 withdrawn"
    )
    assert later.endswith("when it came in; since then 1 withdrawn")
    assert second == "accepted  intake_2.csv: 12 rows = 12 loaded + 0 quarantined + 0 known"
