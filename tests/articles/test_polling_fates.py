"""What becomes of feeds that fail, move, turn out to be something else, or are asked by a worker that dies."""

from __future__ import annotations

import sys
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from apps.accounts.models import Actor
from apps.articles import storage
from apps.articles.models import Feed, FeedItem, Intake, Poll
from apps.articles.services import adding, asking, following, gathering, hosts, polling
from apps.articles.services.asking import Asked
from apps.core.errors import Conflict, Refusal
from apps.ledger.models import Entry
from tests.articles.feed_site import Site, follow, item, last, poll, rss, verbs
from tests.articles.hosts import page, redirect
from tests.factories.worlds import World

pytestmark = pytest.mark.django_db


def test_a_host_that_asks_for_patience_is_given_it(world: World, site: Site) -> None:
    site.answers["/feed.xml"] = page(b"", status="429 Too Many Requests", headers="Retry-After: 40000\r\n")
    feed = follow(world, site)
    poll(feed)
    assert (feed.failure_code, last(feed).status, last(feed).code) == ("http_429", 429, "http_429")
    assert feed.next_poll - timezone.now() > timedelta(seconds=39_900)


def test_what_cannot_be_read_is_kept_and_named(world: World, site: Site) -> None:
    site.answers["/feed.xml"] = page(b'{"no": "feed"}')
    feed = follow(world, site)
    poll(feed)
    row = last(feed)
    assert (row.outcome, row.status, row.code, bool(row.reason)) == ("failed", 200, "not_a_feed", True)
    assert storage.read(row.raw_sha256) == b'{"no": "feed"}'


def test_a_full_storage_does_not_keep_the_reason_from_being_told(
    world: World, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(body: bytes) -> str:
        raise Refusal("Full", code="storage_full")

    monkeypatch.setattr(storage, "keep", full)
    site.answers["/feed.xml"] = page(b"words")
    feed = follow(world, site)
    poll(feed)
    assert (last(feed).code, last(feed).raw_sha256) == ("not_a_feed", "")


def test_an_answer_that_never_ends_is_a_failure_with_what_came_of_it(
    world: World, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apps.articles.items.LARGEST", 1_000)
    site.answers["/feed.xml"] = page(b"x" * 5_000)
    feed = follow(world, site)
    poll(feed)
    assert (last(feed).code, feed.failures) == ("too_large", 1)


def test_a_feed_that_is_gone_for_good_is_paused_and_the_ledger_says_so(world: World, site: Site) -> None:
    site.answers["/feed.xml"] = page(b"", status="410 Gone")
    feed = follow(world, site)
    poll(feed)
    assert (feed.active, feed.failure_code, last(feed).status) == (False, "http_410", 410)
    assert verbs(world)[-1] == "feed.paused"
    assert polling.due_feeds() == []


def test_a_feed_that_moved_for_good_is_followed_there_after_three_times(world: World, site: Site) -> None:
    site.answers |= {
        "/feed.xml": redirect("/half-way.xml", status="301 Moved Permanently"),
        "/half-way.xml": redirect("/new.xml", status="308 Permanent Redirect"),
        "/new.xml": rss(item("/1")),
    }
    feed = follow(world, site)
    for times in (1, 2):
        poll(feed)
        assert (feed.moved_to, feed.moved_times, feed.address) == (site.url("/new.xml"), times, site.url("/feed.xml"))
    poll(feed)
    assert (feed.address, feed.moved_to) == (site.url("/new.xml"), "")
    entry = Entry.objects.filter(dossier=world.dossier, verb="feed.moved").get()
    assert entry.payload == {"address": site.url("/new.xml"), "before": site.url("/feed.xml")}
    poll(feed)
    assert site.asked("/feed.xml") == 3


@pytest.mark.parametrize("status", ["302 Found", "307 Temporary Redirect"])
def test_a_feed_that_is_elsewhere_for_a_while_keeps_its_address(world: World, site: Site, status: str) -> None:
    site.answers |= {"/feed.xml": redirect("/now.xml", status=status), "/now.xml": rss(item("/1"))}
    feed = follow(world, site)
    for _time in range(4):
        poll(feed)
    assert (feed.address, feed.moved_to, feed.failures) == (site.url("/feed.xml"), "", 0)


def test_a_failure_between_begins_the_count_anew(world: World, site: Site) -> None:
    moved = redirect("/new.xml", status="301 Moved Permanently")
    site.answers |= {"/feed.xml": moved, "/new.xml": rss(item("/1"))}
    feed = follow(world, site)
    poll(feed)
    poll(feed)
    site.answers["/feed.xml"] = page(b"", status="500 Oh")
    poll(feed)
    site.answers["/feed.xml"] = moved
    poll(feed)
    assert (feed.moved_times, feed.address) == (1, site.url("/feed.xml"))


def test_a_feed_that_moved_to_one_that_is_followed_stays_where_it_is(world: World, site: Site) -> None:
    moved = redirect("/new.xml", status="301 Moved Permanently")
    site.answers |= {"/feed.xml": moved, "/new.xml": rss(item("/1"))}
    follow(world, site, "/new.xml")
    feed = follow(world, site)
    for _time in range(4):
        poll(feed)
    assert (feed.address, feed.failures) == (site.url("/feed.xml"), 0)


def test_a_page_leads_to_the_feed_it_names(world: World, site: Site) -> None:
    site.answers |= {
        "/": page(b"<link rel=alternate type=application/feed+json href=/feed.json>"),
        "/feed.json": page(b'{"version": "https://jsonfeed.org/version/1", "items": [{"id": "a", "url": "/1"}]}'),
    }
    feed = follow(world, site, "/")
    assert poll(feed) == []
    assert (feed.address, feed.failures) == (site.url("/feed.json"), 0)
    assert feed.next_poll <= timezone.now()
    assert "feed.found" in verbs(world)
    assert poll(feed) == ["/1"]


def test_a_feed_that_once_answered_does_not_become_another_for_a_page_in_its_place(world: World, site: Site) -> None:
    site.answers |= {"/feed.xml": rss(item("/1"))}
    feed = follow(world, site)
    poll(feed)
    site.answers["/feed.xml"] = page(b"<html><link rel=alternate type=application/rss+xml href=/theirs.xml></html>")
    poll(feed)
    assert (feed.address, feed.failure_code) == (site.url("/feed.xml"), "not_a_feed")


def test_a_listing_that_changed_its_looks_is_a_failure_and_no_silence(world: World, site: Site) -> None:
    site.answers["/sea/"] = page(b"<ul><li><a href=/1>One</a></ul>")
    feed = follow(world, site, "/sea/", kind="listing", selector="li a")
    assert poll(feed) == ["/1"]
    site.answers["/sea/"] = page(b"<ol><p><a href=/2>Two</a></ol>")
    assert poll(feed) == []
    assert feed.failure_code == "nothing_selected"


def test_a_feed_that_declares_entities_says_so_and_is_taken_for_no_page(world: World, site: Site) -> None:
    site.answers["/feed.xml"] = page(b'<!DOCTYPE rss [<!ENTITY a "b">]><rss version="2.0"><channel/></rss>')
    feed = follow(world, site)
    assert poll(feed) == []
    assert feed.failure_code == "entities_declared"


def test_a_feed_that_robots_may_not_ask_is_not_asked(world: World, site: Site) -> None:
    site.answers |= {"/robots.txt": page(b"User-agent: *\nDisallow: /feed"), "/feed.xml": rss(item("/1"))}
    feed = follow(world, site)
    assert poll(feed) == []
    assert (feed.failure_code, site.asked("/feed.xml")) == ("robots_disallowed", 0)


def test_a_host_that_somebody_else_asks_is_waited_for_and_that_is_no_failure(
    world: World, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = asking._fetched.__kwdefaults__
    assert waiting is not None
    monkeypatch.setitem(waiting, "patience", 0.1)
    site.answers["/feed.xml"] = rss(item("/1"))
    feed = follow(world, site)
    turn = hosts.take(site.url("/"))
    assert isinstance(turn, hosts.Turn)
    assert poll(feed) == []
    assert (feed.failures, feed.lease_until, Poll.objects.count(), site.asked("/feed.xml")) == (0, None, 0, 0)
    assert feed.next_poll > timezone.now() - timedelta(seconds=1)
    hosts.give_back(turn)
    assert poll(feed) == ["/1"]


def test_a_reader_that_was_disturbed_is_no_failure_of_the_feed(
    world: World, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(body: bytes, **more: object) -> None:
        raise Refusal("Lost", code="parser_lost")

    monkeypatch.setattr("apps.articles.sandbox.read_feed", lost)
    site.answers["/feed.xml"] = rss(item("/1"))
    feed = follow(world, site)
    poll(feed)
    assert (feed.failures, Poll.objects.count()) == (0, 0)


def test_a_mistake_of_ours_is_told_as_such_and_tried_later(
    world: World, site: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(gathering, "gather", lambda *args, **more: 1 / 0)
    site.answers["/feed.xml"] = rss(item("/1"))
    feed = follow(world, site)
    poll(feed)
    assert (last(feed).code, feed.failures) == ("broke_down", 1)
    assert "ZeroDivisionError" in caplog.text


def test_a_worker_that_was_given_up_writes_nothing(world: World, site: Site) -> None:
    site.answers["/feed.xml"] = rss(item("/1"))
    feed = follow(world, site)
    slow = polling.claim_feed(feed_id=feed.pk)
    assert slow is not None
    Feed.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    quick = polling.claim_feed(feed_id=feed.pk)
    assert quick is not None
    assert polling.poll(slow) == []
    assert len(polling.poll(quick)) == 1
    with pytest.raises(polling.LostFeed), transaction.atomic():
        polling._answered(slow, asking.ask(Asked(feed.address)), seconds=1)
    polling._failed(slow, asking.NotAnswered("No", code="timed_out"), seconds=1)
    feed.refresh_from_db()
    assert (Intake.objects.count(), Poll.objects.count(), feed.failures) == (1, 1, 0)


def test_a_worker_that_dies_half_way_leaves_nothing_and_the_next_doubles_nothing(
    world: World, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.answers["/feed.xml"] = rss(item("/1"), item("/2"), item("ftp://x.example/"))
    feed = follow(world, site)
    claimed = polling.claim_feed(feed_id=feed.pk)
    assert claimed is not None
    with monkeypatch.context() as dying:
        dying.setattr(polling, "_record", lambda *args: sys.exit())
        with pytest.raises(SystemExit):
            polling.poll(claimed)
    assert (Intake.objects.count(), FeedItem.objects.count()) == (0, 0)
    Feed.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert sorted(poll(feed)) == ["/1", "/2"]
    assert (Intake.objects.count(), FeedItem.objects.count(), feed.items_seen) == (3, 3, 3)


def test_a_feed_that_is_paused_while_it_is_asked_takes_nothing_in(world: World, site: Site) -> None:
    site.answers["/feed.xml"] = rss(item("/1"))
    feed = follow(world, site)
    claimed = polling.claim_feed(feed_id=feed.pk)
    assert claimed is not None
    by, at = Actor.person(world.analyst), timezone.now()
    following.set_feed_active(feed=feed, active=False, by=by, at=at)
    assert polling.poll(claimed) == []
    assert Intake.objects.count() == 0
    following.set_feed_active(feed=feed, active=True, by=by, at=at)
    assert poll(feed) == ["/1"]


def test_somebody_who_adds_the_same_address_at_that_moment_keeps_no_other_out(
    world: World, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = adding.add_address

    def at_the_same_time(*, address: str, **more: Any) -> object:
        if address.endswith("/1"):
            raise Conflict("Again", code="try_again")
        return taken(address=address, **more)

    monkeypatch.setattr(gathering, "add_address", at_the_same_time)
    site.answers["/feed.xml"] = rss(item("/1"), item("/2"))
    assert poll(follow(world, site)) == ["/2"]
    assert Intake.objects.filter(state="failed").count() == 0


def test_a_selector_of_a_feed_that_lists_is_checked_when_it_is_followed(world: World, site: Site) -> None:
    with pytest.raises(Refusal) as refused:
        follow(world, site, "/sea/", kind="listing", selector="a[")
    assert refused.value.code == "bad_selector"
    with pytest.raises(Refusal) as refused:
        follow(world, site, least_seconds=600, most_seconds=60)
    assert refused.value.code == "bad_interval"


def test_a_dossier_follows_only_so_many_feeds(world: World, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "MOST_FEEDS", 1)
    follow(world, site)
    with pytest.raises(Refusal) as refused:
        follow(world, site, "/other.xml")
    assert refused.value.code == "too_many_feeds"
