"""Word, PDF, LaTeX and CSV: the same tables, the same bytes, nothing to mend."""

from __future__ import annotations

import csv
import io
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import docx
import pandas as pd
import pikepdf
import pytest
from openxml_audit import OpenXmlValidator

from instruments.errors import RunError
from reports.render import draw_table, list_tables, render_documents
from reports.render.document import find_pictures, find_tables
from reports.render.run_view import Run, load_run
from reports.render.sections import compose_sections, draw_for_paper, outline_picture
from reports.render.table import Cell, Column, Row, Spanner, Table
from reports.render.views.table_csv import table_to_csv
from reports.render.views.table_latex import escape_latex, table_to_latex
from tests.golden.specimen import publish_specimen


@pytest.fixture(scope="module")
def folder(rendered: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("documents") / "run"
    shutil.copytree(rendered, made)
    render_documents(made)
    return made


@pytest.fixture(scope="module")
def word(folder: Path) -> docx.document.Document:
    return docx.Document(str(folder / "report.docx"))


def contrast_of(run: Run) -> Table:
    sections = compose_sections(run, outline_picture)
    return next(table for table in find_tables(sections) if table.name == "contrast")


def faults_of(path: Path) -> list[str]:
    return [str(fault) for fault in OpenXmlValidator().validate(path).errors]


def texts_of(table: docx.table.Table) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in table.rows]


def test_a_word_table_holds_the_estimates(folder: Path, word: docx.document.Document) -> None:
    estimates = pd.read_csv(folder / "estimates.csv")
    found = estimates[(estimates["term"] == "difference") & estimates["estimate"].notna()]
    rows = [row for table in word.tables for row in texts_of(table) if "end (±3)" in row[0]]
    assert len(rows) == 1
    distress = found[found["outcome"] == "core_10.total@end"].iloc[0]
    assert rows[0][1:4] == [str(int(distress["n_a"])), str(int(distress["n_b"])), "7.90"]
    assert float(rows[0][3]) == distress["estimate"]


def test_every_table_of_the_report_is_in_the_word_document(
    folder: Path, word: docx.document.Document
) -> None:
    run = load_run(folder)
    tables = [t for t in find_tables(compose_sections(run, outline_picture))
              if t.name != "estimates"]  # fmt: skip
    assert len(word.tables) == len(tables)
    for model, table in zip(tables, word.tables, strict=True):
        bodies = texts_of(table)[1 + bool(model.heads) :]
        plain = [list(model.texts(row)) for row in model.rows]
        shown = [row for row in bodies if len(set(row)) > 1 or len(row) == 1]
        assert [row[1:] for row in shown] == [row[1:] for row in plain if len(set(row)) > 1]


def test_captions_and_references_are_fields(folder: Path) -> None:
    with zipfile.ZipFile(folder / "report.docx") as content:
        xml = content.read("word/document.xml").decode()
    assert xml.count(" SEQ Table ") == len(re.findall(r"<w:tbl>", xml))
    assert " SEQ Figure " in xml
    references = set(re.findall(r" REF (\S+) ", xml))
    names = re.findall(r'<w:bookmarkStart w:id="(\d+)" w:name="([^"]+)"', xml)
    assert references
    assert references <= {name for _, name in names}
    assert [int(number) for number, _ in names] == list(range(1, len(names) + 1))


def test_header_rows_repeat_and_statistics_are_italic(word: docx.document.Document) -> None:
    contrast = next(t for t in word.tables if "Verdict" in t.rows[1].cells[-1].text)
    assert all("w:tblHeader" in contrast.rows[row]._tr.xml for row in (0, 1))
    heads = {cell.text: cell.paragraphs[0].runs[0].italic for cell in contrast.rows[1].cells}
    assert heads["g"]
    assert not heads["Outcome"]


def test_statistics_within_sentences_are_italic(word: docx.document.Document) -> None:
    said = [one for one in word.paragraphs if "Hedges" in one.text and "Welch" in one.text]
    assert said
    slanted = [run.text for one in said for run in one.runs if run.italic]
    assert {"g", "t", "p", "n"} <= set(slanted)
    assert {len(text) for text in slanted} <= {1, 2}


def test_what_is_folded_on_the_page_has_a_heading_where_nothing_folds(
    word: docx.document.Document,
) -> None:
    headings = [one.text for one in word.paragraphs if one.style.name == "Heading 2"]
    assert "Words used here" in headings
    assert "In the words of a paper" in headings


def test_pages_are_numbered(folder: Path) -> None:
    with zipfile.ZipFile(folder / "report.docx") as content:
        foots = [content.read(name).decode() for name in content.namelist() if "footer" in name]
    assert [" PAGE " in foot for foot in foots] == [True]


def test_a_short_table_and_a_picture_stay_on_one_page_with_their_notes(
    word: docx.document.Document,
) -> None:
    table = next(one for one in word.tables if "Hedges" in one._tbl.xml)
    kept = [row.cells[0].paragraphs[0].paragraph_format.keep_with_next for row in table.rows]
    assert all(kept)
    pictures = [one for one in word.paragraphs if "w:drawing" in one._p.xml]
    assert pictures
    assert all(one.paragraph_format.keep_with_next for one in pictures)


def test_pictures_and_tables_have_alternative_text(folder: Path) -> None:
    with zipfile.ZipFile(folder / "report.docx") as content:
        xml = content.read("word/document.xml").decode()
    described = re.findall(r'<wp:docPr [^>]*descr="([^"]+)"', xml)
    assert len(described) == xml.count("<wp:docPr ") == 11
    assert min(map(len, described)) > 40
    assert xml.count("<w:tblDescription ") == xml.count("<w:tbl>")


def test_word_finds_nothing_to_repair(folder: Path) -> None:
    assert faults_of(folder / "report.docx") == []


def test_page_and_documents_are_the_same_bytes_each_time_apart_or_together(
    folder: Path, tmp_path: Path
) -> None:
    again = publish_specimen(tmp_path / "again")
    render_documents(again, formats=("html", "pdf", "docx"))
    drawn = sorted(path.relative_to(folder) for path in folder.glob("figures/*.svg"))
    assert len(drawn) == 11
    for name in ("report.html", "report.docx", "report.pdf", *drawn):
        assert (again / name).read_bytes() == (folder / name).read_bytes()


def test_no_member_of_a_word_file_tells_the_time(folder: Path) -> None:
    with zipfile.ZipFile(folder / "report.docx") as content:
        assert {member.date_time for member in content.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert b"1980-01-01T00:00:00Z" in content.read("docProps/core.xml")


def test_the_pdf_is_tagged_and_its_rows_have_heads(folder: Path) -> None:
    with pikepdf.open(folder / "report.pdf") as document:
        assert document.Root.MarkInfo.Marked
        assert str(document.Root.Lang) == "en"
        assert "pdfuaid" in document.Root.Metadata.read_bytes().decode()
        text = "".join(str(obj.get("/Scope")) for obj in _attributes(document))
    assert text.count("/Row") > 20
    assert text.count("/Column") > 20


def _attributes(document: pikepdf.Pdf) -> list[pikepdf.Dictionary]:
    found = [obj.get("/A") for obj in document.objects
             if isinstance(obj, pikepdf.Dictionary) and obj.get("/S") == "/TH"]  # fmt: skip
    return [
        attribute
        for one in found
        if one is not None
        for attribute in (list(one) if isinstance(one, pikepdf.Array) else [one])
        if isinstance(attribute, pikepdf.Dictionary)
    ]


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext is not installed")
def test_the_pdf_says_what_the_page_says(folder: Path) -> None:
    said = subprocess.run(
        ["pdftotext", "-layout", str(folder / "report.pdf"), "-"], capture_output=True, check=True
    ).stdout.decode()
    flat = " ".join(said.split())
    assert "Specimen <of> a study & its report" in flat
    assert "is part of the presentation rule and would be compared with itself" in flat
    assert "[5.60," in flat


def test_a_table_is_found_by_name_and_by_number(folder: Path, tmp_path: Path) -> None:
    number = next(entry.number for entry in list_tables(folder) if entry.name == "contrast")
    by_name = draw_table(folder, "contrast", formats=("csv",), out=tmp_path / "a")
    by_number = draw_table(folder, number, formats=("csv",), out=tmp_path / "b")
    assert by_name[0].read_bytes() == by_number[0].read_bytes()


def test_a_table_is_written_in_every_form(folder: Path, tmp_path: Path) -> None:
    formats = ("docx", "html", "latex", "csv")
    written = draw_table(folder, "contrast", formats=formats, out=tmp_path)
    assert [path.name for path in written] == ["contrast.docx", "contrast.html", "contrast.tex",
                                               "contrast.csv"]  # fmt: skip
    assert faults_of(written[0]) == []
    page = written[1].read_text(encoding="utf-8")
    assert 'href="#' not in page
    assert ">7.90<" in page
    assert written[2].read_text(encoding="utf-8").count(r"\\") == 4
    again = draw_table(folder, "contrast", formats=formats, out=tmp_path / "again")
    assert [p.read_bytes() for p in written] == [p.read_bytes() for p in again]


def test_numbers_of_tables_are_those_of_the_report(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reports.render.sections.paint", lambda *_, **__: {"svg": b"<svg/>"})
    drawn = compose_sections(load_run(folder), draw_for_paper)
    listed = {entry.name: entry.number for entry in list_tables(folder)}
    assert {table.name: table.number for table in find_tables(drawn)} == listed
    assert [picture.number for picture in find_pictures(drawn)] == list(range(1, 12))


def test_an_unknown_table_gets_the_nearest_name(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(RunError, match='Did you mean "contrast"'):
        draw_table(folder, "contrst", out=tmp_path)
    with pytest.raises(RunError, match="There are: balance, files"):
        draw_table(folder, 99, out=tmp_path)
    with pytest.raises(RunError, match='Did you mean "docx"'):
        draw_table(folder, "contrast", formats=("doc",), out=tmp_path)
    with pytest.raises(RunError, match="E_REPORT_FORMAT"):
        render_documents(folder, formats=("odt",))
    assert not list(tmp_path.iterdir())


def test_csv_holds_values_and_both_ends_of_intervals(run: Run) -> None:
    rows = list(csv.DictReader(io.StringIO(table_to_csv(contrast_of(run)))))
    assert rows[0]["Dependent minus independent 95% CI low"] == "5.6"
    assert rows[0]["Dependent minus independent points"] == "7.9"
    assert rows[0]["plan status"] == "exploratory"


def test_nothing_in_latex_is_taken_for_a_command() -> None:
    assert escape_latex(r"50% & $x_1$ #2 {a} < 1 − 2") == r"50\% \& \$x\_1\$ \#2 \{a\} $<$ 1 $-$ 2"
    assert escape_latex("~^\\") == r"\textasciitilde{}\textasciicircum{}\textbackslash{}"
    table = Table("a_b", "100% & more", (Column("_x"), Column("n", "count", is_symbol=True)),
                  (Row((Cell("a_1"), Cell(3.0)), group="g & h"),), (Spanner("s%", 1, 1),),
                  ("note #1",))  # fmt: skip
    text = table_to_latex(table)
    assert r"\caption{100\% \& more}\label{tab:a-b}" in text
    assert r"\multicolumn{2}{l}{\textbf{g \& h}} \\" in text
    assert r"\cmidrule(lr){2-2}" in text
    assert r"\_x & \textit{n} \\" in text
    assert r"note \#1" in text


def test_a_formula_in_a_table_stays_text() -> None:
    table = Table("t", "T", (Column("=a"),), (Row((Cell("=1+1"),)),))
    assert table_to_csv(table).splitlines()[:2] == ["'=a,plan status", "'=1+1,"]


def test_groups_that_all_rows_of_a_table_are_of_are_named_once(folder: Path) -> None:
    sections = compose_sections(load_run(folder), outline_picture)
    table = next(t for t in find_tables(sections) if t.name == "further_specification")
    assert table.notes == ("All rows are of overly dependent and overly independent clients.",)
    assert not [row for row in table.rows if "dependent" in table.texts(row)[0]]


def test_omega_stands_with_its_interval_beside_alpha(folder: Path) -> None:
    run = load_run(folder)
    table = next(
        t for t in find_tables(compose_sections(run, outline_picture)) if t.name == "reliability"
    )
    omega = run.rows("measures", term="omega", outcome="ecr.anxiety@intake").iloc[0]
    place = [column.head for column in table.columns].index("ω")
    row = next(r for r in table.rows if r.cells[place].source == omega.name)
    assert row.cells[place + 1].value == (omega["ci_low"], omega["ci_high"])


def test_a_run_whose_estimates_are_gone_is_damaged(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "run")
    (tmp_path / "run" / "estimates.parquet").unlink()
    with pytest.raises(RunError, match="E_RUN_DAMAGED"):
        load_run(tmp_path / "run")
