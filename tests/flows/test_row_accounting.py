"""Every row of every file is loaded, held back or known, and the same rows give the same store."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from flows.workbench import FileReport
from sql.publishing import RowCounts
from tests.flows.small_study import (
    INTAKE,
    STUDY,
    accepted_names,
    answers_of,
    ask,
    digests,
    intake_rows,
    snapshot,
    take_in,
    take_in_intake,
    take_in_small,
    weekly_rows,
    write_export,
    write_small_study,
    write_study,
)


@pytest.fixture
def study(tmp_path: Path) -> Path:
    return write_study(tmp_path / "study")


def counts_of(report: FileReport) -> RowCounts:
    assert report.counts is not None, report.refusal
    return report.counts


def test_rows_in_are_rows_loaded_held_back_and_known(study: Path) -> None:
    table = intake_rows(20)
    table[2]["dar_1"] = 9  # out of range
    table[3]["client_id"] = ""  # nobody's
    table.append(dict(table[0]))  # known
    path = write_export(study, "intake.csv", table)
    path.write_text(path.read_text() + "K900,T1x,north\n")  # ragged
    (report,) = take_in(study)
    assert counts_of(report) == RowCounts(rows_in=22, loaded=18, quarantined=3, known=1)
    query = "SELECT rows_in_count, rows_loaded_count, rows_quarantined_count, rows_known_count"
    assert ask(study, f"{query} FROM store.meta.source_file") == [(22, 18, 3, 1)]
    held = ask(study, "SELECT DISTINCT record FROM store.meta.finding WHERE severity = 'error'")
    assert sorted(held) == [(3,), (4,), (22,)]
    clients = ask(study, "SELECT count(*) FROM store.core.client")
    assert clients == [(18,)]


def test_the_rows_held_back_are_listed_with_place_and_rule_and_no_value(study: Path) -> None:
    table = intake_rows(20)
    table[2]["dar_1"] = 9
    write_export(study, "intake.csv", table)
    take_in(study)
    (listed,) = (study / "quarantine").glob("*.csv")
    header, row = listed.read_text().splitlines()
    assert header == "record,column_name,code,rule,fix"
    assert row.startswith("3,dar_1,E_RANGE,dar_5__item_1.in_set,")


def test_the_same_bytes_again_change_nothing(copied: Callable[..., Path]) -> None:
    study = copied(take_in_small)
    before = snapshot(study)
    assert take_in(study) == []
    assert snapshot(study) == before


def test_the_same_bytes_under_another_name_change_nothing(study: Path) -> None:
    write_export(study, "intake.csv", intake_rows())
    write_export(study, "intake_copy.csv", intake_rows())
    assert [report.name for report in take_in(study)] == ["intake.csv"]
    before = snapshot(study, "store.duckdb", "ledger.jsonl", "archive")
    write_export(study, "intake_later.csv", intake_rows())
    assert take_in(study) == []
    assert snapshot(study, "store.duckdb", "ledger.jsonl", "archive") == before
    assert accepted_names(study) == ["intake.csv"]


def test_the_same_rows_in_another_file_are_known(copied: Callable[..., Path]) -> None:
    study = copied(take_in_small)
    before = answers_of(study)
    write_export(study, "intake_again.csv", intake_rows()[::-1])
    write_export(study, "weekly_again.csv", weekly_rows()[7:])
    counts = [counts_of(report) for report in take_in(study)]
    assert [(c.loaded, c.known) for c in counts] == [(0, 40), (0, 23)]
    assert answers_of(study) == before
    assert ask(study, "SELECT count(*) FROM store.core.amendment") == [(0,)]


def test_a_row_without_any_answer_is_known_the_second_time(study: Path) -> None:
    table = intake_rows(12)
    table[4] |= {name: "" for name in INTAKE if name.startswith(("ecr_", "dar_"))}
    write_export(study, "intake.csv", table)
    assert counts_of(take_in(study)[0]).loaded == 12
    write_export(study, "intake_2.csv", table[::-1])
    assert counts_of(take_in(study)[0]).known == 12


@pytest.mark.parametrize("seed", [1, 2])
def test_columns_in_another_order_give_the_same_store(
    study: Path, copied: Callable[..., Path], seed: int
) -> None:
    header = list(INTAKE)
    random.Random(seed).shuffle(header)  # noqa: S311
    write_export(study, "intake.csv", intake_rows(), header)
    take_in(study)
    assert answers_of(study) == answers_of(copied(take_in_intake, "whole"))


def test_a_file_in_two_parts_gives_the_same_store(study: Path, copied: Callable[..., Path]) -> None:
    table = intake_rows()
    write_export(study, "intake_1.csv", table[::2])
    write_export(study, "intake_2.csv", table[1::2])
    take_in(study)
    assert answers_of(study) == answers_of(copied(take_in_intake, "whole"))


def test_a_session_that_comes_late_gives_the_same_store(tmp_path: Path) -> None:
    punctual, late = write_study(tmp_path / "punctual"), write_study(tmp_path / "late")
    table = weekly_rows()
    write_export(punctual, "weekly.csv", table)
    write_export(late, "weekly.csv", [row for row in table if row["session"] != 2])
    take_in(punctual)
    take_in(late)
    assert answers_of(late) != answers_of(punctual)
    write_export(late, "weekly_2.csv", [row for row in table if row["session"] == 2])
    take_in(late)
    assert answers_of(late) == answers_of(punctual)


def test_the_order_in_which_sources_arrive_makes_no_difference(
    study: Path, copied: Callable[..., Path]
) -> None:
    write_export(study, "weekly.csv", weekly_rows())
    take_in(study)
    write_export(study, "intake.csv", intake_rows())
    take_in(study)
    assert answers_of(study) == answers_of(copied(take_in_small, "other"))


def test_numbers_read_at_once_and_numbers_read_as_text_give_the_same_store(tmp_path: Path) -> None:
    plain, quoted = write_study(tmp_path / "plain"), write_study(tmp_path / "quoted")
    path = write_export(plain, "weekly.csv", weekly_rows())
    lines = path.read_text().splitlines()
    quoted_text = "\n".join(",".join(f'"{cell}"' for cell in line.split(",")) for line in lines)
    (quoted / "exports" / "weekly.csv").write_text(quoted_text + "\n")
    take_in(plain)
    take_in(quoted)
    assert answers_of(plain) == answers_of(quoted)


def test_one_form_of_two_targets_stands_in_one_row(tmp_path: Path) -> None:
    second = '[[source.form]]\ninstrument = "dar_5"\ncolumns = "two_{n}"\ntarget = "partner"\n\n'
    before, mark, after = STUDY.partition('[[source]]\nid = "weekly"')
    study = write_study(tmp_path / "study", before + second + mark + after)
    table = [row | {f"two_{n}": 1 + n % 5 for n in range(1, 6)} for row in intake_rows()]
    write_export(study, "intake.csv", table)
    take_in(study)
    found = ask(study, "SELECT target, count(*) FROM store.core.administration "
                       "WHERE form_id = 'dar_5' GROUP BY ALL ORDER BY ALL")  # fmt: skip
    assert found == [("", 40), ("partner", 40)]


def test_a_study_may_lie_under_any_name(tmp_path: Path) -> None:
    study = write_small_study(tmp_path / "dr. o'neill [2026]* 100% #1 {n}")
    take_in(study)
    before = digests(study)
    (study / "store.duckdb").unlink()
    take_in(study)
    assert digests(study) == before
