"""The BibTeX file beside a report: methods, instruments, and what was published of these."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import typst

from instruments.catalog import load_catalog
from reports.render.citations import Entry, name_apart, read_citation
from reports.render.references import read_references
from reports.render.run_view import Run, load_run
from reports.render.sources import entries_of_measures
from tests.golden.specimen import publish_specimen, specimen_rows, without_figures


def test_citations_of_definitions_are_read_into_their_fields() -> None:
    entries = [
        read_citation(form.citation, form.doi, form.abbreviation)
        for form in load_catalog().values()
    ]
    as_a_whole = {entry.key for entry in entries if entry.kind == "misc"}
    # Two have no authors, one is a form of which the study says which, one no volume.
    assert as_a_whole == {"cdqr12", "fwc24", "rrq", "kate2020"}
    (chapter,) = {entry for entry in entries if entry.key == "brennan1998"}
    assert dict(chapter.fields)["editor"] == "Simpson, J. A. and Rholes, W. S."
    assert dict(chapter.fields)["pages"] == "46--76"
    (book,) = {entry for entry in entries if entry.key == "rosenberg1965"}
    assert (book.kind, dict(book.fields)["publisher"]) == ("book", "Princeton University Press")


def test_works_of_one_author_and_year_have_keys_of_their_own() -> None:
    first, second = Entry("misc", "doe2001", (("title", "One"),)), Entry("misc", "doe2001", ())
    assert [entry.key for entry in name_apart((first, second, first))] == ["doe2001", "doe2001b"]
    assert [entry.key for entry in name_apart((first,), {"doe2001"})] == ["doe2001b"]


def test_the_references_are_of_methods_instruments_and_keys(rendered: Path, run: Run) -> None:
    text = (rendered / "references.bib").read_text(encoding="utf-8")
    keys = re.findall(r"(?m)^@\w+\{([^,]+),$", text)
    assert len(set(keys)) == len(keys)
    assert {"jacobson1991", "core10", "core10-key", "waisr-key"} <= set(keys)
    assert {entry.key for entry in entries_of_measures(run)} <= set(keys)
    assert "note = {Somebody \\& Else (2003)}" in text


def test_only_published_samples_and_borders_that_were_used_are_listed(tmp_path: Path) -> None:
    rows = [row for row in specimen_rows() if not row.term.startswith("norm check")]
    told = replace(next(row for row in rows if row.analysis == "change"), method="declared",
                   group_a=None, n=None, n_clusters=None, ci_low=None, ci_high=None)  # fmt: skip
    used = [
        replace(told, term="border of the clinical range", note="published: A Source (2013)"),
        replace(told, term="smallest reliable change", note="published reference"),
    ]
    for more, expected in (([], set()), (used, {"core10total-border", "core10total-norms"})):
        folder = publish_specimen(
            tmp_path / str(len(more)), analysis=without_figures([*rows, *more])
        )
        keys = {entry.key for entry in entries_of_measures(load_run(folder))}
        assert {key for key in keys if key.endswith(("-norms", "-border", "-missing"))} == expected


def test_every_citation_of_a_definition_is_read_by_a_reader_of_bibtex(tmp_path: Path) -> None:
    forms = load_catalog().values()
    entries = name_apart(
        read_citation(form.citation, form.doi, form.abbreviation) for form in forms
    )
    references = [*read_references().values(), *entries]
    text = "\n".join(reference.bibtex for reference in references)
    (tmp_path / "references.bib").write_text(text, encoding="utf-8")
    cited = " ".join(f"@{reference.key}" for reference in references)
    (tmp_path / "cited.typ").write_text(
        f'{cited}\n#bibliography("references.bib", style: "apa")', encoding="utf-8"
    )
    # An entry that is not there, or a file that cannot be read, is an error.
    assert typst.compile(str(tmp_path / "cited.typ"), format="pdf").startswith(b"%PDF")
