"""The demo outlets have real pages and feeds, and answer as a careful news site does."""

import json
import re
import signal
import subprocess
import sys
from email.utils import format_datetime
from http import HTTPStatus
from pathlib import Path

import feedparser
import pytest
import requests
import trafilatura

from apps.articles import discovery, feeds, listings, sitemaps
from demo import data
from demo.changing import CORRECTED_AFTER, GONE_AFTER, Changing
from demo.newsstand import Newsstand
from demo.shapes import Article
from demo.site import Site, main

WIRE = "/tidewire/2024/03/12/nine-killed-as-shells-hit-orlisay-harbour.html"


def every_article() -> list[Article]:
    return [article for slug in data.slugs() for article in data.articles(slug)]


def page(newsstand: Newsstand, path: str) -> str:
    answer = newsstand.respond(path)
    assert answer.status is HTTPStatus.OK
    return answer.body.decode()


def test_the_text_of_every_page_survives_extraction_paragraph_for_paragraph(newsstand: Newsstand) -> None:
    for article in every_article():
        found = trafilatura.bare_extraction(
            page(newsstand, article.path), url=newsstand.base + article.path, fast=True, include_comments=False
        )
        assert isinstance(found, trafilatura.settings.Document)
        assert found.text == "\n".join(article.paragraphs)


def test_every_page_says_who_wrote_it_when_and_where(newsstand: Newsstand) -> None:
    names = {outlet.slug: outlet.name for slug in data.slugs() for outlet in data.load(slug).outlets}
    for article in every_article():
        html = page(newsstand, article.path)
        found = trafilatura.extract_metadata(html, default_url=newsstand.base + article.path)
        assert found.title == article.headline
        assert found.author == article.byline
        assert found.date == f"{article.published:%Y-%m-%d}"
        assert found.sitename == names[article.outlet]
        assert found.url == newsstand.base + article.path


def test_a_page_carries_linked_data_that_no_text_can_break_out_of(newsstand: Newsstand) -> None:
    linked = re.search(r'<script type="application/ld\+json">(.*?)</script>', page(newsstand, WIRE))

    assert linked is not None
    assert "<" not in linked[1]
    said = json.loads(linked[1])
    assert said["@type"] == "NewsArticle"
    assert said["datePublished"] == "2024-03-12T06:40:00+00:00"
    assert said["inLanguage"] == "en"


def test_every_outlet_has_a_front_page_and_a_feed_newest_first(newsstand: Newsstand) -> None:
    for slug in data.slugs():
        for outlet in data.load(slug).outlets:
            own = [article for article in data.articles(slug) if article.outlet == outlet.slug]
            feed = feedparser.parse(page(newsstand, f"/{outlet.slug}/feed.xml"))
            links = [newsstand.base + article.path for article in reversed(own)]
            assert not feed.bozo
            assert feed.version == "rss20"
            assert feed.feed.title == outlet.name
            assert [entry.link for entry in feed.entries] == links
            assert all(entry.published_parsed for entry in feed.entries)
            assert re.findall(r'href="(/[^"]+\.html)"', page(newsstand, f"/{outlet.slug}/")) == [
                article.path for article in reversed(own)
            ]


def test_every_dossier_has_an_atom_feed_of_all_its_articles(newsstand: Newsstand, slug: str) -> None:
    feed = feedparser.parse(page(newsstand, f"/feeds/{slug}.atom"))

    assert not feed.bozo
    assert feed.version == "atom10"
    assert {entry.link for entry in feed.entries} == {newsstand.base + article.path for article in data.articles(slug)}


def test_the_index_leads_to_every_outlet_and_says_that_none_exists(newsstand: Newsstand) -> None:
    index = page(newsstand, "/")

    assert "None of these outlets exists" in index
    for slug in data.slugs():
        assert f'href="/feeds/{slug}.atom"' in index
        for outlet in data.load(slug).outlets:
            assert f'href="/{outlet.slug}/"' in index


def test_every_page_names_a_style_sheet_that_is_there(newsstand: Newsstand) -> None:
    for path in ("/", "/tidewire/", WIRE):
        assert '<link rel="stylesheet" href="/style.css">' in page(newsstand, path)
    assert "color-scheme" in page(newsstand, "/style.css")


def test_robots_may_read_everything(newsstand: Newsstand) -> None:
    assert page(newsstand, "/robots.txt").startswith("User-agent: *\nAllow: /\nCrawl-delay: 0\n")


@pytest.mark.parametrize("slug", ["tidewire", "ulmere-courier"])
def test_every_kind_of_feed_names_the_same_articles(newsstand: Newsstand, slug: str) -> None:
    base, path = f"{newsstand.base}/{slug}/", f"/{slug}/"
    rss = feeds.parse(page(newsstand, f"{path}feed.xml").encode(), url=base)
    json_feed = feeds.parse(page(newsstand, f"{path}feed.json").encode(), url=base)
    sitemap = sitemaps.parse(page(newsstand, f"{path}news-sitemap.xml").encode(), url=base)
    listing = listings.parse(page(newsstand, path).encode(), url=base, selector=".articles a")
    expected = [(item.url, item.title, item.published) for item in rss.items]
    assert len(expected) > 1
    for read in (json_feed, sitemap, listing):
        assert [(item.url, item.title, item.published) for item in read.items] == expected
    assert {one.url for one in discovery.look(page(newsstand, path).encode(), url=base).alternates} == {
        f"{base}feed.xml",
        f"{base}feed.json",
    }


def test_one_sitemap_names_those_of_all_outlets(newsstand: Newsstand) -> None:
    found = sitemaps.parse(page(newsstand, "/sitemap.xml").encode(), url=newsstand.base)
    assert len(found.children) == sitemaps.MOST_CHILDREN or not found.cut
    for child in found.children:
        assert page(newsstand, child.url.removeprefix(newsstand.base)).startswith("<?xml")


def test_one_article_is_corrected_and_one_taken_down_after_they_were_asked_for() -> None:
    now = 0.0
    stand = Newsstand([], base="http://newsstand.example", changing=Changing(clock=lambda: now))
    feed = feeds.parse(page(stand, "/changing/feed.xml").encode(), url=stand.base)
    corrected, brief = (item.url.removeprefix(stand.base) for item in feed.items)
    now = 1000.0
    assert "two crew members" in page(stand, corrected)
    assert "Lene Tarn" in page(stand, brief)
    now += CORRECTED_AFTER
    assert "five crew members" in page(stand, corrected)
    again = feeds.parse(page(stand, "/changing/feed.xml").encode(), url=stand.base)
    assert again.items[0].url == feed.items[0].url
    assert again.items[0].digest != feed.items[0].digest
    now += GONE_AFTER
    assert stand.respond(brief).status is HTTPStatus.GONE
    assert len(feeds.parse(page(stand, "/changing/feed.xml").encode(), url=stand.base).items) == 1
    assert stand.respond("/changing/2020/01/01/nothing.html").status is HTTPStatus.NOT_FOUND


@pytest.mark.parametrize(
    "path",
    [
        "/nobody",
        "/tidewire",
        "/tidewire/feed",
        "/feeds/atlantis.atom",
        "/feeds/quenmar-strait",
        WIRE + "x",
        "/../x",
        "//",
    ],
)
def test_an_address_without_a_page_is_not_found(newsstand: Newsstand, path: str) -> None:
    answer = newsstand.respond(path)

    assert answer.status is HTTPStatus.NOT_FOUND
    assert b"No demo outlet has a page" in answer.body


def test_a_query_changes_nothing(newsstand: Newsstand) -> None:
    assert newsstand.respond(WIRE + "?from=feed") == newsstand.respond(WIRE)


@pytest.mark.parametrize("path", ["/", "/tidewire/", "/tidewire/feed.xml", "/feeds/quenmar-strait.atom", WIRE])
def test_what_has_not_changed_is_not_sent_again(site: Site, path: str) -> None:
    first = requests.get(site.base + path, timeout=5)
    by_tag = requests.get(site.base + path, headers={"If-None-Match": f'"other", W/{first.headers["ETag"]}'}, timeout=5)
    by_date = requests.get(site.base + path, headers={"If-Modified-Since": first.headers["Last-Modified"]}, timeout=5)

    assert first.status_code == 200
    assert (by_tag.status_code, by_tag.content) == (304, b"")
    assert (by_date.status_code, by_date.content) == (304, b"")
    assert by_tag.headers["ETag"] == first.headers["ETag"]


@pytest.mark.parametrize(
    "headers",
    [
        {"If-None-Match": '"other"'},
        {"If-None-Match": '"other"', "If-Modified-Since": "Fri, 01 Jan 2038 00:00:00 GMT"},
        {"If-Modified-Since": "Fri, 01 Mar 2024 00:00:00 GMT"},
        {"If-Modified-Since": "lately"},
        {"If-Modified-Since": "Fri, 01 Jan 2038 00:00:00 -0000"},
    ],
)
def test_what_has_changed_or_cannot_be_told_is_sent(site: Site, headers: dict[str, str]) -> None:
    assert requests.get(site.base + WIRE, headers=headers, timeout=5).status_code == 200


def test_last_modified_is_when_the_newest_article_appeared(site: Site) -> None:
    newest = max(article.published for article in data.articles("quenmar-strait") if article.outlet == "tidewire")

    answer = requests.get(f"{site.base}/tidewire/feed.xml", timeout=5)

    assert answer.headers["Last-Modified"] == format_datetime(newest.astimezone(tz=None)).replace("+0000", "GMT")


def test_a_head_request_gets_the_headers_alone(site: Site) -> None:
    head = requests.head(site.base + WIRE, timeout=5)

    assert (head.status_code, head.content) == (200, b"")
    assert int(head.headers["Content-Length"]) == len(requests.get(site.base + WIRE, timeout=5).content)


def test_links_lead_back_to_the_site_that_served_them(site: Site) -> None:
    feed = feedparser.parse(requests.get(f"{site.base}/tidewire/feed.xml", timeout=5).content)

    for entry in feed.entries:
        assert requests.get(entry.link, timeout=5).status_code == 200


def test_a_taken_port_is_named_with_the_way_out(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--port", str(site.server_port)]) == 1
    assert f"cannot listen on 127.0.0.1 port {site.server_port}" in capsys.readouterr().err


@pytest.mark.parametrize("port", ["70000", "-1", "http"])
def test_a_port_that_cannot_be_is_refused(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main([f"--port={port}"])
    assert "--port" in capsys.readouterr().err


def test_data_that_does_not_hold_together_is_reported_in_words(
    spoilt: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (spoilt / "karabakh" / "articles" / "tolls.toml").write_text("", encoding="utf-8")

    assert main(["--port", "0", "--data", str(spoilt)]) == 1
    assert "articles/tolls.toml: body: is missing" in capsys.readouterr().err


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_it_says_where_it_listens_and_stops_when_told(stop: signal.Signals) -> None:
    command = [sys.executable, "-m", "demo.site", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        said = re.fullmatch(r"Demo outlets at (http://127\.0\.0\.1:\d+)/\n", running.stdout.readline())
        assert said is not None
        assert requests.get(said[1] + WIRE, timeout=5).status_code == 200
        running.send_signal(stop)
        assert running.wait(timeout=10) == 0
