"""The WAI-SR and the WAI-S have twelve items both; the one has five answers, the other seven."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.profiling_tables import Table, answers, propose, write

COUNT = 300


def alliance(stem: str, high: int, *, is_mirrored: bool = False) -> Table:
    """Return answers to twelve items that go together, two of them mirrored as in the WAI-S."""
    table = answers([f"{stem}_{n}" for n in range(1, 13)], 1, high, count=COUNT)
    for name in (f"{stem}_4", f"{stem}_10") if is_mirrored else ():
        table[name] = [str(high + 1 - int(cell)) for cell in table[name]]
    return {"client_id": [f"Kx{n:03d}" for n in range(COUNT)], **table}


@pytest.mark.parametrize(
    ("table", "instrument"),
    [
        (alliance("wai", 5), "wai_sr"),
        (alliance("wai", 7, is_mirrored=True), "wai_s"),
        (alliance("wai_sr", 5), "wai_sr"),
        (alliance("wai_s", 7, is_mirrored=True), "wai_s"),
    ],
    ids=["five answers", "seven answers", "named the SR", "named the S"],
)
def test_the_form_whose_range_and_key_fit_is_proposed(
    tmp_path: Path, table: Table, instrument: str
) -> None:
    study, _ = propose(write(tmp_path / "alliance.csv", table), folder=tmp_path)
    (form,) = study.sources[0].form
    assert (form.instrument, form.already_reversed) == (instrument, False)


def test_a_name_that_both_share_leaves_a_doubt(tmp_path: Path) -> None:
    _, text = propose(write(tmp_path / "alliance.csv", alliance("wai", 5)), folder=tmp_path)
    assert "# ? It could also be wai_s." in text


def test_answers_of_the_one_under_the_name_of_the_other_leave_a_doubt(tmp_path: Path) -> None:
    _, text = propose(write(tmp_path / "alliance.csv", alliance("wai_s", 5)), folder=tmp_path)
    assert "# ? Nobody answered 7" in text or "# ? Nobody answered above 5" in text
