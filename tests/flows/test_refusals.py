"""A refused file leaves store, ledger and archive byte for byte as they were; others go in."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from flows.workbench import FileReport
from tests.flows.small_study import (
    STUDY,
    WITHOUT_OUTCOME,
    accepted_names,
    intake_rows,
    run,
    snapshot,
    take_in,
    take_in_intake,
    weekly_rows,
    write_export,
    write_study,
)
from tests.unit.nasty.cases import REFUSED, Refused, cells_of

KEPT = ("store.duckdb", "ledger.jsonl", "archive", "runs")
SOURCE = """
[[source]]
id = "nasty_{k}"
kind = "csv"
files = "nasty_{k}.csv"
occasion = "intake"
columns = {{ client = "client_id", day = "day" }}
{more}
[[source.form]]
instrument = "ecr"
columns = "ecr_{{n}}"
"""


def as_toml(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {as_toml(v)}" for key, v in value.items()) + " }"
    return json.dumps(value)


def source_text(k: int, case: Refused) -> str:
    more = "".join(f"{key} = {as_toml(value)}\n" for key, value in case.source.items())
    return SOURCE.format(k=k, more=more)


def publish_with_sources(folder: Path) -> None:
    """Run a study that knows a source for every bad file."""
    sources = "".join(source_text(k, case) for k, case in enumerate(REFUSED))
    before, mark, after = WITHOUT_OUTCOME.partition("[presentation]")
    write_study(folder, before + sources + mark + after)
    write_export(folder, "intake.csv", intake_rows(8))
    assert run(folder).ending == "published"


@pytest.fixture
def study(copied: Callable[..., Path]) -> Path:
    return copied(publish_with_sources)


def only_quarantine(report: FileReport, study: Path, case: Refused) -> None:
    """Check that a refusal left one record, which holds no value."""
    (record,) = [
        path
        for path in (study / "quarantine").glob("*.json")
        if json.loads(path.read_text())["source"] == report.source_id
    ]
    written = json.loads(record.read_text())
    assert report.refusal is not None
    assert written["code"] == report.refusal.code == case.code
    assert record.stem == written["sha256"]
    assert written["fix"]
    assert not [cell for cell in cells_of(case.content) if cell in record.read_text()]


def test_a_refused_file_changes_nothing_and_leaves_one_record(study: Path) -> None:
    before = snapshot(study, *KEPT)
    for k, case in enumerate(REFUSED):
        (study / "exports" / f"nasty_{k}.csv").write_bytes(case.content)
    outcome = run(study)
    assert snapshot(study, *KEPT) == before
    assert outcome.exit_code == 3
    assert outcome.ending == "nothing new"
    told = {report.source_id: report for report in outcome.reports}
    # A file of the same bytes is looked at once; no two cases of ours have the same.
    assert len(told) == len({case.content for case in REFUSED})
    for k, case in enumerate(REFUSED):
        if (report := told.get(f"nasty_{k}")) is not None:
            only_quarantine(report, study, case)


def test_the_other_files_of_the_run_go_in(study: Path) -> None:
    (study / "exports" / "nasty_0.csv").write_bytes(REFUSED[0].content)
    (study / "exports" / "nasty_7.csv").write_bytes(REFUSED[7].content)
    write_export(study, "weekly.csv", weekly_rows(4))
    outcome = run(study)
    assert (outcome.ending, outcome.exit_code) == ("published", 3)
    assert accepted_names(study) == ["intake.csv", "weekly.csv"]


@pytest.fixture
def small(copied: Callable[..., Path]) -> Path:
    return copied(take_in_intake)


def refuse_one(study: Path, code: str) -> FileReport:
    """Run with one bad file in the inbox; check that nothing changed; return its report."""
    before = snapshot(study, *KEPT)
    (report,) = take_in(study)
    assert report.refusal is not None
    assert report.refusal.code == code
    assert snapshot(study, *KEPT) == before
    return report


def test_a_file_that_breaks_its_rules_in_most_rows_is_refused(small: Path) -> None:
    table = intake_rows(20)
    for row in table[:11]:
        row["ecr_3"] = 9
    write_export(small, "intake_2.csv", table)
    report = refuse_one(small, "E_MOSTLY_BROKEN")
    assert report.validation is not None
    assert {f.severity for f in report.validation.findings} >= {"fatal", "error"}


def test_a_file_without_a_declared_item_is_refused_with_the_nearest_name(small: Path) -> None:
    table = [
        {("dar_4x" if k == "dar_4" else k): v for k, v in row.items()} for row in intake_rows()
    ]
    write_export(small, "intake_2.csv", table)
    report = refuse_one(small, "E_COLUMN_MISSING")
    assert "dar_4" in str(report.refusal)
    assert "dar_4x" in str(report.refusal)


def test_a_link_is_refused(small: Path, tmp_path: Path) -> None:
    target = tmp_path / "elsewhere.csv"
    target.write_bytes((small / "exports" / "intake.csv").read_bytes() + b"\n")
    (small / "exports" / "intake_2.csv").symlink_to(target)
    refuse_one(small, "E_LINK")


def test_a_folder_with_the_name_of_an_export_is_refused(small: Path) -> None:
    (small / "exports" / "intake_2.csv").mkdir()
    refuse_one(small, "E_UNREADABLE")


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is closed to root")
def test_a_file_that_may_not_be_read_is_refused(small: Path) -> None:
    path = write_export(small, "intake_2.csv", intake_rows(5))
    path.chmod(0)
    refuse_one(small, "E_UNREADABLE")


def test_a_file_that_is_still_being_written_is_refused_and_taken_in_later(small: Path) -> None:
    path = write_export(small, "intake_2.csv", intake_rows(5, first=900))
    content = path.read_bytes()
    path.write_bytes(content[:-4])
    assert refuse_one(small, "E_TRUNCATED").counts is None
    path.write_bytes(content)
    (report,) = take_in(small)
    assert report.counts is not None
    assert report.counts.loaded == 5


def test_a_refused_file_is_refused_again_until_it_is_mended(small: Path) -> None:
    path = write_export(small, "intake_2.csv", [{"client_id": "K001"}])
    for _ in range(2):
        refuse_one(small, "E_COLUMN_MISSING")
    path.unlink()
    assert take_in(small) == []


def test_forms_whose_subscales_come_in_two_files_are_refused(tmp_path: Path) -> None:
    parts = [
        f'[[source]]\nid = "{name}"\nkind = "csv"\nfiles = "{name}*.csv"\noccasion = "intake"\n'
        'columns = { client = "client_id" }\n[[source.form]]\ninstrument = "cats"\n'
        'columns = "{scale}_{n}"\nrange = [1, 5]\n'
        for name in ("first", "second")
    ]
    before, mark, after = STUDY.partition("[presentation]")
    study = write_study(tmp_path / "study", before + "\n".join(parts) + "\n" + mark + after)
    for name, scale in (("first", "secure"), ("second", "preoccupied_merger")):
        table = [
            {"client_id": f"K{k:03d}", **{f"{scale}_{n}": 1 + (k + n) % 5 for n in range(1, 5)}}
            for k in range(12)
        ]
        write_export(study, f"{name}.csv", table)
    reports = take_in(study)
    assert [report.refusal and report.refusal.code for report in reports] == [None, "E_FORM_PARTED"]
    assert accepted_names(study) == ["first.csv"]


def test_a_study_of_which_nothing_was_accepted_says_why(tmp_path: Path) -> None:
    study = write_study(tmp_path / "study")
    (study / "exports" / "intake.csv").write_text("a;b\n1;2\n")
    outcome = run(study)
    assert (outcome.ending, outcome.exit_code, outcome.report) == ("nothing accepted", 3, None)
    assert not (study / "ledger.jsonl").exists()
