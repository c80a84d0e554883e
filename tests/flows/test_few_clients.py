"""A study that has just begun: nothing can be said yet, and a run says so instead of failing."""

from __future__ import annotations

from pathlib import Path

from tests.flows.small_study import STUDY, intake_rows, run, write_export, write_study


def test_the_first_five_clients_are_a_run_with_a_report(tmp_path: Path) -> None:
    folder = write_study(tmp_path / "study", STUDY)
    write_export(folder, "intake_1.csv", intake_rows(5))
    outcome = run(folder)
    assert outcome.ending == "published"
    assert outcome.run_folder is not None
    assert (outcome.run_folder / "report.html").stat().st_size > 0
