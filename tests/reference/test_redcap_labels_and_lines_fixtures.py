"""Real REDCap exports, written again as labels and as lines, read as their raw originals do."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.declarations import Source
from flows.sources import read_export
from flows.sources.admission import declare_admission
from flows.sources.redcap_decoding import unique_event_name
from flows.sources.redcap_dictionary import read_dictionary
from instruments.errors import ExportError
from tests.unit.nasty.desk import copied
from tests.unit.nasty.redcap_writers import as_labels, as_lines, read_table

pytestmark = pytest.mark.shared

# Fixture, its dictionary, and fields with choices that a study could declare.
FIXTURES = {
    "checkboxes-1": ["check_one___1", "check_one___4", "check_two___a", "check_two___e"],
    "clinical-trial-1": ["ethnicity", "race", "gender"],
    "longitudinal": ["ethnicity", "race", "gym___0", "eat___4", "meds___5", "pmq1", "cpq3"],
    "repeating-instruments": ["race", "bp_systolic"],
    "repeating-instruments-sparse": ["race", "sex", "bp_diastolic"],
    "simple": ["sex", "race___1", "race___6", "height"],
    "survey": ["has_diabetes", "consent___1"],
    "vignette-repeating": ["height", "sbp", "conc"],
    "arm-multiple-delete": ["position"],
    "project-color-boxes": ["color___r", "color___p"],
}


def source(name: str, kind: str, client: str, fields: list[str]) -> Source:
    facts = {
        f"fact_{k}": {"column": field, "type": "code", "shape": "[0-9a-z]{0,6}"}
        for k, field in enumerate(fields)
    }
    return Source.model_validate(
        {
            "id": "fixture",
            "kind": kind,
            "files": "*.csv",
            "dictionary": "*_dictionary.csv",
            "columns": {"client": client},
            "attributes": facts,
        }
    )


@pytest.mark.parametrize("name", FIXTURES)
@pytest.mark.parametrize("kind", ["redcap_labels", "redcap_eav"])
@pytest.mark.parametrize("labelled_header", [True, False])
def test_labels_and_lines_read_as_the_raw_export(
    name: str, kind: str, labelled_header: bool, shared_data: Path, tmp_path: Path
) -> None:
    folder = shared_data / "redcap_fixtures"
    text = (folder / f"{name}__data.csv").read_text(encoding="utf-8")
    (tmp_path / "a_dictionary.csv").write_bytes((folder / f"{name}__dictionary.csv").read_bytes())
    dictionary = read_dictionary(tmp_path / "a_dictionary.csv", "utf-8")
    table = read_table(text)
    (tmp_path / "raw.csv").write_text(text, encoding="utf-8")
    written = (
        as_labels(table, dictionary, header=labelled_header)
        if kind == "redcap_labels"
        else as_lines(table, dictionary)
    )
    (tmp_path / "other.csv").write_text(written, encoding="utf-8")
    client = next(iter(table[0]))
    raw = source(name, "redcap", client, FIXTURES[name])
    other = source(name, kind, client, FIXTURES[name])
    admission = declare_admission(raw)

    def facts(path: Path, declared: Source) -> list[dict[str, str]]:
        rows = copied(read_export(path, declared, tmp_path, force_rewrite=True))
        found = [{k: v for k, v in row.items() if admission.admits(k)} for row in rows]
        # A row without any answer has no line.
        return sorted(found, key=lambda row: list(row.values()))

    expected, read = facts(tmp_path / "raw.csv", raw), facts(tmp_path / "other.csv", other)
    assert [{key: row[key] for key in read[0]} for row in expected] == read
    assert any(map(any, (row.values() for row in read)))


def test_event_labels_become_the_unique_names_that_redcap_made(shared_data: Path) -> None:
    for name in ("longitudinal", "arm-multiple-delete", "arm-single-longitudinal"):
        folder = shared_data / "redcap_fixtures"
        arms = read_table((folder / f"{name}__arm.csv").read_text(encoding="utf-8"))
        labels = {row["arm_num"]: row["name"] for row in arms}
        for event in read_table((folder / f"{name}__event.csv").read_text(encoding="utf-8")):
            arm = event["arm_num"]
            label = f"{event['event_name']} (Arm {arm}: {labels[arm]})"
            assert unique_event_name(label) == event["unique_event_name"]


def test_a_raw_export_declared_as_labels_is_refused(shared_data: Path, tmp_path: Path) -> None:
    folder = shared_data / "redcap_fixtures"
    for part in ("data", "dictionary"):
        content = (folder / f"simple__{part}.csv").read_bytes()
        (tmp_path / f"simple_{part}.csv").write_bytes(content)
    declared = source("simple", "redcap_labels", "record_id", ["ethnicity"])
    with pytest.raises(ExportError) as caught:
        read_export(tmp_path / "simple_data.csv", declared, tmp_path)
    assert caught.value.code == "E_LABELS"
    assert [path.name for path in tmp_path.iterdir() if "simple" not in path.name] == []
