"""Feeds by programs: how they do, and following another."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts.models import Actor, Key
from apps.articles.models import Feed, Poll
from apps.articles.services import following
from tests.api.program import Program
from tests.factories.worlds import World, a_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def sender(world: World) -> Program:
    return Program(world.analyst, slug=world.dossier.slug, scope=Key.Scope.ADD)


def a_feed(world: World, number: int, **columns: object) -> Feed:
    feed = following.add_feed(
        dossier=world.dossier,
        address=f"https://example.com/{number}",
        every_seconds=900,
        by=Actor.person(world.analyst),
        at=timezone.now(),
    )
    Feed.objects.filter(pk=feed.pk).update(**columns)
    return feed


def test_a_feed_is_followed_asked_at_once_and_found_where_it_is_said_to_be(
    world: World, sender: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    woken: list[Feed] = []
    monkeypatch.setattr("apps.api.v1.feeds.wake_feed", woken.append)
    made = sender.post("/feeds", {"address": "https://example.com/rss"}, expect=201)
    feed = Feed.objects.get()
    assert woken == [feed]
    assert (made["state"], made["kind"], made["polls"], made["every_seconds"]) == ("waiting", "feed", [], 900)
    assert (
        sender.response["Location"] == f"http://testserver/api/v1/dossiers/{world.dossier.slug}/feeds/{feed.public_id}"
    )
    assert sender.get(f"/feeds/{feed.public_id}") == made
    assert feed.added_by == world.analyst
    again = sender.post("/feeds", {"address": "https://example.com/rss"}, expect=409)
    assert again["code"] == "feed_known"


def test_a_listing_is_followed_by_its_selector(sender: Program) -> None:
    wanted = {"address": "https://example.com/sea/", "kind": "listing", "selector": "h2 a", "least_seconds": 60}
    made = sender.post("/feeds", wanted | {"name": "The sea"}, expect=201)
    assert (made["name"], made["title"]) == ("The sea", "")
    assert (made["kind"], made["selector"], made["least_seconds"], made["most_seconds"]) == (
        "listing",
        "h2 a",
        60,
        21_600,
    )


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ({"address": "http://127.0.0.1/rss"}, "not_public"),
        ({"address": "https://example.com/", "kind": "listing"}, "bad_selector"),
        ({"address": "https://example.com/", "kind": "listing", "selector": "a["}, "bad_selector"),
        ({"address": "https://example.com/", "least_seconds": 600, "most_seconds": 60}, "bad_interval"),
    ],
)
def test_what_cannot_be_followed_says_why(sender: Program, sent: dict[str, object], code: str) -> None:
    assert sender.post("/feeds", sent, expect=422)["code"] == code
    assert not Feed.objects.exists()


@pytest.mark.parametrize(
    "sent", [{}, {"address": "https://example.com/", "kind": "letter"}, {"address": "https://example.com/", "every": 5}]
)
def test_a_body_that_is_not_as_described_is_refused(sender: Program, sent: dict[str, object]) -> None:
    sender.post("/feeds", sent, expect=400)


def test_a_feed_tells_how_it_does(world: World, sender: Program) -> None:
    why = {"failures": 2, "failure_code": "timed_out", "failure_reason": "The host did not answer in full in time."}
    feed = a_feed(world, 1, **why)
    Poll.objects.create(feed=feed, at=timezone.now(), seconds=30, outcome="failed", code="timed_out", reason="Slow.")
    Poll.objects.create(feed=feed, at=timezone.now(), seconds=0.5, outcome="answered", status=200, seen=3, taken=1)
    told = sender.get(f"/feeds/{feed.public_id}")
    assert (told["state"], told["failures"], told["failure"]["code"]) == ("failing", 2, "timed_out")
    assert [(poll["outcome"], poll["new"], poll["status"]) for poll in told["polls"]] == [
        ("failed", 0, None),
        ("answered", 1, 200),
    ]
    assert told["polls"][0]["failure"] == {"code": "timed_out", "reason": "Slow."}


def test_feeds_are_listed_page_by_page_and_by_how_they_do(world: World, sender: Program) -> None:
    for number in range(3):
        a_feed(world, number)
    a_feed(world, 3, active=False)
    a_feed(a_world(), 4)
    assert [feed["address"][-1] for feed in sender.all("/feeds", limit=2)] == ["3", "2", "1", "0"]
    ended = a_feed(world, 5)
    following.end_feed(feed=ended, by=Actor.person(world.analyst), at=timezone.now())
    assert len(sender.all("/feeds")) == 4
    (gone,) = sender.all("/feeds", state="ended")
    assert (gone["state"], gone["next_poll"]) == ("ended", None)
    (paused,) = sender.all("/feeds", state="paused")
    assert (paused["state"], paused["next_poll"]) == ("paused", None)


@pytest.mark.parametrize("cursor", ["x", "ZmVlZDp4", "Y2xhaW06MQ"])
def test_a_cursor_that_was_made_up_is_refused(sender: Program, cursor: str) -> None:
    assert sender.get("/feeds", expect=400, cursor=cursor)["code"] == "bad_cursor"


def test_feeds_are_for_those_who_add(world: World, reader: Program) -> None:
    feed = a_feed(world, 1)
    reader.get("/feeds", expect=403)
    reader.get(f"/feeds/{feed.public_id}", expect=403)
    only_reads = Program(world.analyst, slug=world.dossier.slug)
    assert only_reads.post("/feeds", {"address": "https://example.com/rss"}, expect=403)["code"] == "scope_missing"


def test_somebody_elses_feed_is_not_found(sender: Program) -> None:
    sender.get(f"/feeds/{a_feed(a_world(), 1).public_id}", expect=404)


def test_ten_feeds_take_as_many_queries_as_one(world: World, sender: Program) -> None:
    def taken() -> int:
        sender.get("/feeds")
        with CaptureQueriesContext(connection) as seen:
            sender.get("/feeds")
        return len(seen)

    a_feed(world, 0)
    one = taken()
    for number in range(1, 11):
        Poll.objects.create(feed=a_feed(world, number), at=timezone.now(), seconds=1, outcome="answered")
    assert taken() == one <= 8
