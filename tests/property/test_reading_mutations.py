"""However a good export is spoilt: one code, or every row accounted for."""

from __future__ import annotations

import tomllib
from contextlib import suppress
from pathlib import Path

import pytest

from flows.profiling import propose_study
from instruments.catalog import load_catalog
from instruments.errors import ExportError
from tests.property.export_mutations import good_exports, mutate
from tests.property.stress_reading import spoil_and_check, stress
from tests.unit.nasty.desk import check

KINDS = tuple(good_exports())
# Of ten thousand that `tests.bench.mutations` runs through.
SEEDS = range(6)


@pytest.mark.parametrize("kind", KINDS)
def test_the_good_export_itself_is_accepted_whole(kind: str, tmp_path: Path) -> None:
    folder = tmp_path
    export = good_exports()[kind]
    for name, content in export.files.items():
        (folder / name).write_bytes(content)
    checked = check(folder / export.name, export.source, folder / "scratch")
    assert (checked.counts.rows_in, checked.counts.loaded, checked.errors()) == (12, 12, [])


@pytest.mark.parametrize("kind", KINDS)
def test_a_spoilt_export_is_refused_with_a_code_or_counted_whole(kind: str) -> None:
    outcomes = stress(kind, SEEDS)
    assert sum(outcomes.values()) == len(SEEDS)
    assert len(outcomes) > 1


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("kind", KINDS)
def test_a_hundred_more_of_each_kind(kind: str) -> None:
    assert sum(stress(kind, range(1000, 1100)).values()) == 100


@pytest.mark.parametrize("kind", KINDS)
def test_a_spoilt_export_can_be_profiled_or_is_refused(kind: str, tmp_path: Path) -> None:
    catalog, export = load_catalog(), good_exports()[kind]
    for seed in SEEDS:
        folder = tmp_path / str(seed)
        folder.mkdir()
        for name, content in mutate(export, seed).items():
            (folder / name).write_bytes(content)
        with suppress(ExportError):
            tomllib.loads(propose_study([folder / export.name], catalog))


def test_the_rule_engine_changes_nothing_of_the_outcome() -> None:
    for kind in ("csv", "excel"):
        export = good_exports()[kind]
        for seed in range(3):
            outcomes = {spoil_and_check(export, seed, with_engine=how) for how in (True, False)}
            assert len(outcomes) == 1


def test_a_seed_spoils_an_export_in_one_way_only() -> None:
    for kind in KINDS:
        export = good_exports()[kind]
        if kind in ("sav", "zsav", "excel"):  # written with the time of day in them
            continue
        assert mutate(export, 7) == mutate(export, 7)
        assert len({tuple(mutate(export, seed).values()) for seed in range(20)}) > 10
