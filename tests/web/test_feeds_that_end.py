"""A feed that is followed no longer leaves the list and stays where it brought something; it can be followed again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.accounts.models import Actor
from apps.articles.models import Feed, FeedItem
from apps.articles.services import following, polling
from apps.core.errors import Conflict
from apps.ledger.models import Entry
from tests.factories.worlds import World, a_world
from tests.web.rooms import at, browser, html

pytestmark = pytest.mark.django_db
ADDRESS = "https://example.com/rss"


@pytest.fixture
def world() -> World:
    return a_world()


def a_feed(world: World, **columns: object) -> Feed:
    feed = following.add_feed(
        dossier=world.dossier, address=ADDRESS, every_seconds=900, by=Actor.person(world.analyst), at=timezone.now()
    )
    Feed.objects.filter(pk=feed.pk).update(**columns)
    feed.refresh_from_db()
    return feed


def end(world: World, feed: Feed) -> None:
    following.end_feed(feed=feed, by=Actor.person(world.analyst), at=timezone.now())


def test_it_leaves_the_list_is_found_among_those_that_ended_and_is_followed_again(world: World) -> None:
    feed = a_feed(world, title="The Lantern", etag='"1"', failures=2, failure_code="x", failure_reason="It was slow.")
    now = timezone.now()
    FeedItem.objects.create(
        feed=feed, address=ADDRESS, guid_digest="1" * 64, guid="1", digest="1" * 64, first_seen=now, last_changed=now
    )
    analyst = browser(world.analyst)
    do = at(world, "feeds-do", feed_id=feed.public_id)
    page = at(world, "feeds-one", feed_id=feed.public_id)
    assert "Stop following" in html(analyst.get(page))

    assert analyst.post(do, {"do": "end"})["Location"] == page
    shown = html(analyst.get(page))
    assert ("Follow again" in shown, "What it brought stays" in shown) == (True, True)
    assert ("Change it" in shown, "Resume" in shown, "Stop following" in shown) == (False, False, False)
    assert "The Lantern" not in html(analyst.get(at(world, "feeds")))
    assert "The Lantern" in html(analyst.get(at(world, "feeds"), {"state": "ended"}))
    assert "The Lantern" not in html(analyst.get(at(world, "feeds"), {"state": "paused"}))
    assert ADDRESS not in analyst.get(at(world, "feeds-export")).content.decode()

    analyst.post(do, {"do": "again"})
    again = Feed.objects.get()
    assert (again.pk, again.active, again.ended, again.etag, again.failures) == (feed.pk, True, None, "", 0)
    assert (again.title, again.items.count()) == ("The Lantern", 1)
    assert "The Lantern" in html(analyst.get(at(world, "feeds")))
    verbs = [row.verb for row in Entry.objects.filter(dossier=world.dossier, verb__startswith="feed").order_by("pk")]
    assert verbs == ["feed.added", "feed.ended", "feed.added"]


def test_it_is_not_asked_and_who_asks_it_at_the_moment_writes_nothing(world: World) -> None:
    feed = a_feed(world)
    claimed = polling.claim_feed(feed_id=feed.pk)
    assert claimed is not None
    end(world, feed)
    assert polling.due_feeds() == []
    with pytest.raises(polling.LostFeed):
        polling._extend(claimed)


def test_nothing_else_is_done_with_it(world: World) -> None:
    feed = a_feed(world)
    end(world, feed)
    by, now = Actor.person(world.analyst), timezone.now()
    with pytest.raises(Conflict, match="followed no longer"):
        end(world, feed)
    with pytest.raises(Conflict, match="followed no longer"):
        following.set_feed_active(feed=feed, active=True, by=by, at=now)
    with pytest.raises(Conflict, match="followed no longer"):
        following.change_feed(feed=feed, wanted=following.Wanted(), by=by, at=now)
    with pytest.raises(Conflict, match="followed no longer"):
        following.ask_now(feed=feed)
    refused = browser(world.analyst).post(at(world, "feeds-do", feed_id=feed.public_id), {"do": "ask"})
    assert refused.status_code == 409


def test_whoever_follows_its_address_anew_has_what_is_known_of_its_items(world: World) -> None:
    feed = a_feed(world)
    end(world, feed)
    sent = {"address": f"{ADDRESS}#top", "kind": "listing", "selector": "h2 a", "least": "3600", "most": "86400"}
    browser(world.analyst).post(at(world, "feeds"), sent)
    again = Feed.objects.get()
    assert (again.pk, again.ended, again.kind, again.selector) == (feed.pk, None, "listing", "h2 a")
    assert again.every_seconds == 3600


def test_a_feed_has_the_name_that_it_is_given_and_is_found_by_it(world: World) -> None:
    feed = a_feed(world, title="RSS", next_poll=timezone.now() + timedelta(hours=1))
    analyst = browser(world.analyst)
    sent = {"name": " Harbour bulletins ", "kind": "feed", "selector": "", "least": "300", "most": "21600"}
    analyst.post(at(world, "feeds-change", feed_id=feed.public_id), sent)
    feed.refresh_from_db()
    assert (feed.name, feed.title, str(feed)) == ("Harbour bulletins", "RSS", "Harbour bulletins")
    assert feed.next_poll > timezone.now()
    shown = html(analyst.get(at(world, "feeds-one", feed_id=feed.public_id)))
    assert "calls itself RSS" in " ".join(shown.replace("<span>", " ").replace("</span>", " ").split())
    assert "Harbour bulletins" in html(analyst.get(at(world, "feeds"), {"q": "bulletins"}))
    assert "Harbour bulletins" in analyst.get(at(world, "feeds-export")).content.decode()
