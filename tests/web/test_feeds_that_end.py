"""A feed that is followed no longer leaves the list and stays where it brought something; it can be followed again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
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


def test_followed_again_by_any_way_in_it_keeps_its_name_and_rhythm_unless_others_are_given(world: World) -> None:
    feed = a_feed(world, title="RSS", name="Harbour bulletins", least_seconds=60, most_seconds=3600)
    analyst = browser(world.analyst)
    sent = {"address": ADDRESS, "kind": "", "selector": "", "least": "300", "most": "21600"}
    for _way in range(2):
        end(world, feed)
        analyst.post(at(world, "feeds"), sent)
        feed.refresh_from_db()
        assert (feed.ended, feed.name, feed.title) == (None, "Harbour bulletins", "RSS")
        assert (feed.least_seconds, feed.most_seconds) == (60, 3600)
    Feed.objects.update(kind="listing", selector="h2 a")
    end(world, feed)
    analyst.post(at(world, "feeds"), sent | {"least": "900"})
    feed.refresh_from_db()
    assert (feed.least_seconds, feed.most_seconds) == (900, 21_600)
    assert (feed.kind, feed.selector) == ("listing", "h2 a")
    end(world, feed)
    analyst.post(at(world, "feeds"), sent | {"kind": "sitemap"})
    feed.refresh_from_db()
    assert (feed.kind, feed.selector) == ("sitemap", "")


def test_of_two_who_follow_an_address_at_once_the_second_is_told(world: World) -> None:
    class Slow(following.Wanted):
        @property
        def columns(self) -> dict[str, object]:
            a_feed(world)  # somebody else, between this one's look and its row
            return super().columns

    with pytest.raises(Conflict, match="followed already"):
        following.add_feed(
            dossier=world.dossier,
            address=ADDRESS,
            every_seconds=900,
            by=Actor.person(world.analyst),
            at=timezone.now(),
            wanted=Slow(),
        )


def test_the_list_that_is_downloaded_brings_names_rhythms_and_pauses_back(world: World) -> None:
    a_feed(world, title="RSS", name="Harbour bulletins", least_seconds=60, most_seconds=3600, active=False)
    other = a_world()
    file = browser(world.analyst).get(at(world, "feeds-export")).content
    upload = SimpleUploadedFile("feeds.opml", file)
    assert "followed" in html(browser(other.analyst).post(at(other, "feeds-import"), {"file": upload}))
    feed = Feed.objects.get(dossier=other.dossier)
    assert (feed.name, feed.title, feed.active) == ("Harbour bulletins", "RSS", False)
    assert (feed.least_seconds, feed.most_seconds) == (60, 3600)


def test_who_follows_what_is_followed_is_told_and_led_there(world: World) -> None:
    feed = a_feed(world, title="The Lantern")
    analyst = browser(world.analyst)
    sent = {"address": ADDRESS, "kind": "", "selector": "", "least": "300", "most": "21600"}
    refused = html(analyst.post(at(world, "feeds"), sent))
    assert "This is followed already: The Lantern." in refused
    assert at(world, "feeds-one", feed_id=feed.public_id) + '">To The Lantern' in refused
    following.set_feed_active(feed=feed, active=False, by=Actor.person(world.analyst), at=timezone.now())
    assert "and paused: The Lantern" in html(analyst.post(at(world, "feeds"), sent))


def test_what_cannot_be_seen_is_no_part_of_a_name(world: World) -> None:
    feed = a_feed(world)
    wanted = following.Wanted(name=" a\x07b\u202ec ")
    following.change_feed(feed=feed, wanted=wanted, by=Actor.person(world.analyst), at=timezone.now())
    feed.refresh_from_db()
    assert feed.name == "a\ufffdb\ufffdc"


def test_a_refusal_leads_back_to_the_page_that_it_was_sent_from(world: World) -> None:
    feed = a_feed(world)
    end(world, feed)
    page = at(world, "feeds-one", feed_id=feed.public_id)
    do = at(world, "feeds-do", feed_id=feed.public_id)
    analyst = browser(world.analyst)
    refused = html(analyst.post(do, {"do": "ask"}, headers={"Referer": f"http://testserver{page}?before=3"}))
    assert f'href="http://testserver{page}?before=3"' in refused
    for elsewhere in ("http://elsewhere.example/", f"http://testserver{do}", ""):
        refused = html(analyst.post(do, {"do": "ask"}, headers={"Referer": elsewhere}))
        assert "Back to the page" not in refused
