"""Asking feeds over real sockets: what is taken in, and how often they are asked."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from apps.articles import addresses
from apps.articles.models import Article, FeedItem, Intake, Poll, Watch
from apps.articles.services import polling, revisiting
from apps.ledger import services as ledger
from tests.articles.feed_site import Site, follow, item, last, poll, rss
from tests.factories.worlds import World

pytestmark = pytest.mark.django_db


def test_each_time_is_written_down(world: World, site: Site) -> None:
    site.answers["/feed.xml"] = rss(item("/1"), item("/2"), item("ftp://x.example/3"))
    feed = follow(world, site)
    assert poll(feed) == ["/2", "/1"]
    row = last(feed)
    assert (row.outcome, row.status, row.code, row.cut) == ("answered", 200, "", False)
    assert (row.seen, row.taken, row.changed, row.refused) == (3, 2, 0, 1)
    assert (feed.items_seen, feed.items_taken, feed.items_refused) == (3, 2, 1)
    assert poll(feed) == []
    assert (last(feed).seen, last(feed).taken, last(feed).refused) == (3, 0, 0)
    assert FeedItem.objects.count() == 3


def test_only_the_latest_times_are_kept(world: World, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polling, "MOST_POLLS", 2)
    site.answers["/feed.xml"] = rss()
    feed = follow(world, site)
    for _time in range(4):
        poll(feed)
    assert Poll.objects.count() == 2
    assert last(feed).pk == max(Poll.objects.values_list("pk", flat=True))


def test_what_may_not_be_fetched_is_one_failed_row_with_its_reason(world: World, site: Site) -> None:
    refused = (item("http://10.0.0.1/x"), item("javascript:alert(1)"), "<item><title>Nowhere</title></item>")
    long = item("/" + "x" * 2_020)
    site.answers["/feed.xml"] = rss(*refused, long, item("/1"))
    feed = follow(world, site)
    assert poll(feed) == ["/1"]
    rows = Intake.objects.filter(state="failed").order_by("failure_code")
    assert [row.failure_code for row in rows] == ["address_too_long", "not_public", "scheme_not_allowed"]
    assert all(row.failure_reason and row.finished for row in rows)
    assert FeedItem.objects.get(title="Nowhere").refused_code == "no_address"
    assert feed.items_refused == 4
    site.answers["/feed.xml"] = rss(*(one.replace("A title", "Another") for one in refused), long, item("/1"))
    assert poll(feed) == []
    assert Intake.objects.filter(state="failed").count() == 3


def test_an_item_that_was_refused_is_taken_once_it_has_a_link(world: World, site: Site) -> None:
    site.answers["/feed.xml"] = rss(item("file:///x", guid="a"))
    feed = follow(world, site)
    assert poll(feed) == []
    site.answers["/feed.xml"] = rss(item("/1", guid="a"))
    assert poll(feed) == ["/1"]
    assert FeedItem.objects.get().refused_code == ""


def an_article(world: World, address: str) -> Article:
    with transaction.atomic(), ledger.entry(dossier_id=world.dossier.pk, actor="machine:x", verb="x") as moment:
        return Article.objects.create(
            number=1, address=address, address_key=addresses.normalise(address), **moment.begins()
        )


def test_an_article_of_which_the_feed_says_something_else_is_looked_at_again(world: World, site: Site) -> None:
    article = an_article(world, site.url("/1"))
    revisiting.watch(article)
    site.answers["/feed.xml"] = rss(item("/1?utm_source=feed", guid="a"))
    feed = follow(world, site)
    assert poll(feed) == []
    far = timezone.now() + timedelta(days=1)
    Watch.objects.update(next_visit=far)
    assert poll(feed) == []
    assert Watch.objects.get().next_visit == far
    site.answers["/feed.xml"] = rss(item("/1?utm_source=feed", guid="a", title="Corrected: a title"))
    assert poll(feed) == []
    assert last(feed).changed == 1
    assert Watch.objects.get().next_visit <= timezone.now()
    assert FeedItem.objects.get().title == "Corrected: a title"


def test_an_item_whose_link_is_another_is_taken_from_there(world: World, site: Site) -> None:
    site.answers["/feed.xml"] = rss(item("/1", guid="a"))
    feed = follow(world, site)
    poll(feed)
    site.answers["/feed.xml"] = rss(item("/1-again", guid="a"))
    assert poll(feed) == ["/1-again"]


def test_what_two_feeds_show_comes_in_once(world: World, site: Site) -> None:
    site.answers |= {"/feed.xml": rss(item("/1")), "/other.xml": rss(item("/1#top", guid="b"), item("/2"))}
    assert poll(follow(world, site)) == ["/1"]
    other = follow(world, site, "/other.xml")
    assert poll(other) == ["/2"]
    assert (other.items_seen, other.items_taken) == (2, 1)


def test_of_a_hundred_thousand_entries_the_newest_come_in_and_the_rest_is_told(world: World, site: Site) -> None:
    date = "<pubDate>3 Apr 2025 {:02}:{:02}:{:02} GMT</pubDate>"
    site.answers["/feed.xml"] = rss(
        *(item(f"/{n}", more=date.format(n // 3600, n // 60 % 60, n % 60)) for n in range(80_000)),
        *(item(f"/{n}") for n in range(80_000, 100_000)),
    )
    feed = follow(world, site)
    added = poll(feed)
    assert (len(added), added[0], added[-1]) == (500, "/79500", "/79999")
    assert (last(feed).cut, feed.failures, feed.items_taken) == (True, 0, 500)


def test_a_feed_with_news_is_asked_sooner_and_one_without_ever_later(world: World, site: Site) -> None:
    site.answers["/feed.xml"] = rss(item("/1"))
    feed = follow(world, site)
    poll(feed)
    assert feed.every_seconds == 450
    waits = []
    for _time in range(3):
        poll(feed)
        waits.append(feed.every_seconds)
    assert waits == [675, 1012, 1518]
    assert timedelta(0) < feed.next_poll - timezone.now() <= timedelta(seconds=1518)


def test_its_own_rhythm_and_wish_decide(world: World, site: Site) -> None:
    dates = (f"<pubDate>{day} Apr 2025 09:00:00 GMT</pubDate>" for day in range(1, 9))
    site.answers["/feed.xml"] = rss(*(item(f"/{n}", more=date) for n, date in enumerate(dates)))
    feed = follow(world, site, least_seconds=60, most_seconds=864_000)
    poll(feed)
    assert feed.rhythm_seconds is not None
    assert feed.rhythm_seconds >= 86_400
    assert feed.every_seconds == round(feed.rhythm_seconds / 8)
    site.answers["/wish.xml"] = rss(item("/wish"), about="<ttl>240</ttl>")
    wish = follow(world, site, "/wish.xml")
    poll(wish)
    assert wish.every_seconds == 240 * 60
