"""Every output of the specimen, compared with the copy that somebody looked at.

After a wanted change run the tests with GOLDEN_UPDATE=1, look at the difference, and commit it.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from reports.render import draw_figure, draw_table, list_figures

EXPECTED = Path(__file__).with_name("expected")


def without_pictures(page: bytes) -> bytes:
    """Return the page with each picture replaced: other versions of fonts draw other outlines."""
    return re.sub(rb"data:image/svg\+xml;base64,[A-Za-z0-9+/=]+", b"(picture)", page)


def hold(name: str, made: bytes) -> None:
    """Compare with the golden copy, or renew it when asked to."""
    path = EXPECTED / name
    if os.environ.get("GOLDEN_UPDATE"):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(made)
    assert path.is_file(), "no golden copy: run with GOLDEN_UPDATE=1 and look at what it makes"
    assert made.decode() == path.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def drawn(rendered: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which every figure of the run was drawn again."""
    folder = tmp_path_factory.mktemp("drawn")
    for entry in list_figures(rendered):
        draw_figure(rendered, entry.name, out=folder)
    return folder


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("report.html", without_pictures),
        ("estimates.csv", bytes),
        ("run.json", bytes),
    ],
)
def test_the_run_is_as_it_was(rendered: Path, name: str, changed: Callable[[bytes], bytes]) -> None:
    hold(name, changed((rendered / name).read_bytes()))


def test_the_data_of_every_figure_are_as_they_were(rendered: Path, drawn: Path) -> None:
    for entry in list_figures(rendered):
        hold(f"{entry.name}.csv", (drawn / f"{entry.name}.csv").read_bytes())
        hold(f"{entry.name}.json", (drawn / f"{entry.name}.json").read_bytes())


def test_a_table_is_as_it_was_in_every_form(rendered: Path, tmp_path: Path) -> None:
    draw_table(rendered, "contrast", formats=("csv", "latex", "html"), out=tmp_path)
    for name in ("contrast.csv", "contrast.tex", "contrast.html"):
        hold(name, (tmp_path / name).read_bytes())


def test_the_svg_files_of_the_run_are_those_that_are_drawn_again(
    rendered: Path, drawn: Path
) -> None:
    for entry in list_figures(rendered):
        first, second = (
            hashlib.sha256((folder / f"{entry.name}.svg").read_bytes()).hexdigest()
            for folder in (rendered / "figures", drawn)
        )
        assert first == second
