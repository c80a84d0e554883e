"""Publishing: what leaves, in which form, and what does not."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from reports.disclosure.cleared import ClearedTable, Withheld, load_cleared
from reports.disclosure.policy import DisclosurePolicy
from reports.publication import describe_measures, publish_run
from reports.publishing.context import MEASURE_COLUMNS, SOURCE_COLUMNS
from reports.publishing.estimate_csv import as_csv
from reports.publishing.fact_reading import read_fact_table
from reports.publishing.fact_tables import gate_fact_table
from reports.render.document import find_tables
from reports.render.run_view import load_run
from reports.render.sections import compose_sections, outline_picture
from reports.study_data import Measure
from tests.golden import specimen
from tests.golden.specimen import publish_specimen, specimen_analysis, specimen_context


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return publish_specimen(tmp_path_factory.mktemp("published") / "run")


@pytest.fixture(scope="module")
def parts(folder: Path) -> dict[str, ClearedTable | Withheld]:
    return load_cleared(folder)


def frame_of(parts: dict[str, ClearedTable | Withheld], name: str) -> pd.DataFrame:
    part = parts[name]
    assert isinstance(part, ClearedTable)
    return part.frame


def test_everything_published_is_sealed(folder: Path, parts: dict[str, object]) -> None:
    published = {path.suffix for path in folder.rglob("*") if path.is_file()}
    assert published == {".parquet", ".csv", ".json"}
    assert {"estimates", "tables/flow", "tables/findings", "figures/plane"} <= set(parts)


def test_the_csv_holds_the_cleared_estimates(
    folder: Path, parts: dict[str, ClearedTable | Withheld]
) -> None:
    text = (folder / "estimates.csv").read_bytes()
    assert b"\r" not in text
    read = pd.read_csv(folder / "estimates.csv")
    cleared = frame_of(parts, "estimates")
    assert list(read.columns) == list(cleared.columns)
    pd.testing.assert_series_equal(
        read["estimate"], cleared["estimate"], check_names=False, check_exact=True
    )
    assert ",400.0," not in text.decode()


def test_no_cell_of_the_csv_is_a_formula() -> None:
    frame = pd.DataFrame(
        {"note": ["=HYPERLINK(1)", "+1", "-1", "@x", "\tx", "a-b"], "n": [1.0] * 6}
    )
    written = pd.read_csv(pd.io.common.StringIO(as_csv(frame)))
    assert [text[0] for text in written["note"]] == ["'"] * 5 + ["a"]


def test_every_row_names_its_run(parts: dict[str, ClearedTable | Withheld]) -> None:
    assert set(frame_of(parts, "estimates")["run_id"]) == {specimen.RUN_ID}


def test_the_record_is_sorted_and_has_no_clock(folder: Path) -> None:
    text = (folder / "run.json").read_text(encoding="utf-8")
    record = json.loads(text)
    assert list(record) == sorted(record)
    assert record["run_id"] == specimen.RUN_ID
    assert record["disclosure"]["threshold"] == 10
    assert not any(word in text for word in ("started", "finished", "time", "host", "path"))


def test_the_record_holds_no_row_counts(folder: Path) -> None:
    record = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    assert set(record["inputs"][0]) == {"name", "source_id", "kind", "sha256"}


def test_a_finding_in_few_rows_loses_its_count(
    parts: dict[str, ClearedTable | Withheld],
) -> None:
    counts = frame_of(parts, "tables/finding_counts").set_index("outcome")["n"]
    findings = read_fact_table(frame_of(parts, "tables/findings")).set_index("finding")
    by_code = {findings.loc[name, "code"]: n for name, n in counts.items()}
    assert by_code["E_RANGE"] == 20
    assert pd.isna(by_code["E_SAFETY"])
    assert set(findings["code"]) == {"E_RANGE", "E_SAFETY", "N_BOM"}


def test_a_whole_file_finding_has_no_count(parts: dict[str, ClearedTable | Withheld]) -> None:
    findings = read_fact_table(frame_of(parts, "tables/findings")).set_index("code")
    assert findings["is_whole_file"].to_dict() == {
        "E_RANGE": "no",
        "E_SAFETY": "no",
        "N_BOM": "yes",
    }


def test_few_quarantined_rows_are_left_out_and_none_are_shown(tmp_path: Path) -> None:
    sources = pd.DataFrame(
        [("a.csv", "a", "csv", "ab" * 32, 260, 256, 4, 0, 0),
         ("b.csv", "b", "csv", "cd" * 32, 100, 100, 0, 0, 0)],
        columns=list(SOURCE_COLUMNS),
    )  # fmt: skip
    folder = publish_specimen(tmp_path / "run", sources=sources)
    counts = frame_of(load_cleared(folder), "tables/row_counts").set_index(["name", "fate"])["n"]
    assert pd.isna(counts["a.csv", "quarantined"])
    assert counts["b.csv", "quarantined"] == 0
    assert counts["b.csv", "all"] == 100
    # The lost rows must not follow from what is shown beside them.
    assert (
        pd.isna(counts["a.csv", "loaded"])
        or pd.isna(counts["a.csv", "all"])
        or (counts["a.csv", "all"] - counts["a.csv", "loaded"] in (0, 5))
    )


def test_rows_of_many_files_are_counted_by_source(tmp_path: Path) -> None:
    sources = pd.DataFrame(
        [(f"week_{number:03}.csv", "weekly", "csv", f"{number:064x}", 103, 100, 3, 0, 0)
         for number in range(200)],
        columns=list(SOURCE_COLUMNS),
    )  # fmt: skip
    folder = publish_specimen(tmp_path / "run", sources=sources)
    counts = frame_of(load_cleared(folder), "tables/row_counts").set_index(["name", "fate"])["n"]
    assert counts["weekly", "quarantined"] == 600
    assert set(counts.index.get_level_values("name")) == {"weekly", "all"}
    tables = find_tables(compose_sections(load_run(folder), outline_picture))
    table = next(table for table in tables if table.name == "files")
    assert [table.texts(row)[:4] for row in table.rows] == [("weekly", "200", "20,600", "20,000")]


def test_a_run_without_a_comparison_publishes_files_and_findings(tmp_path: Path) -> None:
    publish_run(tmp_path, None, DisclosurePolicy(), specimen_context(rule=None, outcomes=()))
    assert "estimates" not in load_cleared(tmp_path)
    assert (tmp_path / "tables/findings.parquet").is_file()
    assert not (tmp_path / "estimates.csv").exists()


def test_publishing_twice_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    again = publish_specimen(tmp_path / "again")
    first = {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*.*")}
    second = {path.relative_to(again): path.read_bytes() for path in again.rglob("*.*")}
    assert first == second


def test_an_attribute_without_a_range_is_shown_by_quantiles_only(tmp_path: Path) -> None:
    analysis = specimen_analysis()
    cloud = analysis.figures["raincloud_core_10_total_at_end"]
    facts = {"outcome": "age", "label": "age"}
    bare = type(cloud)(cloud.kind, cloud.title, cloud.frame, facts)
    changed = type(analysis)(analysis.estimates, analysis.presentations, {"age": bare},
                             analysis.flow)  # fmt: skip
    folder = publish_specimen(tmp_path / "run", analysis=changed)
    assert "density" not in frame_of(load_cleared(folder), "figures/age").columns


def test_single_clients_are_published_only_where_the_policy_allows(
    folder: Path, tmp_path: Path
) -> None:
    name = "figures/raincloud_core_10_total_at_end"
    without = load_cleared(folder)
    with_points = load_cleared(
        publish_specimen(tmp_path / "with", policy=DisclosurePolicy(show_points=True))
    )
    assert "point" not in set(frame_of(without, name)["layer"])
    assert "point" in set(frame_of(with_points, name)["layer"])


def test_facts_come_back_as_the_texts_that_they_were(tmp_path: Path) -> None:
    facts = pd.DataFrame(
        {"name": ["a", "b"], "low": [1.0, float("nan")], "is_primary": [True, False]}
    )
    back = read_fact_table(gate_fact_table(facts, DisclosurePolicy()).frame)
    assert back.to_dict("list") == {
        "name": ["a", "b"],
        "low": ["1", ""],
        "is_primary": ["yes", "no"],
    }


def test_more_than_ten_facts_keep_their_order() -> None:
    facts = pd.DataFrame({"name": [f"n{number}" for number in range(25)]})
    back = read_fact_table(gate_fact_table(facts, DisclosurePolicy()).frame)
    assert list(back["name"]) == list(facts["name"])


def test_measures_are_described_from_their_definitions() -> None:
    from instruments.catalog import load_catalog

    measure = Measure("core_10.total", "core_10", "Psychological distress", 0, 40, "sum", "more",
                      "worse")  # fmt: skip
    frame = describe_measures({"core_10.total": measure}, load_catalog())
    assert tuple(frame.columns) == MEASURE_COLUMNS
    assert frame.loc[0, "abbreviation"] == "CORE-10"
    assert frame.loc[0, "citation"]


def test_a_median_cut_is_rounded_and_left_out_where_few_clients_are_behind_it(
    tmp_path: Path,
) -> None:
    analysis = specimen_analysis()
    plane = analysis.figures["plane"]
    exact = dict(plane.facts) | {"dependence_cut": 3.123456, "independence_cut": 3.987654}
    rule = specimen.RULE.model_copy(update={"cut": "median"})

    def cuts(clients: int) -> dict[str, float]:
        figure = type(plane)(plane.kind, plane.title, plane.frame.head(clients), exact)
        changed = type(analysis)(analysis.estimates, analysis.presentations, {"plane": figure},
                                 analysis.flow)  # fmt: skip
        folder = publish_specimen(tmp_path / str(clients), analysis=changed, rule=rule)
        facts = frame_of(load_cleared(folder), "figures/plane-facts")
        return {row["key"]: row["number"] for row in facts.to_dict("records")
                if str(row["key"]).endswith("_cut")}  # fmt: skip

    assert cuts(240) == {"dependence_cut": 3.12, "independence_cut": 3.99}
    assert cuts(15) == {}
