"""Figures: the same bytes, readable text, honest refusals."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import matplotlib as mpl
import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from instruments.errors import RunError
from reports.disclosure.policy import DisclosurePolicy
from reports.render import draw_figure, list_figures
from reports.render.drawing import describe_figure
from reports.render.figures.drawing import Drawing
from reports.render.figures.paint import FORMATS, paint, read_style
from reports.render.run_view import Run
from tests.golden.specimen import publish_specimen, specimen_rows

NAMES = (
    "forest",
    "slopes",
    "flow",
    "endings",
    "trajectory_core_10_total_at_end",
    "answer_page_core_10_total_at_end",
    "specification_curve_core_10_total_at_end",
    "plane",
    "raincloud_core_10_total_at_end",
    "reliability",
    "missingness",
)
SIZES = ("n = 40", "n = 240", "n = 260", ": 260", "240 clients", "n = 500", "n = 90")
# The narrowest and the widest that journals ask for; what fits both fits between them.
EXTREMES = (80.0, 183.0)
WIDTHS = (*EXTREMES, *(pytest.param(width, marks=pytest.mark.slow) for width in (90.0, 160.0)))
# One of each way of drawing: lines, tiles, curves.
FEW = ("forest", "plane", "raincloud_core_10_total_at_end")
FEW_FIRST = (*FEW, *(pytest.param(n, marks=pytest.mark.slow) for n in NAMES if n not in FEW))


def test_the_forest_plot_says_what_its_lines_are_and_what_the_verdict_rests_on(run: Run) -> None:
    """A thin line that keeps off zero is no difference where several tests were made."""
    caption = describe_figure(run, "forest").caption
    assert "of one outcome taken alone" in caption
    assert "Holm-adjusted within “primary outcomes, groups” (4 tests)" in caption
    assert "means that there is one" not in caption


@pytest.mark.parametrize("name", NAMES)
def test_a_figure_names_the_level_that_its_intervals_have(run: Run, name: str) -> None:
    provenance = run.frame("tables/provenance")
    level = pd.DataFrame([{"section": "comparison", "name": "ci_level", "value": "0.975"}])
    other = provenance[provenance["name"] != "ci_level"]
    drawn = describe_figure(Run(run.parts, {"tables/provenance": pd.concat([other, level])}), name)
    said = f"{drawn.caption} {drawn.alt}"
    assert "95%" not in said
    assert ("97.5%" in said) == ("95%" in describe_figure(run, name).caption)


def test_a_group_too_small_for_most_of_its_cloud_has_none(run: Run) -> None:
    """Of 30 clients the disclosure rules leave the middle third: a stub that looks like a shape."""
    drawing = describe_figure(run, "raincloud_core_10_total_at_end")
    by_layer = drawing.data.groupby("layer")["group"].agg(set)
    assert "indeterminate" in by_layer["quantiles"] - by_layer["density"]  # n = 30
    assert "overdependent" in by_layer["density"]  # n = 40
    assert "fewer than 40 clients have none" in drawing.caption


def test_a_flow_says_of_which_groups_the_outcome_is_missing(run: Run) -> None:
    drawing = describe_figure(run, "flow")
    assert "outcome missing: overly dependent and overly independent" in drawing.alt
    assert "rounded to multiples of 5" in drawing.caption


def test_endings_that_are_not_known_say_what_to_declare(tmp_path: Path) -> None:
    rows = [row for row in specimen_rows() if row.analysis != "endings"]
    reason = "no source says how treatments end: declare it in [source.ending]"
    refused = next(row for row in specimen_rows() if row.analysis == "endings")
    rows.append(replace(refused, status="refused", estimate=None, ci_low=None, ci_high=None,
                        note=reason))  # fmt: skip
    folder = publish_specimen(tmp_path / "run", rows=rows)
    with pytest.raises(RunError, match=re.escape(reason)):
        draw_figure(folder, "endings", out=tmp_path)


def test_endings_say_which_group_is_left_out_and_how_it_was_tested(run: Run) -> None:
    drawing = describe_figure(run, "endings")
    assert "planned, overly dependent (n = 80): 0.60" in drawing.alt
    assert "Gray's test of the two groups, unadjusted: dropout p = .270" in drawing.caption


def test_the_figures_of_a_run_are_listed(rendered: Path) -> None:
    assert tuple(entry.name for entry in list_figures(rendered)) == NAMES


@pytest.mark.parametrize("name", FEW_FIRST)
def test_a_figure_is_the_same_bytes_each_time_and_in_any_order_of_formats(
    run: Run, name: str
) -> None:
    drawing = describe_figure(run, name)
    first = paint(drawing, FORMATS, width_mm=90, dpi=100)
    second = paint(drawing, FORMATS[::-1], width_mm=90, dpi=100)
    assert first == second


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", NAMES)
def test_text_is_at_least_six_points_and_inside_the_picture(
    run: Run, name: str, width: float
) -> None:
    assert_text_fits(describe_figure(run, name), width)


@pytest.mark.parametrize("width", WIDTHS)
def test_text_of_the_plane_fits_where_the_number_of_clients_is_left_out(
    run: Run, width: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = "about 1,230, the sum of tiles that are each rounded"
    monkeypatch.setattr("reports.render.figures.plane._size", lambda *_: long)
    assert_text_fits(describe_figure(run, "plane"), width)


def assert_text_fits(drawing: Drawing, width: float) -> None:
    with mpl.rc_context(rc=read_style()):
        figure = Figure((width / 25.4, drawing.height(width) / 25.4), layout="constrained")
        drawing.draw(figure)
        figure.savefig(io.BytesIO(), format="svg")
        written = [t for t in figure.findobj(Text) if t.get_text().strip() and t.get_visible()]
        assert written
        assert min(text.get_fontsize() for text in written) >= 6
        right = figure.bbox.x1 + 1
        outside = [
            text.get_text()
            for text in written
            if text.get_window_extent().x1 > right or text.get_window_extent().x0 < -1
        ]
    # Ticks beyond the end of an axis exist, but are not drawn.
    assert not [text for text in outside if text.strip("−0123456789.")]


@pytest.mark.parametrize("name", [name for name in NAMES if name != "missingness"])
def test_every_figure_shows_how_many_clients(run: Run, name: str) -> None:
    drawing = describe_figure(run, name)
    figure = Figure()
    drawing.draw(figure)
    texts = " ".join(text.get_text() for text in figure.findobj(Text))
    assert any(count in texts for count in SIZES)


def test_the_map_of_answers_says_of_how_many_clients(run: Run) -> None:
    assert "all 260 clients" in describe_figure(run, "missingness").caption


def test_a_mean_of_few_clients_is_not_drawn(run: Run) -> None:
    data = describe_figure(run, "trajectory_core_10_total_at_end").data
    assert data["mean"].max() < 30
    assert set(data["source"]) == {"model", "observed"}
    assert len(data[data["source"] == "observed"]) == 6


def test_the_declared_specification_is_marked(run: Run) -> None:
    data = describe_figure(run, "specification_curve_core_10_total_at_end").data
    assert list(data["estimate"]) == sorted(data["estimate"])
    assert list(data.loc[data["is_declared"], "estimate"]) == [7.9]


def test_the_answer_page_holds_the_gated_counts(run: Run) -> None:
    data = describe_figure(run, "answer_page_core_10_total_at_end").data
    cells = data.set_index(["symptoms", "dependency"])["n"]
    assert cells["improved", "same"] == 100
    assert cells["all", "all"] == 500


def test_the_files_of_one_figure(rendered: Path, tmp_path: Path) -> None:
    written = draw_figure(rendered, "forest", formats=("svg", "png"), width_mm=90, dpi=120,
                          out=tmp_path / "new")  # fmt: skip
    assert [path.name for path in written] == ["forest.svg", "forest.png", "forest.csv",
                                               "forest.json"]  # fmt: skip
    data = pd.read_csv(tmp_path / "new/forest.csv")
    assert list(data["difference"]) == [7.9, 0.09]
    note = json.loads((tmp_path / "new/forest.json").read_text(encoding="utf-8"))
    assert note["run_id"] == "5ec1000000000001"
    assert note["parameters"] == {"dpi": 120, "formats": ["svg", "png"], "width_mm": 90}
    assert "7.90" in note["alternative_text"]
    assert note["plan_status"] == "exploratory"


def test_the_width_is_the_printed_width(rendered: Path, tmp_path: Path) -> None:
    draw_figure(rendered, "slopes", width_mm=90, out=tmp_path)
    head = (tmp_path / "slopes.svg").read_text(encoding="utf-8")[:900]
    points = 90 / 25.4 * 72
    assert f'width="{points:.6g}'[:11] in head


def test_an_unknown_figure_gets_the_nearest_name(rendered: Path, tmp_path: Path) -> None:
    with pytest.raises(RunError, match='Did you mean "forest"'):
        draw_figure(rendered, "forrest", out=tmp_path)
    with pytest.raises(RunError, match="There are: forest, slopes"):
        draw_figure(rendered, "qqqqqq", out=tmp_path)


def test_an_unknown_format_gets_the_nearest_one(rendered: Path, tmp_path: Path) -> None:
    with pytest.raises(RunError, match='Did you mean "tiff"'):
        draw_figure(rendered, "forest", formats=("tif",), out=tmp_path)
    with pytest.raises(RunError, match="E_FIGURE_FORMAT"):
        draw_figure(rendered, "forest", formats=(), out=tmp_path)


@pytest.mark.parametrize(("width", "dpi"), [(5, 300), (9000, 300), (float("nan"), 300), (90, 1)])
def test_an_impossible_size_is_refused(rendered: Path, width: float, dpi: int) -> None:
    with pytest.raises(RunError, match="E_FIGURE_SIZE"):
        draw_figure(rendered, "forest", width_mm=width, dpi=dpi)


def test_files_that_were_there_stay_when_drawing_fails(rendered: Path, tmp_path: Path) -> None:
    (tmp_path / "forest.svg").write_text("as it was", encoding="utf-8")
    (tmp_path / "forest.csv").mkdir()
    with pytest.raises(RunError, match="E_WRITE"):
        draw_figure(rendered, "forest", out=tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["forest.csv", "forest.svg"]
    assert (tmp_path / "forest.svg").read_text(encoding="utf-8") == "as it was"


def test_a_damaged_file_is_one_sentence(rendered: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(rendered, tmp_path / "run"))
    (folder / "figures/plane.parquet").write_bytes(b"gone")
    with pytest.raises(RunError, match="E_RUN_DAMAGED"):
        draw_figure(folder, "plane", out=tmp_path)


def test_a_withheld_figure_says_why(tmp_path: Path) -> None:
    strict = DisclosurePolicy(threshold=400)
    folder = publish_specimen(tmp_path / "run", policy=strict)
    with pytest.raises(RunError, match="E_FIGURE_WITHHELD"):
        draw_figure(folder, "plane", out=tmp_path)


def test_drawing_imports_nothing_that_it_does_not_need(rendered: Path, tmp_path: Path) -> None:
    script = (
        "import sys\nfrom pathlib import Path\nfrom reports.render import draw_figure\n"
        f"draw_figure(Path({str(rendered)!r}), 'forest', out=Path({str(tmp_path)!r}))\n"
        "heavy = {'prefect', 'great_expectations', 'duckdb', 'jinja2', 'statsmodels', 'pingouin',"
        " 'matplotlib.pyplot', 'docx', 'sklearn'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.slow
def test_other_processes_draw_the_same_bytes(rendered: Path, tmp_path: Path) -> None:
    script = (
        "from pathlib import Path\nfrom reports.render import draw_figure, list_figures\n"
        f"for entry in list_figures(Path({str(rendered)!r})):\n"
        f"    draw_figure(Path({str(rendered)!r}), entry.name, dpi=90, out=Path('.'),\n"
        "                formats=('svg', 'pdf'))\n"
    )
    places = []
    for seed, zone in (("1", "UTC"), ("77", "Asia/Tokyo")):
        place = tmp_path / seed
        place.mkdir()
        settings = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "OMP_NUM_THREADS": seed[0]}
        subprocess.run([sys.executable, "-c", script], cwd=place, env=settings, check=True)
        places.append({path.name: path.read_bytes() for path in sorted(place.iterdir())})
    assert places[0] == places[1]
    assert len(places[0]) == 4 * len(NAMES)
