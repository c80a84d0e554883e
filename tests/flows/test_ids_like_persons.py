"""Ids that are written like numbers of persons: set aside, until somebody declares them ids."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.study import load_study
from instruments.errors import StudyError
from tests.flows.studies import (
    INTAKE,
    ask,
    clients,
    digests,
    export,
    rebuild_study,
    take_in,
    write_study,
)

SHAPE = "id_shape = 'C[0-9]{3}|[0-9]{3} [0-9]{3} [0-9]{4}'\n"
MAIL = "ann@example.org"
DECLARED = INTAKE.replace("occasion =", f"{SHAPE}ids_are_pseudonyms = true\noccasion =", 1)


def table(*ids: str) -> list[dict[str, object]]:
    return [
        one | {"client_id": name}
        for one, name in zip(clients(12), [*ids, *(f"C{n:03d}" for n in range(12))], strict=False)
    ]


def held(folder: Path) -> list[tuple[str, str]]:
    return ask(folder, "SELECT client_id FROM store.core.client ORDER BY 1")


def test_ids_that_point_to_persons_are_set_aside_with_a_way_out(tmp_path: Path) -> None:
    folder = write_study(tmp_path, INTAKE.replace("occasion =", f"{SHAPE}occasion =", 1))
    export(folder, "intake.csv", table("943 476 5919"))
    (report,) = take_in(folder)
    assert report.validation is not None
    (found,) = [one for one in report.validation.findings if one.code == "E_IDENTIFIER"]
    assert "ids_are_pseudonyms" in found.fix
    assert ("943 476 5919",) not in held(folder)


def test_declared_pseudonyms_are_read_and_told_of(tmp_path: Path) -> None:
    folder = write_study(tmp_path, DECLARED)
    export(folder, "intake.csv", table("943 476 5919", MAIL))
    (report,) = take_in(folder)
    assert ("943 476 5919",) in held(folder)
    assert (MAIL,) not in held(folder)
    assert report.validation is not None
    notes = [one.fix for one in report.validation.findings if one.code == "N_PSEUDONYMS"]
    assert len(notes) == 1
    assert "1" in notes[0]
    assert "943" not in str(report.validation.findings)
    before = digests(folder)
    rebuild_study(folder)
    assert digests(folder) == before


def test_rows_that_were_set_aside_come_in_once_it_is_declared(tmp_path: Path) -> None:
    folder = write_study(tmp_path, INTAKE.replace("occasion =", f"{SHAPE}occasion =", 1))
    export(folder, "intake.csv", table("943 476 5919"))
    take_in(folder)
    write_study(tmp_path, DECLARED)
    take_in(folder)
    assert ("943 476 5919",) in held(folder)


def test_who_declares_pseudonyms_says_how_they_are_written(tmp_path: Path) -> None:
    folder = write_study(tmp_path, DECLARED.replace(SHAPE, ""))
    with pytest.raises(StudyError, match="id_shape"):
        load_study(folder)
