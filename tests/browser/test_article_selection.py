"""The desk's script: what a person selects in an article becomes code point offsets into its rendition."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Page, sync_playwright

from tests.browser.steps import select

pytestmark = pytest.mark.browser

# Two units of UTF-16 each: what a count of .length would get wrong.
FLAG, BOAT = "\U0001f6a9", "\U0001f6a4"
FIRST = f"The Council {FLAG} denied that its boats {BOAT} had fired."
SECOND = "Nobody answered."
TEXT = f"{FIRST}\n{SECOND}"


def article() -> str:
    source, cue = f"The Council {FLAG}", "denied"
    rest = FIRST.removeprefix(f"{source} {cue} ")
    return (
        '<article data-rendition="1">'
        f'<p id="p1" data-start="0"><a class="n" href="#p1">1</a><span data-a="k">{source}</span> '
        f'<em data-a="k">{cue}</em> <span data-a="k" data-state="done">{rest}</span></p>'
        f'<p id="p2" data-start="{len(FIRST) + 1}"><a class="n" href="#p2">2</a>{SECOND}</p>'
        "</article><p id='outside'>Not of the article.</p>"
        '<div data-span="content"><textarea data-span-words></textarea><input type="hidden" data-span-ranges>'
        '<button type="button" data-span-take>take</button><button type="button" data-span-add>add</button>'
        "<span data-span-hint hidden>Select first.</span></div>"
        '<div id="card"></div><a data-opens="k" href="#card" id="opens">statement</a>'
    )


@pytest.fixture(scope="module")
def browser_page(chromium: str) -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        yield browser.new_page()
        browser.close()


@pytest.fixture
def page(browser_page: Page) -> Page:
    browser_page.set_content(article())
    script = Path(settings.BASE_DIR) / "static" / "js" / "desk.js"
    browser_page.add_script_tag(content=script.read_text(), type="module")
    return browser_page


def ranges(page: Page) -> list[str]:
    """The words that the ranges taken so far point at."""
    value = page.locator("[data-span-ranges]").input_value()
    return [TEXT[int(start) : int(end)] for start, end in (part.split("-") for part in value.split())]


def test_offsets_count_code_points_and_not_utf16_units(page: Page) -> None:
    select(page, f"boats {BOAT} had fired.")
    page.click("[data-span-take]")
    assert ranges(page) == [f"boats {BOAT} had fired."]


def test_words_may_run_through_marks(page: Page) -> None:
    select(page, f"{FLAG} denied that its")
    page.click("[data-span-take]")
    assert ranges(page) == [f"{FLAG} denied that its"]
    assert page.locator("[data-span-words]").input_value() == f"{FLAG} denied that its"


def test_white_space_at_the_ends_is_left_out(page: Page) -> None:
    select(page, " denied ")
    page.click("[data-span-take]")
    assert ranges(page) == ["denied"]


def test_a_triple_click_takes_the_paragraph_and_not_its_number(page: Page) -> None:
    page.locator("#p2").click(click_count=3)
    page.click("[data-span-take]")
    assert ranges(page) == [SECOND]


def test_a_second_part_is_added_to_the_first(page: Page) -> None:
    select(page, "denied")
    page.click("[data-span-take]")
    select(page, "Nobody")
    page.click("[data-span-add]")
    assert ranges(page) == ["denied", "Nobody"]
    assert page.locator("[data-span-words]").input_value() == "denied\nNobody"


def test_words_typed_by_hand_have_no_offsets(page: Page) -> None:
    select(page, "denied")
    page.click("[data-span-take]")
    page.fill("[data-span-words]", "denied that")
    assert ranges(page) == []


def test_words_outside_the_article_are_not_taken(page: Page) -> None:
    select(page, "Not of the article.")
    page.click("[data-span-take]")
    assert ranges(page) == []
    assert page.locator("[data-span-hint]").is_visible()


def test_the_card_on_show_rings_its_marks_and_lets_go_of_them(page: Page) -> None:
    swapped = "document.dispatchEvent(new Event('htmx:afterSettle'))"
    states = "[...document.querySelectorAll('[data-a]')].map((mark) => mark.dataset.state ?? '')"
    page.evaluate(f"document.getElementById('card').dataset.active = 'k'; {swapped}")
    assert page.evaluate(states) == ["active", "active", "active"]
    page.evaluate(f"delete document.getElementById('card').dataset.active; {swapped}")
    assert page.evaluate(states) == ["open", "open", "done"]


def test_a_click_on_a_mark_opens_its_card(page: Page) -> None:
    page.evaluate("document.getElementById('opens').addEventListener('click', () => { document.title = 'opened'; })")
    page.click("em[data-a]")
    assert page.title() == "opened"
