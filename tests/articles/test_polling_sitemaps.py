"""Sitemaps: told by their looks, and an index of them read one level down, bit by bit where its host wants pauses."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.articles.models import Feed, Host
from apps.articles.services import asking, polling
from tests.articles.feed_site import Site, follow, last, poll
from tests.articles.hosts import Answer, page
from tests.factories.worlds import World

pytestmark = pytest.mark.django_db
NEWS = (
    "<urlset xmlns:news='http://www.google.com/schemas/sitemap-news/0.9'>{}</urlset>",
    "<url><loc>{}</loc><news:news><news:title>A title</news:title></news:news></url>",
)


def news(*paths: str) -> Answer:
    return page(NEWS[0].format("".join(NEWS[1].format(path) for path in paths)).encode())


def test_a_sitemap_is_told_by_its_looks(world: World, site: Site) -> None:
    site.answers["/news.xml"] = news("/1", "/2")
    feed = follow(world, site, "/news.xml")
    assert sorted(poll(feed)) == ["/1", "/2"]
    assert feed.kind == Feed.Kind.SITEMAP
    assert poll(feed) == []


def test_an_index_is_read_one_level_down_and_one_that_is_away_keeps_no_other_out(world: World, site: Site) -> None:
    named = "".join(f"<sitemap><loc>/{name}.xml</loc></sitemap>" for name in ("away", "a", "b", "index"))
    site.answers |= {
        "/index.xml": page(f"<sitemapindex>{named}</sitemapindex>".encode()),
        "/a.xml": news("/1"),
        "/b.xml": news("/2"),
    }
    feed = follow(world, site, "/index.xml", kind="sitemap")
    assert sorted(poll(feed)) == ["/1", "/2"]
    assert (last(feed).cut, site.asked("/index.xml")) == (True, 2)


INDEX = page(
    b"<sitemapindex><sitemap><loc>/a.xml</loc></sitemap><sitemap><loc>/away.xml</loc></sitemap>"
    b"<sitemap><loc>/b.xml</loc></sitemap></sitemapindex>"
)


def after_the_pause(feed: Feed) -> list[str]:
    Host.objects.update(next_ask=timezone.now() - timedelta(seconds=1))
    return poll(feed)


def test_an_index_whose_host_wants_long_pauses_is_read_one_sitemap_after_the_other(world: World, site: Site) -> None:
    site.answers |= {"/robots.txt": page(b"User-agent: *\nCrawl-delay: 50"), "/index.xml": INDEX}
    site.answers |= {"/a.xml": news("/1"), "/b.xml": news("/2")}
    feed = follow(world, site, "/index.xml", kind="sitemap")
    assert after_the_pause(feed) == []  # robots.txt
    assert after_the_pause(feed) == []  # the index
    assert feed.unread == [site.url("/a.xml"), site.url("/away.xml"), site.url("/b.xml")]
    assert timedelta(seconds=30) < feed.next_poll - timezone.now() <= timedelta(seconds=50)

    assert after_the_pause(feed) == ["/1"]
    assert poll(feed) == []  # the host is not to be asked yet
    assert (feed.unread, feed.failures) == ([site.url("/away.xml"), site.url("/b.xml")], 0)
    assert after_the_pause(feed) == []  # one that is away
    assert after_the_pause(feed) == ["/2"]
    assert (feed.unread, site.asked("/index.xml"), site.asked("/a.xml")) == ([], 1, 1)
    assert feed.next_poll - timezone.now() > timedelta(seconds=200)


def test_what_is_left_of_an_index_and_cannot_be_had_is_a_failure_and_the_index_is_asked_again(
    world: World, site: Site
) -> None:
    feed = follow(world, site, "/index.xml", kind="sitemap")
    Feed.objects.filter(pk=feed.pk).update(unread=[site.url("/away.xml")])
    assert poll(feed) == []
    assert (feed.failure_code, feed.failures, feed.unread) == ("http_404", 1, [])
    site.answers |= {"/index.xml": INDEX, "/a.xml": news("/1"), "/b.xml": news("/2")}
    assert sorted(poll(feed)) == ["/1", "/2"]


def test_what_is_left_for_want_of_time_is_read_soon(world: World, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.answers |= {"/index.xml": INDEX, "/a.xml": news("/1"), "/b.xml": news("/2")}
    feed = follow(world, site, "/index.xml", kind="sitemap")
    monkeypatch.setattr(asking, "LONGEST_CHILD", 60.0)
    assert poll(feed) == []
    assert len(feed.unread) == 3
    assert feed.next_poll - timezone.now() <= timedelta(seconds=polling.SOON)
    monkeypatch.undo()
    assert sorted(poll(feed)) == ["/1", "/2"]


def test_an_index_of_which_nothing_can_be_had_has_failed(world: World, site: Site) -> None:
    site.answers["/index.xml"] = page(b"<sitemapindex><sitemap><loc>/away.xml</loc></sitemap></sitemapindex>")
    feed = follow(world, site, "/index.xml", kind="sitemap")
    assert poll(feed) == []
    assert (feed.failure_code, feed.failures) == ("http_404", 1)
