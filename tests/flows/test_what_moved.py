"""After a corrected export: which answers, scores, presentations and estimates moved."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from flows.amendments import first_new_batch, moved_estimates, moved_presentations
from flows.cli import app
from flows.ledger import Ledger
from flows.run_pages import write_changes, write_index
from sql.gateway import open_gateway
from tests.flows.small_study import (
    STUDY,
    intake_rows,
    run,
    study_of,
    take_in,
    write_export,
    write_study,
)

COMPLETE = STUDY.replace('landmark = "intake"', 'landmark = "intake"\ncomplete_only = true')
HIGH = dict.fromkeys((f"ecr_{n}" for n in range(1, 10)), 7) | {f"ecr_{n}": 1 for n in range(1, 5)}
LOW = {f"ecr_{n}": 8 - answer for n, answer in enumerate(HIGH.values(), 1)}


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study whose first run is published, and whose next export changes one client."""
    study = write_study(tmp_path_factory.mktemp("moved") / "study")
    write_export(study, "intake.csv", intake_rows(40))
    first = run(study)
    assert first.moved == ()
    table = intake_rows(40)
    table[1] |= HIGH | {"dar_1": 6 - int(table[1]["dar_1"]) if table[1]["dar_1"] != 3 else 1}
    write_export(study, "intake_2.csv", [*table, *intake_rows(4, first=50)])
    return study


@pytest.fixture(scope="module")
def corrected(tmp_path_factory: pytest.TempPathFactory, published: Path) -> tuple[Path, Any]:
    study = Path(shutil.copytree(published, tmp_path_factory.mktemp("corrected") / "study"))
    return study, run(study)


def presentations(study: Path, batch: int) -> list[tuple[str, str, str]]:
    loaded = study_of(study)
    with open_gateway(study / "store.duckdb") as connection:
        found = moved_presentations(loaded, Ledger(loaded.ledger), connection, batch)
    return [(one.client_id, one.before, one.after) for one in found]


def test_a_run_says_what_a_corrected_export_moved(corrected: tuple[Path, Any]) -> None:
    study, outcome = corrected
    changed, presented, estimates, see = outcome.moved
    assert changed.startswith("intake_2.csv changed ")
    assert changed.endswith(" of 1 client")
    assert presented in ("1 presentation moved", "no presentation moved")
    assert " published estimates moved from run " in estimates
    assert see == f"see: interdep amendments {study}"


def test_every_change_is_listed_by_client_and_form(corrected: tuple[Path, Any]) -> None:
    study, _ = corrected
    told = CliRunner().invoke(app, ["amendments", str(study)], catch_exceptions=False).output
    assert "K002 dar_5 intake: item_1, score total" in told
    assert "->" not in told.partition("published estimates")[0]
    shown = CliRunner().invoke(app, ["amendments", str(study), "--show-values"]).output
    assert "score total " in shown
    assert " -> " in shown.partition("published estimates")[0]


def test_no_two_moved_estimates_go_by_one_name_and_none_is_nan(
    corrected: tuple[Path, Any],
) -> None:
    study, _ = corrected
    told = CliRunner().invoke(app, ["amendments", str(study)], catch_exceptions=False).output
    _, _, moved = told.partition("published estimates")
    names = [line.rpartition(":")[0] for line in moved.splitlines()[1:] if ": " in line]
    assert names
    assert len(set(names)) == len(names)
    assert "nan" not in moved.split()


def test_an_estimate_is_compared_with_the_run_before(corrected: tuple[Path, Any]) -> None:
    study, outcome = corrected
    loaded = study_of(study)
    found = moved_estimates(loaded, Ledger(loaded.ledger))
    assert found is not None
    assert found.after == outcome.run_folder.name
    assert 0 < len(found.moved) <= found.compared


@pytest.mark.parametrize("text", [STUDY, COMPLETE])
def test_presentations_before_are_those_of_the_store_before(tmp_path: Path, text: str) -> None:
    study = write_study(tmp_path / "study", text)
    table = intake_rows(30)
    write_export(study, "intake.csv", table)
    take_in(study)
    before = all_presentations(study)
    table[1] |= LOW
    table[3] |= HIGH
    table[4] |= HIGH | {"ecr_2": ""}
    table[6] |= {f"ecr_{n}": "" for n in range(1, 10)}
    write_export(study, "intake_2.csv", [*table, *intake_rows(3, first=70)])
    take_in(study)
    table[3] |= LOW  # corrected twice
    write_export(study, "intake_3.csv", table)
    take_in(study)
    after = all_presentations(study)
    expected = [(c, before[c], after[c]) for c in sorted(before) if before[c] != after[c]]
    assert len(expected) > 1
    assert presentations(study, 2) == expected


def all_presentations(study: Path) -> dict[str, str]:
    """Return everyone's presentation by the store as it is."""
    from flows.books import accepted_files
    from flows.study_data import load_study_data
    from reports.presentation import assign_presentations

    loaded = study_of(study)
    with open_gateway(study / "store.duckdb") as connection:
        data = load_study_data(loaded, connection, accepted_files(Ledger(loaded.ledger)))
    rule = loaded.file.presentation
    found = assign_presentations(data, rule)
    names = found.set_index("client_id")["presentation"].fillna("not known")
    return {str(client): str(name) for client, name in names.items()}


def test_files_are_new_since_the_run_before_the_last(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.jsonl")

    def accept(batch: int) -> None:
        ledger.append("file_accepted", sha256=f"{batch}", batch=batch)

    accept(1)
    accept(2)
    assert first_new_batch(ledger) is None
    ledger.append("run_finished", run_id="a")
    assert first_new_batch(ledger) is None
    accept(3)
    accept(4)
    assert first_new_batch(ledger) == 3
    ledger.append("run_finished", run_id="b")
    assert first_new_batch(ledger) == 3
    accept(3)  # read again
    ledger.append("run_finished", run_id="c")
    assert first_new_batch(ledger) is None


def test_without_a_correction_nothing_is_said_to_have_moved(
    published: Path, tmp_path: Path
) -> None:
    study = Path(shutil.copytree(published, tmp_path / "study"))
    (study / "exports" / "intake_2.csv").unlink()
    told = CliRunner().invoke(app, ["amendments", str(study)], catch_exceptions=False).output
    assert told == "no export changed what an earlier one had said\n"


def test_a_later_run_tells_what_changed_and_all_runs_are_listed(
    corrected: tuple[Path, Any],
) -> None:
    study = study_of(corrected[0])
    first, second = (
        str(entry.facts["run_id"]) for entry in Ledger(study.ledger).entries("run_finished")
    )
    assert not (study.runs / first / "changes.html").exists()
    told = (study.runs / second / "changes.html").read_text(encoding="utf-8")
    assert f"What changed since run {first}" in told
    assert "corrected data: intake_2.csv" in told
    index = (study.runs / "index.html").read_text(encoding="utf-8")
    assert index.index(f"{second}/changes.html") < index.index(f"{first}/report.html")
    assert f"{first}/changes.html" not in index


def test_pages_beside_a_report_are_the_same_bytes_when_they_are_made_again(
    corrected: tuple[Path, Any], tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(corrected[0], tmp_path / "study"))
    study, ledger = study_of(folder), Ledger(study_of(folder).ledger)
    run_id = str(ledger.entries("run_finished")[-1].facts["run_id"])
    pages = study.runs / run_id / "changes.html", study.runs / "index.html"
    before = [page.read_bytes() for page in pages]
    write_changes(study, ledger, run_id, study.runs / run_id)
    write_index(study, ledger, run_id)
    assert [page.read_bytes() for page in pages] == before
    shutil.rmtree(study.runs / str(ledger.entries("run_finished")[0].facts["run_id"]))
    write_changes(study, ledger, run_id, study.runs / run_id)
    write_index(study, ledger, run_id)
    assert (study.runs / "index.html").read_text(encoding="utf-8").count("report.html") == 1
