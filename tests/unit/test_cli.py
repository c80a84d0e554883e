"""The command line: quick to start, exact in its exit codes, plain in what it says."""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
import typer.main

from flows.cli import app, main
from flows.takeover import hold_study
from tests.conftest import REPOSITORY
from tests.flows.small_study import (
    STUDY,
    digests,
    intake_rows,
    publish_small,
    snapshot,
    study_of,
    take_in,
    take_in_small,
    weekly_rows,
    write_export,
    write_small_study,
    write_study,
)

HEAVY = ("prefect", "great_expectations", "pandas", "duckdb", "matplotlib", "scipy", "numpy")
PROMISED = {"init", "run", "check", "status", "figure", "instruments", "rebuild", "demo", "doctor",
            "serve"}  # fmt: skip
Ask = Callable[..., tuple[int, str, str]]


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Ask:
    """Return a function that calls `interdep` and returns its exit code and what it says."""

    def call(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["interdep", *map(str, words)])
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capfd.readouterr()
        code = ended.value.code
        return (code if isinstance(code, int) else 0), out, err

    return call


def commands() -> list[tuple[str, ...]]:
    """Return every command and sub-command of the program."""
    found: list[tuple[str, ...]] = [()]
    waiting = [((), typer.main.get_command(app))]
    while waiting:
        path, command = waiting.pop()
        for name, child in sorted(getattr(command, "commands", {}).items()):
            found.append((*path, name))
            waiting.append(((*path, name), child))
    return found


@pytest.mark.parametrize("command", commands(), ids=" ".join)
def test_every_command_explains_itself(command: tuple[str, ...], ask: Ask) -> None:
    code, out, err = ask(*command, "--help")
    assert (code, err) == (0, "")
    assert "Usage:" in out
    described = out.split("Usage:")[1].splitlines()
    assert any(line.strip().endswith((".", ".)")) for line in described[1:4]), out
    for line in out.splitlines():
        # Every argument and option says what it is.
        if line.startswith("  --") and "--help" not in line:
            assert len(line.split("  ")) > 2 or line.strip().endswith(","), line


def test_the_commands_are_those_that_users_were_promised() -> None:
    assert {command[0] for command in commands() if command} >= PROMISED
    assert {("instruments", "list"), ("instruments", "show")} <= set(commands())


def imported_after(*words: str, cwd: Path = REPOSITORY) -> set[str]:
    """Return the packages that a process has imported once it has run a command."""
    code = (
        "import sys, atexit\n"
        "atexit.register(lambda: sys.stderr.write('\\n' + ' '.join(sorted(sys.modules))))\n"
        f"sys.path.insert(0, {str(REPOSITORY)!r})\n"
        f"sys.argv = ['interdep', *{list(words)!r}]\n"
        "from flows.cli import main\n"
        "main()\n"
    )
    ended = subprocess.run([sys.executable, "-c", code], cwd=cwd, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    return {name.partition(".")[0] for name in ended.stderr.splitlines()[-1].split()}


@pytest.mark.parametrize("command", [(), ("run",), ("check",), ("figure",)], ids=" ".join)
def test_help_imports_nothing_heavy(command: tuple[str, ...]) -> None:
    assert not imported_after(*command, "--help") & set(HEAVY)


@pytest.fixture
def published(made: Callable[..., Path]) -> Path:
    return made(publish_small)


def test_a_figure_is_drawn_without_prefect_and_great_expectations(
    published: Path, tmp_path: Path
) -> None:
    found = imported_after("figure", "flow", "--study", str(published), "--out", str(tmp_path))
    slow = {"prefect", "great_expectations", "duckdb", "statsmodels", "pingouin", "pydantic"}
    assert not found & slow
    assert (tmp_path / "flow.svg").read_bytes().startswith(b"<?xml")


def test_figures_are_listed_and_drawn_again_in_the_width_that_is_asked_for(
    published: Path, tmp_path: Path, ask: Ask
) -> None:
    code, out, _ = ask("figure", "list", "--study", published)
    names = [line.split()[0] for line in out.splitlines()]
    assert code == 0
    assert {"flow", "plane"} <= set(names)
    for width in ("90mm", "9cm"):
        where = tmp_path / width
        code, out, _ = ask("figure", "plane", "-s", published, "--width", width, "--out", where)
        assert code == 0
        assert str(where / "plane.svg") in out.splitlines()
    svgs = [(tmp_path / width / "plane.svg").read_bytes() for width in ("90mm", "9cm")]
    assert svgs[0] == svgs[1]
    assert gc.isenabled()


def test_check_says_that_a_run_would_stop_at_the_rule_of_the_study(
    tmp_path: Path, ask: Ask
) -> None:
    text = STUDY.replace('dependence = "ecr_rs.anxiety"', 'dependence = "ecr_rs.avoidance"')
    study = write_study(tmp_path / "study", text)
    good = write_export(study, "intake.csv", intake_rows(12))
    code, out, told = ask("check", good, "--study", study)
    assert code == 0
    assert out.startswith("ACCEPTED")
    assert "E_RULE_SCALE" in told


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("figure", "nothing"), "E_FIGURE"),
        (("figure", "plane", "--run", "0123456789abcdef"), "E_RUN_MISSING"),
        (("figure", "plane", "--run", "../../etc"), "E_RUN_MISSING"),
        (("figure", "plane", "--width", "wide"), "E_WIDTH"),
        (("figure", "plane", "--width", "40mm"), "E_FIGURE_SIZE"),
        (("figure", "plane", "--format", "bmp"), "E_"),
    ],
)
def test_what_cannot_be_drawn_is_told_in_one_sentence(
    published: Path, tmp_path: Path, ask: Ask, words: tuple[str, ...], code: str
) -> None:
    ended, out, err = ask(*words, "--study", published, "--out", tmp_path)
    assert (ended, out) == (1, "")
    assert err.startswith(f"interdep: {code}")
    assert err.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_status_and_figure_work_while_a_run_holds_study_and_store(
    copied: Callable[..., Path], tmp_path: Path, ask: Ask
) -> None:
    published = copied(publish_small)
    store = duckdb.connect(str(published / "store.duckdb"))
    try:
        with hold_study(study_of(published)):
            code, out, _ = ask("status", published, "--json")
            assert code == 0
            facts = json.loads(out)
            assert [file["name"] for file in facts["accepted"]] == ["intake.csv", "weekly.csv"]
            report = published / "runs" / facts["latest_run"] / "report.html"
            assert facts["report"] == str(report)
            assert f"its report: {report}" in ask("status", published)[1].splitlines()
            assert ask("figure", "plane", "-s", published, "--out", tmp_path)[0] == 0
            code, out, err = ask("rebuild", published)
            assert (code, out) == (1, "")
            assert err.startswith("interdep: E_STUDY_BUSY")
    finally:
        store.close()


def test_status_tells_what_waits_and_what_nobody_claims(tmp_path: Path, ask: Ask) -> None:
    study = write_study(tmp_path / "study")
    write_export(study, "intake.csv", intake_rows(12))
    take_in(study)
    write_export(study, "weekly.csv", weekly_rows())
    (study / "exports" / "notes.txt").write_text("x")
    before = snapshot(study)
    code, out, _ = ask("status", study)
    assert code == 0
    assert "accepted  intake.csv: 12 rows = 12 loaded + 0 quarantined + 0 known" in out
    assert "waiting   weekly.csv" in out
    assert "unclaimed notes.txt" in out
    assert snapshot(study) == before


def test_check_says_whether_an_export_is_good_and_stores_nothing(tmp_path: Path, ask: Ask) -> None:
    study = write_study(tmp_path / "study")
    table = intake_rows(12)
    good = write_export(study, "intake.csv", table)
    table[3]["dar_1"] = 9
    doubtful = write_export(study, "intake_2.csv", table)
    bad = study / "exports" / "intake_3.csv"
    bad.write_text("a;b\n1;2\n")
    before = snapshot(study)
    assert ask("check", good, "--study", study)[0] == 0
    assert ask("check", doubtful, "--study", study)[0] == 4
    code, out, _ = ask("check", good, doubtful, bad, "--study", study, "--json")
    assert code == 3
    cards = json.loads(out)
    assert [card["verdict"] for card in cards] == ["accepted", "accepted with warnings", "refused"]
    assert snapshot(study) == before


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("run",), 2),
        (("nonsense",), 2),
        (("figure", "plane", "--dpi", "many"), 2),
        (("check", "elsewhere.csv"), 2),
        (("check", "intake.csv", "--source", "intakes"), 2),
    ],
)
def test_wrong_use_has_an_exit_code_of_its_own(
    tmp_path: Path, ask: Ask, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], code: int
) -> None:
    monkeypatch.chdir(write_study(tmp_path / "study"))
    Path("elsewhere.csv").write_text("client_id\nK001\n", encoding="utf-8")
    ended, out, err = ask(*words)
    assert (ended, out) == (code, "")
    assert err


def test_a_missing_study_is_told_in_one_sentence(tmp_path: Path, ask: Ask) -> None:
    for command in ("run", "status", "rebuild"):
        code, out, err = ask(command, tmp_path)
        assert (code, out) == (1, "")
        assert err.startswith("interdep: E_STUDY_MISSING")
        assert err.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_instruments_are_listed_and_shown(ask: Ask) -> None:
    code, out, _ = ask("instruments", "list")
    assert code == 0
    assert [line for line in out.splitlines() if line.startswith("ecr ")]
    code, out, _ = ask("instruments", "show", "ecr")
    assert code == 0
    assert "reversed" in out
    code, _, err = ask("instruments", "show", "ecrr")
    assert code == 1
    assert 'Did you mean "ecr' in err


def test_doctor_compares_versions_and_tries_folders(
    tmp_path: Path, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path / "home"))
    study = write_study(tmp_path / "study")
    code, out, _ = ask("doctor", study)
    assert code == 0, out
    assert any(line.startswith("ok    duckdb 1.5.5") for line in out.splitlines())
    (study / "study.toml").write_text("[study")
    code, out, _ = ask("doctor", study)
    assert code == 1
    assert "WRONG E_STUDY_TOML" in out


def test_demo_leaves_a_folder_of_somebody_else_alone(tmp_path: Path, ask: Ask) -> None:
    (tmp_path / "mine.txt").write_text("x")
    code, _, err = ask("demo", tmp_path)
    assert code == 1
    assert err.startswith("interdep: E_NOT_A_DEMO")
    assert (tmp_path / "mine.txt").read_text() == "x"


def test_serve_refuses_a_schedule_that_is_none(tmp_path: Path, ask: Ask) -> None:
    study = write_study(tmp_path / "study")
    code, _, err = ask("serve", study, "--cron", "every monday")
    assert code == 1
    assert err.startswith("interdep: E_SCHEDULE")


def test_rebuild_says_from_how_many_files(copied: Callable[..., Path], ask: Ask) -> None:
    study = copied(take_in_small)
    before = {name: d for name, d in digests(study).items() if not name.startswith("out.")}
    (study / "store.duckdb").unlink()
    code, out, _ = ask("rebuild", study)
    assert (code, out) == (0, "store built from 2 files\n")
    after = digests(study)
    assert {name: after[name] for name in before if name != "meta.state"} == {
        name: digest for name, digest in before.items() if name != "meta.state"
    }


BLOCKERS = {
    "a file where the archive belongs": lambda study: (study / "archive").write_text(""),
    "a file where the runs belong": lambda study: (study / "runs").write_text(""),
    "a folder where the lock belongs": lambda study: (study / ".interdep.lock").mkdir(),
}


@pytest.mark.parametrize("blocker", BLOCKERS)
def test_a_folder_that_cannot_be_written_is_told_in_one_sentence(
    tmp_path: Path, ask: Ask, blocker: str
) -> None:
    study = write_small_study(tmp_path / "study")
    BLOCKERS[blocker](study)
    code, out, err = ask("rebuild", study)
    assert (code, out) == (1, "")
    assert err.startswith("interdep: E_UNWRITABLE")
    assert err.count("\n") == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is closed to root")
def test_a_closed_study_folder_is_told_in_one_sentence(tmp_path: Path, ask: Ask) -> None:
    study = write_small_study(tmp_path / "study")
    study.chmod(0o500)
    code, _, err = ask("rebuild", study)
    study.chmod(0o700)
    assert code == 1
    assert err.startswith("interdep: E_UNWRITABLE")


def test_init_says_where_it_cannot_write(tmp_path: Path, ask: Ask) -> None:
    (tmp_path / "taken").write_text("")
    code, _, err = ask("init", tmp_path / "taken" / "study")
    assert code == 1
    assert err.startswith("interdep: E_UNWRITABLE")


def test_an_error_of_the_system_is_told_with_its_place(
    tmp_path: Path, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device", str(tmp_path / "store.duckdb"))

    monkeypatch.setattr("flows.commands.status.show_status", lambda *_, **__: fail())
    code, _, err = ask("status", tmp_path)
    assert code == 1
    assert err.startswith("interdep: E_SYSTEM: The system said: No space left on device")
    assert "store.duckdb" in err


def test_an_unforeseen_error_keeps_its_message_to_itself(
    tmp_path: Path, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ValueError("could not convert SECRETVALUE")

    monkeypatch.setattr("flows.commands.status.show_status", fail)
    code, out, err = ask("status", tmp_path)
    assert (code, out) == (1, "")
    assert err.startswith("interdep: E_INTERNAL: ValueError")
    assert "SECRETVALUE" not in err


def test_the_promised_commands_are_in_the_readme() -> None:
    readme = (REPOSITORY / "README.md").read_text("utf-8")
    assert [name for name in sorted(PROMISED) if f"interdep {name}" not in readme] == []
