"""The folder of the demonstration study: its files, its mistakes, its bytes."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from flows.layout import lay_out
from flows.simulation.demonstration import write_demonstration
from flows.study import load_study

FILES = {"intake": "intake.csv", "month_3": "month_3.csv", "redcap": "redcap_data.csv"}


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demonstration")
    return folder, write_demonstration(folder)


def read(folder: Path, name: str) -> list[list[str]]:
    with (folder / "exports" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file, strict=True))


def planted(manifest, code, name=None):
    return [
        mistake
        for mistake in manifest.mistakes
        if mistake.is_planted and mistake.code == code and name in (None, mistake.file)
    ]


def cell(folder, mistake):
    header, *rows = read(folder, mistake.file)
    return rows[mistake.record - 1][header.index(mistake.column)]


def test_the_study_file_loads_and_its_columns_are_found(demonstration):
    folder, _ = demonstration
    study = load_study(folder)
    assert study.file.presentation is not None
    assert study.file.presentation.rule == "attachment"
    for source in study.sources:
        header = read(folder, FILES[source.id])[0]
        layout = lay_out(source, header, study.catalog)
        assert {placement.alias for placement in layout.placements} >= {"core_10"}


def test_one_declared_outcome_is_circular(demonstration):
    file = load_study(demonstration[0]).file
    circular = [o.name for o in file.outcome if o.scale in file.presentation.scales]
    assert circular == ["ecr.anxiety@end"]


def test_the_list_of_mistakes_lies_outside_the_inbox(demonstration):
    folder, manifest = demonstration
    assert sorted(p.name for p in (folder / "exports").iterdir()) == [
        "intake.csv",
        "month_3.csv",
        "redcap_data.csv",
        "redcap_dictionary.csv",
    ]
    written = json.loads((folder / "mistakes.json").read_text(encoding="utf-8"))
    assert len(written["mistakes"]) == len(manifest.mistakes)
    assert not any("value" in mistake for mistake in written["mistakes"])


def test_every_kind_of_mistake_is_planted(demonstration):
    _, manifest = demonstration
    assert Counter(m.code for m in manifest.mistakes if m.is_planted) == {
        "E_BOUNDS": 1,
        "E_CODE": 1,
        "E_DAY": 1,
        "E_DUP_CONFLICT": 2,
        "E_DUP_ROW": 1,
        "E_FREE_TEXT": 1,
        "E_IDENTIFIER": 1,
        "E_ID_FORMAT": 1,
        "E_RAGGED": 1,
        "E_RANGE": 2,
        "E_STRAIGHT_LINE": 1,
        "E_TYPE": 2,
    }


def test_mistakes_are_where_the_list_says(demonstration):
    folder, manifest = demonstration
    (age,) = planted(manifest, "E_BOUNDS")
    assert cell(folder, age) == "420"
    (day,) = planted(manifest, "E_DAY")
    assert cell(folder, day) == "-3"
    (spoiled,) = planted(manifest, "E_ID_FORMAT")
    assert not cell(folder, spoiled).isascii()
    assert {cell(folder, mistake) for mistake in planted(manifest, "E_RANGE")} == {"9", "8"}
    assert {cell(folder, mistake) for mistake in planted(manifest, "E_TYPE")} == {"often", "yes"}
    (short,) = planted(manifest, "E_RAGGED")
    header, *rows = read(folder, short.file)
    assert [k for k, row in enumerate(rows, 1) if len(row) != len(header)] == [short.record]


def test_repeated_rows_are_where_the_list_says(demonstration):
    folder, manifest = demonstration
    header, *rows = read(folder, "month_3.csv")
    (again,) = planted(manifest, "E_DUP_ROW")
    assert rows.count(rows[again.record - 1]) == 2
    assert rows.index(rows[again.record - 1]) < again.record - 1
    one, two = (rows[m.record - 1] for m in planted(manifest, "E_DUP_CONFLICT"))
    differ = [header[k] for k, (a, b) in enumerate(zip(one, two, strict=True)) if a != b]
    assert differ == ["core_5"]


def test_every_missing_code_has_a_declared_reason(demonstration):
    folder, manifest = demonstration
    study = load_study(folder)
    assert len(manifest.reasons) == 2
    for reason in manifest.reasons:
        source = next(s for s in study.sources if FILES[s.id] == reason.file)
        assert source.missing[cell(folder, reason)] == reason.reason


def test_a_demonstration_without_mistakes_has_none(tmp_path):
    manifest = write_demonstration(tmp_path, seed=3, n_clients=40, with_mistakes=False)
    assert not any(mistake.is_planted for mistake in manifest.mistakes)
    assert not manifest.reasons
    header, *rows = read(tmp_path, "intake.csv")
    assert {len(row) for row in rows} == {len(header)}
    assert "contact_email" not in header


def test_answers_that_ask_for_a_clinician_are_all_listed(demonstration):
    folder, manifest = demonstration
    header, *rows = read(folder, "intake.csv")
    place = header.index("phq_9")
    above = {
        record
        for record, row in enumerate(rows, start=1)
        if len(row) == len(header) and row[place] in ("1", "2", "3")
    }
    listed = {
        m.record
        for m in manifest.mistakes
        if (m.code, m.file, m.column) == ("E_SAFETY", "intake.csv", "phq_9")
    }
    assert listed == above
    assert listed


def test_an_ecr_that_was_exported_reversed_differs_in_the_reversed_items_only(tmp_path):
    manifests, tables = [], []
    for name, is_reversed in (("as_ticked", False), ("flipped", True)):
        folder = tmp_path / name
        manifests.append(
            write_demonstration(
                folder, 4, n_clients=30, with_mistakes=False, is_ecr_reversed=is_reversed
            )
        )
        tables.append(read(folder, "intake.csv"))
    assert [m.reversed_forms for m in manifests] == [(), (("intake.csv", "ecr"),)]
    (header, *one), (_, *two) = tables
    flipped = {f"ecr_{n}" for n in (3, 15, 19, 22, 25, 27, 29, 31, 33, 35)}
    for before, after in zip(one, two, strict=True):
        for name, a, b in zip(header, before, after, strict=True):
            assert b == (str(8 - int(a)) if name in flipped and a else a)


def test_checkboxes_of_those_who_were_not_asked_are_all_empty(demonstration):
    folder, _ = demonstration
    header, *rows = read(folder, "redcap_data.csv")
    boxes = [header.index(f"support___{k}") for k in range(1, 5)]
    event, ending = header.index("redcap_event_name"), header.index("ending")
    for row in rows:
        ticks = [row[box] for box in boxes]
        if row[event] == "sessions_arm_1":
            assert ticks == [""] * 4
        elif row[ending] == "2":
            assert ticks == ["0"] * 4
        elif row[ending] in ("1", "3"):
            assert "1" in ticks


def test_about_fifty_clients_present_on_either_side(demonstration):
    folder, _ = demonstration
    study = load_study(folder)
    rule, definition = study.file.presentation, study.catalog["ecr"]
    header, *rows = read(folder, "intake.csv")

    def score(row, scale):
        flipped = scale.reversed_items(definition)
        answers = [(n, row[header.index(f"ecr_{n}")]) for n in scale.items]
        known = [8 - int(a) if n in flipped else int(a) for n, a in answers if a.isdigit()]
        return sum(known) / len(known)

    sides = Counter()
    for row in rows:
        anxious = score(row, definition.get_scale("anxiety")) - rule.cut[0]
        avoidant = score(row, definition.get_scale("avoidance")) - rule.cut[1]
        if min(abs(anxious), abs(avoidant)) >= rule.grey_zone[0]:
            sides[anxious > 0, avoidant > 0] += 1
    assert 45 <= sides[True, False] <= 60
    assert 45 <= sides[False, True] <= 60


SCRIPT = """
import sys
from pathlib import Path
from flows.simulation.demonstration import write_demonstration
write_demonstration(Path(sys.argv[1]), 12, n_clients=60)
"""


@pytest.mark.slow
def test_same_seed_same_bytes_in_another_process(tmp_path):
    folders = []
    for name, settings in {
        "one": {"PYTHONHASHSEED": "1", "TZ": "UTC"},
        "two": {"PYTHONHASHSEED": "77", "TZ": "Asia/Tokyo", "LC_ALL": "C"},
    }.items():
        folder = tmp_path / name
        environment = {**os.environ, **settings}
        subprocess.run([sys.executable, "-c", SCRIPT, str(folder)], env=environment, check=True)
        folders.append({p.relative_to(folder): p.read_bytes() for p in _files(folder)})
    assert folders[0] == folders[1]
    assert len(folders[0]) == 6


def _files(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*")) if path.is_file()]
