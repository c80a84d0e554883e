"""Validation of a demonstration finds what its list says, and nothing else."""

from __future__ import annotations

from collections import Counter

import pytest

from flows.reading import keep_faults, read_file, stage_file
from flows.simulation.demonstration import write_demonstration
from flows.study import load_study
from flows.validation import validate
from sql.gateway import open_gateway, open_stage, rows

FILES = {"intake": "intake.csv", "month_3": "month_3.csv", "redcap": "redcap_data.csv"}


def find(folder, scratch):
    """Validate every export and return its findings: file, record, column, form, code, severity."""
    study = load_study(folder)
    found = []
    for source in study.sources:
        path = study.exports / FILES[source.id]
        reading = read_file(path, source, study.catalog, scratch)
        aliases = [placement.alias for placement in reading.layout.placements]
        with open_gateway() as connection, open_stage(connection, path.stat().st_size, scratch):
            reading = stage_file(connection, reading, scratch)
            keep_faults(connection, reading.export.faults)
            validate(connection, reading.layout, reading.export, reading.left_out)
            told = rows(
                connection,
                "SELECT rule, _record, column_name, code, severity FROM stage.finding",
            )
        found += [(path.name, *_placed(finding, aliases)) for finding in told]
    return found


def _placed(finding, aliases):
    rule, record, column, code, severity = finding
    owner, _, name = rule.partition(".")
    is_about_form = owner in aliases and name in {
        "straight_line",
        "conflict",
        "empty",
        "jump",
        "looks_reversed",
    }
    is_about_form |= owner in aliases and name.startswith("safety")
    return record or 0, column or "", owner if is_about_form else "", code, severity


def expected(manifest):
    alarms = [
        (file, 0, "", form, "E_REVERSE_KEY", "warning") for file, form in manifest.reversed_forms
    ]
    return Counter(alarms) + Counter(
        (m.file, m.record, m.column, m.form, m.code, m.severity) for m in manifest.mistakes
    )


def check_findings(folder, scratch, manifest):
    found = find(folder, scratch)
    told = Counter(finding for finding in found if finding[4] != "E_FORM_EMPTY")
    assert told == expected(manifest)
    empty = Counter((f[0], f[3]) for f in found if f[4] == "E_FORM_EMPTY")
    assert empty == {(e.file, e.form): e.rows for e in manifest.empty_forms}


def test_what_is_found_is_what_was_planted(tmp_path):
    folder = tmp_path / "study"
    manifest = write_demonstration(folder)
    assert sum(mistake.is_planted for mistake in manifest.mistakes) == 15
    check_findings(folder, tmp_path, manifest)


def test_nothing_planted_is_found_where_nothing_was_planted(tmp_path):
    folder = tmp_path / "study"
    manifest = write_demonstration(folder, seed=5, n_clients=60, with_mistakes=False)
    check_findings(folder, tmp_path, manifest)


@pytest.mark.slow
def test_a_form_that_came_reversed_is_found(tmp_path):
    folder = tmp_path / "study"
    manifest = write_demonstration(folder, is_ecr_reversed=True)
    assert manifest.reversed_forms == (("intake.csv", "ecr"),)
    check_findings(folder, tmp_path, manifest)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_what_is_found_is_what_was_planted_whatever_the_seed(tmp_path, seed):
    folder = tmp_path / "study"
    check_findings(folder, tmp_path, write_demonstration(folder, seed=seed))
