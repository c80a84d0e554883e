"""After the study file says something else of them, accepted files are read again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from flows.commands.wording import describe_file
from flows.outcome import REFUSED, RunOutcome
from flows.study import load_study
from instruments.errors import StoreError, StudyError
from tests.flows.small_study import (
    accepted_names,
    ask,
    digests,
    intake_rows,
    ledger_of,
    snapshot,
    take_in,
    write_export,
    write_study,
)


def hold_two_rows_back(folder: Path) -> None:
    write_study(folder)
    table = intake_rows(20)
    table[0]["ecr_1"] = "XX"
    table[2]["dar_1"] = 6
    write_export(folder, "intake.csv", table)
    (report,) = take_in(folder)
    assert report.counts is not None
    assert report.counts.quarantined == 2


@pytest.fixture
def study(copied: Callable[..., Path]) -> Path:
    return copied(hold_two_rows_back)


def declare(study: Path, *changes: tuple[str, str]) -> None:
    text = (study / "study.toml").read_text()
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    (study / "study.toml").write_text(text)


def test_a_code_that_is_declared_later_lets_its_row_in(study: Path) -> None:
    declare(study, ('"NASK" = "not asked"', '"NASK" = "not asked", "XX" = "skipped"'))
    (report,) = take_in(study)
    assert report.counts is not None
    assert (report.counts.loaded, report.counts.quarantined) == (19, 1)
    skipped = ask(study, "SELECT item FROM store.core.missing WHERE reason = 'skipped'")
    assert skipped == [("item_1",)]


def test_a_range_that_is_declared_later_lets_its_row_in_and_empties_the_list(study: Path) -> None:
    declare(study, ('instrument = "dar_5"', 'instrument = "dar_5"\nrange = [1, 6]'),
            ('"NASK" = "not asked"', '"NASK" = "not asked", "XX" = "skipped"'))  # fmt: skip
    assert list((study / "quarantine").glob("*.csv"))
    (report,) = take_in(study)
    assert report.counts is not None
    assert report.counts.quarantined == 0
    assert not list((study / "quarantine").glob("*.csv"))


def test_a_column_that_is_declared_later_is_read_from_the_original(study: Path) -> None:
    version = 'version = { column = "form_version", type = "number", min = 1, max = 9 }'
    declare(study, ('ignore = ["form_version"]\n', ""),
            ("[source.attributes.age]", f"[source.attributes]\n{version}\n[source.attributes.age]"),
            )  # fmt: skip
    take_in(study)
    assert ask(study, "SELECT DISTINCT version FROM store.core.client") == [(2.0,)]
    before = digests(study)
    (study / "store.duckdb").unlink()
    (study / "exports" / "intake.csv").unlink()
    take_in(study)
    assert digests(study) == before


def test_without_the_original_a_new_column_is_asked_for_in_one_sentence(study: Path) -> None:
    original = study / "exports" / "intake.csv"
    content = original.read_bytes()
    original.unlink()
    declare(study, ('column = "age"', 'column = "form_version"'), ("min = 18", "min = 1"),
            ('ignore = ["form_version"]\n', ""))  # fmt: skip
    before = snapshot(study)
    with pytest.raises(StoreError) as caught:
        take_in(study)
    assert caught.value.code == "E_ARCHIVE_COLUMNS"
    assert "form_version" in caught.value.what
    assert snapshot(study) == before
    original.write_bytes(content)
    take_in(study)
    assert ask(study, "SELECT DISTINCT age FROM store.core.client") == [(2.0,)]


def test_what_is_declared_anew_is_read_once(study: Path) -> None:
    declare(study, ('"NASK" = "not asked"', '"NASK" = "not asked", "XX" = "skipped"'))
    take_in(study)
    before = snapshot(study)
    assert take_in(study) == []
    assert snapshot(study) == before
    assert accepted_names(study) == ["intake.csv"]


def test_a_change_that_declares_nothing_of_files_reads_nothing_again(study: Path) -> None:
    before = snapshot(study, "store.duckdb", "ledger.jsonl", "archive")
    declare(study, ("smallest_effect = 2.0", "smallest_effect = 3.0"))
    assert take_in(study) == []
    assert snapshot(study, "store.duckdb", "ledger.jsonl", "archive") == before


def test_a_file_that_would_be_refused_now_stays_as_its_archive_has_it(tmp_path: Path) -> None:
    study = write_study(tmp_path / "study")
    write_export(study, "intake.csv", intake_rows(20))
    take_in(study)
    declare(study, ('kind = "csv"\nfiles = "intake*.csv"',
                    'kind = "csv"\nfiles = "intake*.csv"\ndelimiter = ";"'))  # fmt: skip
    (report,) = take_in(study)
    assert report.refusal is not None
    assert report.counts is not None
    assert RunOutcome("nothing new", None, (report,)).exit_code == REFUSED
    assert describe_file(report).startswith("kept     intake.csv (intake) as its archive has it")
    assert report.refusal.code in describe_file(report)
    assert ask(study, "SELECT count(*) FROM store.core.client") == [(20,)]
    entries = len(ledger_of(study).entries())
    assert take_in(study) == []
    assert len(ledger_of(study).entries()) == entries


@pytest.mark.parametrize("has_original", [True, False])
def test_an_edit_that_would_empty_the_store_stops_the_run(
    study: Path, *, has_original: bool
) -> None:
    before = digests(study)
    right = (study / "study.toml").read_text()
    declare(study, ('columns = "ecr_{n}"', 'columns = "ecr_{n}"\nrange = [1, 3]'))
    if not has_original:
        (study / "exports" / "intake.csv").unlink()
    for _ in range(2):
        with pytest.raises(StoreError, match="E_NOW_REFUSED") as caught:
            take_in(study)
        assert "intake.csv" in caught.value.where
        assert "Likely the range" in caught.value.fix
        assert digests(study) == before
    (study / "study.toml").write_text(right)
    assert take_in(study) == []
    assert digests(study) == before


def test_a_source_that_is_gone_is_asked_back(study: Path) -> None:
    declare(study, ('id = "intake"', 'id = "entry"'))
    with pytest.raises(StudyError) as caught:
        take_in(study)
    assert caught.value.code == "E_STUDY_SOURCE"
    assert load_study(study).sources[0].id == "entry"


def test_a_lost_archive_is_made_again_from_the_original(study: Path) -> None:
    before = digests(study)
    (archive,) = (study / "archive").glob("*.parquet")
    content = archive.read_bytes()
    archive.unlink()
    take_in(study)
    assert archive.read_bytes() == content
    assert digests(study) == before


@pytest.mark.parametrize("damage", ["lost", "changed"])
def test_without_archive_and_original_the_run_says_what_is_missing(
    study: Path, damage: str
) -> None:
    (study / "exports" / "intake.csv").unlink()
    (study / "store.duckdb").unlink()
    (archive,) = (study / "archive").glob("*.parquet")
    if damage == "lost":
        archive.unlink()
    else:
        archive.write_bytes(archive.read_bytes()[:-1] + b"x")
    with pytest.raises(StoreError) as caught:
        take_in(study)
    assert caught.value.code == f"E_ARCHIVE_{damage.upper()}"
