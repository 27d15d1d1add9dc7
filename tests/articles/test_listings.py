"""From a page and a CSS selector to the articles it lists."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from apps.articles import listings
from apps.articles.feeds import FeedUnreadable
from apps.articles.listings import Listing

URL = "https://courier.example/sea/"
PAGE = """
<html><head><title>Sea | The Courier</title></head><body>
<nav><a href="/about">About</a></nav>
<div class="list">
  <div class="teaser"><h2><a href="/1">The <b>strait</b> is closed</a></h2>
    <p><time datetime="2031-04-03T09:30Z">3 April</time></p></div>
  <div class="teaser"><h2><a href="2?x=1#top">Harbour quiet</a></h2></div>
  <a class="card" href="/3"><h3>Fishing again</h3><time datetime="2031-04-01">1 April</time></a>
</div></body></html>
"""


def read(selector: str, page: str = PAGE) -> Listing:
    return listings.parse(page.encode(), url=URL, content_type="text/html", selector=selector)


def refusal(selector: str, page: str = PAGE) -> str:
    with pytest.raises(FeedUnreadable) as refused:
        read(selector, page)
    return refused.value.code


def test_a_selector_of_links_gives_their_articles() -> None:
    found = read(".teaser a")
    assert found.title == "Sea | The Courier"
    assert [(one.url, one.title) for one in found.items] == [
        ("https://courier.example/1", "The strait is closed"),
        ("https://courier.example/sea/2?x=1", "Harbour quiet"),
    ]


def test_a_time_is_that_of_its_own_article() -> None:
    assert [one.published for one in read(".teaser a").items] == [datetime(2031, 4, 3, 9, 30, tzinfo=UTC), None]


@pytest.mark.parametrize("selector", [".teaser", "h2", ".teaser > h2"])
def test_elements_with_a_link_inside_will_do(selector: str) -> None:
    assert [one.url[-1] for one in read(selector).items] == ["1", "1"]


def test_so_will_elements_inside_a_link() -> None:
    (one,) = read("h3").items
    assert (one.url, one.published) == ("https://courier.example/3", datetime(2031, 4, 1, tzinfo=UTC))


def test_links_follow_the_base_of_their_page() -> None:
    page = '<base href="https://cdn.example/x/"><ul><li><a href="1">One</a></ul>'
    assert read("li a", page).items[0].url == "https://cdn.example/x/1"


@pytest.mark.parametrize("base", ["javascript:1", "file:///etc/", ""])
def test_a_base_that_leads_nowhere_is_left_aside(base: str) -> None:
    assert read("li a", f'<base href="{base}"><ul><li><a href="1">One</a></ul>').items[0].url == URL + "1"


def test_links_that_may_not_be_fetched_say_so() -> None:
    page = '<ul><li><a href="javascript:alert(1)">x</a><li><a href="/2">y</a></ul>'
    found = read("li a", page)
    assert ([one.problem for one in found.refused], len(found.items)) == (["scheme_not_allowed"], 1)


@pytest.mark.parametrize(
    "selector", ["a[", "", "a:nth-child(x", ">", "a::before", ":nonsense", "x" * 301, "p|a", "a\x00b"]
)
def test_a_selector_that_cannot_be_read_is_refused(selector: str) -> None:
    assert refusal(selector) == "bad_selector"


@pytest.mark.parametrize("selector", [".gone a", "p", "title"])
def test_a_page_on_which_nothing_is_selected_has_failed(selector: str) -> None:
    assert refusal(selector) == "nothing_selected"


def test_a_page_of_very_many_elements_is_refused() -> None:
    assert refusal("a", "<a href=/1>" * 100_001) == "too_large"


def test_a_page_that_is_nested_too_deeply_is_refused() -> None:
    assert refusal("a", "<div>" * 50_000 + "<a href=/1>x</a>") == "too_deep"


def test_what_is_no_text_is_refused() -> None:
    assert refusal("a", "") == "not_text"


def test_a_time_further_up_that_is_anothers_is_not_taken() -> None:
    page = (
        "<nav><a href='/all'>All</a></nav><main><a href='/1'>One</a><time datetime='2031-04-01'>1 April</time></main>"
    )
    assert [one.published for one in read("nav a", page).items] == [None]
