"""How a file is judged: what is folded in, when it is refused, what goes wrong with the engine."""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from flows.declarations import Source
from flows.sources.export import Export, Note
from flows.sources.identifiers import UnknownColumn
from flows.study import load_study
from flows.validation import validate
from flows.validation.suite import find_broken
from instruments.errors import ExportError, StoreError, StudyError
from instruments.rules import Check, derive_rules
from sql.gateway import rows
from tests.flows.studies import INTAKE, write_study

Row = dict[str, str]


def make_source(**changes: Any) -> Source:
    """Return a source of one form."""
    declared: dict[str, Any] = {
        "id": "intake",
        "kind": "csv",
        "files": "*.csv",
        "occasion": "intake",
        "columns": {"client": "client_id"},
        "form": [{"instrument": "core_10", "columns": "core_{n}"}],
    }
    return Source.model_validate(declared | changes)


def make_rows(count: int = 10) -> list[Row]:
    """Return rows in which nothing is wrong."""
    return [
        {
            "client_id": f"K{k:03d}",
            **{f"core_{n}": "0" if n == 6 else str((n * n + k) % 5) for n in range(1, 11)},
        }
        for k in range(count)
    ]


def export_of(table: list[Row], *notes: Note) -> Export:
    """Return what the reader would say of a table."""
    path = Path("export.csv")
    return Export(path, "0" * 64, 1, path, True, tuple(table[0]), ",", '"', 10, notes=notes)


def broken(count: int, total: int) -> list[Row]:
    """Return rows of which the first ones are out of range."""
    return [row | ({"core_1": "7"} if k < count else {}) for k, row in enumerate(make_rows(total))]


@pytest.mark.parametrize(
    ("count", "total", "is_refused"),
    [(5, 10, False), (6, 10, True), (6, 11, True), (9, 9, False), (0, 10, False)],
)
def test_a_file_is_refused_when_more_than_half_of_it_is_broken(
    judge: Callable[..., Any], count: int, total: int, is_refused: bool
) -> None:
    validation = judge(make_source(), broken(count, total)).validation
    assert validation.quarantined == count
    assert validation.is_refused is is_refused


def test_the_refusal_names_the_rule_and_its_likely_cause(judge: Callable[..., Any]) -> None:
    judged = judge(make_source(), broken(8, 10))
    with pytest.raises(ExportError) as caught:
        judged.validation.require_accepted()
    assert caught.value.code == "E_MOSTLY_BROKEN"
    assert "E_RANGE" in caught.value.what
    assert "core_1" in caught.value.where
    assert "range" in caught.value.fix
    assert judged.placed("fatal") == [("E_MOSTLY_BROKEN", None, None)]


def test_an_accepted_file_raises_nothing(judge: Callable[..., Any]) -> None:
    judge(make_source(), make_rows()).validation.require_accepted()


def test_notes_unknown_columns_and_broken_rows_are_folded_in(stage: Callable[..., Any]) -> None:
    table = make_rows()
    unknown = [
        UnknownColumn(12, "weather", "E_UNKNOWN_COLUMN"),
        UnknownColumn(13, None, "E_IDENTIFIER"),
    ]
    with stage(make_source(), table) as (connection, layout):
        connection.execute("INSERT INTO stage.fault VALUES (11, 'E_RAGGED', NULL)")
        export = export_of(table, Note("N_BOM", "The file begins with a mark."))
        validation = validate(connection, layout, export, unknown)
        found = rows(
            connection,
            "SELECT code, severity, _record, column_name FROM stage.finding ORDER BY rowid",
        )
        held = rows(connection, "SELECT _record FROM stage.quarantined")
    assert found == [
        ("N_BOM", "note", None, None),
        ("E_UNKNOWN_COLUMN", "warning", None, "weather"),
        ("E_IDENTIFIER", "warning", None, "column 13"),
        ("E_RAGGED", "error", 11, None),
    ]
    assert held == [(11,)]
    assert (validation.rows, validation.quarantined) == (11, 1)


def test_every_offending_row_is_listed_in_the_order_of_the_file(
    judge: Callable[..., Any],
) -> None:
    table = make_rows(700)
    for k in range(0, 700, 3):
        table[k] |= {"core_1": "9", "core_2": "8"}
    judged = judge(make_source(), table)
    records = list(range(1, 701, 3))
    expected = [("E_RANGE", r, c) for c in ("core_1", "core_2") for r in records]
    assert judged.placed("error") == expected
    assert judged.quarantined == tuple(records)
    errors = [f for f in judged.validation.findings if f.severity == "error"]
    assert [(f.rule, f.count) for f in errors] == [
        ("core_10__item_1.in_set", 234),
        ("core_10__item_2.in_set", 234),
    ]


def test_the_same_file_is_judged_alike_twice(judge: Callable[..., Any], tmp_path: Path) -> None:
    table = broken(3, 40)
    first, second = judge(make_source(), table), judge(make_source(), table)
    assert first == second


def test_a_rule_that_cannot_be_run_is_an_error_and_no_finding(
    stage: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    table = make_rows() + [row | {"client_id": "Zz-secret"} for row in make_rows(1)]
    with stage(make_source(), table) as (connection, layout):
        rules = derive_rules(layout)
        column = replace(layout.roles["client"], name="client")
        check = Check("outside_range", {"low": 1, "high": 2, "apart": ()})
        wrong = replace(rules[0], id="client.wrong", columns=(column,), check=check)
        with caplog.at_level(logging.DEBUG), pytest.raises(StoreError) as caught:
            find_broken(connection, (*rules, wrong))
    assert caught.value.code == "E_RULE_FAILED"
    assert caught.value.where == "client.wrong"
    assert "Zz" not in f"{caught.value}{caplog.text}"
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("shape", ["K(?=[0-9])[0-9]{3}", "K(?!0)[0-9]{3}", r"([A-Z])\1[0-9]"])
def test_a_shape_that_the_store_cannot_run_is_a_fault_of_the_study_file(
    tmp_path: Path, shape: str
) -> None:
    declared = INTAKE.replace("occasion =", f"id_shape = '{shape}'\noccasion =")
    with pytest.raises(StudyError) as caught:
        load_study(write_study(tmp_path, declared))
    assert caught.value.code == "E_STUDY_VALUE"
    assert caught.value.where == "study.toml, line 9"


def test_the_connection_is_as_it_was_before(stage: Callable[..., Any]) -> None:
    table = make_rows()
    with stage(make_source(), table) as (connection, layout):
        validate(connection, layout, export_of(table))
        assert rows(connection, "SELECT current_database()") == [("memory",)]
        connection.execute("CREATE TABLE stage.afterwards AS SELECT count(*) AS n FROM stage.rows")
        assert rows(connection, "SELECT n FROM stage.afterwards") == [(10,)]


def test_validation_is_imported_without_the_rule_engine() -> None:
    code = (
        "import sys, flows.validation, instruments.rules, instruments.expectations;"
        "print('great_expectations' in sys.modules)"
    )
    seen = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert seen.stdout.strip() == "False"
