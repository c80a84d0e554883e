"""The report as people use it: with eyes, keyboard, phone, printer, and assistive technology."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Every node that breaks a rule is listed, of those that keep it only the first.
ALL_RULES: dict[str, Any] = {
    "runOnly": {"type": "tag", "values": LEVELS},
    "resultTypes": ["violations"],
}
# The narrow page has the colours of the wide one, which axe looks at for longer than at all else.
STRUCTURE = ALL_RULES | {"rules": {"color-contrast": {"enabled": False}}}
# The dark page differs in its colours alone.
COLOURS = ALL_RULES | {
    "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
}
Scheme = Literal["light", "dark"]


@pytest.fixture
def page(chromium: Browser, report: str) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(report)
    yield page
    context.close()


def open_folds(page: Page) -> None:
    page.eval_on_selector_all("details", "folds => folds.forEach(fold => { fold.open = true })")


@pytest.mark.parametrize(
    ("scheme", "rules", "least", "width"),
    [("light", ALL_RULES, 16, 1280), ("light", STRUCTURE, 16, 360), ("dark", COLOURS, 2, 1280)],
    ids=["light and wide", "light and narrow", "dark"],
)
def test_axe_finds_nothing(
    chromium: Browser, report: str, scheme: Scheme, rules: dict[str, Any], least: int, width: int
) -> None:
    context = chromium.new_context(
        color_scheme=scheme, viewport={"width": width, "height": 900}, reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto(report)
    open_folds(page)
    found = Axe().run(page, options=rules)
    said = [
        (violation["id"], [node["target"] for node in violation["nodes"]][:3])
        for violation in found.response["violations"]
    ]
    context.close()
    assert said == []
    assert len(found.response["passes"]) >= least


def test_axe_would_notice_a_picture_without_words(page: Page) -> None:
    page.evaluate("document.images[0].removeAttribute('alt')")
    found = Axe().run(page, options=STRUCTURE)
    assert "image-alt" in {violation["id"] for violation in found.response["violations"]}


def test_nothing_is_loaded_from_elsewhere(chromium: Browser, report: str) -> None:
    context = chromium.new_context()
    page = context.new_page()
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto(report)
    page.wait_for_load_state("load")
    context.close()
    assert [address for address in asked if not address.startswith("data:")] == [report]
    assert said == []


def test_every_picture_is_drawn(page: Page) -> None:
    sizes = page.eval_on_selector_all("img", "all => all.map(one => one.naturalWidth)")
    assert len(sizes) == 11
    assert min(sizes) > 300


@pytest.mark.parametrize("width", [1280, 768, 360, 320])
def test_the_page_never_scrolls_sideways(chromium: Browser, report: str, width: int) -> None:
    """A width of 320 is also a page of 1280 at 400 %, and 640 one at 200 %."""
    context = chromium.new_context(viewport={"width": width, "height": 800})
    page = context.new_page()
    page.goto(report)
    open_folds(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()


def test_no_table_of_the_text_is_cut_on_a_laptop(chromium: Browser, report: str) -> None:
    context = chromium.new_context(viewport={"width": 1200, "height": 800})
    page = context.new_page()
    page.goto(report)
    open_folds(page)
    wide = page.eval_on_selector_all(
        ".scroll", "all => all.filter(one => one.scrollWidth > one.clientWidth + 1)"
                   ".map(one => one.querySelector('table').id)"
    )  # fmt: skip
    context.close()
    assert set(wide) <= {"table-estimates"}


def test_on_a_phone_a_number_keeps_the_name_of_its_row(chromium: Browser, report: str) -> None:
    context = chromium.new_context(viewport={"width": 375, "height": 800})
    page = context.new_page()
    page.goto(report)
    table = page.locator("#table-contrast")
    table.evaluate("one => { one.parentElement.scrollLeft = 300 }")
    head = table.locator("tbody th[scope=row]").first.bounding_box()
    context.close()
    assert head is not None
    assert head["x"] >= 0


def test_a_phone_is_given_the_narrow_figures(chromium: Browser, report: str) -> None:
    shown = {}
    for width in (1280, 360):
        context = chromium.new_context(viewport={"width": width, "height": 800})
        page = context.new_page()
        page.goto(report)
        page.wait_for_function("document.images[0].complete && document.images[0].naturalWidth > 0")
        shown[width] = page.evaluate("document.images[0].naturalWidth")
        context.close()
    assert shown[360] < 0.7 * shown[1280]


def test_the_keyboard_reaches_the_answer_first(page: Page) -> None:
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the answer"
    assert page.locator(".skip").bounding_box()["y"] >= 0  # type: ignore[index]
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_the_keyboard_reaches_everything_and_shows_where_it_is(page: Page) -> None:
    reached = set()
    for _ in range(400):
        page.keyboard.press("Tab")
        name = page.evaluate("document.activeElement.tagName")
        if name == "BODY":
            break
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline != "none"
        reached.add(name)
    assert {"A", "SUMMARY", "DIV"} <= reached


def test_a_fold_opens_and_closes_by_keyboard(page: Page) -> None:
    fold = page.locator("details").first
    fold.locator("summary").focus()
    assert fold.get_attribute("open") is None
    page.keyboard.press("Enter")
    assert fold.get_attribute("open") is not None
    assert fold.locator("table").is_visible()
    page.keyboard.press("Space")
    assert fold.get_attribute("open") is None


def test_a_number_opens_its_estimate(page: Page) -> None:
    link = page.locator("#table-contrast a.source", has_text="7.90").first
    target = link.get_attribute("href")
    assert target
    link.click()
    row = page.locator(target)
    assert row.is_visible()
    assert "Welch" in row.inner_text()


@pytest.mark.parametrize("section", ["answer", "presentations", "course", "endings", "sensitivity"])
def test_a_number_in_a_sentence_opens_its_estimate_by_keyboard(page: Page, section: str) -> None:
    link = page.locator(f"#{section} .prose a.source").first
    target = link.get_attribute("href")
    link.focus()
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
    page.keyboard.press("Enter")
    assert target
    assert page.locator(target).is_visible()


def test_sentences_in_a_table_stay_readable_at_200_percent(chromium: Browser, report: str) -> None:
    context = chromium.new_context(viewport={"width": 640, "height": 450})
    page = context.new_page()
    page.goto(report)
    table = page.locator("#table-findings")
    table.evaluate("one => one.parentElement.classList.add('wordy')")  # as longer sentences are
    head = table.locator("tbody th[scope=row]").first.bounding_box()
    context.close()
    assert head is not None
    assert head["width"] > 240


def test_text_can_be_set_wider(page: Page) -> None:
    """WCAG 1.4.12: more space between letters, words and lines loses nothing."""
    page.add_style_tag(content="*{line-height:1.5!important;letter-spacing:.12em!important;"
                               "word-spacing:.16em!important}")  # fmt: skip
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280


def test_it_prints_with_open_folds_and_without_the_long_table(page: Page, tmp_path: Path) -> None:
    page.emulate_media(media="print")
    assert not page.locator("nav").is_visible()
    assert not page.locator("#table-estimates").is_visible()
    printed = tmp_path / "report.pdf"
    page.pdf(path=printed, prefer_css_page_size=True)
    assert printed.read_bytes().count(b"/Type /Page\n") in range(5, 32)


def test_the_first_screen_holds_the_answer(page: Page) -> None:
    lead = page.locator(".lead").bounding_box()
    assert lead is not None
    assert lead["y"] + lead["height"] < 900
