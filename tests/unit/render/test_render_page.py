"""The page: self-contained, escaped, marked up for everybody."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import get_args, get_type_hints

import pytest
from jinja2 import TemplateAssertionError, UndefinedError
from lxml import html
from markupsafe import Markup

from instruments.errors import GateError, RunError
from reports.analyses import FigureData
from reports.answers import GROUPS
from reports.deciding_tests import WELCH
from reports.estimates import Estimate
from reports.publishing.figure_data import GATED_KINDS
from reports.render import render_report
from reports.render.answering import answering_tests
from reports.render.blocks import BLOCKS
from reports.render.blocks.answer import headline
from reports.render.document import Picture, Prose, Section, find_tables, number_blocks
from reports.render.figures import BUILDERS
from reports.render.figures.forest import forest_data
from reports.render.page import make_environment, print_page
from reports.render.run_view import Run, load_run
from reports.render.sections import compose_sections, outline_picture, read_outline
from tests.golden.specimen import publish_specimen, specimen_rows


class Reader(HTMLParser):
    """Collect what the checks ask for."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the drawing out: these tests are about words."""
    monkeypatch.setattr("reports.render.sections.paint", lambda *_, **__: {"svg": b"<svg/>"})


@pytest.fixture(scope="module")
def reader(page: str) -> Reader:
    return Reader(page)


def test_the_page_needs_no_other_file(reader: Reader, page: str) -> None:
    loaded = [a[name] for _, a in reader.tags for name in ("src", "srcset") if name in a]
    assert loaded
    assert all(address.startswith("data:image/svg+xml;base64,") for address in loaded)
    assert not reader.all("script")
    assert not reader.all("link")
    assert all(a["href"].startswith("#") for a in reader.all("a"))
    assert "url(" not in page
    assert "@import" not in page


def test_texts_are_escaped(page: str) -> None:
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "Specimen &lt;of&gt; a study &amp; its report" in page


def test_ids_are_unique_and_links_lead_somewhere(reader: Reader) -> None:
    ids = Counter(a["id"] for _, a in reader.tags if "id" in a)
    assert max(ids.values()) == 1
    assert {a["href"][1:] for a in reader.all("a")} <= set(ids)


def test_every_picture_says_what_it_shows(reader: Reader) -> None:
    pictures = reader.all("img")
    assert len(pictures) == 11
    assert all(len(a["alt"]) > 40 for a in pictures)


def test_every_table_has_a_caption_and_scopes(reader: Reader) -> None:
    assert len(reader.all("table")) == len(reader.all("caption")) > 8
    assert all(a.get("scope") in ("col", "row", "colgroup", "rowgroup") for a in reader.all("th"))


def test_the_language_is_set_and_there_is_one_first_heading(reader: Reader) -> None:
    assert reader.all("html")[0]["lang"] == "en"
    levels = [int(tag[1]) for tag, _ in reader.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_every_line_of_results_says_that_it_is_exploratory(page: str) -> None:
    contrast = page[page.index('id="table-contrast"') :]
    body = contrast[: contrast.index("</table>")]
    rows = body.count('<th scope="row">')
    assert rows == 2
    assert body.count(">exploratory</span></th>") == rows


def test_a_figure_says_that_it_is_exploratory(page: str) -> None:
    caption = page[page.index('id="figure-forest"') :]
    assert ">exploratory</span>" in caption[: caption.index("</figure>")]


def test_numbers_lead_to_their_estimates(run: Run, page: str) -> None:
    rows = run.rows("overdependent_against_overindependent", term="difference")
    number = int(rows.index[0]) + 1
    assert f'href="#estimate-{number}">7.90</a>' in page
    assert f'<tr id="estimate-{number}">' in page


# Sections whose sentences tell of estimates, and the numbers in them that are of none: what shares
# are told of, how many tests a family has, a limit, names, and the numbers of clients of the flow.
TELLING = ("answer", "clients", "continuous", "presentations", "change", "course", "endings",
           "sensitivity")  # fmt: skip
NO_ESTIMATES = re.compile(
    r"\b[Oo]f 100\b|\(\d+ tests?\)|less than 0\.25|0\.3 and 0\.3 points|cuts are 4 and 4"
    r"|\bCORE-10\b|\bmonth 3\b|at least 10 |multiples of 5\b"
    r"|^Of 260 clients, 40 present at intake.*, and 50 as overly independent"
)


def test_every_number_of_a_sentence_leads_to_its_estimate(page: str) -> None:
    document = html.document_fromstring(page)
    rows = set(document.xpath('//table[@id="table-estimates"]//tr/@id'))
    for section in TELLING:
        paragraphs = document.xpath(
            f'//section[@id="{section}"]//div[contains(@class, "prose")]'
            '[not(contains(@class, "caution")) and not(contains(@class, "note"))]/p'
        )
        assert paragraphs
        for paragraph in paragraphs:
            links = paragraph.findall(".//a")
            led = [a.get("href")[1:] for a in links if a.get("class") == "source"]
            assert set(led) <= rows
            for link in links:
                link.drop_tree()
            left = NO_ESTIMATES.sub("", " ".join(paragraph.text_content().split()))
            assert not re.search(r"\d", left), left


def test_each_section_that_tells_of_estimates_leads_to_some(page: str) -> None:
    document = html.document_fromstring(page)
    for section in ("answer", "presentations", "change", "course", "endings", "sensitivity"):
        prose = f'//section[@id="{section}"]//div[contains(@class, "prose")]/p'
        assert document.xpath(f'{prose}/a[@class="source"]'), section


def test_a_caption_is_said_once_where_figures_are_read_alike(run: Run) -> None:
    picture = outline_picture(run, "forest")
    other = replace(picture, name="forest_2")
    (section,) = number_blocks([Section("one", "One", (picture, other))])
    captions = [one.caption for one in section.blocks if isinstance(one, Picture)]
    assert captions == [picture.caption, "Read as Figure 1."]


def test_small_p_values_do_not_wrap(page: str) -> None:
    assert "&lt;\N{NO-BREAK SPACE}.001" in page
    assert "&lt; .001" not in page


def test_the_answer_takes_at_most_five_sentences(run: Run) -> None:
    said = next(headline(run))
    assert isinstance(said, Prose)
    assert 3 <= len(said.paragraphs) <= 5
    assert said.plan_status == "exploratory"


def test_the_page_says_what_it_is_not(page: str) -> None:
    assert "not a monitoring system" in page
    assert "high avoidance, low anxiety (self-report)" in page


def test_refusals_are_printed_with_their_reason(page: str) -> None:
    section = page[page.index('<section id="refusals"') :]
    assert "circular: Attachment anxiety (ECR) is part of the presentation rule" in section


def test_the_continuous_analysis_comes_before_the_groups() -> None:
    order = [section.id for section in read_outline()]
    assert order.index("continuous") < order.index("presentations")
    assert order[0] == "answer"


def test_every_declared_block_exists(run: Run) -> None:
    names = [name for section in read_outline() for name in section.blocks]
    known = {*BLOCKS, *(f"figure.{kind}" for kind in BUILDERS)}
    assert set(names) <= known
    assert len(names) == len(set(names))
    printed = [section.id for section in compose_sections(run, outline_picture)]
    assert printed == [section.id for section in read_outline()]


def test_every_figure_can_be_gated_and_drawn_and_stands_in_a_report() -> None:
    kinds = set(get_args(get_type_hints(FigureData)["kind"]))
    assert kinds <= GATED_KINDS
    assert kinds <= set(BUILDERS)
    ordered = {name for section in read_outline() for name in section.blocks}
    assert {f"figure.{kind}" for kind in BUILDERS} <= ordered


@pytest.mark.usefixtures("quickly")
def test_an_analysis_without_a_section_of_its_own_is_printed(tmp_path: Path) -> None:
    new = [replace(row, analysis="new_question", note="said so")
           for row in specimen_rows() if row.term == "superiority"]  # fmt: skip
    folder = publish_specimen(tmp_path / "run", rows=[*specimen_rows(), *new])
    page = render_report(folder).read_text(encoding="utf-8")
    section = page[page.index('<section id="further"') :]
    assert "New question" in section
    assert "said so" in section


@pytest.mark.usefixtures("quickly")
def test_partly_planned_results_say_which(tmp_path: Path) -> None:
    rows = [replace(row, plan_status="confirmatory")
            if row.outcome == "core_10.total@end" and row.term == "difference" else row
            for row in specimen_rows()]  # fmt: skip
    folder = publish_specimen(tmp_path / "run", rows=rows, plan_status="confirmatory")
    said = next(headline(load_run(folder)))
    assert isinstance(said, Prose)
    assert said.plan_status == "partly confirmatory"
    page = render_report(folder).read_text(encoding="utf-8")
    table = page[page.index('id="table-contrast"') :]
    body = table[: table.index("</table>")]
    assert body.count(">confirmatory</span></th>") == 1
    assert body.count(">exploratory</span></th>") == 1


def test_where_a_plan_names_the_mixed_model_its_numbers_stand_beside_the_verdict(
    tmp_path: Path,
) -> None:
    def planned(row: Estimate) -> Estimate:
        if (row.analysis, row.outcome) != (GROUPS, "core_10.total@end"):
            return row
        if row.term == "difference with therapists":
            return replace(row, plan_status="confirmatory", family="distress, Holm", estimate=2.2)
        return replace(row, family=None, p_adjusted=None)

    folder = publish_specimen(tmp_path / "run", rows=[planned(row) for row in specimen_rows()])
    run = load_run(folder)
    assert forest_data(run).set_index("outcome").loc["core_10.total@end", "difference"] == 2.2
    page = render_report(folder).read_text(encoding="utf-8")
    table = page[page.index('id="table-contrast"') :]
    table = table[: table.index("</table>")]
    assert "2.2" in table
    assert "by the planned mixed model with therapists" in page
    assert answering_tests(run, "wai_sr.bond@month_3") == WELCH


def test_a_filter_cannot_mark_text_as_safe() -> None:
    with pytest.raises(TemplateAssertionError):
        make_environment().from_string("{{ text|safe }}")


def test_markup_is_not_printed() -> None:
    template = make_environment().from_string("{{ text }}")
    with pytest.raises(GateError, match="E_GATE_MARKUP"):
        template.render(text=Markup("<b>x</b>"))


def test_a_missing_value_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        make_environment().from_string("{{ absent }}").render()


def test_a_page_of_something_that_was_not_cleared_is_refused(run: Run) -> None:
    exact = Run(dict(run.parts) | {"tables/exact": run.frame("tables/flow")})  # type: ignore[dict-item]
    with pytest.raises(GateError, match="E_GATE_CONTEXT"):
        print_page("report.html", exact, sections=(), about=run.provenance("run"))


def test_a_changed_table_is_not_rendered(rendered: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(rendered, tmp_path / "run"))
    (folder / "tables/flow.parquet").write_bytes((folder / "tables/files.parquet").read_bytes())
    with pytest.raises(GateError, match="E_GATE_SEAL"):
        render_report(folder)


def test_a_run_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="E_RUN_ABSENT"):
        render_report(tmp_path / "nothing")


def test_damaged_estimates_are_one_sentence(rendered: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(rendered, tmp_path / "run"))
    (folder / "estimates.parquet").write_bytes(b"PAR1 not at all")
    (folder / "report.html").write_text("as it was", encoding="utf-8")
    with pytest.raises(RunError, match="E_RUN_DAMAGED"):
        render_report(folder)
    assert (folder / "report.html").read_text(encoding="utf-8") == "as it was"


@pytest.mark.usefixtures("quickly")
def test_a_run_without_a_comparison_has_a_report(tmp_path: Path) -> None:
    from reports.disclosure.policy import DisclosurePolicy
    from reports.publication import publish_run
    from tests.golden.specimen import specimen_context

    publish_run(tmp_path, None, DisclosurePolicy(), specimen_context(rule=None, outcomes=()))
    page = render_report(tmp_path).read_text(encoding="utf-8")
    assert "Nothing is compared in this run" in page
    assert 'id="quality"' in page
    assert 'id="presentations"' not in page


@pytest.mark.usefixtures("quickly")
def test_a_confirmatory_run_says_so(tmp_path: Path) -> None:
    rows = [replace(row, plan_status="confirmatory") for row in specimen_rows()]
    folder = publish_specimen(tmp_path / "run", rows=rows, plan_status="confirmatory")
    said = next(headline(load_run(folder)))
    assert isinstance(said, Prose)
    assert "were set before the data were seen" in said.paragraphs[-1]
    page = render_report(folder).read_text(encoding="utf-8")
    table = page[page.index('id="table-contrast"') :]
    assert "exploratory" not in table[: table.index("</table>")]


def test_what_the_gate_does_is_said_and_not_more(page: str) -> None:
    assert "no client can be found" not in page
    assert "numbers of fewer than 10 clients are left out" in page
    assert page.count("Numbers of clients are rounded to multiples of 5") >= 2


def test_the_norm_check_says_how_many_figures_it_compared(page: str) -> None:
    assert "Norm check: 4 figures (means, spreads, alphas) of 4 scales" in page


def test_the_difference_with_therapists_stands_beside_the_other_methods(page: str) -> None:
    assert "difference in a mixed model with therapists, points" in page
    assert "therapists hardly differ here" in page


def test_the_clients_of_a_reliability_are_counted_apart(page: str) -> None:
    assert "n of α" in page


def test_the_limit_of_rounding_is_said(page: str) -> None:
    assert "A rounded number is no secret." in page


def test_the_appendix_tells_source_key_licence_and_reliability_of_an_instrument(page: str) -> None:
    appendix = page[page.index('id="instruments-title"') : page.index('id="provenance-title"')]
    assert "https://doi.org/10.1000/1" in appendix
    assert "the manual (confidence A: seen in the source, or proven on data)" in appendix
    assert "answers from 0 to 4" in appendix
    assert re.search(r'alpha here <a class="source" href="#estimate-\d+">\.93 \[\.91,', appendix)
    assert "in published samples, widened by their uncertainty, .80 to .95" in appendix


@pytest.mark.usefixtures("quickly")
def test_a_table_of_estimates_says_once_what_all_rows_have(tmp_path: Path) -> None:
    new = [replace(row, analysis="new_question", note=None, p_value=None, p_adjusted=None)
           for row in specimen_rows() if row.term == "superiority"]  # fmt: skip
    folder = publish_specimen(tmp_path / "run", rows=[*specimen_rows(), *new])
    tables = find_tables(compose_sections(load_run(folder), outline_picture))
    table = next(one for one in tables if one.name == "further_new_question")
    assert [column.head for column in table.columns] == ["What", "estimate", "CI", "n"]
    assert "Method of all rows: studentized ranks (Brunner and Munzel)." in table.notes
    assert all(len(row.cells) == len(table.columns) for row in table.rows)
