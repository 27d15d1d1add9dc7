"""From the bytes of a sitemap to the articles it names."""

from __future__ import annotations

import gzip
import time
from datetime import UTC, datetime

import pytest

from apps.articles import sitemaps
from apps.articles.feeds import LARGEST, FeedUnreadable
from apps.articles.sitemaps import Sitemap
from tests.pace import bound

URL = "https://courier.example/maps/news.xml"
NAMES = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
)


def news(path: str, *, title: str = "A title", date: str = "2031-04-03T09:30:00+02:00", more: str = "") -> str:
    return (
        f"<url><loc>{path}</loc>{more}<news:news><news:publication><news:name>The Courier</news:name>"
        f"<news:language>en</news:language></news:publication><news:publication_date>{date}</news:publication_date>"
        f"<news:title>{title}</news:title></news:news></url>"
    )


def page(path: str, *, modified: str = "") -> str:
    return f"<url><loc>{path}</loc>{f'<lastmod>{modified}</lastmod>' if modified else ''}</url>"


def sitemap(*urls: str, prolog: str = "") -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>{prolog}<urlset {NAMES}>{"".join(urls)}</urlset>'.encode()


def index(*children: str) -> bytes:
    return (
        f"<sitemapindex {NAMES}>{''.join(f'<sitemap>{child}</sitemap>' for child in children)}</sitemapindex>".encode()
    )


def read(body: bytes) -> Sitemap:
    return sitemaps.parse(body, url=URL)


def refusal(body: bytes) -> str:
    with pytest.raises(FeedUnreadable) as refused:
        read(body)
    return refused.value.code


def test_news_are_read_with_title_and_time() -> None:
    found = read(sitemap(news("/1", title="Strait &amp; harbour", more="<lastmod>2031-04-04</lastmod>")))
    (one,) = found.items
    assert (one.url, one.guid, one.title) == ("https://courier.example/1", one.url, "Strait & harbour")
    assert one.published == datetime(2031, 4, 3, 7, 30, tzinfo=UTC)
    assert one.updated == datetime(2031, 4, 4, tzinfo=UTC)
    assert (found.title, found.refused, found.children, found.cut) == ("The Courier", (), (), False)


def test_a_page_that_changed_has_another_digest() -> None:
    before, after = (read(sitemap(page("/1", modified=day))).items[0] for day in ("2031-04-03", "2031-04-04"))
    assert before.digest != after.digest


def test_beside_news_other_pages_are_no_articles() -> None:
    assert [one.url[-1] for one in read(sitemap(page("/imprint"), news("/1"), page("/contact"))).items] == ["1"]


def test_without_news_every_page_is_one() -> None:
    assert [one.url[-1] for one in read(sitemap(page("/1"), page("/2", modified="2031"))).items] == ["1", "2"]


def test_an_image_says_nothing_of_its_page() -> None:
    image = (
        '<image:image xmlns:image="urn:i"><image:loc>/p.jpg</image:loc><image:title>Not it</image:title></image:image>'
    )
    (one,) = read(sitemap(f"<url>{image}<loc>/1</loc></url>")).items
    assert (one.url, one.title) == ("https://courier.example/1", "")


def test_what_may_not_be_fetched_says_so() -> None:
    found = read(sitemap(news("javascript:alert(1)"), news(""), news("/1")))
    assert [one.problem for one in found.refused] == ["scheme_not_allowed", "no_address"]
    assert len(found.items) == 1


def test_an_index_names_its_newest_children_first() -> None:
    found = read(
        index(
            "<loc>/old.xml</loc><lastmod>2030-01-01</lastmod>",
            "<loc>/undated.xml</loc>",
            "<loc>file:///etc/passwd</loc>",
            *(f"<loc>/{day}.xml</loc><lastmod>2031-04-0{day}T00:00:00Z</lastmod>" for day in range(1, 5)),
        )
    )
    assert [child.url[-5] for child in found.children] == ["4", "3", "2", "1", "d"]
    assert (found.cut, found.items) == (True, ())


def test_it_may_be_gzipped_in_several_parts() -> None:
    body = sitemap(news("/1"), news("/2"))
    assert len(read(gzip.compress(body[:200]) + gzip.compress(body[200:])).items) == 2


def test_a_gzip_bomb_goes_off_at_the_cap() -> None:
    assert refusal(gzip.compress(b" " * (LARGEST + 1))) == "too_large"


@pytest.mark.parametrize("damaged", [gzip.compress(sitemap(news("/1")))[:-9], b"\x1f\x8bnothing", b"\x1f\x8b"])
def test_damaged_gzip_is_refused(damaged: bytes) -> None:
    assert refusal(damaged) == "not_a_sitemap"


@pytest.mark.parametrize(
    "entity", ['<!ENTITY a "aaa">', '<!ENTITY a SYSTEM "file:///etc/passwd">', "<!entity % a 'b'>"]
)
def test_entities_of_its_own_are_refused(entity: str) -> None:
    assert refusal(sitemap(news("/1", title="&a;"), prolog=f"<!DOCTYPE urlset [{entity}]>")) == "entities_declared"


def test_of_a_long_one_the_newest_are_taken() -> None:
    found = read(sitemap(*(news(f"/{n}", date=f"2031-04-03T{n // 60:02}:{n % 60:02}Z") for n in range(600))))
    assert (len(found.items), found.cut, found.items[0].url[-4:]) == (500, True, "/100")


@pytest.mark.untraced
def test_the_largest_that_may_be_is_read_in_seconds() -> None:
    body = sitemap(*(news(f"/{n}") for n in range(50_001)))
    began = time.process_time()
    found = read(body)
    assert time.process_time() - began < bound(8)
    assert (len(found.items), found.cut) == (500, True)


def test_one_that_breaks_off_gives_what_it_has() -> None:
    assert len(read(sitemap(news("/1"), news("/2"))[:-60]).items) >= 1


@pytest.mark.parametrize(
    "body", [b"", b"words", b"<rss version='2.0'/>", b"<html><p>No map</p></html>", b"<url><loc>/1</loc></url>"]
)
def test_what_is_no_sitemap_is_refused(body: bytes) -> None:
    assert refusal(body) == "not_a_sitemap"


def test_it_has_a_size() -> None:
    assert refusal(b"<urlset>" + b"<a/>" * 1_000_001) == "too_large"
