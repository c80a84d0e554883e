"""What changed since another run, the index of runs, references and words."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from instruments.errors import RunError
from reports.disclosure.policy import DisclosurePolicy
from reports.estimates import Estimate
from reports.render import RunLine, render_changes, render_index
from reports.render.changes import compare_runs, match_estimates
from reports.render.document import Listing, Prose
from reports.render.references import (
    Reference,
    read_references,
    read_sentences,
    references_of,
    sentences_of,
)
from reports.render.run_view import Run, load_run
from reports.render.table import Table
from tests.golden import specimen
from tests.golden.specimen import publish_specimen, specimen_rows, without_figures


def changed_rows() -> list[object]:
    rows = []
    for row in specimen_rows():
        if row.outcome == "wai_sr.bond@month_3" and row.term == "verdict":
            rows.append(replace(row, note="equivalent"))
        elif row.outcome == "core_10.total@end" and row.term == "difference":
            rows.append(replace(row, estimate=6.4, ci_low=4.1, ci_high=8.7))
        elif row.term == "superiority":
            continue
        else:
            rows.append(row)
    return rows


@pytest.fixture
def before(rendered: Path) -> Path:
    return rendered


@pytest.fixture(scope="module")
def after(tmp_path_factory: pytest.TempPathFactory) -> Path:
    sources = specimen.specimen_context().sources.assign(sha256="ef" * 32)
    return publish_specimen(
        tmp_path_factory.mktemp("changes") / "5ec1000000000002",
        rows=changed_rows(),  # type: ignore[arg-type]
        sources=sources,
        run_id="5ec1000000000002",
        hashes={"study file": "a" * 64, "definitions": "b" * 64, "code": "d" * 64},
    )


def test_the_reasons_are_named(before: Path, after: Path) -> None:
    why, _ = compare_runs(load_run(before), load_run(after))
    assert isinstance(why.blocks[0], Listing)
    assert why.blocks[0].items == (
        "new data: intake.csv (efefefefefef…)",
        "no longer among the data: intake.csv (abababababab…)",
        "the program was changed",
    )


def test_what_moved_is_listed_with_both_values(before: Path, after: Path) -> None:
    _, moved = compare_runs(load_run(before), load_run(after))
    counts, verdicts, table = moved.blocks
    assert isinstance(counts, Prose)
    assert "1 moved" in counts.paragraphs[0]
    assert "2 are gone" in counts.paragraphs[0]
    assert isinstance(verdicts, Listing)
    assert verdicts.items == (
        (
            "The verdict on bond (WAI-SR) at month 3, course over time, was “different” and is now "
            "“equivalent”."
        ),
        "The verdict on bond (WAI-SR) at month 3 was “undecided” and is now “equivalent”.",
    )
    assert isinstance(table, Table)
    assert table.texts(table.rows[0])[2] == "7.90"
    assert table.texts(table.rows[0])[5] == "6.40"


def test_a_run_compared_with_itself_has_not_moved(before: Path) -> None:
    run = load_run(before)
    both = match_estimates(run.estimates, run.estimates)
    assert both["in_both"].all()
    assert not both["has_moved"].any()
    why, moved = compare_runs(run, run)
    assert why.blocks[0] == Prose(
        ("Nothing that a run is made of was changed.",),
        labels=why.blocks[0].labels,  # type: ignore[union-attr]
    )
    assert len(moved.blocks) == 1


@pytest.mark.parametrize(("clients", "said"), [(58, "about 60"), (4, "few")])
def test_a_file_that_corrects_others_is_told_from_new_data(
    before: Path, tmp_path: Path, clients: int, said: str
) -> None:
    old = specimen.specimen_context().sources
    new = old.assign(name="again.csv", sha256="ef" * 32, corrected=clients)
    corrected = publish_specimen(
        tmp_path / "run", analysis=without_figures(), sources=pd.concat([old, new])
    )
    why, _ = compare_runs(load_run(before), load_run(corrected))
    assert isinstance(why.blocks[0], Listing)
    assert why.blocks[0].items == (
        f"corrected data: again.csv (efefefefefef…) changes what was held of {said} clients",
    )


def test_what_moved_of_one_outcome_and_analysis_stands_together(
    before: Path, tmp_path: Path
) -> None:
    def moved(place: int, row: Estimate) -> Estimate:
        return row if row.estimate is None else replace(row, estimate=row.estimate + place % 3 + 1)

    rows = [moved(place, row) for place, row in enumerate(specimen_rows())]
    other = publish_specimen(tmp_path / "run", analysis=without_figures(rows))
    _, moves = compare_runs(load_run(before), load_run(other))
    tables = [block for block in moves.blocks if isinstance(block, Table)]
    heads = [head for head, _ in tables[0].groups]
    assert len(heads) > 1
    assert len(heads) == len(set(heads))


def test_changed_disclosure_rules_are_a_reason(before: Path, tmp_path: Path) -> None:
    stricter = publish_specimen(
        tmp_path / "run", analysis=without_figures(), policy=DisclosurePolicy(threshold=20)
    )
    why, _ = compare_runs(load_run(before), load_run(stricter))
    assert isinstance(why.blocks[0], Listing)
    assert why.blocks[0].items == ("the disclosure rules were changed",)


def test_a_first_run_can_be_compared_with_one_without_estimates(
    after: Path, tmp_path: Path
) -> None:
    from reports.publication import publish_run

    publish_run(tmp_path, None, DisclosurePolicy(), specimen.specimen_context(rule=None,
                outcomes=()))  # fmt: skip
    _, moved = compare_runs(load_run(tmp_path), load_run(after))
    assert isinstance(moved.blocks[0], Prose)
    assert "0 are the same" in moved.blocks[0].paragraphs[0]


def test_the_page_of_changes_is_written_beside_the_report(before: Path, after: Path) -> None:
    page = render_changes(after, before)
    text = page.read_text(encoding="utf-8")
    assert page == after / "changes.html"
    assert "What changed since run 5ec1000000000001" in text
    assert 'href="#estimate' not in text


def test_a_run_that_is_not_there_cannot_be_compared(after: Path, tmp_path: Path) -> None:
    with pytest.raises(RunError, match="E_RUN_ABSENT"):
        render_changes(after, tmp_path / "nothing")


def test_the_index_lists_runs_in_their_order_and_damaged_ones_too(
    rendered: Path, tmp_path: Path
) -> None:
    for number in (1, 2):
        shutil.copytree(rendered, tmp_path / f"5ec100000000000{number}")
    (tmp_path / "5ec1000000000003").mkdir()
    lines = [RunLine(f"5ec100000000000{number}", f"day {number}") for number in (2, 1, 3)]
    text = render_index(tmp_path, lines).read_text(encoding="utf-8")
    order = [text.index(f"day {number}") for number in (2, 1, 3)]
    assert order == sorted(order)
    assert '<a href="5ec1000000000001/report.html">report</a>' in text
    assert "changes.html" not in text
    assert "There is no run here." in text
    assert "Specimen &lt;of&gt; a study &amp; its report: all runs" in text


def test_the_methods_text_says_only_what_was_run() -> None:
    assert [s.when for s in sentences_of({"Welch"})] == ["Welch"]
    assert {one.key for one in references_of({"Yuen, 20 % trimmed"})} == {"yuen1974"}
    assert sentences_of(()) == ()


def test_every_citation_has_its_reference_and_every_reference_is_cited() -> None:
    cited = {key for sentence in read_sentences() for key in sentence.cites}
    assert cited == set(read_references())


def test_references_follow_apa_and_bibtex() -> None:
    one = Reference("vdh2006", ("van der Hart, O.", "Nijenhuis, E. R. S.", "Steele, K."), 2006,
                    "The haunted self & more", "Norton", "1", "2", "3-4", "10.1/x_y")  # fmt: skip
    assert one.cited == "van der Hart et al., 2006"
    assert one.apa == (
        "van der Hart, O., Nijenhuis, E. R. S., & Steele, K. (2006). The haunted self & more. "
        "Norton, 1(2), 3–4. https://doi.org/10.1/x_y"
    )
    assert "author = {van der Hart, O. and Nijenhuis, E. R. S. and Steele, K.}" in one.bibtex
    assert r"title = {{The haunted self \& more}}" in one.bibtex
    assert "pages = {3--4}" in one.bibtex


def test_a_report_has_its_references_and_its_words(rendered: Path, page: str, run: Run) -> None:
    assert "@article{welch1947," in (rendered / "references.bib").read_text(encoding="utf-8")
    assert "@article{yuen1974," not in (rendered / "references.bib").read_text(encoding="utf-8")
    assert "(Welch, 1947)" in page
    assert "smallest difference that matters" in page[page.index("Words used here") :]
    assert run.plan_status == "exploratory"
