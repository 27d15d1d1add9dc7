"""The pages about feeds: following, looking first, how each one does, lists."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone
from pytest_django import Settings

from apps.accounts.models import Actor
from apps.articles.models import Feed, FeedItem, Intake, OtherAddress, Poll
from apps.articles.services import following, polling
from apps.dossiers.models import Dossier
from apps.ledger import services as ledger
from tests.articles.hosts import Host, page
from tests.factories.worlds import World, a_world, an_article
from tests.web.rooms import at, browser, html, queries

pytestmark = pytest.mark.django_db
RSS = (
    b"<?xml version='1.0'?><rss version='2.0'><channel><title>The Lantern</title>"
    b"<item><title>Boats at the quay</title><link>/boats.html</link></item>"
    b"<item><title>Not to be had</title><link>http://10.0.0.1/x</link></item></channel></rss>"
)
LIST = b"<html><title>Sea</title><ul><li><a href='/a.html'>First</a><li><a href='/b.html'>Second</a></ul>"
FOLLOWED = {"address": "https://example.com/rss", "kind": "", "selector": "", "least": "300", "most": "21600"}


@pytest.fixture
def world() -> World:
    return a_world(zone="Asia/Baku")


@pytest.fixture
def host(settings: Settings) -> Iterator[Host]:
    """A site whose every address answers with an RSS feed, but ``/sea/``, a page, and ``/gone``."""

    def answer(connection: object, head: bytes) -> None:
        path = head.split()[1]
        said = {
            b"/sea/": page(LIST),
            b"/gone": page(b"", status="410 Gone"),
            b"/robots.txt": page(b"", status="404 No"),
        }
        named = page(b"<html><head><link rel=alternate type=application/rss+xml title=News href=/rss></head></html>")
        (said | {b"/": named}).get(path, page(RSS))(connection, head)  # type: ignore[arg-type]

    running = Host(answer)
    settings.FETCH_EXEMPT_ORIGIN = f"http://{running.origin}"
    yield running
    running.close()


def a_feed(world: World, address: str = "https://example.com/rss", **columns: object) -> Feed:
    feed = following.add_feed(
        dossier=world.dossier, address=address, every_seconds=900, by=Actor.person(world.analyst), at=timezone.now()
    )
    Feed.objects.filter(pk=feed.pk).update(**columns)
    feed.refresh_from_db()
    return feed


def an_item(number: int) -> dict[str, object]:
    now = timezone.now()
    return {
        "guid_digest": f"{number:064}",
        "guid": str(number),
        "digest": "1" * 64,
        "first_seen": now,
        "last_changed": now,
    }


def asked(feed: Feed) -> Feed:
    claimed = polling.claim_feed(feed_id=feed.pk)
    assert claimed is not None
    polling.poll(claimed)
    feed.refresh_from_db()
    return feed


def test_a_feed_is_followed_once_and_leads_to_its_page(world: World) -> None:
    analyst = browser(world.analyst)
    response = analyst.post(at(world, "feeds"), FOLLOWED, follow=True)
    feed = Feed.objects.get()
    assert response.redirect_chain == [(at(world, "feeds-one", feed_id=feed.public_id), 302)]
    assert "The feed is asked now" in html(response)
    assert (feed.kind, feed.every_seconds, feed.least_seconds, feed.most_seconds) == ("feed", 900, 300, 21_600)
    again = analyst.post(at(world, "feeds"), FOLLOWED)
    assert again.status_code == 422
    assert "This is followed already" in html(again)


def test_a_button_in_a_narrowed_list_leads_back_to_it_and_nowhere_else(world: World) -> None:
    feed = a_feed(world)
    here = at(world, "feeds") + "?state=answers&q=ti"
    do = at(world, "feeds-do", feed_id=feed.public_id)
    analyst = browser(world.analyst)
    assert analyst.post(do, {"do": "pause", "back": here})["Location"] == here
    one = at(world, "feeds-one", feed_id=feed.public_id)
    assert analyst.post(do, {"do": "resume", "back": "https://evil.example/"})["Location"] == one
    for name in ("feeds-import", "feeds-look"):
        assert analyst.get(at(world, name))["Location"] == at(world, "feeds")
    assert analyst.get(at(world, "feeds-change", feed_id=feed.public_id))["Location"] == one


@pytest.mark.parametrize(
    ("changed", "field", "told"),
    [
        ({"address": ""}, "id_address", "This field is required"),
        ({"address": "http://10.0.0.1/"}, "id_address", "does not lead to a public host"),
        ({"kind": "listing"}, "id_selector", "Say which links on this page are articles"),
        ({"selector": "a["}, "id_selector", "CSS selector cannot be read"),
        ({"kind": "feed", "selector": "main a"}, "id_selector", "for a page that lists articles only"),
        ({"kind": "listing", "selector": "a["}, "id_selector", "CSS selector cannot be read"),
        ({"least": "86400", "most": "3600"}, "id_most", "shorter than the shortest"),
        ({"least": "7"}, "id_least", "Select a valid choice"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(world: World, changed: dict[str, str], field: str, told: str) -> None:
    response = browser(world.analyst).post(at(world, "feeds"), FOLLOWED | changed)
    assert response.status_code == 422
    assert told in html(response)
    assert f'id="{field}_error"' in html(response)
    assert not Feed.objects.exists()


def test_a_look_shows_what_there_is_and_keeps_nothing(world: World, host: Host) -> None:
    response = browser(world.analyst).post(at(world, "feeds-look"), FOLLOWED | {"address": host.url("/rss")})
    assert response.status_code == 200
    shown = html(response)
    for words in ("The Lantern", "Boats at the quay", "RSS", "2 articles"):
        assert words in shown
    assert not Feed.objects.exists()
    assert not Intake.objects.exists()


def test_a_look_at_what_is_followed_already_says_so_and_leads_there(world: World, host: Host) -> None:
    feed = a_feed(world, host.url("/rss"))
    shown = html(browser(world.analyst).post(at(world, "feeds-look"), FOLLOWED | {"address": host.url("/rss#top")}))
    assert "It is followed already:" in shown
    assert at(world, "feeds-one", feed_id=feed.public_id) in shown
    assert 'name="title"' not in shown


def test_a_look_at_a_page_names_the_feeds_it_has(world: World, host: Host) -> None:
    shown = html(browser(world.analyst).post(at(world, "feeds-look"), FOLLOWED | {"address": host.url("/")}))
    assert "This is a page, not a feed" in shown
    assert host.url("/rss") in shown


def test_a_page_without_feeds_can_be_followed_by_its_links(world: World, host: Host) -> None:
    analyst = browser(world.analyst)
    sent = FOLLOWED | {"address": host.url("/sea/")}
    assert "It names no feed" in html(analyst.post(at(world, "feeds-look"), sent))
    found = html(analyst.post(at(world, "feeds-look"), sent | {"kind": "listing", "selector": "li a"}))
    assert "First" in found
    nothing = analyst.post(at(world, "feeds-look"), sent | {"kind": "listing", "selector": "h2 a"})
    assert nothing.status_code == 422
    assert "picks no link" in html(nothing)
    analyst.post(at(world, "feeds"), sent | {"kind": "listing", "selector": "li a", "title": "Sea"})
    feed = asked(Feed.objects.get())
    assert (feed.kind, feed.selector, feed.title, feed.items_taken) == ("listing", "li a", "Sea", 2)


def test_whoever_names_links_looks_at_a_page_that_lists_them(world: World, host: Host) -> None:
    look, sent = at(world, "feeds-look"), FOLLOWED | {"address": host.url("/sea/")}
    shown = html(browser(world.analyst).post(look, sent | {"selector": "li a"}))
    assert ("2 articles" in shown, "Follow it" in shown) == (True, True)
    assert "picks no link" in html(browser(world.analyst).post(look, sent | {"selector": ".nothing a"}))


def test_a_look_that_fails_says_why_at_the_address(world: World, host: Host) -> None:
    response = browser(world.analyst).post(at(world, "feeds-look"), FOLLOWED | {"address": host.url("/gone")})
    assert response.status_code == 422
    assert "status 410" in html(response)
    assert 'id="id_address_error"' in html(response)


def test_a_feed_is_paused_resumed_and_asked(world: World) -> None:
    analyst = browser(world.analyst)
    feed = a_feed(world)
    do = at(world, "feeds-do", feed_id=feed.public_id)
    assert analyst.post(do, {"do": "pause", "back": at(world, "feeds")})["Location"] == at(world, "feeds")
    refused = analyst.post(do, {"do": "ask"})
    assert refused.status_code == 409
    assert "paused" in html(refused)
    analyst.post(do, {"do": "resume"})
    later = timezone.now() + timedelta(hours=1)
    Feed.objects.update(next_poll=later)
    analyst.post(do, {"do": "ask"})
    feed.refresh_from_db()
    assert feed.active
    assert feed.next_poll < later
    assert analyst.post(do, {"do": "burn"}).status_code == 404


def test_a_feeds_page_shows_how_it_does_and_what_became_of_its_items(world: World, host: Host) -> None:
    feed = asked(a_feed(world, host.url("/rss")))
    Intake.objects.filter(state="ready").update(failure_reason="The host did not answer in full in time.")
    shown = html(browser(world.analyst).get(at(world, "feeds-one", feed_id=feed.public_id)))
    for words in (
        "The Lantern",
        "answers",
        "Boats at the quay",
        "on its way",
        "This address does not lead to a public host.",
        "The host did not answer in full in time.",
        "Asked 1 time: 1 with new articles, 0 failed",
    ):
        assert words in shown


def test_an_item_that_is_held_leads_to_its_article(world: World) -> None:
    feed = a_feed(world)
    article = an_article(world)
    with transaction.atomic(), ledger.entry(dossier_id=world.dossier.pk, actor="machine:x", verb="x") as moment:
        OtherAddress.objects.create(article=article, key="https://example.com/a", kind="canonical", **moment.begins())
    FeedItem.objects.create(feed=feed, address="https://example.com/a?utm_source=rss", **an_item(1))

    shown = html(browser(world.analyst).get(at(world, "feeds-one", feed_id=feed.public_id)))
    assert at(world, "article", number=article.number) in shown


def test_a_feed_that_is_gone_is_paused_with_its_reason(world: World, host: Host) -> None:
    feed = asked(a_feed(world, host.url("/gone")))
    assert not feed.active
    shown = html(browser(world.analyst).get(at(world, "feeds-one", feed_id=feed.public_id)))
    assert "gone for good" in shown
    assert "paused" in shown


def test_the_history_goes_on_below_a_row(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.web.articles.feeds.POLLS", 1)
    feed = a_feed(world)
    for reason in ("The older reason", "The newer reason"):
        Poll.objects.create(feed=feed, at=timezone.now(), seconds=1, outcome="failed", code="timed_out", reason=reason)
    analyst = browser(world.analyst)
    first = html(analyst.get(at(world, "feeds-one", feed_id=feed.public_id)))
    assert ("The newer reason" in first, "The older reason" in first) == (True, False)
    newest = Poll.objects.latest("pk").pk
    assert f"before={newest}" in first
    assert "The older reason" in html(analyst.get(at(world, "feeds-one", feed_id=feed.public_id), {"before": newest}))


def test_a_feed_is_followed_in_another_way(world: World) -> None:
    feed = a_feed(world, etag='"1"', next_poll=timezone.now() + timedelta(hours=1))
    change = at(world, "feeds-change", feed_id=feed.public_id)
    analyst = browser(world.analyst)
    sent = {"kind": "listing", "selector": "h2 a", "least": "3600", "most": "86400"}
    assert analyst.post(change, sent | {"selector": "h2["}).status_code == 422
    assert analyst.post(change, sent).status_code == 302
    feed.refresh_from_db()
    assert (feed.kind, feed.selector, feed.etag) == ("listing", "h2 a", "")
    assert (feed.least_seconds, feed.every_seconds, feed.most_seconds) == (3600, 3600, 86_400)
    assert feed.next_poll <= timezone.now()


def test_odd_bounds_that_were_set_elsewhere_are_kept(world: World) -> None:
    feed = a_feed(world, least_seconds=77, every_seconds=77)
    shown = html(browser(world.analyst).get(at(world, "feeds-one", feed_id=feed.public_id)))
    assert '<option value="77" selected>' in shown


def test_feeds_are_filtered_by_how_they_do_and_found_by_words(world: World) -> None:
    a_feed(world, "https://example.com/one", title="The Lantern", last_success=timezone.now())
    a_feed(world, "https://example.com/two", failures=3, failure_reason="It was too slow.", failure_code="timed_out")
    a_feed(world, "https://example.com/three", active=False)
    a_feed(world, "https://example.com/four")
    analyst = browser(world.analyst)
    shown = {
        state: html(analyst.get(at(world, "feeds"), {"state": state}))
        for state in ("answers", "failing", "waiting", "paused")
    }
    assert "Lantern" in shown["answers"]
    assert "example.com/two" not in shown["answers"]
    assert "It was too slow." in shown["failing"]
    assert "Failed 3 times in a row" in shown["failing"]
    assert "example.com/three" in shown["paused"]
    assert "example.com/four" in shown["waiting"]
    found = html(analyst.get(at(world, "feeds"), {"q": "lantern"}))
    assert ("example.com/one" in found, "example.com/two" in found) == (True, False)
    assert "No such feed here" in html(analyst.get(at(world, "feeds"), {"q": "nothing"}))


def test_the_list_goes_on_below_a_row_and_refreshes_itself(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.web.articles.feeds.ROWS", 1)
    later = timezone.now() + timedelta(hours=1)
    older, newer = (a_feed(world, f"https://example.com/{name}", next_poll=later) for name in ("older", "newer"))
    analyst = browser(world.analyst)
    first = html(analyst.get(at(world, "feeds"), headers={"HX-Request": "true"}))
    assert (newer.address in first, older.address in first, "<html" in first) == (True, False, False)
    assert "every 15s" in first
    assert older.address in html(analyst.get(at(world, "feeds"), {"before": newer.pk}))
    Feed.objects.update(next_poll=timezone.now())
    busy = html(analyst.get(at(world, "feeds")))
    assert "every 3s" in busy
    assert '<meta http-equiv="refresh"' in busy


def opml(*addresses: str) -> SimpleUploadedFile:
    outlines = "".join(f'<outline text="Feed &lt;{n}&gt;" xmlUrl="{address}"/>' for n, address in enumerate(addresses))
    body = f'<opml version="2.0"><head><title>Mine</title></head><body>{outlines}</body></opml>'
    return SimpleUploadedFile("mine.opml", body.encode(), content_type="text/x-opml")


def test_a_list_is_followed_and_each_feed_told_of(world: World) -> None:
    file = opml("https://example.com/a", "https://example.com/a", "http://10.0.0.1/b", "ftp://example.com/c")
    response = browser(world.analyst).post(at(world, "feeds-import"), {"file": file})
    shown = html(response)
    assert [feed.address for feed in Feed.objects.all()] == ["https://example.com/a"]
    for words in (
        "1 feed followed",
        "This is followed already: ",
        "does not lead to a public host",
        "Only http and https",
        "&lt;0&gt;",
    ):
        assert words in shown


def test_a_list_without_feeds_and_a_file_that_is_none_say_so(world: World) -> None:
    analyst = browser(world.analyst)
    assert "There is no feed in this file" in html(analyst.post(at(world, "feeds-import"), {"file": opml()}))
    refused = analyst.post(at(world, "feeds-import"), {"file": SimpleUploadedFile("a.opml", b"words")})
    assert refused.status_code == 422
    assert "not an OPML file" in html(refused)
    large = analyst.post(at(world, "feeds-import"), {"file": SimpleUploadedFile("a.opml", b" " * 2_100_000)})
    assert "larger than 2 MB" in html(large)


def test_what_one_dossier_exports_another_follows(world: World) -> None:
    a_feed(world, "https://example.com/a", title="A & B")
    a_feed(world, "https://example.com/b", kind="listing", selector="li > a")
    Dossier.objects.filter(pk=world.dossier.pk).update(title="Sea\x01 and land")
    exported = browser(world.analyst).get(at(world, "feeds-export"))
    assert exported["Content-Disposition"] == f'attachment; filename="{world.dossier.slug}.opml"'
    other = a_world()
    file = SimpleUploadedFile("a.opml", exported.content)
    browser(other.analyst).post(at(other, "feeds-import"), {"file": file})
    rows = Feed.objects.filter(dossier=other.dossier).order_by("pk").values_list("address", "title", "kind", "selector")
    assert list(rows) == [
        ("https://example.com/a", "A & B", "feed", ""),
        ("https://example.com/b", "https://example.com/b", "listing", "li > a"),
    ]


def test_somebody_elses_feed_is_not_found(world: World) -> None:
    theirs = a_feed(a_world())
    analyst = browser(world.analyst)
    assert analyst.get(at(world, "feeds-one", feed_id=theirs.public_id)).status_code == 404
    for name in ("feeds-do", "feeds-change"):
        assert analyst.post(at(world, name, feed_id=theirs.public_id), {"do": "ask"}).status_code == 404


def test_pages_take_as_many_queries_for_ten_feeds_as_for_one(world: World) -> None:
    analyst = browser(world.analyst)
    first = a_feed(world, "https://example.com/0")
    Poll.objects.create(feed=first, at=timezone.now(), seconds=1, outcome="answered")
    FeedItem.objects.create(feed=first, address="https://example.com/0", **an_item(0))
    one = [queries(analyst, at(world, "feeds")), queries(analyst, at(world, "feeds-one", feed_id=first.public_id))]
    now = timezone.now()
    for number in range(1, 11):
        feed = a_feed(world, f"https://example.com/{number}")
        for parent in (first, feed):
            Poll.objects.create(feed=parent, at=now, seconds=1, outcome="answered", taken=number)
        FeedItem.objects.create(feed=first, address=f"https://example.com/{number}", **an_item(number))
    assert queries(analyst, at(world, "feeds")) == one[0]
    assert queries(analyst, at(world, "feeds-one", feed_id=first.public_id)) == one[1]
