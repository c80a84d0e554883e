"""What lies in the inbox and is not taken in is told by name, safely, and kept apart."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows.cli import app
from flows.commands.run import tell_outcome
from flows.desk.held_rows import list_refused
from flows.inbox import hash_export
from tests.flows.small_study import (
    WITHOUT_OUTCOME,
    intake_rows,
    run,
    study_of,
    take_in,
    write_export,
    write_small_study,
    write_study,
)

posix = pytest.mark.skipif(os.name == "nt", reason="names and links of POSIX")


@pytest.fixture
def study(tmp_path: Path) -> Path:
    return write_study(tmp_path / "study")


def status_of(folder: Path) -> str:
    return CliRunner().invoke(app, ["status", str(folder)], catch_exceptions=False).output


def test_a_file_that_no_source_claims_is_named_by_run_and_status(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_small_study(tmp_path / "study", WITHOUT_OUTCOME)
    (folder / "exports" / "notes.txt").write_text("x")
    (folder / "exports" / ".DS_Store").write_text("x")
    outcome = run(folder)
    tell_outcome(outcome)
    line = "unclaimed notes.txt: no source's pattern matches it"
    said = capsys.readouterr().out.splitlines()
    assert said.count(line) == 1
    assert not any("DS_Store" in one for one in said)
    assert line in status_of(folder).splitlines()
    assert outcome.exit_code == 0


@posix
def test_a_name_that_would_match_but_for_its_case_is_told_so(study: Path) -> None:
    write_export(study, "INTAKE_2.CSV", intake_rows(12))
    assert take_in(study) == []
    (line,) = (one for one in status_of(study).splitlines() if one.startswith("unclaimed"))
    assert line == (
        'unclaimed INTAKE_2.CSV: but for upper and lower case it matches "intake*.csv" of the '
        'source "intake"'
    )


@posix
@pytest.mark.parametrize("name", ["notes\nrefused x.txt", "notes\x1b[2J.txt", "notes\u202e.txt"])
def test_a_name_with_unseen_characters_is_printed_escaped(study: Path, name: str) -> None:
    (study / "exports" / name).write_text("x")
    (study / "exports" / name.replace("notes", "intake").replace("txt", "csv")).write_text("x")
    (report,) = take_in(study)
    assert report.refusal is not None
    listed = CliRunner().invoke(app, ["quarantine", "list", str(study)]).output
    for said in (report.name, *status_of(study).splitlines(), *listed.splitlines()):
        assert said.isprintable()
    assert len(listed.splitlines()) == 1
    assert "unclaimed notes\\" in status_of(study)


@posix
def test_what_a_link_leads_to_is_never_read(study: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.csv"
    elsewhere.write_text("x")
    link = study / "exports" / "intake.csv"
    link.symlink_to(elsewhere)
    assert hash_export(link) == ""
    assert hash_export(elsewhere) != ""
    (report,) = take_in(study)
    assert report.refusal is not None
    assert report.refusal.code == "E_LINK"


@posix
def test_each_file_that_cannot_be_read_has_a_record_of_its_own(study: Path, tmp_path: Path) -> None:
    for name in ("intake_1.csv", "intake_2.csv"):
        (study / "exports" / name).symlink_to(tmp_path / name)
    take_in(study)
    refused = list_refused(study_of(study))
    assert [(one.name, one.is_waiting) for one in refused] == [
        ("intake_1.csv", True),
        ("intake_2.csv", True),
    ]
    (study / "exports" / "intake_1.csv").unlink()
    assert [one.is_waiting for one in list_refused(study_of(study))] == [False, True]


@posix
def test_a_record_of_refusal_goes_once_its_file_is_accepted(study: Path, tmp_path: Path) -> None:
    link = study / "exports" / "intake.csv"
    link.symlink_to(tmp_path / "nowhere.csv")
    take_in(study)
    link.unlink()
    original = write_export(study, "intake.csv", intake_rows(12))
    text = (study / "study.toml").read_text()
    (study / "study.toml").write_text(text.replace('"dar_{n}"', '"dra_{n}"', 1))
    take_in(study)
    assert [one.code for one in list_refused(study_of(study))] == ["E_LINK", "E_COLUMN_MISSING"]
    (study / "study.toml").write_text(text)
    (report,) = take_in(study)
    assert report.refusal is None
    assert original.exists()
    assert list_refused(study_of(study)) == []
    assert [json.loads(p.read_text()) for p in (study / "quarantine").glob("*.json")] == []
